"""Whole depth pictures with 0 to 4 hands, for the detector: `SceneSampler(seed).batch(b)`."""
import numpy as np
import torch

from .raster import raster
from .sensors import sense
from .world import HAND, World

WIDTH, HEIGHT, FOCAL = 160, 128, 120.
HANDS = 4
WRIST, ROOT = 0, 9
LEAST, NOTICED = .0014, .0003        # square metres in sight of a hand to be found, and of one that may be
RECALLED = .0020                     # of one that counts in the measured recall


class SceneSampler:
    """Draws batches of pictures and of where the hands are, `finer` times as fine as WIDTH, HEIGHT and FOCAL say. Deterministic for a seed."""

    def __init__(self, seed=0, pool=640, finer=1):
        self.world = World(seed, pool)
        self.g = torch.Generator().manual_seed(seed)
        self.finer, self.focal, self.width, self.height = finer, FOCAL * finer, WIDTH * finer, HEIGHT * finer
        self.cx, self.cy = (self.width - 1) / 2, (self.height - 1) / 2

    def one(self, kind=None):
        scene = self.world.draw(kind)
        depth, which = raster(scene.seen_from(scene.position, scene.rotation), scene.faces, scene.labels, self.focal, self.cx, self.cy, self.width, self.height)
        out = {k: np.zeros((HANDS, *s), t) for k, s, t in (('uv', (2,), np.float32), ('root', (3,), np.float32), ('direction', (2,), np.float32),
               ('tilt', (), np.float32), ('length', (), np.float32), ('com', (3,), np.float32), ('left', (), bool), ('valid', (), bool),
               ('ignore', (), bool), ('area', (), np.float32))}
        for k, hand in enumerate(scene.hands[:HANDS]):
            joints = scene.to_camera(hand.joints)
            root, way = joints[ROOT], joints[ROOT] - joints[WRIST]
            v, u = np.nonzero(which == hand.label)
            z = depth[v, u]
            area = float(((z / self.focal) ** 2).sum())
            if root[2] < .1 or area < NOTICED:
                continue
            uv = root[:2] / root[2] * self.focal + [self.cx, self.cy]
            inside = 2 <= uv[0] <= self.width - 3 and 2 <= uv[1] <= self.height - 3
            flat = np.linalg.norm(way[:2])
            com = np.array([((u - self.cx) / self.focal * z).mean(), ((v - self.cy) / self.focal * z).mean(), z.mean()])
            for key, value in (('uv', uv), ('root', root), ('direction', way[:2] / max(flat, 1e-6)), ('tilt', flat / np.linalg.norm(way)),
                               ('length', np.linalg.norm(way)), ('com', com - root), ('left', hand.left), ('valid', inside and area > LEAST),
                               ('ignore', not (inside and area > LEAST)), ('area', area)):
                out[key][k] = value
        out['kind'] = np.int64(('front', 'owner', 'above', 'around', 'loose', 'empty').index(scene.kind))
        out['depth'] = depth
        label = which - HAND
        out['mask'] = np.where((which >= HAND) & (label % 4 == 0), label // 4 + 1, 0).astype(np.uint8)
        return out

    def clean(self, b, kind=None):
        """[b] pictures without a sensor (inf where nothing is), stacked as tensors. `mask` [b, H, W]: 1 + k where hand k is seen."""
        items = [self.one(kind) for _ in range(b)]
        return {k: torch.from_numpy(np.stack([i[k] for i in items])) for k in items[0]}

    def seen(self, batch):
        """The same through depth sensors, sometimes mirrored or with a margin that the camera does not see."""
        b = len(batch['depth'])
        out = {k: v.clone() for k, v in batch.items()}
        flip = torch.rand(b, generator=self.g) < .5
        for key in ('depth', 'mask'):
            out[key][flip] = out[key][flip].flip(-1)
        out['uv'][flip, :, 0] = self.width - 1 - out['uv'][flip, :, 0]
        for key in ('root', 'direction', 'com'):
            out[key][flip, :, 0] *= -1
        out['left'][flip] = ~out['left'][flip]
        exact = out['depth']
        depth, sensor = sense(exact, torch.full((b,), self.focal), self.g)
        margin = torch.rand(b, 4, generator=self.g)
        margin = torch.where(torch.rand(b, 1, generator=self.g) < .4, margin, torch.zeros(()))
        x, y = torch.arange(self.width), torch.arange(self.height)
        left, right, top, bottom = (margin * torch.tensor([28, 28, 22, 22]) * self.finer).split(1, 1)
        keep_x, keep_y = (x >= left) & (x < self.width - right), (y >= top) & (y < self.height - bottom)
        out['depth'] = depth * keep_x[:, None, :] * keep_y[:, :, None]
        # what the sensor left of each hand decides whether it can be found
        true = (out['depth'] > 0) & ((out['depth'] - exact).abs() < .03)
        size = torch.where(true, (out['depth'] / self.focal) ** 2, torch.zeros(())).view(b, -1)
        out['area'] = torch.zeros(b, HANDS + 1).scatter_add(1, out['mask'].view(b, -1).long(), size)[:, 1:]
        there = out['valid'] | out['ignore']
        out['valid'] = out['valid'] & (out['area'] > LEAST)
        out['ignore'] = there & ~out['valid'] & (out['area'] > NOTICED)
        u, v = out['uv'].unbind(-1)
        inside = (u >= left + 2) & (u < self.width - right - 2) & (v >= top + 2) & (v < self.height - bottom - 2)
        out['ignore'] = out['ignore'] | out['valid'] & ~inside                          # its root is beyond the margin
        out['valid'] = out['valid'] & inside
        out['sensor'] = sensor
        return out

    def batch(self, b, kind=None):
        return self.seen(self.clean(b, kind))
