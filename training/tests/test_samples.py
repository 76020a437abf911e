"""What the networks learn from: scenes, close-ups and candidates."""
import numpy as np
import pytest
import torch

from voxhand_training import candidates as candidates_module
from voxhand_training import things
from voxhand_training.candidates import CLEAR, STRANGE, CandidateSampler, turned
from voxhand_training.data import ROOT, WRIST, Sampler, heat_maps, voxelise
from voxhand_training.decode import window_mean
from voxhand_training.dump_scenes import CENTRE, FOCAL, HEIGHT, WIDTH, pictures, sees
from voxhand_training.hand import HandModel
from voxhand_training.mesh import HandMesh
from voxhand_training.net import build
from voxhand_training.scenes import SceneSampler
from voxhand_training.sensors import NAMES
from voxhand_training.tiny import tiny, tiny_grids
from voxhand_training.train import sided_loss, told
from voxhand_training.verify import REACH, both, figures, loss_of
from voxhand_training.verify_net import EDGE, SIZE, Verify
from voxhand_training.world import World

POOL = 12


@pytest.fixture(scope='module')
def scenes():
    return SceneSampler(5, pool=POOL).batch(24)


@pytest.fixture(scope='module')
def candidates():
    return CandidateSampler(5, pool=POOL).batch(120)


def test_a_seed_gives_the_same_scenes():
    one, again, other = (SceneSampler(seed, pool=POOL).batch(3) for seed in (7, 7, 8))
    assert all(torch.equal(v, one[k]) for k, v in again.items())
    assert not torch.equal(other['depth'], one['depth'])


def test_a_hand_of_a_scene_is_seen_around_its_root(scenes):
    valid = scenes['valid'].nonzero()
    assert len(valid) > 12
    depth, near = scenes['depth'], 0
    for i, k in valid.tolist():
        u, v = scenes['uv'][i, k].round().long().tolist()
        z = depth[i, max(0, v - 3):v + 4, max(0, u - 3):u + 4]
        near += bool((z > 0).any() and ((z[z > 0] - scenes['root'][i, k, 2]).abs() < .06).any())
    assert near / len(valid) > .8           # the others are seen in part, or behind what they hold


def test_a_seed_gives_the_same_close_ups():
    a, b = (Sampler(.26, seed=3, pool=POOL).batch(3) for _ in range(2))
    assert all(torch.equal(a[k], b[k]) for k in a)


def test_a_cube_in_its_true_place_has_the_root_in_its_middle_and_the_wrist_below():
    d = Sampler(.26, seed=4, pool=POOL, placed=True).batch(8)
    assert (d['joints'][:, ROOT] - .5).abs().max() < 1e-5
    way = d['joints'][:, WRIST] - d['joints'][:, ROOT]
    assert way[:, 0].abs().max() < 1e-4 and (way[:, 1] >= 0).all()
    points = voxelise(d['points'], d['valid'], 24)
    assert ((points == 0) | (points == 1)).all() and (points.flatten(1).sum(1) > 40).all()


def test_joints_come_back_from_their_heat_maps():
    joints = .15 + .7 * torch.rand(4, 21, 3, generator=torch.Generator().manual_seed(3))
    assert (window_mean(heat_maps(joints, 24, 1.5)) - joints).abs().max() * 24 < .25


def test_the_skin_lies_around_the_joints():
    model = HandModel()
    mesh = HandMesh(model)
    pose = model.poses[[model.pose_names.index(name) for name in ('open', 'fist')]]
    shape = model.neutral_shape(2)
    skin, (joints, _, _) = mesh.skin(pose, shape), model.forward(pose, shape)
    gap = torch.cdist(joints, skin).amin(2)
    assert gap.max() < .025 and gap[:, 4::4].max() < .015       # the palm is as thick as that; tips lie just below the skin
    assert (mesh.skin(pose, shape, glove=torch.full((2,), .002)) - skin)[:, :mesh.first_forearm_vertex].norm(dim=2).mean().item() == pytest.approx(.002, rel=.02)


def test_candidates_are_hands_and_other_places_that_are_told_apart_by_the_distance(candidates):
    d = candidates
    hand = d['distance'] < .04
    assert .2 < hand.float().mean() < .6 and (d['distance'] > .06).float().mean() > .3
    assert torch.allclose(d['root'].norm(dim=1)[hand] * EDGE, d['distance'][hand], atol=1e-5)
    assert torch.equal(d['joints'][hand, ROOT], d['root'][hand])
    assert (d['score'] == -1).all()
    assert d['grid'].shape[1:] == (SIZE,) * 3 and (d['grid'].flatten(1).sum(1) > 0).all()
    assert (d['known'] | (d['area'] <= CLEAR)).all()


def test_a_seed_gives_the_same_candidates(candidates):
    again = CandidateSampler(5, pool=POOL).batch(10)
    assert all(torch.equal(v, candidates[k][:10]) for k, v in again.items())


def test_strangers_are_cubes_far_from_every_hand(monkeypatch):
    sampler, seen = CandidateSampler(5, pool=POOL), []
    view, cut = sampler.view, candidates_module.occupancy
    sampler.view = lambda kind=None: seen.append(view(kind)) or seen[-1]

    def checked(image, place, *rest):
        assert image is seen[-1][0] and all(np.linalg.norm(hand['root'] - place) > STRANGE for hand in seen[-1][2])
        return cut(image, place, *rest)

    monkeypatch.setattr(candidates_module, 'occupancy', checked)
    grids = sampler.strangers(24, 48, .26)
    assert grids.shape == (24, 1, 48, 48, 48) and set(grids.unique().tolist()) == {0., 1.}
    assert (grids.flatten(1).sum(1) > 0).all()
    assert any(hands for _, _, hands in seen) and not all(hands for _, _, hands in seen)


def answer(s):
    """What a perfect second stage answers."""
    sure = lambda yes: torch.where(yes, 9., -9.)
    return torch.cat([s['root'], sure(s['distance'] < REACH)[:, None], sure(s['left'])[:, None], s['direction']], 1)


def test_a_perfect_second_stage_has_perfect_figures(candidates):
    f = figures(lambda _: answer(candidates), {**candidates, 'grid': Whole(candidates['grid'])})
    assert (f['accepted'], f['refused'], f['side']) == (1, 1, 1)
    assert f['medianMm'] < 1e-3 and f['turn'] < .1 and f['beforeMm'] > 3


class Whole:
    """Grids that are not split."""

    def __init__(self, grids):
        self.grids = grids

    def split(self, _):
        return [self.grids]


def test_what_the_second_stage_gets_wrong_costs_it(candidates):
    class Answer(torch.nn.Module):
        def __init__(self, spoil):
            super().__init__()
            self.spoil = spoil

        def taught(self, _grid):
            return self.spoil(answer(candidates)), candidates['joints']
    losses = {}
    for name, spoil in (('right', lambda y: y), ('moved', lambda y: y + .1 * torch.eye(7)[0]), ('hand', lambda y: y * (1 - 2 * torch.eye(7)[3])),
                        ('side', lambda y: y * (1 - 2 * torch.eye(7)[4])), ('turned', lambda y: torch.cat([y[:, :5], -y[:, 5:]], 1))):
        losses[name] = loss_of(Answer(spoil), candidates, mirror=0.)[0].item()
    assert all(losses[name] > losses['right'] + .2 for name in losses if name != 'right')
    sure_of_another_place = loss_of(Answer(lambda y: y + .3 * torch.eye(7)[0]), candidates, mirror=0.)[1]['hand']
    assert sure_of_another_place > loss_of(Answer(lambda y: y), candidates, mirror=0.)[1]['hand'] + 1


def test_a_second_stage_begins_with_what_a_pose_network_knows():
    pose, net = build('compact16b', 32), Verify()
    net.begin_with(pose.state_dict())
    grid = tiny_grids(2, 3).repeat(1, 1, 2, 2, 2)
    assert torch.allclose(net.eval().levels(grid)[-1], pose.eval().levels(grid)[-1])
    with pytest.raises(ValueError, match='the way down of another network'):
        Verify().begin_with(build('compact16c', 32).state_dict())


def test_frozen_levels_stay_while_the_rest_learns():
    net = tiny('verify').net.freeze()
    before = {k: v.clone() for k, v in net.state_dict().items()}
    stepper = torch.optim.SGD([p for p in net.parameters() if p.requires_grad], .1)
    net(tiny_grids(4, 5)).square().sum().backward()
    stepper.step()
    changed = {k for k, v in net.state_dict().items() if not torch.equal(v, before[k])}
    assert not any(k.startswith(('stem.', 'down.0.')) for k in changed)
    assert any(k.startswith('down.2.') for k in changed) and 'norm.running_mean' in changed and 'out.weight' in changed


def test_what_the_second_stage_says_is_turned_back_into_the_picture():
    """The detector is off by `off` and by a quarter of a turn; the second stage puts both right."""
    sampler, off, seen = CandidateSampler(9, pool=POOL), np.array([.01, -.02, .03]), []
    view = sampler.view

    def apart():
        """Hands that are near to each other may be taken for one another."""
        while True:
            seen.append(view())
            roots = [h['root'] for h in seen[-1][2]]
            if all(np.linalg.norm(a[:2] - b[:2]) > .2 for i, a in enumerate(roots) for b in roots[:i]):
                return seen[-1]

    sampler.view = apart
    hands = lambda: [h for h in seen[-1][2] if h['area'] > 14e-4]
    quarter = lambda d: np.array([-d[1], d[0]])
    sampler.proposed = lambda depth: [(h['root'] - off, quarter(h['direction']), .64) for h in hands()]

    def right(_grid):
        hand = hands()[len(asked)]
        asked.append(hand)
        turn = turned(quarter(hand['direction']))
        way = turn[:2, :2] @ hand['direction']
        return torch.tensor([[*(turn @ off / EDGE), 9., 9. if hand['left'] else -9., *(3 * way)]], dtype=torch.float32)
    alone, together = [], []
    for _ in range(12):
        asked = []
        a, b = both(right, sampler)
        alone += a[0]
        together += b[0]
        assert len(asked) == len(hands())
    assert len(together) > 3
    for a, b in zip(alone, together):
        assert a['straight'] == pytest.approx(np.linalg.norm(off), abs=1e-5) and a['turn'] == pytest.approx(90, abs=.1)
        assert b['straight'] < 1e-5 and b['turn'] < .1 and b['score'] == pytest.approx(.8, abs=1e-3) and (b['said'] > .5) == b['left']


def test_things_are_as_large_as_things():
    g = np.random.default_rng(4)
    for _ in range(60):
        parts = things.group(g)
        v = np.concatenate([v for v, _ in parts])
        assert np.isfinite(v).all() and .05 < np.ptp(v, axis=0).max() < 3
        assert all(f.max() < len(v) and f.min() >= 0 for v, f in parts)


def test_scenes_differ_by_their_things_only():
    class Never:
        def random(self):
            return 1.

    plain, world = World(6, POOL), World(6, POOL)
    plain.of_things = Never()
    more = 0
    for _ in range(30):
        one, other = plain.draw(), world.draw()
        np.testing.assert_array_equal(np.array([h.joints for h in one.hands]), np.array([h.joints for h in other.hands]))
        more += len(other.vertices) > len(one.vertices)
        for hand in other.hands:
            things_of = other.vertices[len(one.vertices):]
            assert len(things_of) == 0 or np.linalg.norm(things_of - hand.joints[9], axis=1).min() > .02
    assert 0 < more < 20


def test_the_side_is_learned_from_mirrored_grids_and_joints_only_from_the_others():
    joints = torch.rand(4, 21, 3) * .6 + .2
    other, none = torch.tensor([False, True, False, True]), torch.zeros(4, dtype=torch.bool)
    root = heat_maps(joints[:, 9:10], 12, 1.5)
    best = torch.cat([heat_maps(joints, 12, 1.5), torch.where(other.view(-1, 1, 1, 1, 1), torch.zeros(()), root)], 1)
    loss, side = sided_loss(best, joints, other, none, 1.5, 0.)
    assert loss < 1e-6 and side < 1e-6
    wrong = best.clone()
    wrong[other, :21] = 1.
    assert sided_loss(wrong, joints, other, none, 1.5, 0.)[0] < 1e-6       # what it says of the joints of a hand that is shown mirrored does not count
    wrong[other, 21:] = root[other]
    assert sided_loss(wrong, joints, other, none, 1.5, 0.)[1] > .1
    mirrored = best.clone().requires_grad_(True)
    loss, _ = sided_loss(mirrored, joints, ~none, none, 1.5, .3)
    loss.backward()                                                 # a batch of mirrored hands alone teaches the side alone
    assert loss.isfinite() and not mirrored.grad[:, :21].any() and mirrored.grad[:, 21:].any()
    stranger = torch.tensor([True, False, False, False])
    assert sided_loss(best, joints, other, stranger, 1.5, 0.)[0] > .1                       # where no hand is, no map has a peak
    empty = torch.where(stranger.view(-1, 1, 1, 1, 1), torch.zeros(()), best).requires_grad_(True)
    assert sided_loss(empty, joints, other, stranger, 1.5, 0.)[0] < 1e-6
    loss, _ = sided_loss(empty, joints, ~stranger, stranger, 1.5, .3)
    assert loss.isfinite()
    assert told(torch.tensor([[.9, .2], [.6, .7], [.2, .1]])) == {'side': .6667, 'sideOfSure': 1., 'sure': .3333, 'sideOfBoth': .6667}


def test_whole_pictures_are_written_with_their_hands():
    first, again = (list(pictures(3, seed=11, pool=POOL)) for _ in range(2))
    for (depth, scene), (same, as_before) in zip(first, again):
        assert np.array_equal(depth, same) and scene == as_before
        assert depth.shape == (HEIGHT, WIDTH) and scene['hands'] and scene['sensor'] in NAMES
        for hand in scene['hands']:
            x, y, z = np.reshape(hand['joints'], (21, 3))[ROOT]
            if not hand['inside'] or hand['area'] < 50e-4:
                continue
            u, v = (np.array([x, y]) / z * FOCAL + CENTRE).round().astype(int)
            near = depth[max(0, v - 20):v + 21, max(0, u - 20):u + 21]
            assert (np.abs(near[near > 0] - z) < .15).any()


def test_an_elbow_is_in_sight_where_the_picture_is_as_deep_as_it_is():
    depth = np.zeros((HEIGHT, WIDTH), np.float32)
    u, v = (np.array([.1, .05]) / .8 * FOCAL + CENTRE).round().astype(int)
    assert not sees(depth, (.1, .05, .8))
    depth[v + 1, u] = .76
    assert sees(depth, (.1, .05, .8))
    assert not sees(depth, (.1, .05, .9)) and not sees(depth, (.3, .05, .8)) and not sees(depth, (0, 0, -.5)) and not sees(depth, (9, 0, .8))
