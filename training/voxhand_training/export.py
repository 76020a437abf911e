"""Export checkpoints: ONNX graphs, held-out samples and everything that `npm run model:finish` needs for a manifest.

    python3 -m voxhand_training.export --checkpoint checkpoints/compact16b.pt --out runs/export
    python3 -m voxhand_training.export --checkpoint A.pt B.pt C.pt --layouts 2d8 --out runs/ensemble      (epochs; one file each)
    python3 -m voxhand_training.export --checkpoint checkpoints/compact16b.pt --layouts 3d16 --dynamic-batch --decoder gauss --out runs/gpu
    python3 -m voxhand_training.export --checkpoint checkpoints/refine.pt --out runs/refine               (CoM and RoM)
    python3 -m voxhand_training.export --checkpoint checkpoints/detector.pt --out runs/detector-export
    python3 -m voxhand_training.export --checkpoint checkpoints/verify.pt --detector checkpoints/detector.pt --out runs/verify-export
    python3 -m voxhand_training.export --random v2v16 --layouts 3d 2d8 --holdout 0 --compare 0 --out runs/v2v

Batch norm is folded; onnx_graph.py names the layouts. Every graph is run on held-out grids and compared with PyTorch in float32. The error
in onnxruntime through voxhand's own decoders, and the manifest, are scripts/finish-model.mjs's.
"""
import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch

from . import onnx_graph
from .calibrate import calibrate, useful
from .checkpoint import load_all, untrained
from .data import HOLDOUT_SEED
from .export_detection import export_detector, export_verify
from .joint_decoder import decoder_of
from .net import VARIANTS
from .refine import TARGETS
from .run_graph import opened
from .samples import CALIBRATION_SEED, grids_of, write_holdout

EXACT = 1e-3            # folding may change heat maps (or a point) by less than this


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = p.add_mutually_exclusive_group(required=True)
    what.add_argument('--checkpoint', nargs='+', help='one network, or the epochs of an ensemble')
    what.add_argument('--random', choices=[*sorted(VARIANTS), 'refine'], help='an untrained network, for timing')
    p.add_argument('--out', required=True)
    p.add_argument('--layouts', nargs='+', choices=onnx_graph.LAYOUTS, help='default 3d 2d 2d8; for a refinement network 2d8')
    p.add_argument('--dynamic-batch', action='store_true', help='leave the batch of the 3d layouts open')
    p.add_argument('--decoder', choices=('gauss', 'smax'), help='put the heat-map decoder into the graph (3d layouts)')
    p.add_argument('--size', type=int, help="cells along the grid's edge, where not the variant's own")
    p.add_argument('--holdout', type=int, default=1024, help='held-out samples to measure on')
    p.add_argument('--detector', metavar='FILE', help='measure a verify network on the peaks of this checkpoint')
    p.add_argument('--holdout-of', metavar='FOLDER', help='take the held-out samples of another export with the same grid and cube')
    p.add_argument('--calibration', type=int, default=32, help='samples to calibrate 8 bit on')
    p.add_argument('--compare', type=int, default=16, help='held-out samples to compare each graph with PyTorch on')
    a = p.parse_args()
    if (a.dynamic_batch or a.decoder) and (not a.layouts or any(x.startswith('2d') for x in a.layouts)):
        p.error('--dynamic-batch and --decoder are for --layouts 3d or 3d16')
    return a


def main():
    a = arguments()
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    try:
        members = [untrained(a.random, random_grids, size=a.size)] if a.random else load_all(a.checkpoint, a.size)
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from error
    if members[0].model in ('detector', 'verify'):
        if len(members) > 1 or a.layouts not in (None, ['2d8']):
            raise SystemExit(f'a {members[0].model} is exported alone, and in the layout 2d8')
        about = export_detector(members[0], out, count=a.holdout) if members[0].model == 'detector' else export_verify(members[0], out, a.detector, count=a.holdout)
        (out / 'export.json').write_text(json.dumps(about, indent=1) + '\n')
        print(json.dumps(about.get('figures')))
        return
    about = export(members, out, a.layouts, a.dynamic_batch, a.decoder, a.calibration, a.compare)
    first = members[0]
    if a.holdout_of:
        other = json.loads((Path(a.holdout_of) / 'export.json').read_text())
        if (other['size'], other['edge'], other['holdout']['count']) != (first.net.size, first.edge, a.holdout):
            raise SystemExit(f'{a.holdout_of} holds samples of another grid, cube or number')
        shutil.copyfile(Path(a.holdout_of) / 'holdout.bin', out / 'holdout.bin')
    elif a.holdout:
        write_holdout(out / 'holdout.bin', HOLDOUT_SEED, a.holdout, first.net.size, first.edge, first.refines)
    about['holdout'] = {'file': 'holdout.bin', 'count': a.holdout, 'seed': HOLDOUT_SEED}
    (out / 'export.json').write_text(json.dumps(about, indent=1) + '\n')


def random_grids(size):
    return grids_of(CALIBRATION_SEED, 2, size, .26)


def export(members, out, layouts=None, dynamic=False, decoder=None, calibration=32, compare=16):
    """Write the graphs into the folder `out`; gives the content of export.json but for the held-out samples."""
    first = members[0]
    refines, size = first.refines, first.net.size
    layouts = layouts or (['2d8'] if refines else ['3d', '2d', '2d8'])
    if refines and decoder:
        raise SystemExit('a refinement network has no heat maps to decode')
    compared = grids_of(HOLDOUT_SEED, compare, size, first.edge, refines) if compare else None
    graphs = {}
    for k, member in enumerate(members):
        needed = useful(calibration if '2d8' in layouts else 2, member.net)
        grids = grids_of(CALIBRATION_SEED, needed, size, member.edge, refines)
        for target in TARGETS if refines else (None,):
            calibrated = calibrate(member.net, grids, target)
            if not calibrated.folding < EXACT:
                raise SystemExit(f'folding batch norm changes the result by {calibrated.folding:.1e}')
            for layout in layouts:
                name = '-'.join(filter(None, (layout, decoder, target)))
                file = f'model-{name}{f"-{k + 1}" if len(members) > 1 else ""}.onnx'
                facts = onnx_graph.write(member.net, layout, out / file, calibrated, dynamic, decoder, member.sigma, target)
                graph = graphs.setdefault(name, {'files': [], **facts, 'difference': []})
                graph['files'].append(file)
                if compared is not None:
                    difference = differences(member, out / file, facts, compared)
                    graph['difference'].append(difference)
                    print(f'{file}: {summary(facts, difference)}', flush=True)
    seeds = sorted({m.seed for m in members})
    return {'model': first.model, 'size': size, 'outSize': None if refines else first.net.out_size, 'edge': first.edge,
            'sigma': None if refines else first.sigma, 'seed': seeds[-1], 'samples': max(m.samples for m in members),
            'parameters': first.parameters, 'calibration': {'count': useful(calibration, first.net), 'seed': CALIBRATION_SEED},
            'members': [{'samples': m.samples, 'minutes': m.minutes, 'seed': m.seed, 'evaluation': m.evaluation} for m in members],
            'graphs': graphs}


def summary(facts, d):
    what = 'heat maps' if facts['kind'] == 'gaussian' else 'confidences' if facts['kind'] == 'joints' else 'coordinates'
    return f"{what} differ from PyTorch by at most {d['max']:.1e}, points by {d['medianMm']:.4f} mm (median), {d['meanMm']:.4f} mm (mean), {d['maxMm']:.3f} mm (at most)"


@torch.no_grad()
def differences(member, file, facts, grids):
    """How far a graph is from the network in PyTorch: largest difference of its numbers, and of its points in mm."""
    run, raw = opened(file), grids.numpy().astype(np.uint8)
    answers = torch.cat([in_order(run(raw[i].reshape(facts['input'])), facts) for i in range(len(raw))])
    own = torch.cat([member.net(grids[i:i + 1]) for i in range(len(grids))])
    if facts['kind'] == 'point':
        own = own[:, TARGETS.index(facts['target'])]
        return {'max': (answers - own).abs().max().item(), **distance(answers, own, member.edge)}
    joints = decoder_of(own.shape[1], own.shape[-1], facts['decoder'] or 'gauss', member.sigma)
    wanted = joints(own)
    if facts['kind'] == 'joints':
        return {'max': (answers - wanted)[..., 3].abs().max().item(), **distance(answers[..., :3], wanted[..., :3], member.edge)}
    return {'max': (answers - own).abs().max().item(), **distance(joints(answers)[..., :3], wanted[..., :3], member.edge)}


def in_order(answer, facts):
    """A graph's answer to one grid with the batch first and heat maps as [1, J, R, R, R]."""
    answer = answer.reshape(facts['output'])
    return answer.permute(1, 0, 2, 3)[None] if facts['kind'] == 'gaussian' and facts['layout'] == 'djhw' else answer


def distance(a, b, edge):
    mm = (a - b).norm(dim=-1) * edge * 1000
    return {'medianMm': mm.median().item(), 'meanMm': mm.mean().item(), 'maxMm': mm.max().item()}


if __name__ == '__main__':
    main()
