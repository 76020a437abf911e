"""Training samples made on the fly: a hand of a scene (world.py) seen by one to three depth cameras, as occupied voxels of a cube.

The cube is turned about the optical axis so that the way from the middle finger's root to the wrist points down (+y), as the tracker turns it
(manifest: `roll: hand-down`); its centre is the middle finger's root, both with the errors that detector and tracking make
(measure_detector.py). Left hands are mirrored into right ones. Metres.
"""
import math

import numpy as np
import torch

from .hand import rot_z
from .raster import raster
from .sensors import sense
from .world import World, unit

DEG = math.pi / 180
WIDTH = 144          # pixels of the square close-up
HOLDOUT_SEED = 999_999   # samples that no training sees: a run's seeds are multiples of 1,000,003 and what it has seen
LEAST_HAND = .0012   # square metres of visible hand in a sample
WRIST, ROOT = 0, 9
TIPS = (4, 8, 12, 16, 20)
# of the reference point, metres along each axis, and of the turn, degrees of an arm across the picture: share, standard deviation. Half of the cubes
# are placed by the last joints, the others by the detector, with the errors that measure_detector.py found
CENTRE_ERRORS = ((.5, .006), (.18, .010), (.32, .024))
TURN_ERRORS = ((.5, 5.), (.26, 12.6), (.19, 25.), (.05, 70.))
FORESHORTENED = .25  # the turn's error grows with the inverse of the arm's length in the picture, down to here
SEVERAL = .15        # share of samples that two or three cameras see
VIEWS = ('front', 'owner', 'above', 'around', 'loose')


class Sampler:
    """Draws batches. `clean` switches sensors, errors and further cameras off; `placed` the errors of the cube's place and turn. Deterministic
    for a seed."""

    def __init__(self, edge=.26, device='cpu', seed=0, clean=False, pool=320, placed=False):
        self.edge, self.device, self.clean, self.placed = edge, device, clean, clean or placed
        self.world = World(seed, pool)
        self.g = torch.Generator().manual_seed(seed)
        self.waiting = []

    def u(self, *s, lo=0., hi=1.):
        return torch.rand(*s, generator=self.g) * (hi - lo) + lo

    def n(self, *s, sd=1.):
        return torch.randn(*s, generator=self.g) * sd

    def chance(self, p, *s):
        return self.u(*s) < p

    # -- pictures
    def views(self):
        """The next hand that is seen well enough: close-ups of one or more cameras, each (depth, focal, cx, cy, to the first camera), and what they show."""
        while not self.waiting:
            scene = self.world.draw(VIEWS[self.world.g.choice(len(VIEWS), p=(.26, .34, .14, .10, .16))])
            for hand in scene.hands:
                one = self.close_up(scene, hand)
                if one:
                    self.waiting.append(one)
        return self.waiting.pop()

    def close_up(self, scene, hand):
        world = self.world
        joints = scene.to_camera(hand.joints)
        root = joints[ROOT]
        if not .22 < root[2] < 1.6 or abs(root[0]) > .85 * root[2] or abs(root[1]) > .7 * root[2]:
            return None
        eye, e = (scene.position, scene.rotation), np.eye(3)
        pictures = [self.picture(scene, hand, eye)]
        depth, which, focal, cx, cy = pictures[0]
        v, u = np.nonzero(which == hand.label)
        z = depth[v, u]
        if ((z / focal) ** 2).sum() < LEAST_HAND:
            return None
        com = np.array([((u - cx) / focal * z).mean(), ((v - cy) / focal * z).mean(), z.mean()])
        to_first = [(np.eye(3, dtype=np.float32), np.zeros(3, np.float32))]
        if not self.clean and world.chance(SEVERAL):
            for _ in range(1 + world.chance(.4)):
                away, about = world.u(0, 120) * DEG, unit(world.g.normal(size=3) * [.4, 1., .4])
                k = np.array([[0, -about[2], about[1]], [about[2], 0, -about[0]], [-about[1], about[0], 0]])
                turn = e + math.sin(away) * k + (1 - math.cos(away)) * k @ k
                there = hand.joints[ROOT] + turn @ (scene.position - hand.joints[ROOT]) * world.u(.8, 1.3)
                other = (there, world.look(there, hand.joints[ROOT] + world.g.normal(size=3) * .02))
                picture = self.picture(scene, hand, other)
                if (picture[1] == hand.label).sum() < 40:
                    continue
                # camera coordinates of the other one to those of the first, with the error of a calibration
                r = scene.rotation @ other[1].T
                wrong = world.g.normal(size=3) * world.u(0, .4) * DEG
                r = (e + np.array([[0, -wrong[2], wrong[1]], [wrong[2], 0, -wrong[0]], [-wrong[1], wrong[0], 0]])) @ r
                t = scene.rotation @ (there - scene.position) + world.g.normal(size=3) * world.u(0, .003)
                pictures.append(picture)
                to_first.append((r.astype(np.float32), t.astype(np.float32)))
        return {'pictures': pictures, 'toFirst': to_first, 'joints': joints.astype(np.float32), 'com': com.astype(np.float32), 'left': hand.left,
                'holds': hand.holds, 'kind': scene.kind, 'label': hand.label}

    def picture(self, scene, hand, eye):
        """Exact depth around a hand, its pixels as large at the hand as those of real cameras."""
        root = (hand.joints[ROOT] - eye[0]) @ eye[1].T
        pitch = self.world.u(.0023, .0030) if self.world.chance(.8) else self.world.u(.0030, .0045)
        focal = max(root[2], .1) / pitch
        c = (WIDTH - 1) / 2 - root[:2] / max(root[2], .1) * focal
        depth, which = raster(scene.seen_from(*eye), scene.faces, scene.labels, focal, c[0], c[1], WIDTH, WIDTH)
        return depth, which, focal, c[0], c[1]

    def lost_tips(self, points, valid, joints):
        """Now and then a thin finger end that the camera does not see."""
        for _ in range(2):
            tip = torch.tensor(TIPS)[torch.randint(0, 5, (len(joints),), generator=self.g)]
            at = joints[torch.arange(len(joints)), tip]
            near = (points - at[:, None]).norm(dim=-1) < self.u(len(joints), 1, lo=.008, hi=.024)
            valid = valid & ~(near & self.chance(.06, len(joints), 1))
        return valid

    # -- samples
    def batch(self, b, rough=False):
        """A batch: {points [b, N, 3], valid [b, N], joints [b, 21, 3], com [b, 3], edge [b]}; all but the edge (metres) in cube coordinates.

        `com` is the mean of the hand's visible points without forearm and held things, before the sensor. `rough` moves the reference point as
        the refinement network meets it. Also: left, holds, kind (index into VIEWS), tilt, area and the visible joints' mask `seen` [b, 21].
        """
        items = [self.views() for _ in range(b)]
        stack = lambda key: torch.from_numpy(np.stack([i[key] for i in items]))
        joints, com, left = stack('joints'), stack('com'), torch.tensor([i['left'] for i in items])
        owner = [k for k, i in enumerate(items) for _ in i['pictures']]
        depth = torch.from_numpy(np.stack([p[0] for i in items for p in i['pictures']]))
        focal, cx, cy = (torch.tensor([float(p[k]) for i in items for p in i['pictures']]).view(-1, 1, 1) for k in (2, 3, 4))
        seen = self.visible(joints, items)
        if self.clean:
            depth = torch.where(torch.isfinite(depth), depth, torch.zeros(()))
        else:
            depth, _ = sense(depth, focal.view(-1), self.g)
        grid = torch.arange(WIDTH, dtype=torch.float32)
        points = torch.stack([(grid.view(1, 1, -1) - cx) / focal * depth, (grid.view(1, -1, 1) - cy) / focal * depth, depth], -1)
        valid = depth > 0
        first = [owner.index(k) for k in range(b)]
        label = torch.tensor([i['label'] for i in items]).view(-1, 1, 1)
        mine = torch.from_numpy(np.stack([i['pictures'][0][1] for i in items])) == label
        area = ((mine & valid[first]) * (depth[first] / focal[first]) ** 2).sum((1, 2))
        turn = torch.from_numpy(np.stack([r for i in items for r, _ in i['toFirst']]))
        move = torch.from_numpy(np.stack([t for i in items for _, t in i['toFirst']]))
        points = (points.view(len(points), -1, 3) @ turn.transpose(1, 2) + move[:, None]).view_as(points)

        side = torch.where(left, -1., 1.)
        mirror = torch.stack([side, torch.ones(b), torch.ones(b)], 1)
        joints, com, points = joints * mirror[:, None], com * mirror, points * mirror[owner][:, None, None]
        way = torch.nn.functional.normalize(joints[:, WRIST] - joints[:, ROOT], dim=1)
        tilt = way[:, :2].norm(dim=1)
        roll = torch.atan2(-way[:, 0], way[:, 1])
        centre = joints[:, ROOT]
        if not self.placed:
            roll = roll + self.n(b) * self.mixture(b, TURN_ERRORS) * DEG / tilt.clamp(min=FORESHORTENED)
            centre = centre + self.n(b, 3) * (self.u(b, 1, lo=.004, hi=.03) if rough else self.mixture(b, CENTRE_ERRORS)[:, None])
        edge = self.edge * (torch.ones(b) if self.clean else self.u(b, lo=.92, hi=1.10))
        back = rot_z(-roll)
        to_cube = lambda p, i: (p - centre[i][:, None]) @ back[i].transpose(1, 2) / edge[i].view(-1, 1, 1) + .5
        all_of = slice(None)
        flat = points.view(len(points), -1, 3)
        if not self.clean:
            valid = self.lost_tips(flat, valid.view(len(flat), -1), joints[owner]).view_as(valid)
        p = to_cube(flat, owner).view_as(points)
        valid = valid & ((p >= 0) & (p < 1)).all(-1)
        dense = self.clean or self.u(1).item() > .35
        lists = [[] for _ in range(b)]
        for k, i in enumerate(owner):
            lists[i].append(p[k][valid[k]])
            if dense:
                lists[i] += between(p[k], valid[k], .05 / float(edge[i]))
        lists = [torch.cat(q) for q in lists]
        out = torch.nn.utils.rnn.pad_sequence(lists, batch_first=True)
        count = torch.tensor([len(q) for q in lists])
        result = {'points': out.to(self.device), 'valid': (torch.arange(out.shape[1]) < count[:, None]).to(self.device),
                'joints': to_cube(joints, all_of).to(self.device), 'com': to_cube(com[:, None], all_of)[:, 0].to(self.device), 'edge': edge.to(self.device),
                'left': left, 'holds': torch.tensor([i['holds'] for i in items]), 'kind': torch.tensor([VIEWS.index(i['kind']) for i in items]),
                'tilt': tilt, 'area': area, 'seen': seen}
        # Nobody can find a hand of which next to nothing is left: such samples repeat another one.
        good = (area > .7 * LEAST_HAND).nonzero()[:, 0]
        if 0 < len(good) < b and not self.clean:
            index = torch.where(area > .7 * LEAST_HAND, torch.arange(b), good[torch.arange(b) % len(good)])
            result = {k: v[index] for k, v in result.items()}
        return result

    @staticmethod
    def mixture_of(x, parts):
        out, low = torch.full_like(x, parts[-1][1]), 0.
        for share, sd in parts:
            out = torch.where((x >= low) & (x < low + share), torch.full_like(x, sd), out)
            low += share
        return out

    def mixture(self, b, parts):
        return self.mixture_of(self.u(b), parts)

    @staticmethod
    def visible(joints, items):
        """Whether each joint lies no more than 22 mm behind what the first camera sees at its place. [b, 21] bool"""
        out = torch.zeros(joints.shape[:2], dtype=torch.bool)
        for i, item in enumerate(items):
            depth, _, focal, cx, cy = item['pictures'][0]
            x, y, z = joints[i].T
            u, v = (x / z * focal + cx).round().long(), (y / z * focal + cy).round().long()
            ok = (u >= 0) & (u < WIDTH) & (v >= 0) & (v < WIDTH) & (z > .05)
            out[i] = ok & (torch.from_numpy(depth)[v.clamp(0, WIDTH - 1), u.clamp(0, WIDTH - 1)] > z - .022)
        return out


def between(p, ok, jump):
    """Midpoints between neighbouring pixels of one surface: the same picture at about twice the resolution."""
    out = []
    for a, b, oka, okb in ((p[1:], p[:-1], ok[1:], ok[:-1]), (p[:, 1:], p[:, :-1], ok[:, 1:], ok[:, :-1])):
        near = oka & okb & ((a - b)[..., 2].abs() < jump)
        out.append((a[near] + b[near]) / 2)
    return out


def augmented(batch, generator):
    """The paper's augmentation (V2V-PoseNet, section 5.1): turned about the optical axis by up to 40 degrees, scaled by 0.8 to 1.2, moved by
    up to 8 of 88 cells, each drawn evenly. For a cube that is not turned to the forearm; the sampler itself draws hands of every size."""
    b = len(batch['edge'])
    u = lambda lo, hi, *s: torch.rand(b, *s, generator=generator, device=batch['edge'].device) * (hi - lo) + lo
    turn, scale, move = rot_z(u(-40 * DEG, 40 * DEG)), u(.8, 1.2, 1, 1), u(-8 / 88, 8 / 88, 1, 3)
    place = lambda p: ((p - .5) @ turn.transpose(1, 2)) * scale + move + .5
    points = place(batch['points'])
    return {**batch, 'points': points, 'valid': batch['valid'] & ((points >= 0) & (points < 1)).all(-1), 'joints': place(batch['joints']),
            'com': place(batch['com'][:, None])[:, 0], 'edge': batch['edge'] / scale[:, 0, 0]}


def voxelise(points, valid, n):
    """Cube coordinates -> occupancy [B, 1, n, n, n], index order z, y, x."""
    b = points.shape[0]
    i = (points.clamp(0, .999999) * n).long()
    flat = (i[..., 2] * n + i[..., 1]) * n + i[..., 0]
    v = torch.zeros(b, n ** 3, device=points.device)
    v.scatter_reduce_(1, torch.where(valid, flat, torch.zeros_like(flat)), valid.float(), 'amax')
    return v.view(b, 1, n, n, n)


def heat_maps(joints, r, sigma):
    """The paper's targets (V2V-PoseNet, section 4.2): unit-peak Gaussians, cell i's centre at (i + 0.5) / r. [B, 21, r, r, r], z y x."""
    t = torch.arange(r, device=joints.device) + .5
    e = lambda a: torch.exp(-(t - a[..., None] * r) ** 2 / (2 * sigma ** 2))
    return torch.einsum('bjz,bjy,bjx->bjzyx', e(joints[..., 2]), e(joints[..., 1]), e(joints[..., 0]))
