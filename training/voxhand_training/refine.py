"""The refinement network: moves a rough reference point to the hand's centre of mass (CoM) or to the root of its middle finger (RoM).

    python3 -m voxhand_training.refine --run runs/refine --samples 120000

The HANDS 2019 winners refine the reference point with a small network before they cut the cube. Here one network is trained for both
targets, on a coarse view of a cube somewhat larger than the pose network's; the export makes one graph of each.

CoM is the mean of the hand's visible points, forearm and held things left out, as an ideal depth camera would see them; RoM is joint 9.
"""
import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F

from .data import HOLDOUT_SEED, Sampler, voxelise
from .loop import Chunks, add_arguments, train
from .net import Basic, Residual, space_to_depth

TARGETS = ('com', 'rom')
SIZE, EDGE = 32, .30


class Refine(nn.Module):
    """[B, 1, 32, 32, 32] occupancy -> [B, 2, 3]: CoM and RoM in cube coordinates (0.5 is the cube's centre), x, y, z."""

    def __init__(self, widths=(16, 32, 48), hidden=64, size=SIZE):
        super().__init__()
        self.size = size
        self.stem = Basic(8, widths[0], 3)
        self.mid = Residual(widths[0], widths[1])
        self.deep = Residual(widths[1], widths[2])
        self.hidden = nn.Linear(widths[2] * (size // 8) ** 3, hidden)
        self.out = nn.Linear(hidden, 6)
        nn.init.normal_(self.out.weight, 0, .001)
        nn.init.zeros_(self.out.bias)

    def forward(self, x):
        x = self.stem(space_to_depth(x))
        x = self.mid(F.max_pool3d(x, 2))
        x = self.deep(F.max_pool3d(x, 2))
        x = self.out(F.relu(self.hidden(x.flatten(1))))
        return .5 + x.view(-1, 2, 3)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(p, 'runs/refine', batch=32, samples=120_000, threads=2)
    p.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    return p.parse_args()


def batch(sampler, count):
    """Grids [n, 1, 32, 32, 32], targets [n, 2, 3] in cube coordinates, edges [n] in metres."""
    d = sampler.batch(count, rough=True)
    return voxelise(d['points'], d['valid'], SIZE), torch.stack([d['com'], d['joints'][:, 9]], 1), d['edge']


@torch.no_grad()
def figures(net, samples):
    """Distances to both targets in mm, before and after, of samples as `batch` gives them."""
    after = torch.cat([(net(v) - t).norm(dim=2) * e[:, None] * 1000 for v, t, e in samples])
    before = torch.cat([(.5 - t).norm(dim=2) * e[:, None] * 1000 for _, t, e in samples])
    row = {}
    for k, name in enumerate(TARGETS):
        row |= {f'{name}Mm': round(after[:, k].mean().item(), 2), f'{name}MedianMm': round(after[:, k].median().item(), 2),
                f'{name}BeforeMm': round(before[:, k].mean().item(), 2)}
    return row


def main():
    a = arguments()
    a.edge = EDGE
    held = Sampler(EDGE, a.device, HOLDOUT_SEED)
    samples = [batch(held, 64) for _ in range(16)]

    def source(seed):
        sampler = Sampler(EDGE, a.device, seed)
        return Chunks(lambda count: dict(zip(('grid', 'targets'), batch(sampler, count))))

    def loss_of(net, samples):
        with torch.autocast(samples['grid'].device.type, dtype=torch.bfloat16, enabled=a.bf16):
            y = net(samples['grid'])
        loss = 100 * F.smooth_l1_loss(y.float(), samples['targets'], beta=.02)
        return loss, {'loss': loss.item()}

    train(a, Refine().to(a.device), source, loss_of, lambda net: figures(net, samples), 'refine', clip=20., count=0 if a.minutes else max(a.batch, a.samples // 12))


if __name__ == '__main__':
    main()
