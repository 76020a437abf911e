"""How far off the detector is, and what the second stage makes of it, as data.py imitates it (CENTRE_ERRORS, TURN_ERRORS).

    python3 measure_detector.py --detector checkpoints/detector.pt [--verify checkpoints/verify.pt] [--count 3000] [--score 0.3]

On peaks of the detector in held-out scenes that have a hand with at least 12 cm² in sight within 80 mm. Prints quantiles, and mixtures of three
normal distributions around zero as (share, standard deviation): of the centre per axis in metres, of the turn in degrees of an arm
across the picture (the error times `tilt`, the length of the arm's unit vector in the picture). JSON.
"""
import argparse
import json

import torch
import torch.nn.functional as F

from voxhand_training.candidates import CLEAR
from voxhand_training.checkpoint import load
from voxhand_training.data import FORESHORTENED, HOLDOUT_SEED
from voxhand_training.verify import make_candidates
from voxhand_training.verify_net import EDGE

OWN = .08       # metres: a peak within this belongs to the hand


def mixture(errors, parts=3, rounds=200):
    """Normal distributions around zero, [(share, sd)] from narrow to wide, by expectation-maximisation."""
    e2 = errors.double().square()
    sd = e2.mean().sqrt() * torch.tensor([.4, 1., 2.5])[:parts].double()
    share = torch.full((parts,), 1 / parts).double()
    for _ in range(rounds):
        p = share / sd * torch.exp(-e2[:, None] / (2 * sd ** 2))
        p = p / p.sum(1, keepdim=True)
        share, sd = p.mean(0), ((p * e2[:, None]).sum(0) / p.sum(0)).sqrt()
    return [(round(s, 3), float(f'{d:.3g}')) for d, s in sorted(zip(sd.tolist(), share.tolist()))]


def figures(off, turn, tilt):
    """Of centres off by `off` [n, 3] metres and directions off by `turn` [n] degrees, of arms with `tilt` [n]."""
    quantiles = lambda x: {f'p{q}': round(x.quantile(q / 100).item(), 1) for q in (25, 50, 75, 90, 95, 99)}
    mm = off * 1000
    return {'lateralMm': quantiles(mm[:, :2].norm(dim=1)), 'depthMm': {**quantiles(mm[:, 2].abs()), 'median of signed': round(mm[:, 2].median().item(), 1)},
            'mm': quantiles(mm.norm(dim=1)),
            'turn': {f'tilt {lo} to {hi}': {'share': round(((tilt >= lo) & (tilt <= hi)).float().mean().item(), 3), **quantiles(turn[(tilt >= lo) & (tilt <= hi)].abs())}
                     for lo, hi in ((0, .3), (.3, .6), (.6, .85), (.85, 1))},
            'CENTRE_ERRORS lateral': mixture(off[:, :2].flatten()), 'CENTRE_ERRORS depth': mixture(off[:, 2]), 'CENTRE_ERRORS': mixture(off.flatten()),
            'TURN_ERRORS': mixture(turn * tilt.clamp(min=FORESHORTENED))}


@torch.no_grad()
def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--detector', required=True)
    p.add_argument('--verify')
    p.add_argument('--count', type=int, default=3000, help='peaks')
    p.add_argument('--score', type=float, default=.3, help='of the peaks, at least')
    a = p.parse_args()
    torch.set_num_threads(1)
    s = make_candidates(HOLDOUT_SEED, a.detector, True)(a.count)
    own = (s['distance'] < OWN) & (s['area'] > CLEAR) & (s['score'] >= a.score)
    s = {k: v[own] for k, v in s.items()}
    degrees = lambda d: torch.rad2deg(torch.atan2(d[:, 1], d[:, 0]))
    angle = lambda d, e: (degrees(d) - degrees(e) + 180) % 360 - 180
    up = torch.tensor([[0., -1.]])
    result = {'peaks': len(s['grid']), 'detector': figures(s['root'] * EDGE, angle(s['direction'], up), s['tilt'])}
    if a.verify:
        net = load(a.verify).net
        y = torch.cat([net(g[:, None].float()) for g in s['grid'].split(64)])
        sure = y[:, 3] > 0
        after = figures((s['root'] - y[:, :3])[sure] * EDGE, angle(s['direction'], F.normalize(y[:, 5:], dim=1))[sure], s['tilt'][sure])
        result['second stage'] = {'accepted': round(sure.float().mean().item(), 4), 'side': round(((y[:, 4] > 0) == s['left']).float().mean().item(), 4), **after}
    print(json.dumps(result, indent=1))


if __name__ == '__main__':
    main()
