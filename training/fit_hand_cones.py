"""Fits the round cones of src/synthetic/hand.json to the skin of hand-mesh.json, so that they lie at or just below it.

Run: python3 training/fit_hand_cones.py      after make_hand_mesh.py; then node scripts/generate-hand-data.mjs

The hand takes the mesh's rest pose. Fingers: a cone's radius at a joint is the median distance of the skin around it from the bone's
axis. Palm and forearm: each end is a sphere within the skin that is as large as can be when its centre moves out of the palm or into
it; points that are joints stay. Prints how far the skin lies within the cones (worst and 99th percentile) for each group.
"""
import json
import re

import numpy as np
import torch

from make_hand_mesh import HAND
from voxhand_training.hand import FINGERS, HandModel
from voxhand_training.mesh import MESH_FILE, HandMesh

DEGREE = np.pi / 180
AROUND = .004                    # half the length of bone whose skin counts for a joint, metres
ROOT, TIP = .5, .8               # of a finger's first and last bone: where the web ends, and where the tip's curve begins
BELOW = .0005                    # spheres of the palm stay this far below the skin, metres
ELBOW = -.24                     # the forearm's end cap counts for no radius
DEPTHS = np.arange(-.008, .0141, .0005)


def dense(vertices, faces, step=.0012):
    """Points of the surface, at most `step` apart or so."""
    out = []
    for a, b, c in vertices[faces]:
        n = max(1, int(np.ceil(max(np.linalg.norm(b - a), np.linalg.norm(c - a), np.linalg.norm(c - b)) / step)))
        i, j = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing='ij')
        k = i + j <= n
        out.append(a + (b - a) * (i[k] / n)[:, None] + (c - a) * (j[k] / n)[:, None])
    return np.concatenate(out)


def main():
    model = HandModel()
    mesh = HandMesh(model)
    rest = json.loads(MESH_FILE.read_text())['restPose']
    pose = torch.tensor([[rest[d] * DEGREE for d in model.dofs]])
    joints = model.forward(pose)[0][0].double().numpy()
    at = lambda name: joints[model.joints.index(name)]
    vertices = mesh.rest_vertices.double().numpy()
    skin = dense(vertices, mesh.faces.numpy()[:mesh.first_forearm_face])
    arm = dense(vertices, mesh.faces.numpy()[mesh.first_forearm_face:])
    arm = arm[(arm[:, 1] < -.02) & (arm[:, 1] > ELBOW)]                                  # the first rings lie within the hand
    owner = mesh.index[:, 0].numpy()
    spec = {p['name']: p for p in model.spec['primitives']}

    def around(bones, origin, axis, middle):
        own = vertices[np.isin(owner, [mesh.bones.index(b) for b in bones])] - origin
        along = own @ axis
        near = abs(along - middle) <= AROUND
        return float(np.median(np.linalg.norm(own - along[:, None] * axis, axis=1)[near]))

    for digit, parts in {'thumb': ('proximal', 'distal'), **{f: ('proximal', 'middle', 'distal') for f in FINGERS}}.items():
        bones = [f'{digit}_{part}' for part in parts]
        ends = [at(f'{digit}_{j}') for j in (('mcp', 'ip', 'tip') if digit == 'thumb' else ('mcp', 'pip', 'dip', 'tip'))]
        radii = []
        for k, (a, b) in enumerate(zip(ends, ends[1:])):
            length = np.linalg.norm(b - a)
            axis = (b - a) / length
            radii.append(around(bones[max(0, k - 1):k + 1], a, axis, ROOT * length if k == 0 else 0))
            if k == len(bones) - 1:
                radii.append(around(bones[k:], a, axis, TIP * length))
        for bone, ra, rb in zip(bones, radii, radii[1:]):
            spec[bone].update(radiusA=round(ra, 4), radiusB=round(rb, 4))

    for p in spec.values():
        if p['group'] not in ('palm', 'forearm'):
            continue
        surface = np.concatenate([skin, arm]) if p['group'] == 'palm' else np.concatenate([arm, skin[skin[:, 1] < .012]])
        for end, radius in (('a', 'radiusA'), ('b', 'radiusB')):
            point = p[end]
            if 'joint' in point:
                centre, depths = at(point['joint']), [0.]
            else:
                base = np.array(point['offset'] if 'mix' in point else point['forearm'], float) * [1, 1, 0]
                centre, depths = base + sum((w * at(n) for n, w in point.get('mix', {}).items()), np.zeros(3)), DEPTHS
            free = [np.linalg.norm(surface - (centre + [0, 0, z]), axis=1).min() for z in depths]
            best = int(np.argmax(free))
            p[radius] = round(float(free[best]) - BELOW, 4)
            if 'joint' not in point:
                point['offset' if 'mix' in point else 'forearm'][2] = round(float(depths[best]), 4)

    text = HAND.read_text()
    number = lambda v: re.sub(r'\.0$', '', repr(v))
    for name, p in spec.items():
        def replaced(match):
            body = match.group(0)
            for key in ('radiusA', 'radiusB'):
                body = re.sub(rf'("{key}": )[\d.e-]+', lambda m: m.group(1) + number(p[key]), body)
            for end in ('a', 'b'):
                for key in ('offset', 'forearm'):
                    if key in p[end]:
                        value = '[' + ', '.join(number(v) for v in p[end][key]) + ']'
                        body = re.sub(rf'("{end}": {{[^}}]*?(?:}},\s*)?"{key}": )\[[^\]]*\]', lambda m: m.group(1) + value, body, count=1)
            return body
        text = re.sub(rf'"name": "{name}",.*?"radiusB": [\d.e-]+', replaced, text, count=1, flags=re.S)
    assert json.loads(text)['primitives'] == list(spec.values())
    HAND.write_text(text)

    _, _, (a, b, ra, rb) = (HandModel()).forward(pose)
    a, b, ra, rb = (v[0].double().numpy() for v in (a, b, ra, rb))
    for group in ('thumb', *FINGERS, 'palm', 'forearm'):
        within = []
        for i, g in enumerate(model.groups):
            if g != group:
                continue
            points = arm if group == 'forearm' else skin
            m = b[i] - a[i]
            s = np.clip((points - a[i]) @ m / (m @ m), 0, 1)
            within.append(ra[i] + s * (rb[i] - ra[i]) - np.linalg.norm(points - a[i] - s[:, None] * m, axis=1))
        depth = np.max(within, 0)
        inside = depth[depth > 0]
        most = np.percentile(inside, 90) * 1000 if len(inside) else 0
        print(f'{group:8} skin within a cone: {len(inside) / len(depth):6.1%}, worst {depth.max() * 1000:.1f} mm, 90 % of it {most:.1f} mm')
    for p in spec.values():
        print(p['name'], p['radiusA'], p['radiusB'], p['a'], p['b'])


if __name__ == '__main__':
    main()
