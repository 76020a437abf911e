"""The refinement network: moves a rough reference point to the hand's centre of mass (CoM) or to the root of its middle finger (RoM).

    python3 -m voxhand_training.refine --run runs/refine --samples 120000

The HANDS 2019 winners refine the reference point with a small network before they cut the cube. Here one network is trained for both
targets, on a coarse view of a cube somewhat larger than the pose network's; the export makes one graph of each.

CoM is the mean of the hand's visible points, forearm and held things left out, as an ideal depth camera would see them; RoM is joint 9.
"""
import argparse
import json
import time
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from .data import HOLDOUT_SEED, Sampler, voxelise
from .net import Basic, Residual, space_to_depth
from .steps import average, cosine, save, set_rate

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
    p.add_argument('--run', default='runs/refine')
    p.add_argument('--samples', type=int, default=120_000)
    p.add_argument('--batch', type=int, default=32)
    p.add_argument('--lr', type=float, default=2e-3)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--threads', type=int, default=2)
    p.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    p.add_argument('--bf16', action='store_true')
    return p.parse_args()


def batch(sampler, count):
    """Grids [n, 1, 32, 32, 32], targets [n, 2, 3] in cube coordinates, edges [n] in metres."""
    d = sampler.batch(count, rough=True)
    return voxelise(d['points'], d['valid'], SIZE), torch.stack([d['com'], d['joints'][:, 9]], 1), d['edge']


@torch.no_grad()
def errors(net, samples):
    """Distances in mm [n, 2] after and [n, 2] before refinement."""
    net.eval()
    after = torch.cat([(net(v) - t).norm(dim=2) * e[:, None] * 1000 for v, t, e in samples])
    before = torch.cat([(.5 - t).norm(dim=2) * e[:, None] * 1000 for _, t, e in samples])
    net.train()
    return after, before


def main():
    a = arguments()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    run = Path(a.run)
    run.mkdir(parents=True, exist_ok=True)
    net, ema = Refine().to(a.device), Refine().to(a.device)
    ema.load_state_dict(net.state_dict())
    optimiser = torch.optim.AdamW(net.parameters(), a.lr, weight_decay=1e-4, betas=(.9, .99))
    seen, log, spent = 0, [], 0.
    last = run / 'last.pt'
    if last.exists():
        c = torch.load(last, map_location=a.device)
        net.load_state_dict(c['net']), ema.load_state_dict(c['ema']), optimiser.load_state_dict(c['optimiser'])
        seen, log, spent = c['seen'], c['log'], c['spent']
        print(f'resumed at {seen} samples', flush=True)
    sampler = Sampler(EDGE, a.device, a.seed * 1_000_003 + seen)
    held = Sampler(EDGE, a.device, HOLDOUT_SEED)
    samples = [batch(held, 64) for _ in range(16)]
    begin, queue, losses, every = time.time(), [], [], max(a.batch, a.samples // 12)
    next_eval = seen + every
    while seen < a.samples:
        set_rate(optimiser, a.lr * cosine(seen / a.samples, .02))
        if not queue:
            with torch.no_grad():
                v, t, _ = batch(sampler, max(64, a.batch))
            queue = [(v[i:i + a.batch], t[i:i + a.batch]) for i in range(0, len(v), a.batch)]
        v, t = queue.pop()
        with torch.autocast(v.device.type, dtype=torch.bfloat16, enabled=a.bf16):
            y = net(v)
        loss = 100 * F.smooth_l1_loss(y.float(), t, beta=.02)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 20.)
        optimiser.step()
        seen += len(v)
        losses.append(loss.item())
        average(ema, net, seen / a.batch)
        if seen >= next_eval or seen >= a.samples:
            next_eval += every
            after, before = errors(ema, samples)
            row = {'samples': seen, 'loss': round(sum(losses[-100:]) / len(losses[-100:]), 4)}
            for k, name in enumerate(TARGETS):
                row[f'{name}Mm'] = round(after[:, k].mean().item(), 2)
                row[f'{name}MedianMm'] = round(after[:, k].median().item(), 2)
                row[f'{name}BeforeMm'] = round(before[:, k].mean().item(), 2)
            log.append(row)
            elapsed = spent + time.time() - begin
            left = (time.time() - begin) / max(1, seen) * (a.samples - seen) / 60
            print(json.dumps(row), f'{left:.0f} min left', flush=True)
            save({'net': net.state_dict(), 'ema': ema.state_dict(), 'optimiser': optimiser.state_dict(), 'seen': seen, 'spent': elapsed, 'log': log,
                  'args': {**vars(a), 'model': 'refine', 'edge': EDGE}}, last)


if __name__ == '__main__':
    main()
