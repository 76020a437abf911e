"""The training loop: what it keeps, how it goes on, where samples come from."""
import argparse
import functools
import json

import pytest
import torch

from voxhand_training.loop import Chunks, Pool, adam, add_arguments, average, cosine, train


def options(folder, *argv):
    p = argparse.ArgumentParser()
    add_arguments(p, str(folder), batch=4)
    return p.parse_args(argv)


def counted(seed):
    """Samples x = (1, 0), (1, 1), ... that follow y = 2 + 0.5 k; `seed` says where they begin."""
    state = {'next': seed % 7}

    def draw(n):
        k = torch.arange(state['next'], state['next'] + n).float() % 7
        state['next'] += n
        return {'x': torch.stack([torch.ones(n), k], 1), 'y': (2 + .5 * k)[:, None]}
    return draw


def linear():
    torch.manual_seed(3)
    return torch.nn.Linear(2, 1, bias=False)


def loss_of(net, s):
    loss = (net(s['x']) - s['y']).square().mean()
    return loss, {'loss': loss.item()}


def run(folder, *argv, net=None, **more):
    net = net or linear()
    log = train(options(folder, *argv), net, lambda seed: Chunks(counted(seed), 8), loss_of, lambda net: {'slope': net.weight[0, 1].item()}, 'linear', **more)
    return net, log


def test_a_line_is_learned_and_the_last_row_is_of_all_samples(tmp_path):
    net, log = run(tmp_path, '--samples', '8000', '--lr', '0.05')
    assert torch.allclose(net.weight, torch.tensor([[2., .5]]), atol=.02)
    assert log[-1]['samples'] == 8000 and log[-1]['slope'] == pytest.approx(.5, abs=.02)
    assert [json.loads(line) for line in (tmp_path / 'log.jsonl').read_text().splitlines()] == log


def test_a_run_with_a_number_of_samples_is_repeatable(tmp_path):
    assert torch.equal(run(tmp_path / 'a', '--samples', '200')[0].weight, run(tmp_path / 'b', '--samples', '200')[0].weight)


def test_the_same_command_with_more_samples_goes_on(tmp_path):
    run(tmp_path, '--samples', '40')
    first = torch.load(tmp_path / 'last.pt')
    net, log = run(tmp_path, '--samples', '100')
    assert [row['samples'] for row in log] == [40, 100]
    again = torch.load(tmp_path / 'last.pt')
    assert (first['seen'], again['seen'], again['args']['model']) == (40, 100, 'linear')
    assert torch.equal(again['net']['weight'], net.weight)
    finished, log = run(tmp_path, '--samples', '100')
    assert torch.equal(finished.weight, net.weight) and len(log) == 2


def test_a_new_run_starts_from_the_averaged_weights_of_another_and_counts_on(tmp_path):
    run(tmp_path / 'a', '--samples', '400', '--lr', '0.05')
    c = torch.load(tmp_path / 'a' / 'last.pt')
    assert not torch.equal(c['ema']['weight'], c['net']['weight'])
    begun = []

    def begin(net, state):
        begun.append(state['weight'].clone())
        net.load_state_dict(state)
    _, log = run(tmp_path / 'b', '--samples', '8', '--from', str(tmp_path / 'a' / 'last.pt'), begin=begin)
    assert torch.equal(begun[0], c['ema']['weight'])
    assert log[-1]['samples'] == 408


def test_epochs_keep_the_averaged_weights_in_half_precision(tmp_path):
    run(tmp_path, '--samples', '100', epoch=40)
    files = sorted(f.name for f in (tmp_path / 'epochs').iterdir())
    assert files == ['0001.pt', '0002.pt']
    c = torch.load(tmp_path / 'epochs' / '0002.pt')
    assert c['seen'] == 80 and c['ema']['weight'].dtype == torch.float16


def test_evaluations_come_after_so_many_samples_and_nothing_is_written_where_nothing_is_kept(tmp_path):
    _, log = run(tmp_path / 'none', '--samples', '40', count=12, keep=False)
    assert [row['samples'] for row in log] == [12, 24, 36, 40]
    assert not (tmp_path / 'none').exists()


def test_a_length_is_asked_for(tmp_path):
    with pytest.raises(SystemExit, match='--samples N or --minutes M'):
        run(tmp_path)


def test_the_rate_warms_up_and_falls_to_a_hundredth():
    assert cosine(0) == pytest.approx(.01) and cosine(.03) > .98
    assert cosine(1) == pytest.approx(.01)
    assert all(cosine(p / 100) > cosine((p + 1) / 100) for p in range(4, 100))


def test_the_average_follows_at_once_then_slowly():
    mean, net = linear(), linear()
    with torch.no_grad():
        mean.weight.zero_(), net.weight.fill_(1.)
    average(mean, net, 0)
    assert torch.allclose(mean.weight, torch.tensor(.9))
    with torch.no_grad():
        mean.weight.zero_()
    average(mean, net, 1e9)
    assert torch.allclose(mean.weight, torch.tensor(.001))


def test_chunks_give_every_sample_once_and_in_order():
    drawn = Chunks(counted(0), 8)
    assert torch.cat([drawn.draw(4)['x'][:, 1] for _ in range(4)]).tolist() == [k % 7 for k in range(16)]
    assert drawn.rendered == 16


def numbered(seed):
    """Each sample is its number; `depth` is kept in half precision."""
    state = {'next': 0}

    def draw(n):
        k = torch.arange(state['next'], state['next'] + n)
        state['next'] += n
        return {'number': k, 'depth': 1.23456 + 0. * k}
    return draw


def test_a_pool_takes_new_samples_as_often_as_it_shall_and_keeps_the_newest():
    pool = Pool(numbered, 0, capacity=64, reuse=2., chunk=8, first=64)
    try:
        assert pool.rendered == 64 and pool.count == 64
        s = pool.draw(200)
        assert s['depth'].dtype == torch.float32 and s['depth'][0].item() == pytest.approx(1.23456, abs=1e-3)
        assert s['number'].max() >= pool.rendered - 8 > 0
        for _ in range(200):
            s = pool.draw(16)
        assert (s['number'] >= pool.rendered - 64).all()
    finally:
        pool.close()


def broken(_seed):
    raise ValueError('no scene today')


def test_a_pool_whose_process_ends_says_so():
    with pytest.raises(RuntimeError, match='a process that renders has ended'):
        Pool(broken, 0, capacity=8)


def test_frozen_weights_stay(tmp_path):
    net = torch.nn.Sequential(linear(), torch.nn.Linear(1, 1))
    net[0].requires_grad_(False)
    before = net[0].weight.clone()
    train(options(tmp_path, '--samples', '40'), net, functools.partial(lambda seed: Chunks(counted(seed))), loss_of, lambda net: {}, 'two', optimiser=adam)
    assert torch.equal(net[0].weight, before)
