"""Write the tiny graphs that test/training-graphs.test.ts runs in onnxruntime-node, and what PyTorch answers to the same grids.

    python3 -m voxhand_training.make_fixtures ../test/fixtures/graphs

Answers are kept as every STRIDE-th number of the float32 tensor in joint-major order, base64 of little-endian float32.
"""
import argparse
import base64
import json
from pathlib import Path

import torch
from onnx import TensorProto, save

from . import onnx_graph
from .calibrate import calibrate
from .export import in_order
from .graph_builder import GraphBuilder
from .joint_decoder import decode_joints
from .refine import TARGETS
from .run_graph import opened
from .tiny import SIZE, tiny, tiny_grids

STRIDE, SIGMA, MAP_SIZE = 29, 1.5, 7
LAYOUTS = {'compact': ('3d16', '2d', '2d8'), 'v2v': ('2d', '3d', '2d8')}


def kept(tensor):
    numbers = tensor.float().contiguous().flatten()[::STRIDE].numpy().astype('<f4')
    return base64.b64encode(numbers.tobytes()).decode()


@torch.no_grad()
def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('out')
    out = Path(p.parse_args().out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    grids = tiny_grids(2, 7)
    raw = grids.numpy().astype('u1')
    graphs, answers = [], {}

    def add(file, facts, tolerance, **more):
        """`tolerance`: of the root mean square difference, as a share of the answers' standard deviation."""
        facts = {k: facts[k] for k in ('kind', 'layout', 'input', 'tensor', 'output', 'dynamicBatch', 'decoder')}
        graphs.append({'file': file, **facts, 'tolerance': tolerance, **more})

    for name, layouts in LAYOUTS.items():
        member = tiny(name)
        calibration, own = calibrate(member.net, tiny_grids(16, 9)), member.net(grids)
        answers[name] = [kept(a) for a in own]
        for layout in layouts:
            file = f'{name}-{layout}.onnx'
            facts = onnx_graph.write(member.net, layout, out / file, calibration)
            if layout == '2d8':     # what 8 bit should give, to the rounding
                run = opened(out / file, own=True)
                answers[file] = [kept(in_order(run(g.reshape(facts['input'])), facts)) for g in raw]
                add(file, facts, .01, answers=file)
            limit = {'compact': .1, 'v2v': .25}[name]       # of 8 bit: 30 layers of two or three random channels average little out
            add(file, facts, {'3d16': 2e-3, '2d8': limit}.get(layout, 1e-5), answers=name)
    member = tiny('compact')
    facts = onnx_graph.write(member.net, '3d', out / 'compact-3d-batch.onnx', dynamic=True)
    add('compact-3d-batch.onnx', facts, 1e-5, answers='compact')
    facts = onnx_graph.write(member.net, '3d', out / 'compact-3d-gauss.onnx', dynamic=True, decoder='gauss', sigma=SIGMA)
    add('compact-3d-gauss.onnx', facts, 1e-4, maps='compact-3d-batch.onnx')
    member = tiny('refine')
    for k, target in enumerate(TARGETS):
        layout = ('2d', '3d')[k]
        file = f'refine-{layout}-{target}.onnx'
        facts = onnx_graph.write(member.net, layout, out / file, target=target)
        points = member.net(grids)[:, k]
        add(file, facts, 1e-5, points=[[round(v, 7) for v in p] for p in points.tolist()])

    decoders = []
    for decoder in ('gauss', 'smax'):
        g = GraphBuilder()
        g.result(decode_joints(g, 'maps', 21, MAP_SIZE, decoder, SIGMA), 'joints')
        file = f'decode-{decoder}.onnx'
        save(g.model([('maps', TensorProto.FLOAT, ['batch', 21, *[MAP_SIZE] * 3])], [('joints', TensorProto.FLOAT, ['batch', 21, 4])]), str(out / file))
        decoders.append({'file': file, 'decoder': decoder, 'size': MAP_SIZE, 'sigma': SIGMA})
    occupied = [g.reshape(-1).nonzero()[0].tolist() for g in raw]
    (out / 'graphs.json').write_text(json.dumps({
        'size': SIZE, 'mapSize': SIZE // 2, 'stride': STRIDE, 'sigma': SIGMA, 'occupied': occupied, 'answers': answers, 'graphs': graphs, 'decoders': decoders}) + '\n')
    total = sum(f.stat().st_size for f in out.iterdir())
    print(f'{out}: {len(graphs) + len(decoders)} graphs, {total / 1000:.0f} kB')


if __name__ == '__main__':
    main()
