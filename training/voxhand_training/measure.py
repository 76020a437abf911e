"""What a pose network errs by on held-out scenes: all joints, seen and hidden ones, by view, with and without a held thing.

    python3 -m voxhand_training.measure --checkpoint checkpoints/compact16s.pt [--count 1024] [--placed]
    python3 -m voxhand_training.measure --checkpoint checkpoints/compact16s.pt --presence runs/presence.jsonl [--count 512]

`--placed` gives the network the true centre and direction; otherwise they are off as the sampler has learned it of the detector. JSON.
`--presence` writes what scripts/presence-samples.mjs takes as --single: a line a hand with positions (metres), confidences and errorMm, every fifth
of a cube beside the hand.
"""
import argparse
import json
from pathlib import Path

import torch

from .checkpoint import load
from .data import HOLDOUT_SEED, VIEWS, Sampler, voxelise
from .decode import window_mean


@torch.no_grad()
def measure(checkpoint, count, placed=False, seed=HOLDOUT_SEED):
    sampler, net = Sampler(checkpoint.edge, 'cpu', seed, placed=placed), checkpoint.net
    rows = []
    for _ in range(0, count, 64):
        d = sampler.batch(64)
        y = torch.cat([net(v)[:, :21] for v in voxelise(d['points'], d['valid'], net.size).split(16)])
        rows.append(((window_mean(y) - d['joints']).norm(dim=2) * d['edge'][:, None] * 1000, d['seen'], d['kind'], d['holds'], d['tilt']))
    error, seen, kind, holds, tilt = (torch.cat(x) for x in zip(*rows))
    one = lambda e: {'meanMm': round(e.mean().item(), 2), 'medianMm': round(e.median().item(), 2), 'joints': e.numel()}
    return {'samples': len(error), 'placed': placed, 'all': one(error), 'seen': one(error[seen]), 'hidden': one(error[~seen]),
            'framesWithin20': round((error.amax(1) < 20).float().mean().item(), 4),
            **{name: one(error[kind == k]) for k, name in enumerate(VIEWS)}, 'holds': one(error[holds]), 'free': one(error[~holds]),
            'ownerHolds': one(error[holds & (kind == VIEWS.index('owner'))]), 'foreshortened': one(error[tilt < .5])}


BESIDE = (.09, .16)      # metres between a hand and a cube beside it


@torch.no_grad()
def write_presence(checkpoint, file, count, seed=HOLDOUT_SEED + 1):
    sampler, net = Sampler(checkpoint.edge, 'cpu', seed), checkpoint.net
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    with open(file, 'w') as out:
        for _ in range(0, count, 64):
            d = sampler.batch(64)
            beside = (torch.arange(64) % 5 == 0)[:, None]
            move = torch.nn.functional.normalize(torch.randn(64, 3, generator=sampler.g), dim=1) * sampler.u(64, 1, lo=BESIDE[0], hi=BESIDE[1])
            move = torch.where(beside, move, torch.zeros(())) / d['edge'][:, None]
            points, joints = d['points'] + move[:, None], d['joints'] + move[:, None]
            valid = d['valid'] & ((points >= 0) & (points < 1)).all(-1)
            y = torch.cat([net(v)[:, :21] for v in voxelise(points, valid, net.size).split(16)])
            found, edge = window_mean(y), d['edge'].view(-1, 1, 1)
            error = ((found - joints) * edge).norm(dim=2).mean(1) * 1000
            for k in range(64):
                line = {'positions': [round(v, 5) for v in (found[k] * edge[k]).flatten().tolist()],
                        'confidences': [round(v, 4) for v in y[k].flatten(1).amax(1).clamp(0, 1).tolist()], 'errorMm': round(error[k].item(), 2)}
                out.write(json.dumps(line) + '\n')


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--checkpoint', required=True)
    p.add_argument('--count', type=int, default=1024)
    p.add_argument('--placed', action='store_true')
    p.add_argument('--presence', metavar='FILE', help='write samples for the presence score instead')
    p.add_argument('--threads', type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    if a.presence:
        write_presence(load(a.checkpoint), a.presence, a.count)
        return
    print(json.dumps(measure(load(a.checkpoint), a.count, a.placed), indent=1))


if __name__ == '__main__':
    main()
