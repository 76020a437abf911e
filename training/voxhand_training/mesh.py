"""The skin of the kinematic hand (src/synthetic/hand-mesh.json), batched in PyTorch by linear blend skinning.

Bones and their frames are those of training/make_hand_mesh.py. B hands; metres, palm frame.
"""
import base64
import json
import math

import numpy as np
import torch

from .hand import FINGERS, HAND_FILE, rot_x, rot_y, rot_z

MESH_FILE = HAND_FILE.with_name('hand-mesh.json')
SLEEVE_FROM = -.03       # y of the forearm from which on a sleeve covers it, metres
# the primitive of hand.json whose thickness a bone takes
THICKNESS = {'palm': 'palm_core', 'thumb_metacarpal': 'thenar', 'forearm': 'forearm_core', **{f'{f}_metacarpal': f'ray_{f}' for f in FINGERS}}


class HandMesh:
    def __init__(self, model):
        self.model = model
        spec = json.loads(MESH_FILE.read_text())
        read = lambda key, kind, width: torch.from_numpy(np.frombuffer(base64.b64decode(spec[key]), kind).astype(np.float32).reshape(-1, width))
        vertices = read('positions', '<i2', 3) * spec['unit']
        self.faces = read('faces', '<u2', 3).long()
        self.first_forearm_vertex, self.first_forearm_face = spec['firstForearmVertex'], spec['firstForearmFace']
        self.bones = spec['boneNames']
        index, weight = read('bones', 'u1', 4).long(), read('weights', 'u1', 4) / 255
        names = [p['name'] for p in model.spec['primitives']]
        self.primitive = [names.index(THICKNESS.get(b, b)) for b in self.bones]
        rest = torch.tensor([[spec['restPose'][d] * math.pi / 180 for d in model.dofs]])
        turn, origin, _ = self.frames(rest, model.neutral_shape(1))
        turn, origin = turn[0], origin[0]
        local = torch.einsum('nji,vnj->vni', turn, vertices[:, None] - origin)           # V, bones, 3
        # one matrix product skins all hands: each vertex is a sparse combination of its bones' local points
        self.index, self.weight = index, weight
        self.local = torch.gather(local, 1, index[..., None].expand(-1, -1, 3))            # V, 4, 3
        self.sleeved = (torch.arange(len(vertices)) >= self.first_forearm_vertex) & (vertices[:, 1] < SLEEVE_FROM)
        self.rest_vertices = vertices

    def frames(self, pose, shape):
        """Rotations [B, n, 3, 3], origins [B, n, 3] (before the hand's scale) and axis factors [B, n, 3] of the bones."""
        m, b = self.model, len(pose)
        q = {n: pose[:, i] for i, n in enumerate(m.dofs)}
        y = torch.tensor([0., 1., 0.])
        eye, zero = torch.eye(3).expand(b, 3, 3), torch.zeros(b, 3)
        turn, origin, factor = {'palm': eye}, {'palm': zero}, {}
        thick = lambda bone: shape['radius'][:, self.primitive[self.bones.index(bone)]]
        across = lambda bone, along: torch.stack([thick(bone), along, thick(bone)], 1)

        def chain(bones, base, root, angles, lengths, factors):
            p, frame = root, base
            for k, bone in enumerate(bones):
                if k:
                    frame = frame @ rot_x(angles[k - 1])
                turn[bone], origin[bone], factor[bone] = frame, p, across(bone, factors[:, k])
                p = p + (frame @ y) * lengths[:, k:k + 1]
        chain([f'thumb_{k}' for k in ('metacarpal', 'proximal', 'distal')],
              rot_z(-q['thumb_radial']) @ rot_x(q['thumb_palmar']) @ rot_y(q['thumb_twist']), m.cmc * shape['cmc'], [q['thumb_mcp'], q['thumb_ip']],
              m.thumb_lengths * shape['thumb'], shape['thumb'])
        for i, f in enumerate(FINGERS):
            root = shape['mcp'][:, i]
            bone = f'{f}_metacarpal'
            turn[bone], origin[bone] = eye, zero
            factor[bone] = torch.stack([root[:, 0], root[:, 1], root[:, 2] * thick(bone)], 1)
            chain([f'{f}_{k}' for k in ('proximal', 'middle', 'distal')], rot_z(q[f'{f}_abduction']) @ rot_x(q[f'{f}_mcp']), m.mcp[i] * root,
                  [q[f'{f}_pip'], q[f'{f}_dip']], m.lengths[i] * shape['lengths'][:, i], shape['lengths'][:, i])
        palm = shape['mcp'].mean(1)
        factor['palm'] = torch.stack([palm[:, 0], palm[:, 1], palm[:, 2] * thick('palm')], 1)
        turn['forearm'] = rot_x(-q['wrist_flexion']) @ rot_z(q['wrist_deviation'])
        origin['forearm'], factor['forearm'] = zero, across('forearm', torch.ones(b))
        stack = lambda d: torch.stack([d[n] for n in self.bones], 1)
        return stack(turn), stack(origin), stack(factor)

    def skin(self, pose, shape, glove=None, sleeve=None):
        """Vertices [B, V, 3]. `glove` [B] metres moves the hand's skin outwards, `sleeve` [B] metres widens the forearm behind the wrist."""
        turn, origin, factor = self.frames(pose, shape)
        out = 0
        for k in range(4):
            i = self.index[:, k]
            p = (turn[:, i] @ (factor[:, i] * self.local[:, k])[..., None])[..., 0] + origin[:, i]
            out = out + self.weight[:, k, None] * p
        out = out * shape['scale'].view(-1, 1, 1)
        if sleeve is not None:
            forearm = turn[:, self.bones.index('forearm')]
            radial = self.rest_vertices * torch.tensor([1., 0., 1.])
            radial = radial / radial.norm(dim=1, keepdim=True).clamp(min=1e-6) * self.sleeved[:, None]
            out = out + (radial @ forearm.transpose(1, 2)) * sleeve.view(-1, 1, 1)
        if glove is not None:
            out = torch.cat([(out + self.normals(out) * glove.view(-1, 1, 1))[:, :self.first_forearm_vertex], out[:, self.first_forearm_vertex:]], 1)
        return out

    def normals(self, vertices):
        """Area-weighted outward normals [B, V, 3]."""
        a, b, c = (vertices[:, self.faces[:, k]] for k in range(3))
        n = torch.linalg.cross(b - a, c - a)
        out = torch.zeros_like(vertices)
        for k in range(3):
            out.index_add_(1, self.faces[:, k], n)
        return out / out.norm(dim=2, keepdim=True).clamp(min=1e-12)
