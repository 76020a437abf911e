"""Writes test/fixtures/hand-golden.json: poses and shapes with the joints and cones that hand.py makes of them.

Run: python3 training/make_hand_golden.py
The TypeScript hand (src/synthetic/kinematic-hand.ts) is tested against this file.
"""
import json
import math
import random
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / 'training'))
from voxhand_training.hand import HandModel  # noqa: E402

NAMED = ('open', 'spread', 'fist', 'ok', 'thumbs_up', 'call')
RANDOM = 8


def main():
    draw = random.Random(20261122)
    model = HandModel()
    primitives = len(model.groups)
    cases = []

    def factors(*shape):
        if len(shape) == 1:
            return [round(draw.uniform(0.9, 1.1), 4) for _ in range(shape[0])]
        return [factors(*shape[1:]) for _ in range(shape[0])]

    for name in NAMED:
        pose = model.spec['poses'][name]
        cases.append({'name': name, 'pose': [pose[d] * math.pi / 180 for d in model.dofs], 'shape': None})
    for i in range(RANDOM):
        pose = [round(draw.uniform(d['minDeg'], d['maxDeg']) * math.pi / 180, 6) for d in model.spec['dofs']]
        shape = {'scale': round(draw.uniform(0.78, 1.16), 4), 'mcp': factors(4, 3), 'lengths': factors(4, 3),
                 'cmc': factors(3), 'thumb': factors(3), 'radius': factors(primitives)}
        cases.append({'name': f'random {i}', 'pose': pose, 'shape': shape})

    rounded = lambda t: [round(float(v), 8) for v in t.flatten()]
    for case in cases:
        shape = None
        if case['shape']:
            shape = {k: torch.tensor([v], dtype=torch.float32) for k, v in case['shape'].items()}
            shape['extra'] = torch.zeros(1, primitives)
        joints, forearm, (a, b, ra, rb) = model.forward(torch.tensor([case['pose']], dtype=torch.float32), shape)
        case.update(joints=rounded(joints), forearm=rounded(forearm), a=rounded(a), b=rounded(b), radiusA=rounded(ra),
                    radiusB=rounded(rb))

    lines = ',\n'.join(json.dumps(case) for case in cases)
    out = ROOT / 'test' / 'fixtures' / 'hand-golden.json'
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(f'[\n{lines}\n]\n')


if __name__ == '__main__':
    main()
