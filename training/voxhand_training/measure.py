"""What a pose network errs by on held-out scenes: all joints, seen and hidden ones, by view, with and without a held thing.

    python3 -m voxhand_training.measure --checkpoint checkpoints/compact16c.pt [--count 1024] [--placed]

`--placed` gives the network the true centre and direction; otherwise they are off as the sampler has learned it of the detector. JSON.
"""
import argparse
import json

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
        y = torch.cat([net(v) for v in voxelise(d['points'], d['valid'], net.size).split(16)])
        rows.append(((window_mean(y) - d['joints']).norm(dim=2) * d['edge'][:, None] * 1000, d['seen'], d['kind'], d['holds'], d['tilt']))
    error, seen, kind, holds, tilt = (torch.cat(x) for x in zip(*rows))
    one = lambda e: {'meanMm': round(e.mean().item(), 2), 'medianMm': round(e.median().item(), 2), 'joints': e.numel()}
    return {'samples': len(error), 'placed': placed, 'all': one(error), 'seen': one(error[seen]), 'hidden': one(error[~seen]),
            'framesWithin20': round((error.amax(1) < 20).float().mean().item(), 4),
            **{name: one(error[kind == k]) for k, name in enumerate(VIEWS)}, 'holds': one(error[holds]), 'free': one(error[~holds]),
            'ownerHolds': one(error[holds & (kind == VIEWS.index('owner'))]), 'foreshortened': one(error[tilt < .5])}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--checkpoint', required=True)
    p.add_argument('--count', type=int, default=1024)
    p.add_argument('--placed', action='store_true')
    p.add_argument('--threads', type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    print(json.dumps(measure(load(a.checkpoint), a.count, a.placed), indent=1))


if __name__ == '__main__':
    main()
