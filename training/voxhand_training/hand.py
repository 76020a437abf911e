"""The kinematic hand of src/synthetic/hand.json, batched in PyTorch.

Shapes: B hands. Joints are [B, 21, 3] in the palm frame (metres; see hand.json for the frames). Round cones are two points
[B, P, 3] and two radii [B, P] each. Angles are radians here; the file holds degrees.
"""
import json
import math
from pathlib import Path

import torch

HAND_FILE = Path(__file__).resolve().parents[2] / 'src' / 'synthetic' / 'hand.json'
FINGERS = ('index', 'middle', 'ring', 'little')


def rot_x(a):
    c, s, o, z = a.cos(), a.sin(), torch.ones_like(a), torch.zeros_like(a)
    return torch.stack([o, z, z, z, c, -s, z, s, c], -1).view(*a.shape, 3, 3)


def rot_y(a):
    c, s, o, z = a.cos(), a.sin(), torch.ones_like(a), torch.zeros_like(a)
    return torch.stack([c, z, s, z, o, z, -s, z, c], -1).view(*a.shape, 3, 3)


def rot_z(a):
    c, s, o, z = a.cos(), a.sin(), torch.ones_like(a), torch.zeros_like(a)
    return torch.stack([c, -s, z, s, c, z, z, z, o], -1).view(*a.shape, 3, 3)


class HandModel:
    """Forward kinematics and surface of the hand."""

    def __init__(self, file=HAND_FILE, device='cpu'):
        self.spec = spec = json.loads(Path(file).read_text())
        self.device = device
        self.joints = spec['joints']
        self.dofs = [d['name'] for d in spec['dofs']]
        rad = math.pi / 180
        t = lambda v: torch.tensor(v, dtype=torch.float32, device=device)
        self.lo = t([d['minDeg'] for d in spec['dofs']]) * rad
        self.hi = t([d['maxDeg'] for d in spec['dofs']]) * rad
        self.rest = t([d['restDeg'] for d in spec['dofs']]) * rad
        self.splayed = {d['name']: d['splayedDeg'] for d in spec['dofs'] if 'splayedDeg' in d}     # degrees
        self.pose_names = list(spec['poses'])
        self.poses = t([[spec['poses'][p][d] for d in self.dofs] for p in self.pose_names]) * rad
        self.mcp = t([spec['fingers'][f]['mcp'] for f in FINGERS])
        self.lengths = t([spec['fingers'][f]['lengths'] for f in FINGERS])
        self.cmc = t(spec['thumb']['cmc'])
        self.thumb_lengths = t(spec['thumb']['lengths'])
        self.groups = [p['group'] for p in spec['primitives']]
        self.is_forearm = torch.tensor([g == 'forearm' for g in self.groups], device=device)

    def neutral_shape(self, b):
        """Scale 1 and no variation: the factors that `forward` takes."""
        one = lambda *s: torch.ones(*s, device=self.device)
        n = len(self.groups)
        return {'scale': one(b), 'mcp': one(b, 4, 3), 'lengths': one(b, 4, 3), 'cmc': one(b, 3), 'thumb': one(b, 3),
                'radius': one(b, n), 'extra': torch.zeros(b, n, device=self.device)}

    def forward(self, pose, shape=None):
        """pose [B, D] radians in the order of `dofs` -> joints [B,21,3], forearm frame [B,3,3], cones (a, b, ra, rb)."""
        b = pose.shape[0]
        shape = shape or self.neutral_shape(b)
        q = {n: pose[:, i] for i, n in enumerate(self.dofs)}
        scale = shape['scale'].view(b, 1, 1)
        y = torch.tensor([0., 1., 0.], device=self.device)

        mcp = self.mcp * shape['mcp']                                                   # B,4,3
        lengths = self.lengths * shape['lengths']
        stack = lambda part: torch.stack([q[f'{f}_{part}'] for f in FINGERS], 1)        # B,4
        frame = rot_z(stack('abduction')) @ rot_x(stack('mcp'))
        points, p = [mcp], mcp
        for k, part in enumerate(('', 'pip', 'dip')):
            if part:
                frame = frame @ rot_x(stack(part))
            p = p + (frame @ y) * lengths[:, :, k:k + 1]
            points.append(p)
        fingers = torch.stack(points, 2)                                                # B,4,4,3

        cmc = self.cmc * shape['cmc']
        frame = rot_z(-q['thumb_radial']) @ rot_x(q['thumb_palmar']) @ rot_y(q['thumb_twist'])
        lengths = self.thumb_lengths * shape['thumb']
        points, p = [cmc], cmc
        for k, part in enumerate(('', 'mcp', 'ip')):
            if part:
                frame = frame @ rot_x(q[f'thumb_{part}'])
            p = p + (frame @ y) * lengths[:, k:k + 1]
            points.append(p)
        thumb = torch.stack(points, 1)[:, None]                                         # B,1,4,3
        joints = torch.cat([torch.zeros(b, 1, 3, device=self.device), torch.cat([thumb, fingers], 1).reshape(b, 20, 3)], 1)
        joints = joints * scale
        forearm = rot_x(-q['wrist_flexion']) @ rot_z(q['wrist_deviation'])
        return joints, forearm, self._cones(joints, forearm, shape)

    def _cones(self, joints, forearm, shape):
        index = {n: i for i, n in enumerate(self.joints)}
        b = joints.shape[0]
        scale = shape['scale'].view(b, 1)
        t = lambda v: torch.tensor(v, dtype=torch.float32, device=self.device)
        prim = self.spec['primitives']
        radius = lambda key: t([p[key] for p in prim]) * shape['radius'] * scale + shape['extra']
        ra, rb = radius('radiusA'), radius('radiusB')

        def point(spec, r):
            if 'forearm' in spec:
                return (forearm @ t(spec['forearm'])) * scale
            if 'mix' in spec:
                return sum(w * joints[:, index[n]] for n, w in spec['mix'].items()) + t(spec['offset']) * scale
            p = joints[:, index[spec['joint']]]
            if 'towards' in spec:
                d = joints[:, index[spec['towards']]] - p
                p = p + d / d.norm(dim=1, keepdim=True) * (spec['byRadius'] * r)[:, None]
            return p

        a = torch.stack([point(p['a'], ra[:, i]) for i, p in enumerate(prim)], 1)
        e = torch.stack([point(p['b'], rb[:, i]) for i, p in enumerate(prim)], 1)
        return a, e, ra, rb
