"""Small networks trained on one data set, so that the claims of the papers can be checked: which representation of input and output, which
width for how many epochs, which loss.

    python3 -m voxhand_training.baselines --run runs/baselines --frames 6000 --epochs 2 --sequences runs/sequences

Every row sees the same frames in the same order and is measured on the same frames of continuous motion (scripts/paper/dump-sequences.mjs
writes them), or on held-out samples where there are none. Rows that are done are kept: the same command goes on with those that lack.
Writes RUN/baselines.json, which `npm run eval:paper` reads from docs/paper/. `seconds` count from the row's start to the end of its epoch: those of
the first epoch are training alone, later ones hold what was measured between epochs, too.
"""
import argparse
import json
import math
import platform
import shlex
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from .data import HOLDOUT_SEED, Sampler, voxelise
from .decode import window_mean
from .loop import train
from .net import V2V, CompactV2V, Residual, space_to_depth
from .train import heat_map_loss, paper_weights, summary

GRID, PICTURE, EDGE = 48, 96, .26
PAPER_SIGMA, SIGMA = 1.7, 1.5


# -- networks: what goes in and what comes out

class Flat(nn.Module):
    """The residual block for pictures."""

    def __init__(self, cin, cout, stride=1):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout)
        self.conv2, self.norm2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout)
        self.skip = None if cin == cout and stride == 1 else nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (x if self.skip is None else self.skip(x)))


class PictureToJoints(nn.Module):
    """Depth picture [B, 1, 96, 96] -> joint coordinates [B, 21, 3]."""

    def __init__(self, widths=(24, 32, 64, 96)):
        super().__init__()
        chain = [nn.Conv2d(1, widths[0], 5, 2, 2)]
        for a, b in zip(widths, widths[1:]):
            chain.append(Flat(a, b, 2))
        chain.append(Flat(widths[-1], widths[-1]))
        self.trunk = nn.Sequential(*chain)
        self.hidden, self.norm, self.out = nn.Linear(widths[-1] * 36, 192, bias=False), nn.BatchNorm1d(192), nn.Linear(192, 63)

    def forward(self, x):
        return .5 + self.out(F.relu(self.norm(self.hidden(self.trunk(x).flatten(1))))).view(-1, 21, 3)


class PictureToMaps(nn.Module):
    """Depth picture [B, 1, 96, 96] -> likelihood of each voxel [B, 21, 24, 24, 24]: depth slices are channels of a flat U-net."""

    def __init__(self, widths=(32, 40, 64, 112), r=24):
        super().__init__()
        self.r = r
        self.stem = nn.Conv2d(1, widths[0], 5, 2, 2)
        self.down = nn.ModuleList([Flat(widths[0], widths[1], 2), Flat(widths[1], widths[2], 2), Flat(widths[2], widths[3], 2)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(widths[3], widths[2], 2, 2), nn.ConvTranspose2d(widths[2], widths[1], 2, 2)])
        self.back = nn.ModuleList([Flat(widths[2], widths[2]), Flat(widths[1], 2 * widths[1])])
        self.out = nn.Conv2d(2 * widths[1], 21 * r, 1)
        nn.init.normal_(self.out.weight, 0, .001), nn.init.zeros_(self.out.bias)

    def forward(self, x):
        a = self.down[0](F.relu(self.stem(x)))
        b = self.down[1](a)
        c = self.down[2](b)
        b = self.back[0](F.relu(self.up[0](c)) + b)
        a = self.back[1](F.relu(self.up[1](b)) + a)
        return self.out(a).view(-1, 21, self.r, self.r, self.r)


class VoxelsToJoints(nn.Module):
    """Occupancy [B, 1, 48, 48, 48] -> joint coordinates [B, 21, 3]."""

    def __init__(self, widths=(16, 24, 32, 48)):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv3d(8, widths[0], 3, 1, 1, bias=False), nn.BatchNorm3d(widths[0]), nn.ReLU())
        self.blocks = nn.ModuleList([Residual(a, b) for a, b in zip(widths, widths[1:])])
        self.hidden, self.norm, self.out = nn.Linear(widths[-1] * 27, 192, bias=False), nn.BatchNorm1d(192), nn.Linear(192, 63)

    def forward(self, x):
        x = self.stem(space_to_depth(x))
        for block in self.blocks:
            x = block(F.max_pool3d(x, 2))
        return .5 + self.out(F.relu(self.norm(self.hidden(x.flatten(1))))).view(-1, 21, 3)


COMPACT = dict(size=GRID, widths=(16, 16, 32, 64))
# name -> table, network, what it reads (picture, voxels, or voxels of a coarser grid), loss
ROWS = {
    'depth picture to coordinates': ('representation', PictureToJoints, 'picture', 'coordinates'),
    'depth picture to voxel likelihood': ('representation', PictureToMaps, 'picture', 'both'),
    'voxels to coordinates': ('representation', VoxelsToJoints, 'voxels', 'coordinates'),
    'voxels to voxel likelihood': ('representation', lambda: CompactV2V(**COMPACT), 'voxels', 'both'),
    'paper: MSE, RMSProp 2.5e-4, batch 8, N(0, 0.001), sigma 1.7': ('loss', lambda: paper_weights(CompactV2V(**COMPACT)), 'voxels', 'paper'),
    'MSE, AdamW 2e-3, batch 16, sigma 1.5': ('loss', lambda: CompactV2V(**COMPACT), 'voxels', 'mse'),
    'MSE + soft arg-max, AdamW 2e-3, batch 16, sigma 1.5': ('loss', None, None, 'voxels to voxel likelihood'),
    **{f'v2v width {w}': ('width', lambda w=w: V2V(size=32, width=w), 'coarse', 'both') for w in (4, 8, 16, 32, 64, 84)},
}
DEFAULT_WIDTHS = (4, 8, 16)


# -- data: made once, kept packed

class Frames:
    """Grids (bits), depth pictures and joints of frames that all rows share."""

    def __init__(self, count):
        self.bits = np.zeros((count, GRID ** 3 // 8), np.uint8)
        self.pictures = np.zeros((count, PICTURE, PICTURE), np.uint16)
        self.joints = np.zeros((count, 21, 3), np.float32)
        self.edge = np.zeros(count, np.float32)

    @staticmethod
    def sampled(seed, count):
        out, s = Frames(count), Sampler(EDGE, 'cpu', seed)
        for i in range(0, count, 50):
            d = s.batch(50)
            n = min(50, count - i)
            grid = voxelise(d['points'], d['valid'], GRID).to(torch.uint8).view(50, -1)
            out.bits[i:i + n] = np.packbits(grid[:n].numpy(), 1, bitorder='little')
            out.pictures[i:i + n] = picture(d['points'], d['valid'])[:n].numpy().astype(np.uint16)
            out.joints[i:i + n], out.edge[i:i + n] = d['joints'][:n].numpy(), d['edge'][:n].numpy()
        return out

    @staticmethod
    def read(folder, most=4000):
        about = json.loads((folder / 'sequences.json').read_text())
        assert about['gridSize'] == GRID and about['depthSize'] == PICTURE, 'another size of grids or pictures'
        kind = np.dtype([('bits', 'u1', GRID ** 3 // 8), ('picture', '<u2', (PICTURE, PICTURE)), ('joints', '<f4', (21, 3)), ('edge', '<f4'), ('sequence', '<f4')])
        assert about['recordBytes'] == kind.itemsize, f"records of {about['recordBytes']} bytes, not {kind.itemsize}"
        raw = np.fromfile(folder / 'sequences.bin', kind)[:most]
        out = Frames(len(raw))
        out.bits, out.pictures, out.joints, out.edge = raw['bits'], raw['picture'], raw['joints'].copy(), raw['edge'].copy()
        return out

    def batch(self, index, reads):
        """{x, joints} of some frames: what a network reads, and what it shall answer."""
        joints = torch.from_numpy(self.joints[index])
        if reads == 'picture':
            z = torch.from_numpy(self.pictures[index].astype(np.float32))
            return {'x': torch.where(z > 0, (z - 1) / 65534, torch.full_like(z, 1.5))[:, None] * 2 - 1, 'joints': joints}
        grid = torch.from_numpy(np.unpackbits(self.bits[index], axis=1, bitorder='little')).float().view(-1, 1, GRID, GRID, GRID)
        return {'x': coarser(grid, 32) if reads == 'coarse' else grid, 'joints': joints}


def picture(points, valid):
    """Cube coordinates -> nearest depth per pixel, 1 + 65534 z, 0 where there is nothing. [B, 96, 96] int32."""
    i = (points.clamp(0, .999999) * PICTURE).long()
    z = torch.where(valid, points[..., 2].clamp(0, 1), torch.full_like(points[..., 2], 2.))
    out = torch.full((len(points), PICTURE ** 2), 2.)
    out.scatter_reduce_(1, i[..., 1] * PICTURE + i[..., 0], z, 'amin')
    return torch.where(out <= 1, 1 + (out * 65534).round(), torch.zeros_like(out)).view(-1, PICTURE, PICTURE).int()


def coarser(grid, n):
    """Occupancy of n^3 cells from the middles of the occupied cells of a finer grid. [B, 1, m, m, m] -> [B, 1, n, n, n]."""
    m = grid.shape[-1]
    cell = ((torch.arange(m) + .5) / m * n).long()
    for axis in (2, 3, 4):
        shape = list(grid.shape)
        shape[axis] = n
        grid = torch.zeros(shape).index_reduce_(axis, cell, grid, 'amax')
    return grid


# -- training and measuring

def loss_of(kind, y, joints):
    if kind == 'coordinates':
        return 20 * (y - joints).abs().sum(-1).mean()
    return heat_map_loss(y, joints, PAPER_SIGMA if kind == 'paper' else SIGMA, .3 if kind == 'both' else 0.)


@torch.no_grad()
def measure(net, frames, reads):
    errors = []
    for i in range(0, len(frames.edge), 50):
        index = np.arange(i, min(i + 50, len(frames.edge)))
        s = frames.batch(index, reads)
        y = net(s['x']).float()
        p = y if y.dim() == 3 else window_mean(y)
        errors.append((p - s['joints']).norm(dim=2) * torch.from_numpy(frames.edge[index])[:, None] * 1000)
    figures = summary(torch.cat(errors))
    return {k: figures[k] for k in ('meanMm', 'medianMm', 'p95Mm', 'framesWithin20')}


class Passes:
    """The frames in an order of its own each time, which every row shares; what does not fill a batch is left out."""

    def __init__(self, frames, reads):
        self._frames, self._reads, self._passes, self._left = frames, reads, 0, []
        self.rendered = len(frames.edge)

    def draw(self, n):
        if not self._left:
            order = np.random.RandomState(self._passes).permutation(self.rendered)
            self._left, self._passes = [order[i:i + n] for i in range(0, len(order) - n + 1, n)][::-1], self._passes + 1
        return self._frames.batch(self._left.pop(), self._reads)

    def close(self):
        pass


def trained(name, a, frames, test):
    """The rows of one network, one for each time that it has seen the frames."""
    table, make, reads, kind = ROWS[name]
    torch.manual_seed(a.seed)
    net = make()
    paper = kind == 'paper'
    size = 8 if paper else 16
    each = len(frames.edge) // size * size
    options = argparse.Namespace(**vars(a), batch=size, samples=a.epochs * each, minutes=0, every=0, start=None, lr=2.5e-4 if paper else 2e-3)

    def loss(net, s):
        with torch.autocast('cpu', dtype=torch.bfloat16, enabled=a.bf16):
            y = net(s['x'])
        return loss_of(kind, y.float(), s['joints']), {}
    log = train(options, net, lambda _: Passes(frames, reads), loss, lambda net: measure(net, test, reads), name, keep=False, most=0., count=each,
                **({'optimiser': lambda net, rate: torch.optim.RMSprop(net.parameters(), rate), 'rate': lambda _: 1., 'clip': math.inf} if paper else {'clip': 50.}))
    return [{'name': name, 'table': table, 'input': 'depth picture 96^2' if reads == 'picture' else f"occupancy {32 if reads == 'coarse' else GRID}^3",
             'output': 'coordinates' if kind == 'coordinates' else f"heat maps {16 if reads == 'coarse' else 24}^3",
             'parameters': sum(q.numel() for q in net.parameters()), 'epoch': k + 1, **{key: v for key, v in row.items() if key not in ('minutes', 'rendered', 'perSecond')},
             'seconds': round(60 * row['minutes'])} for k, row in enumerate(log)]


def processor():
    """The processor's name; what Python calls it where the system does not say."""
    info = Path('/proc/cpuinfo')
    names = [line.split(':', 1)[1].strip() for line in info.read_text().splitlines() if line.startswith('model name')] if info.exists() else []
    return names[0] if names else platform.processor() or platform.machine()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--run', default='runs/baselines')
    p.add_argument('--frames', type=int, default=6_000, help='frames of the data set, a multiple of 50')
    p.add_argument('--epochs', type=int, default=2)
    p.add_argument('--widths', type=int, nargs='*', default=DEFAULT_WIDTHS, help='of the v2v rows; 32, 64 and 84 want a GPU or a night')
    p.add_argument('--tables', nargs='*', default=('representation', 'loss', 'width'))
    p.add_argument('--sequences', help='folder of dump-sequences.mjs')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--threads', type=int, default=2)
    p.add_argument('--bf16', action='store_true')
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    run = Path(a.run)
    run.mkdir(parents=True, exist_ok=True)
    file = run / 'baselines.json'
    key = {'frames': a.frames, 'epochs': a.epochs, 'seed': a.seed, 'bf16': a.bf16, 'set': 'sequences' if a.sequences else f'held-out samples, seed {HOLDOUT_SEED}'}
    done = json.loads(file.read_text()) if file.exists() else {}
    if {k: done.get(k) for k in key} != key:
        done = {**key, 'date': str(date.today()), 'machine': f'{a.threads} threads, {processor()}', 'torch': torch.__version__,
                'command': shlex.join(['python3', '-m', 'voxhand_training.baselines', *sys.argv[1:]]), 'rows': []}
    names = [n for n, (table, *_) in ROWS.items() if table in a.tables and (table != 'width' or int(n.split()[-1]) in a.widths)]
    names = [n for n in names if not any(r['name'] == n for r in done['rows'])]
    if not names:
        return
    test = Frames.read(Path(a.sequences)) if a.sequences else Frames.sampled(HOLDOUT_SEED, 1000)
    begin = time.time()
    frames = Frames.sampled(4_242, a.frames)
    print(f'{a.frames} frames in {time.time() - begin:.0f} s; measured on {len(test.edge)}', flush=True)
    for name in names:
        same = ROWS[name][3]
        rows = [{**r, 'name': name, 'table': ROWS[name][0]} for r in done['rows'] if r['name'] == same] if ROWS[name][1] is None else trained(name, a, frames, test)
        done['rows'] += rows
        file.write_text(json.dumps(done, indent=1))


if __name__ == '__main__':
    main()
