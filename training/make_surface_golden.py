"""Writes test/fixtures/surface-golden.json: hands as mesh.py and raster.c draw them, depth for every pixel.

Run: python3 training/make_surface_golden.py           writes the file
     python3 training/make_surface_golden.py --check   renders its hands anew and compares; exit code 1 where they differ

The TypeScript depth camera (src/synthetic/depth-camera.ts) is tested against this file, so that what the network is trained on and
what the SDK's synthetic streams show are the same hand. Depth is exact (no sensor), hand and forearm, nothing else.

A case holds pose [D] radians, shape (or null), glove and sleeve (metres, where the hand has them), rotation [9] and translation [3] metres from
the palm frame to the optical frame, and `depth`: size^2 unsigned 16-bit numbers, row by row, little-endian, base64, in units of `unit` metres; 0 where the ray meets nothing.
The camera is a pinhole: pixel (u, v) looks along ((u - cx) / focal, (v - cy) / focal, 1).
"""
import argparse
import base64
import json
import math
import random
import sys
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / 'training'))
from voxhand_training.hand import HandModel, rot_x, rot_y, rot_z  # noqa: E402
from voxhand_training.mesh import HandMesh  # noqa: E402
from voxhand_training.raster import raster  # noqa: E402

FILE = ROOT / 'test' / 'fixtures' / 'surface-golden.json'
SIZE = 104
PITCH = .0027        # metres a pixel at the hand
UNIT = .00002
DEG = math.pi / 180
PALM = (0., .05, 0.)
# pose, yaw (180: the back of the hand), pitch (positive: fingertips towards the camera), roll, degrees; place of the palm, metres
NAMED = (('open', 0, 0, 0, (0., 0., .45)), ('fist', 180, 0, 25, (.1, -.05, .6)), ('point', 80, 10, -40, (-.15, .1, .5)),
         ('ok', 20, 55, 10, (0., .12, .35)), ('spread', -30, 85, 30, (0., 0., .4)), ('relaxed', 200, -50, 160, (.2, .1, .8)))
RANDOM = 3
GLOVE, SLEEVE = .003, .012       # metres; of the first and the last case
# A fresh rendering may differ by this, and by more in this share of the hand's pixels: other machines round otherwise,
# and a ray that grazes a finger hits it or what is behind.
DEPTH_ERROR, GRAZING_SHARE = .0002, .002


def make_cases(model):
    draw = random.Random(20261123)
    uniform = lambda lo, hi: round(draw.uniform(lo, hi), 4)
    factors = lambda n: [uniform(.9, 1.1) for _ in range(n)]
    cases = []
    for name, yaw, pitch, roll, at in NAMED:
        pose = [model.spec['poses'][name][d] * DEG for d in model.dofs]
        cases.append({'name': f'{name}, yaw {yaw}, pitch {pitch}, roll {roll}', 'pose': pose, 'shape': None,
                      **placement(yaw, pitch, roll, at)})
    for i in range(RANDOM):
        # the middle of each range: fingers at their limits stick through each other
        pose = [round((d['minDeg'] + (d['maxDeg'] - d['minDeg']) * draw.uniform(.15, .85)) * DEG, 6) for d in model.spec['dofs']]
        shape = {'scale': uniform(.78, 1.16), 'mcp': [factors(3) for _ in range(4)], 'lengths': [factors(3) for _ in range(4)],
                 'cmc': factors(3), 'thumb': factors(3), 'radius': factors(len(model.groups))}
        at = (uniform(-.2, .2), uniform(-.15, .15), uniform(.35, .8))
        cases.append({'name': f'random {i}', 'pose': pose, 'shape': shape,
                      **placement(uniform(-180, 180), uniform(-60, 60), uniform(-180, 180), at)})
    cases[0].update(glove=GLOVE, sleeve=SLEEVE)
    cases[-1].update(glove=GLOVE, sleeve=SLEEVE)
    return cases


def placement(yaw, pitch, roll, at):
    """Palm frame to optical frame: the middle of a medium palm at `at`, in a picture around it."""
    t = lambda v: torch.tensor(v * DEG, dtype=torch.float64)
    r = rot_z(t(roll)) @ rot_x(t(pitch)) @ rot_y(t(yaw)) @ torch.diag(torch.tensor([1., -1., -1.], dtype=torch.float64))
    to = torch.tensor(at, dtype=torch.float64) - r @ torch.tensor(PALM, dtype=torch.float64)
    numbers = lambda v: [round(float(x), 8) for x in v.flatten()]
    focal = round(at[2] / PITCH, 4)
    c = lambda x: round((SIZE - 1) / 2 - focal * x / at[2], 4)
    return {'rotation': numbers(r), 'translation': numbers(to), 'focal': focal, 'cx': c(at[0]), 'cy': c(at[1])}


def depth_of(model, case):
    """Depth [SIZE * SIZE] in units, 0 where nothing is met."""
    if case['shape']:
        shape = {k: torch.tensor([v], dtype=torch.float32) for k, v in case['shape'].items()}
        shape['extra'] = torch.zeros(1, len(model.groups))
    else:
        shape = model.neutral_shape(1)
    mesh = HandMesh(model)
    worn = {k: torch.tensor([case[k]]) for k in ('glove', 'sleeve') if k in case}
    skin = mesh.skin(torch.tensor([case['pose']], dtype=torch.float32), shape, **worn)[0]
    r, t = torch.tensor(case['rotation']).view(3, 3), torch.tensor(case['translation'])
    faces = mesh.faces.numpy()
    depth, _ = raster((skin @ r.T + t).numpy(), faces, np.zeros(len(faces)), case['focal'], case['cx'], case['cy'], SIZE, SIZE)
    depth = torch.from_numpy(depth)
    return torch.where(torch.isfinite(depth), (depth / UNIT).round(), torch.zeros_like(depth)).to(torch.int32).view(-1)


def encode(depth):
    assert int(depth.max()) < 1 << 16
    return base64.b64encode(b''.join(int(d).to_bytes(2, 'little') for d in depth)).decode()


def decode(text):
    data = base64.b64decode(text)
    return torch.tensor([data[i] | data[i + 1] << 8 for i in range(0, len(data), 2)], dtype=torch.int32)


def check(model):
    """Whether all cases of the file are still drawn as they are stored."""
    golden = json.loads(FILE.read_text())
    right = golden['size'] == SIZE and golden['unit'] == UNIT and len(golden['cases']) > 0
    for case in golden['cases']:
        stored, fresh = decode(case['depth']), depth_of(model, case)
        error = (stored - fresh).abs() * UNIT                                           # a miss has depth 0: it differs by all of it
        share = int((error > DEPTH_ERROR).sum()) / max(1, int((stored > 0).sum()))
        same = share <= GRAZING_SHARE and bool((stored > 0).any())
        right = right and same
        print(f"{'ok      ' if same else 'DIFFERS '}{case['name']:40} {share:.2%} of the hand's pixels, {float(error.max()) * 1000:.2f} mm at most")
    return right


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--check', action='store_true', help='compare a fresh rendering with the file instead of writing it')
    args = parser.parse_args()
    model = HandModel()
    if args.check:
        sys.exit(0 if check(model) else 1)
    cases = make_cases(model)
    for case in cases:
        case['depth'] = encode(depth_of(model, case))
    lines = ',\n'.join(json.dumps(case) for case in cases)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(f'{{"size": {SIZE}, "unit": {UNIT}, "cases": [\n{lines}\n]}}\n')


if __name__ == '__main__':
    main()
