"""Calibrate, quantise and say what it costs, in one command:

    python3 -m voxhand_training.quantise --checkpoint checkpoints/compact16b.pt --out runs/quantised

Calibrates on samples of their own seed, writes the 8-bit graph (2d8) and its float32 twin (2d) as `export` does, so that
`npm run model:finish` can package either, and measures both on held-out samples: error to the truth in mm, and how far 8 bit moves the
points. Weights are 7 bits per output channel, activations 8 bits (eight_bit.py, calibrate.py).

The graphs run in Python's onnxruntime where that is installed, else in PyTorch's imitation of it (run_graph.py), which agrees to the rounding.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .checkpoint import load_all
from .data import HOLDOUT_SEED
from .export import export, in_order
from .joint_decoder import decoder_of
from .refine import TARGETS
from .run_graph import RUNTIME, opened
from .samples import drawn, write_holdout


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--checkpoint', nargs='+', required=True, help='one network, or the epochs of an ensemble')
    p.add_argument('--out', required=True)
    p.add_argument('--calibration', type=int, default=32, help='samples to calibrate on')
    p.add_argument('--holdout', type=int, default=256, help='held-out samples to measure on')
    return p.parse_args()


@torch.no_grad()
def points_of(graph, folder, member, grids):
    """A graph's points for every grid [n, P, 3], in cube coordinates; an ensemble's heat maps, or points, are averaged."""
    runs = [opened(folder / f) for f in graph['files']]
    decode = None if member.refines else decoder_of(21, member.net.out_size, 'gauss', member.sigma)
    points = []
    for v in grids.numpy().astype(np.uint8):
        answer = torch.stack([in_order(run(v.reshape(graph['input'])), graph) for run in runs]).mean(0)
        points.append(answer[None] if member.refines else decode(answer[:, :21])[..., :3])
    return torch.cat(points)


def figures(mm):
    flat = mm.flatten()
    at = lambda share: round(flat.kthvalue(max(1, round(share * flat.numel())))[0].item(), 2)
    return {'mean': round(flat.mean().item(), 2), 'median': at(.5), 'p95': at(.95)}


def cost(members, graphs, folder, count):
    """Errors of both graphs and the way between them, mm, by target (`joints`, or CoM and RoM)."""
    first = members[0]
    grids, truth, edges = (torch.cat(x) for x in zip(*drawn(HOLDOUT_SEED, count, first.net.size, first.edge, first.refines)))
    mm = lambda a, b: (a - b).norm(dim=-1) * edges[:, None] * 1000
    result = {}
    for k, target in enumerate(TARGETS if first.refines else (None,)):
        single, eight = (points_of(graphs['-'.join(filter(None, (layout, target)))], folder, first, grids) for layout in ('2d', '2d8'))
        wanted = truth if target is None else truth[:, k:k + 1]
        result[target or 'joints'] = {'float32': figures(mm(single, wanted)), '8bit': figures(mm(eight, wanted)), 'moved': figures(mm(single, eight))}
    return result


def main():
    a = arguments()
    folder = Path(a.out)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        members = load_all(a.checkpoint)
    except OSError as error:
        raise SystemExit(str(error)) from error
    first = members[0]
    about = export(members, folder, ['2d', '2d8'], calibration=a.calibration)
    write_holdout(folder / 'holdout.bin', HOLDOUT_SEED, a.holdout, first.net.size, first.edge, first.refines)
    about['holdout'] = {'file': 'holdout.bin', 'count': a.holdout, 'seed': HOLDOUT_SEED}
    about['cost'] = {'errorMm': cost(members, about['graphs'], folder, a.holdout), 'samples': a.holdout, 'runtime': 'onnxruntime' if RUNTIME else 'PyTorch'}
    (folder / 'export.json').write_text(json.dumps(about, indent=1) + '\n')
    for name, c in about['cost']['errorMm'].items():
        print(f'{name}, mm on {a.holdout} held-out samples (in {about["cost"]["runtime"]}):')
        for row, f in c.items():
            print(f'  {row:8} mean {f["mean"]:6.2f}  median {f["median"]:6.2f}  p95 {f["p95"]:6.2f}')
        print(f'  8 bit costs {c["8bit"]["mean"] - c["float32"]["mean"]:+.2f} mm in the mean, {c["8bit"]["median"] - c["float32"]["median"]:+.2f} mm in the median')


if __name__ == '__main__':
    main()
