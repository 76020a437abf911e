"""Export a checkpoint: ONNX graphs, held-out samples and everything that `npm run model:finish` needs for the manifest.

    python3 -m voxhand_training.export --checkpoint checkpoints/compact16b.pt --out runs/export

Writes model-3d.onnx, model-2d.onnx, model-2d8.onnx, export.json, and holdout.bin: held-out grids (one bit a cell) with their joints.
The manifest, with the error measured in onnxruntime through voxhand's own decoders, is written by scripts/finish-model.mjs.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch

from . import onnx_graph
from .data import Sampler, voxelise
from .lower import TorchBackend, walk
from .net import build, space_to_depth

CALIBRATION_SEED, HOLDOUT_SEED = 777_777, 999_999


def grids(seed, count, size, edge):
    s = Sampler(edge, 'cpu', seed)
    for _ in range(count // 64):
        d = s.batch(64)
        yield voxelise(d['points'], d['valid'], size), d['joints'], d['edge']


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--checkpoint', required=True)
    p.add_argument('--out', required=True)
    p.add_argument('--holdout', type=int, default=1024, help='held-out samples, a multiple of 64')
    p.add_argument('--calibration', type=int, default=128)
    a = p.parse_args()
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    c = torch.load(a.checkpoint, map_location='cpu')
    args = c['args']
    net = build(args['model']).eval()
    net.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in c['ema'].items()})
    with torch.no_grad():
        be = TorchBackend()
        worst = 0.
        for v, _, _ in grids(CALIBRATION_SEED, a.calibration, net.size, args['edge']):
            for i in range(0, len(v), 8):
                worst = max(worst, (walk(net, be, space_to_depth(v[i:i + 8])) - net(v[i:i + 8])).abs().max().item())
        print(f'folding batch norm changes heat maps by at most {worst:.1e}')
        graphs = {}
        for layout in ('3d', '2d', '2d8'):
            shape, outshape = onnx_graph.write(net, layout, out / f'model-{layout}.onnx', be.ranges)
            graphs[layout] = {'file': f'model-{layout}.onnx', 'input': shape, 'output': outshape}
        with open(out / 'holdout.bin', 'wb') as f:
            for v, joints, edge in grids(HOLDOUT_SEED, a.holdout, net.size, args['edge']):
                for i in range(len(v)):
                    f.write(np.packbits(v[i].numpy().astype(np.uint8).reshape(-1), bitorder='little').tobytes())
                    f.write(np.concatenate([joints[i].numpy().reshape(-1), edge[i:i + 1].numpy()]).astype('<f4').tobytes())
    last = [r for r in c['log'] if 'meanMm' in r][-1:] or [{}]
    (out / 'export.json').write_text(json.dumps({
        'model': args['model'], 'size': net.size, 'outSize': net.out_size, 'edge': args['edge'], 'sigma': args['sigma'], 'seed': args['seed'],
        'samples': c['seen'] + c.get('before', 0), 'minutes': round(c['spent'] / 60, 1), 'parameters': sum(q.numel() for q in net.parameters()),
        'holdout': {'file': 'holdout.bin', 'count': a.holdout, 'seed': HOLDOUT_SEED}, 'graphs': graphs, 'trainingLog': last[0]}, indent=1))


if __name__ == '__main__':
    main()
