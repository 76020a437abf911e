"""Writes src/synthetic/hand-mesh.json, the skin of the synthetic hand, and the lengths of src/synthetic/hand.json that go with it.

Run: python3 training/make_hand_mesh.py right.glb

right.glb is `dist/profiles/generic-hand/right.glb` of the npm package @webxr-input-profiles/assets (MIT licence, kept beside the output).
The mesh is welded, brought into the palm frame of hand.json, bound to its bones, and gets a forearm, which the original lacks.

Bones: `palm` and one metacarpal for each finger are the palm frame, scaled axis by axis as `shape.mcp` scales the finger's root. The
bones of thumb and fingers lie along +y of their frame from their joint on. `forearm` lies along -y of the forearm frame.
A vertex is stored where it lies while the hand takes `restPose` with a neutral shape; the frames of the bones follow from that pose.

Joints: those of the mesh are taken over for wrist, finger roots and finger joints. Its thumb base lies 12 mm farther out than the
anatomical joint: the axis of the metacarpal is followed back until the bone is 45 mm long. Its finger tips lie 10 to 12 mm inside:
ours are where the pad ends, 2.3 mm below the skin.
"""
import base64
import json
import math
import re
import struct
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
HAND, OUT = ROOT / 'src/synthetic/hand.json', ROOT / 'src/synthetic/hand-mesh.json'
FINGERS = {'index': 'index-finger', 'middle': 'middle-finger', 'ring': 'ring-finger', 'little': 'pinky-finger'}
BONES = ['palm', 'thumb_metacarpal', 'thumb_proximal', 'thumb_distal',
         *(f'{f}_{part}' for f in FINGERS for part in ('metacarpal', 'proximal', 'middle', 'distal')), 'forearm']
SOURCE_PARTS = {'metacarpal': 'metacarpal', 'phalanx-proximal': 'proximal', 'phalanx-intermediate': 'middle', 'phalanx-distal': 'distal'}
THUMB_METACARPAL, BELOW_SKIN = .045, .0023
UNIT = 1e-5                                  # metres per unit of a stored coordinate
# the wrist's vertices go from palm (above the first y) to forearm (below the second), metres
WRIST_BLEND = (.008, -.014)
# rings of the forearm: y, half width (x), half thickness (z), metres; the first lies inside the mesh
RINGS = [(-.004, .023, .0150), (-.014, .0262, .0180), (-.03, .0275, .0190), (-.055, .0295, .0215), (-.085, .035, .0265), (-.12, .041, .0325),
         (-.16, .045, .0375), (-.2, .046, .041), (-.235, .0445, .0415), (-.256, .036, .036), (-.268, .02, .022)]
RING_CENTRE, SIDES, ELBOW_END = (-.0010, .0010), 16, -.272


def read_glb(path):
    data = Path(path).read_bytes()
    size = struct.unpack_from('<I', data, 12)[0]
    spec, start = json.loads(data[20:20 + size]), 28 + size

    def accessor(i):
        a = spec['accessors'][i]
        view = spec['bufferViews'][a['bufferView']]
        kind = {5126: 'f4', 5123: 'u2', 5121: 'u1', 5125: 'u4'}[a['componentType']]
        width = {'SCALAR': 1, 'VEC3': 3, 'VEC4': 4}[a['type']]
        return np.frombuffer(data, '<' + kind, a['count'] * width, start + view.get('byteOffset', 0) + a.get('byteOffset', 0)).reshape(-1, width)
    part = spec['meshes'][0]['primitives'][0]
    nodes = [spec['nodes'][k] for k in spec['skins'][0]['joints']]
    at = part['attributes']
    return (accessor(at['POSITION']).astype(float), accessor(part['indices']).reshape(-1, 3).astype(int), accessor(at['JOINTS_0']).astype(int),
            accessor(at['WEIGHTS_0']).astype(float), {n['name']: np.array(n['translation']) for n in nodes}, [n['name'] for n in nodes])


def palm_rotation(joints, hand):
    """The rotation that brings wrist, roots and thumb base best to where hand.json had them (Kabsch 1976), about the wrist."""
    names = [f'{n}-phalanx-proximal' for n in FINGERS.values()] + ['thumb-metacarpal']
    a = np.array([joints[n] - joints['wrist'] for n in names])
    b = np.array([hand['fingers'][f]['mcp'] for f in FINGERS] + [hand['thumb']['cmc']])
    u, _, vt = np.linalg.svd(a.T @ b)
    return vt.T @ np.diag([1, 1, np.linalg.det(vt.T @ u.T)]) @ u.T


def rot(axis, a):
    c, s = math.cos(a), math.sin(a)
    return np.array({'x': [[1, 0, 0], [0, c, -s], [0, s, c]], 'y': [[c, 0, s], [0, 1, 0], [-s, 0, c]], 'z': [[c, -s, 0], [s, c, 0], [0, 0, 1]]}[axis])


def flexions(frame, directions):
    """Angles about x that bring +y of a frame to each direction in turn, as near as a hinge can."""
    out = []
    for d in directions:
        local = frame.T @ d
        out.append(math.atan2(local[2], local[1]))
        frame = frame @ rot('x', out[-1])
    return out


def main():
    vertices, faces, joint, weight, at, names = read_glb(sys.argv[1])
    hand = json.loads(HAND.read_text())
    turn = palm_rotation(at, hand)
    place = lambda p: (p - at['wrist']) @ turn.T
    vertices, at_palm = place(vertices), {n: place(p) for n, p in at.items()}
    unit = lambda v: v / np.linalg.norm(v)

    # weld
    _, first, where = np.unique(np.round(vertices, 6), axis=0, return_index=True, return_inverse=True)
    faces = where.reshape(-1)[faces]
    vertices, joint, weight = vertices[first], joint[first], weight[first]
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 0] != faces[:, 2])]

    def skin_end(name):
        """How far the skin reaches beyond a distal joint along its bone."""
        p, d = at_palm[f'{name}-phalanx-distal'], unit(at_palm[f'{name}-tip'] - at_palm[f'{name}-phalanx-distal'])
        own = (weight * (joint == names.index(f'{name}-phalanx-distal'))).sum(1) > .5
        return p + d * (((vertices[own] - p) @ d).max() - BELOW_SKIN)

    # lengths of hand.json and the rest pose
    rest = {'wrist_flexion': 0., 'wrist_deviation': 0.}
    length = lambda points: [round(float(np.linalg.norm(b - a)), 4) for a, b in zip(points, points[1:])]
    for finger, source in FINGERS.items():
        p = [at_palm[f'{source}-phalanx-{k}'] for k in ('proximal', 'intermediate', 'distal')] + [skin_end(source)]
        d = [unit(b - a) for a, b in zip(p, p[1:])]
        mcp, abduction = math.asin(d[0][2]), math.atan2(-d[0][0], d[0][1])
        pip, dip = flexions(rot('z', abduction) @ rot('x', mcp), d[1:])
        hand['fingers'][finger] = {'mcp': [round(float(v), 4) for v in p[0]], 'lengths': length(p)}
        rest.update({f'{finger}_abduction': abduction, f'{finger}_mcp': mcp, f'{finger}_pip': pip, f'{finger}_dip': dip})
    p = [at_palm['thumb-phalanx-proximal'], at_palm['thumb-phalanx-distal'], skin_end('thumb')]
    d = unit(p[0] - at_palm['thumb-metacarpal'])
    p = [p[0] - d * THUMB_METACARPAL, *p]
    palmar, radial = math.asin(d[2]), math.atan2(d[0], d[1])
    base = rot('z', -radial) @ rot('x', palmar)
    bends = [base.T @ unit(b - a) for a, b in zip(p[1:], p[2:])]
    across = bends[0] + bends[1]
    twist = math.atan2(across[0], across[2])                        # the bend then lies in the y-z plane of the twisted frame
    if twist > 0:
        twist -= math.pi
    mcp, ip = flexions(base @ rot('y', twist), [unit(b - a) for a, b in zip(p[1:], p[2:])])
    hand['thumb'] = {'cmc': [round(float(v), 4) for v in p[0]], 'lengths': length(p)}
    rest.update({'thumb_radial': radial, 'thumb_palmar': palmar, 'thumb_twist': twist, 'thumb_mcp': mcp, 'thumb_ip': ip})

    # weights by bone
    bone_of = {'wrist': 'palm', 'thumb-metacarpal': 'thumb_metacarpal', 'thumb-phalanx-proximal': 'thumb_proximal', 'thumb-phalanx-distal': 'thumb_distal',
               'thumb-tip': 'thumb_distal'}
    for finger, source in FINGERS.items():
        bone_of.update({f'{source}-{k}': f'{finger}_{v}' for k, v in SOURCE_PARTS.items()})
        bone_of[f'{source}-tip'] = f'{finger}_distal'
    table = np.zeros((len(vertices), len(BONES)))
    for k in range(4):
        np.add.at(table, (np.arange(len(vertices)), [BONES.index(bone_of[names[j]]) for j in joint[:, k]]), weight[:, k])
    top, bottom = WRIST_BLEND
    share = np.clip((top - vertices[:, 1]) / (top - bottom), 0, 1)
    share = share * share * (3 - 2 * share)
    table[:, -1] = share
    table[:, :-1] *= (1 - share)[:, None]

    # the forearm
    angle = np.arange(SIDES) / SIDES * 2 * math.pi
    rings = [np.stack([RING_CENTRE[0] + w * np.cos(angle), np.full(SIDES, y), RING_CENTRE[1] + t * np.sin(angle)], 1) for y, w, t in RINGS]
    start = len(vertices)
    vertices = np.concatenate([vertices, *rings, [[RING_CENTRE[0], ELBOW_END, RING_CENTRE[1]]]])
    arm_table = np.zeros((len(vertices) - start, len(BONES)))
    arm_table[:, -1] = 1
    table = np.concatenate([table, arm_table])
    tube = []
    for r in range(len(RINGS) - 1):
        for s in range(SIDES):
            a, b = start + r * SIDES + s, start + r * SIDES + (s + 1) % SIDES
            tube += [[a, b, a + SIDES], [b, b + SIDES, a + SIDES]]
    last = start + (len(RINGS) - 1) * SIDES
    tube += [[last + s, last + (s + 1) % SIDES, len(vertices) - 1] for s in range(SIDES)]
    tube = np.array(tube)
    n = np.cross(vertices[tube[:, 1]] - vertices[tube[:, 0]], vertices[tube[:, 2]] - vertices[tube[:, 0]])
    out = vertices[tube].mean(1) - np.array([0, -.13, 0])
    out[:, 1] = 0
    assert ((n * out).sum(1)[:-SIDES] > 0).all() or ((n * out).sum(1)[:-SIDES] < 0).all()
    if (n * out).sum(1)[0] < 0:
        tube = tube[:, ::-1]
    # the original's faces must face outwards as well
    volume = np.einsum('ij,ij->i', vertices[faces[:, 0]], np.cross(vertices[faces[:, 1]], vertices[faces[:, 2]])).sum()
    if volume < 0:
        faces = faces[:, ::-1]
    faces = np.concatenate([faces, tube])

    best = np.argsort(-table, 1, kind='stable')[:, :4]
    w = np.take_along_axis(table, best, 1)
    w = np.round(w / w.sum(1, keepdims=True) * 255).astype(int)
    w[:, 0] += 255 - w.sum(1)
    pack = lambda a, kind: base64.b64encode(np.ascontiguousarray(a.astype(kind)).tobytes()).decode()
    mesh = {'format': 1, 'description': [
                'Skin of the right hand of hand.json with its forearm: triangles, counter-clockwise seen from outside.',
                'positions: little-endian int16 x, y, z in `unit` metres, palm frame, while the hand takes restPose (degrees) with a neutral shape.',
                'bones, weights: 4 bytes each per vertex: index into boneNames, and weight (they sum to 255). faces: little-endian uint16.',
                'Made by training/make_hand_mesh.py from generic-hand/right.glb of @webxr-input-profiles/assets (MIT, see LICENSE-generic-hand); the forearm is ours.'],
            'unit': UNIT, 'boneNames': BONES, 'restPose': {k: round(math.degrees(v), 3) for k, v in rest.items()},
            'vertexCount': len(vertices), 'faceCount': len(faces), 'firstForearmVertex': start, 'firstForearmFace': len(faces) - len(tube),
            'positions': pack(np.round(vertices / UNIT), '<i2'), 'bones': pack(best, 'u1'), 'weights': pack(w, 'u1'), 'faces': pack(faces, '<u2')}
    OUT.write_text(json.dumps(mesh, indent=1) + '\n')

    # numbers of hand.json, its layout kept
    text = HAND.read_text()
    for name, value in {'cmc': hand['thumb']['cmc'], 'lengths': hand['thumb']['lengths']}.items():
        text = re.sub(rf'("thumb": {{.*?"{name}": )\[[^\]]*\]', lambda m: m.group(1) + json.dumps(value), text, count=1, flags=re.S)
    for finger, value in hand['fingers'].items():
        for name in ('mcp', 'lengths'):
            text = re.sub(rf'("{finger}": {{[^{{}}]*?"{name}": )\[[^\]]*\]', lambda m: m.group(1) + json.dumps(value[name]), text, count=1, flags=re.S)
    HAND.write_text(text)
    print(f'{len(vertices)} vertices, {len(faces)} triangles, {OUT.stat().st_size} bytes')
    print({k: round(math.degrees(v), 1) for k, v in rest.items()})
    print(hand['thumb'], hand['fingers'])


if __name__ == '__main__':
    main()
