"""Train the second stage of detection (verify_net.py) on candidates.py, and measure it.

    python3 -m voxhand_training.verify --run runs/verify --minutes 40 --detector runs/detector/last.pt --from checkpoints/verify.pt
    python3 -m voxhand_training.verify --run runs/verify --detector runs/detector/last.pt --evaluate 2000      (candidates, all of them the detector's)
    python3 -m voxhand_training.verify --run runs/verify --detector runs/detector/last.pt --both 1000          (hands of pictures, with and without it)

The same command with a longer --minutes resumes. With --detector its peaks are among the candidates.
"""
import argparse
import functools
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .candidates import FINER, PICTURE, CandidateSampler, turned
from .checkpoint import load
from .data import HOLDOUT_SEED
from .detector import CHOICE_SEED
from .loop import add_arguments, add_pool_arguments, pooled, train
from .peaks import distinct, rows, summary, threshold_for
from .scenes import LEAST, NOTICED
from .verify_net import EDGE, Verify

RIGHT, SURE = .04, .012     # metres: a root that is answered with a smaller error is right; half of the width over which the target falls from 1 to 0
JOINTS = .3                 # weight of the joints that are learned beside the answer
REACH = .09                 # metres from a root within which it is answered
WELL_SEEN = 20e-4           # square metres in sight of a hand that the figures count


def make_candidates(seed, detector=None, only_proposed=False):
    return CandidateSampler(seed, load(detector).net if detector else None, only_proposed).batch


def loss_of(net, s, mirror=.5, bf16=False):
    """The loss of a batch of CandidateSampler, a share of it mirrored, and its parts."""
    flip = torch.rand(len(s['grid'])) < mirror
    side = torch.where(flip, -1., 1.)
    grid = torch.where(flip.view(-1, 1, 1, 1), s['grid'].flip(-1), s['grid'])
    along = torch.stack([side, torch.ones(len(side)), torch.ones(len(side))], 1)
    root, direction, joints = s['root'] * along, s['direction'] * along[:, :2], s['joints'] * along[:, None]
    left = (s['left'] ^ flip).float()
    with torch.autocast(grid.device.type, dtype=torch.bfloat16, enabled=bf16):
        y, all_joints = (t.float() for t in net.taught(grid[:, None].float()))
    mean = lambda error, weight: (weight * error).sum() / weight.sum().clamp(min=1)
    error = (y[:, :3].detach() - root).norm(dim=1) * EDGE
    target = ((RIGHT + SURE - error) / (2 * SURE)).clamp(0, 1) * (s['distance'] < REACH)
    there = (s['distance'] < REACH) & s['known']
    far = lambda a, b: 20 * F.smooth_l1_loss(a, b, beta=.02, reduction='none').sum(-1)
    parts = {'root': mean(far(y[:, :3], root), there.float()), 'joints': mean(far(all_joints, joints).mean(1), there.float()),
             'hand': mean(F.binary_cross_entropy_with_logits(y[:, 3], target, reduction='none'), s['known'].float()),
             'side': mean(F.binary_cross_entropy_with_logits(y[:, 4], left, reduction='none'), there.float()),
             'direction': mean((y[:, 5:] - direction).square().sum(1), there * (2 * s['tilt']).clamp(max=1))}
    return sum(v * (JOINTS if k == 'joints' else 1) for k, v in parts.items()), {k: v.item() for k, v in parts.items()}


@torch.no_grad()
def figures(net, s):
    """On candidates: of well seen hands within REACH how many are known as such and how well their numbers are told, before and after; and of the places
    farther from every hand how many are refused. Distances in mm, angles in degrees of hands tilted by less than 60 degrees."""
    y = torch.cat([net(g[:, None].float()) for g in s['grid'].split(64)])
    hand, none = (s['distance'] < REACH) & (s['area'] > WELL_SEEN), s['distance'] > REACH
    median = lambda t: round(t.median().item(), 2) if len(t) else None
    share = lambda t: round(t.float().mean().item(), 4) if len(t) else None
    angle = lambda a, b: torch.rad2deg(torch.acos((F.normalize(a, dim=1) * b).sum(1).clamp(-1, 1)))
    mm = lambda t: t.norm(dim=1) * EDGE * 1000
    after = mm((y[:, :3] - s['root'])[hand])
    flat = hand & (s['tilt'] > .5)
    told = (y[:, 4] > 0) == s['left']
    return {'hands': int(hand.sum()), 'accepted': share(y[hand, 3] > 0), 'places': int(none.sum()), 'refused': share(y[none, 3] < 0),
            'beforeMm': median(mm(s['root'][hand])), 'medianMm': median(after), 'meanMm': round(after.mean().item(), 2), 'p95Mm': round(after.quantile(.95).item(), 2),
            'turnBefore': median(angle(torch.tensor([[0., -1.]]), s['direction'][flat])), 'turn': median(angle(y[flat, 5:], s['direction'][flat])),
            'side': share(told[hand]), 'sideOfSure': share(told[hand & (y[:, 4].abs() > 2)]), 'sure': share((y[:, 4].abs() > 2)[hand])}


@torch.no_grad()
def both(net, sampler):
    """The hands and false peaks of a picture (peaks.rows) by the detector alone, and with what the second stage makes of its peaks."""
    image, _, hands = sampler.view()
    alone, together = [], []
    for place, direction, score in sampler.proposed(image[..., 2]):
        row = sampler.row(image, [], place, direction, score)
        if row is None:
            continue
        y = net(torch.from_numpy(row['grid'])[None, None].float())[0]
        back = torch.from_numpy(turned(direction)).float().T
        tensor = lambda a: torch.from_numpy(a).float()
        alone.append({'root': tensor(place), 'direction': tensor(direction), 'score': score, 'left': .5})
        together.append({'root': tensor(place) + back @ y[:3] * EDGE, 'direction': back[:2, :2] @ F.normalize(y[5:], dim=0),
                         'score': math.sqrt(score * y[3].sigmoid().item()), 'left': y[4].sigmoid().item()})
    stacked = lambda key: torch.tensor(np.array([h[key] for h in hands]), dtype=torch.float32)
    root = stacked('root').view(-1, 3)
    focal, cx, cy, width, height = PICTURE
    uv = root[:, :2] / root[:, 2:].clamp(min=.1) * focal + torch.tensor([cx, cy])
    inside = ((uv > 2 * FINER) & (uv < torch.tensor([width, height]) - 3 * FINER)).all(1) & (root[:, 2] > .1)
    area = stacked('area')
    valid = inside & (area > LEAST)
    scene = {'root': root, 'area': area, 'valid': valid, 'ignore': ~valid & (area > NOTICED), 'tilt': stacked('tilt'), 'left': stacked('left') > 0,
             'direction': stacked('direction').view(-1, 2)}
    return rows(alone, scene), rows(distinct(together), scene)


def evaluate_both(net, detector, count, allowed=(.02, .05, .2)):
    """peaks.summary of the detector alone and with the second stage on `count` held-out pictures, by false hands a picture; the thresholds allow these on as many others."""
    stages, found = ('detector alone', 'with the second stage'), {}
    for seed in (CHOICE_SEED, HOLDOUT_SEED):
        sampler = CandidateSampler(seed, detector)
        judged = [both(net, sampler) for _ in range(count)]
        for k, stage in enumerate(stages):
            found[stage, seed] = [[x for picture in judged for x in picture[k][part]] for part in (0, 1)]
    return {f'{stage}, {limit}': summary(*found[stage, HOLDOUT_SEED], count, threshold_for(found[stage, CHOICE_SEED][1], count, limit))
            for stage in stages for limit in allowed}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(p, 'runs/verify', batch=24)
    add_pool_arguments(p)
    p.add_argument('--detector', help='a checkpoint whose peaks are candidates too')
    p.add_argument('--pose', help='begin with the way down of this pose network; its finest level stays as it is')
    p.add_argument('--evaluate', type=int, metavar='N', help='measure on N held-out candidates instead')
    p.add_argument('--both', type=int, metavar='N', help='measure the detector with and without the second stage on N held-out pictures instead')
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    if a.evaluate:
        samples = make_candidates(HOLDOUT_SEED, a.detector, bool(a.detector))(a.evaluate)
        print(json.dumps(figures(load(Path(a.run) / 'last.pt').net, samples)))
        return
    if a.both:
        for stage, row in evaluate_both(load(Path(a.run) / 'last.pt').net, load(a.detector).net, a.both).items():
            print(stage, json.dumps(row), flush=True)
        return
    held = make_candidates(HOLDOUT_SEED, a.detector)(1200)
    net = Verify().to(memory_format=torch.channels_last_3d)
    if a.pose:
        net.begin_with(torch.load(a.pose, map_location='cpu')['ema'])
        net.freeze()
    train(a, net, pooled(a, functools.partial(make_candidates, detector=a.detector)), functools.partial(loss_of, bf16=a.bf16), lambda net: figures(net, held), 'verify')


if __name__ == '__main__':
    main()
