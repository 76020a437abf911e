"""Training samples made on the fly: a posed hand in front of a depth camera, seen as occupied voxels of a cube.

Everything is metres, in the camera's optical frame, already rolled so that the forearm's estimated direction points down (+y): the
reference room does the same before it voxelises. Only right hands are made; a left hand is mirrored into a right one.
"""
import math

import torch
import torch.nn.functional as F

from . import render as rendering
from .hand import HandModel, rot_x, rot_y, rot_z
from .render import FAR, render

DEG = math.pi / 180
WIDTH = 112          # pixels of the square crop
FORESHORTENED = .4   # a forearm that is shorter than this in the image says nothing about its direction; then the hand does
WRIST = .045         # metres beyond the palm's middle along the arm at which the reference room cuts
HOLDOUT_SEED = 999_999   # samples that no training sees: a run's seeds are multiples of 1,000,003 and what it has seen
LEAST_HAND = .0012   # square metres of visible hand in a sample
FORWARD = torch.diag(torch.tensor([1., -1., -1.]))   # palm frame -> camera: fingers up, palm towards the camera


class Sampler:
    """Draws batches. `clean` switches noise, holes and clutter off (for goldens)."""

    def __init__(self, edge=0.26, device='cpu', seed=0, clean=False):
        self.model = HandModel(device=device)
        self.edge, self.device, self.clean = edge, device, clean
        self.g = torch.Generator(device=device).manual_seed(seed)
        self.fingers_and_palm = self.model.groups.index('forearm')                      # the forearm's cones come last
        self.patches = []
        for p, group in zip(self.model.spec['primitives'], self.model.groups):
            self.patches.append(0 if group == 'forearm' else 40 if group != 'palm' else 52)

    # -- random numbers
    def u(self, *s, lo=0., hi=1.):
        return torch.rand(*s, generator=self.g, device=self.device) * (hi - lo) + lo

    def n(self, *s, sd=1.):
        return torch.randn(*s, generator=self.g, device=self.device) * sd

    def chance(self, p, *s):
        return self.u(*s) < p

    # -- a hand
    def poses(self, b):
        """Natural poses: named ones and what lies between them, correlated curls, and some fingers open, the others closed."""
        m, d = self.model, len(self.model.dofs)
        pick = lambda: m.poses[torch.randint(0, len(m.pose_names), (b,), generator=self.g, device=self.device)]
        t = self.u(b, 1)
        t = torch.where(self.chance(.4, b, 1), t.round(), t)
        named = pick() * t + pick() * (1 - t)

        curl, each = self.u(b, 1), self.u(b, 4)
        mix = self.u(b, 1)
        c = mix * curl + (1 - mix) * each
        c = torch.where(self.chance(.3, b, 1), each.round(), c)
        f1 = (-12 + 97 * (c + self.n(b, 4, sd=.12)).clamp(0, 1)) * DEG
        f2 = 106 * DEG * (c * self.u(b, 4, lo=.5, hi=1.1) + self.n(b, 4, sd=.1)).clamp(0, 1)
        f3 = f2 * self.u(b, 4, lo=.35, hi=.75)
        spread = torch.tensor([-9., 0., 7., 15.], device=self.device) * DEG * self.u(b, 1, lo=0, hi=1.4) * (1 - .7 * c)
        free = m.rest.expand(b, d).clone()
        for i, name in enumerate(('index', 'middle', 'ring', 'little')):
            for part, v in (('abduction', spread), ('mcp', f1), ('pip', f2), ('dip', f3)):
                free[:, m.dofs.index(f'{name}_{part}')] = v[:, i]
        for part in ('radial', 'palmar', 'twist', 'mcp', 'ip'):
            i = m.dofs.index(f'thumb_{part}')
            free[:, i] = m.lo[i] + (m.hi[i] - m.lo[i]) * self.u(b)
        thumb = [m.dofs.index(f'thumb_{p}') for p in ('radial', 'palmar', 'twist', 'mcp', 'ip')]
        swap = self.chance(.5, b, 1)
        free[:, thumb] = torch.where(swap, named[:, thumb], free[:, thumb])
        pose = torch.where(self.chance(.5, b, 1), named, free)
        sd = torch.where(self.chance(.7, b, 1), self.u(b, 1, lo=0, hi=7), self.u(b, 1, lo=5, hi=14)) * DEG
        pose = pose + self.n(b, d) * sd
        pose[:, 0] = self.n(b, sd=22 * DEG)
        pose[:, 1] = self.n(b, sd=10 * DEG)
        return torch.minimum(torch.maximum(pose, m.lo), m.hi)

    def shapes(self, b):
        s, n = self.model.spec['shape'], len(self.model.groups)
        bone = 1 + self.n(b, 1, 3, sd=s['boneSd']) + self.n(b, 4, 3, sd=s['boneSd'])
        thick = (1 + self.n(b, 1, sd=s['thicknessSd'])).clamp(.75, 1.3)
        extra = torch.zeros(b, n, device=self.device)
        sleeve = self.chance(.3, b, 1) * self.u(b, 1, lo=0, hi=.016)
        extra = extra + torch.where(self.model.is_forearm, sleeve, torch.zeros_like(sleeve))
        radius = thick * (1 + self.n(b, n, sd=s['radiusSd'])).clamp(.85, 1.15)
        return {'scale': self.u(b, lo=s['scale'][0], hi=s['scale'][1]), 'mcp': 1 + self.n(b, 4, 3, sd=s['palmSd']),
                'lengths': bone * (1 + self.n(b, 4, 1, sd=s['fingerSd'])), 'cmc': 1 + self.n(b, 3, sd=.06),
                'thumb': 1 + self.n(b, 3, sd=.045), 'radius': radius, 'extra': extra}

    def orientation(self, b):
        """Palm frame -> camera, as hands occur in front of a camera: palm or back to it, egocentric (fingers away), or anything."""
        kind = self.u(b)
        yaw = torch.where(kind < .4, self.n(b, sd=32 * DEG), torch.where(kind < .82, math.pi + self.n(b, sd=35 * DEG), self.u(b, lo=-math.pi, hi=math.pi)))
        pitch = torch.where(self.chance(.7, b), self.n(b, sd=22 * DEG), self.n(b, sd=50 * DEG)).clamp(-1.75, 1.75)
        away = (kind >= .68) & (kind < .82)                                             # seen from the wearer's head or shoulder
        pitch = torch.where(away, -self.u(b, lo=10, hi=65) * DEG, pitch)
        return rot_x(pitch) @ rot_y(yaw) @ FORWARD.to(self.device)

    # -- a picture of it
    def clutter(self, b, joints, dist):
        """Round cones that are no hand: held object, occluder, body, head or furniture. [B, 4] cones, radius <= 0 where absent."""
        def cone(p, at, spread, length, lo, hi, upright=1.):
            direction = self.n(b, 3) * torch.tensor([1., 1., upright], device=self.device)
            direction = direction / direction.norm(dim=1, keepdim=True)
            half = direction * self.u(b, 1, lo=0, hi=length)
            c = at + self.n(b, 3) * spread
            r = self.u(b, lo=lo, hi=hi)
            r2 = r * self.u(b, lo=.7, hi=1.3)
            on = self.chance(0. if self.clean else p, b)
            return c - half, c + half, torch.where(on, r, -torch.ones_like(r)), torch.where(on, r2, -torch.ones_like(r))
        palm = (joints[:, 9] + joints[:, 0]) / 2
        held = cone(.16, joints[:, 9] * .5 + joints[:, 10] * .5 + (joints[:, 2] - joints[:, 9]) * .3, .018, .09, .006, .032)
        front = cone(.04, palm - torch.tensor([0., 0., .10], device=self.device), .04, .10, .006, .03)
        bodies = []
        for p in (.35, .15):
            r = self.u(b, lo=.05, hi=.25)
            side = torch.cat([self.n(b, 2), self.n(b, 1).abs() + .4], 1)
            side = side / side.norm(dim=1, keepdim=True)
            at = palm + side * (r + self.u(b, lo=.05, hi=.2))[:, None]
            c = cone(p, at, 0., .2, .05, .25, upright=.1)
            on = c[2] > 0
            bodies.append((c[0], c[1], torch.where(on, r, c[2]), torch.where(on, r, c[3])))
        return [torch.stack(x, 1) for x in zip(held, front, *bodies)]

    def boxes(self, b, joints):
        """Oriented boxes (centre, turn, half edges; hidden where half <= 0): a held card, phone or block, and a board or book behind."""
        def one(p, at, lo, hi):
            axis = self.n(b, 4)
            w, x, y, z = (axis / axis.norm(dim=1, keepdim=True)).unbind(1)
            turn = torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), 2 * (x * y + w * z), 1 - 2 * (x * x + z * z),
                                2 * (y * z - w * x), 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], 1).view(b, 3, 3)
            lo, hi = torch.tensor(lo, device=self.device), torch.tensor(hi, device=self.device)
            half = lo + (hi - lo) * self.u(b, 3)
            return at, turn, torch.where(self.chance(p, b, 1), half, -torch.ones_like(half))
        palm, grip = (joints[:, 9] + joints[:, 0]) / 2, joints[:, 9] * .6 + joints[:, 2] * .4
        held = one(.10, grip + self.n(b, 3, sd=.025), [.001, .012, .02], [.02, .05, .09])
        behind = one(.08, palm + torch.stack([self.n(b, sd=.1), self.n(b, sd=.1), self.u(b, lo=.08, hi=.25)], 1), [.003, .05, .05], [.04, .2, .2])
        return held, behind

    def batch(self, b, rough=False):
        """A batch: {points [B,N,3], valid [B,N], joints [B,21,3], com [B,3], edge [B]}; all but the edge (metres) in cube coordinates.

        `com` is the mean of the hand's visible points without forearm, before the sensor. `rough` jitters the reference point as the
        refinement network meets it.
        """
        m = self.model
        pose, shape = self.poses(b), self.shapes(b)
        joints, forearm, (a, e, ra, rb) = m.forward(pose, shape)
        # forearm sometimes short, sometimes out of sight
        far_part = torch.tensor([p['name'].startswith(('elbow', 'forearm')) for p in m.spec['primitives']], device=self.device)
        no_arm = self.chance(.1, b, 1)
        hide = (no_arm & m.is_forearm) | (self.chance(.35, b, 1) & far_part)
        ra, rb = torch.where(hide, -torch.ones_like(ra), ra), torch.where(hide, -torch.ones_like(rb), rb)

        r = self.orientation(b)
        arm = (r @ forearm)[:, :, 1] * -1                                               # wrist -> elbow, camera
        hand = -(r @ (joints[:, 9] / joints[:, 9].norm(dim=1, keepdim=True))[..., None])[..., 0]
        short = arm[:, :2].norm(dim=1, keepdim=True) < FORESHORTENED
        look = torch.where(no_arm | short, hand, arm)[:, :2]
        kind = self.u(b)
        off = torch.where(kind < .65, 3., torch.where(kind < .94, 9., 30.)) * DEG
        roll = torch.atan2(-look[:, 0], look[:, 1]) + self.n(b) * off
        arm = (rot_z(-roll) @ arm[..., None])[..., 0]
        r = rot_z(-roll) @ r

        centre = joints[:, 9] * .6 + joints[:, 0] * .4
        dist = self.u(b, lo=.27, hi=1.)
        at = torch.stack([self.u(b, lo=-.4, hi=.4) * dist, self.u(b, lo=-.35, hi=.35) * dist, dist], 1)
        cam = lambda p: (p - centre[:, None]) @ r.transpose(1, 2) + at[:, None]
        joints, a, e = cam(joints), cam(a), cam(e)

        pitch_m = torch.where(self.chance(.85, b), self.u(b, lo=.0023, hi=.0030), self.u(b, lo=.0030, hi=.0042))    # metres a pixel at the hand
        grid = (torch.arange(WIDTH, device=self.device) + .5 - WIDTH / 2)
        step = (pitch_m / dist).view(b, 1, 1)
        dirs = torch.stack([(at[:, 0] / dist).view(b, 1, 1) + step * grid.view(1, 1, -1).expand(b, WIDTH, WIDTH),
                            (at[:, 1] / dist).view(b, 1, 1) + step * grid.view(1, -1, 1).expand(b, WIDTH, WIDTH),
                            torch.ones(b, WIDTH, WIDTH, device=self.device)], -1)
        ca, cb, cra, crb = self.clutter(b, joints, dist)
        cones = [torch.cat(x, 1) for x in ((a, ca), (e, cb), (ra, cra), (rb, crb))]
        depth, which = render(dirs, cones, self.patches + [0] * 4)
        count = a.shape[1]
        if not self.clean:
            for index, box in zip((count, -1), self.boxes(b, joints)):                  # a held box counts as the held object does
                z = rendering.cast_boxes(dirs.view(b, -1, 3), *box)
                which = torch.where(z < depth, torch.full_like(which, index), which)
                depth = torch.minimum(depth, z)
        own = (which >= 0) & (which < count + 1)                                        # hand, forearm, held object

        if not self.clean:                                                              # a wall or table behind, cut by its edge
            on = self.chance(.25, b, 1)
            z0 = (dist + self.u(b, lo=.04, hi=.2)).view(b, 1)
            flat = dirs.view(b, -1, 3)
            tilt = self.n(b, 2, sd=.35)
            off = flat[..., :2] - (at[:, :2] / dist[:, None])[:, None]
            plane = z0 + (off * tilt[:, None]).sum(-1) * dist[:, None]
            angle = self.u(b, 1, lo=0, hi=2 * math.pi)
            edge_side = off[..., 0] * angle.cos() + off[..., 1] * angle.sin() < self.u(b, 1, lo=-.1, hi=.6)
            plane = torch.where(on & edge_side & (plane > .1), plane, torch.full_like(plane, FAR))
            own = own & (depth < plane)
            depth = torch.minimum(depth, plane)
        valid = depth < FAR / 2
        points = dirs.view(b, -1, 3) * depth[..., None]
        hand_seen = (valid & own & (which < self.fingers_and_palm)).float()
        seen = hand_seen.sum(1, keepdim=True)
        com = torch.where(seen >= 20, (points * hand_seen[..., None]).sum(1) / seen.clamp(min=1), joints.mean(1))
        if not self.clean:
            valid = valid & ~self.lost_tips(which) & (depth > .12)
            depth, valid = self.sensor(depth, valid, dist, step)
            points = dirs.view(b, -1, 3) * depth[..., None]
        c = self.reference(points, valid & own, arm, joints, rough)
        edge = self.edge * (1 if self.clean else self.u(b, lo=.94, hi=1.06)) * torch.ones(b, device=self.device)
        norm = lambda p: (p - c[:, None]) / edge.view(b, 1, 1) + .5
        p = norm(points)
        inside = valid & ((p >= 0) & (p < 1)).all(-1)
        if not self.clean:
            p, inside = self.densify(p, inside)
        out = {'points': p, 'valid': inside, 'joints': norm(joints), 'com': norm(com[:, None])[:, 0], 'edge': edge, 'depth': depth.view(b, WIDTH, WIDTH),
                'pose': pose}
        if self.clean:
            return out
        # Nobody can find a hand of which next to nothing is seen, and the reference room does not: such samples repeat another one.
        area = (hand_seen * valid).sum(1) * pitch_m ** 2
        good = (area > LEAST_HAND).nonzero()[:, 0]
        index = torch.arange(b, device=self.device)
        if 0 < len(good) < b:
            index = torch.where(area > LEAST_HAND, index, good[index % len(good)])
        return {k: v[index] for k, v in out.items()}

    def reference(self, points, own, arm, joints, rough):
        """What the reference room finds: the mean of the visible points around its palm, those beyond the wrist cut off; or the refined
        root of the middle finger. How far off it is was measured on the room itself (measure_reference.py)."""
        b = points.shape[0]
        palm = joints[:, [0, 5, 9, 13, 17]].mean(1)
        if not self.clean:
            side = F.normalize(torch.stack([-arm[:, 1], arm[:, 0], torch.zeros_like(arm[:, 0])], 1), dim=1)
            palm = palm + arm * self.u(b, 1, lo=-.04, hi=.042) + side * self.n(b, 1, sd=.006)
        cut = ((points - palm[:, None]) * arm[:, None]).sum(-1) < WRIST
        use = own & (cut | self.chance(0. if self.clean else .08, b, 1))
        c = palm
        for _ in range(4):
            near = (use & ((points - c[:, None]).norm(dim=-1) < .09)).float()
            total = near.sum(1, keepdim=True)
            mean = (points * near[..., None]).sum(1) / total.clamp(min=1)
            c = torch.where(total > 20, mean, c)
        if self.clean:
            return c
        if rough:
            return c + self.n(b, 3) * self.u(b, 1, lo=.002, hi=.02)
        c = torch.where(self.chance(.3, b, 1), joints[:, 9], c)
        return c + self.n(b, 3) * torch.where(self.chance(.8, b, 1), .004, .012)

    def lost_tips(self, which):
        """Now and then a thin finger end that the camera does not see: the pixels of one or two distal bones."""
        b = which.shape[0]
        lost = torch.zeros_like(which, dtype=torch.bool)
        for _ in range(2):
            bone = torch.tensor([1, 4, 7, 10, 13], dtype=which.dtype, device=self.device)[torch.randint(0, 5, (b,), generator=self.g, device=self.device)]
            lost = lost | ((which == bone[:, None]) & self.chance(.06, b, 1))
        return lost

    def stereo(self, img, valid, step):
        """What two eyes do: a shadow beside near things that one of them does not see, fattened edges, smoothed patches. [B,1,W,W]."""
        b, w = img.shape[0], img.shape[-1]
        fat = self.chance(.2, b, 1, 1, 1)
        low = -F.max_pool2d(-img, 3, 1, 1)
        grown = fat & (img - low > .02)
        img, valid = torch.where(grown, low, img), valid | (grown & (low < 5))
        ok = valid.float()
        mean = F.avg_pool2d(img * ok, 3, 1, 1) / F.avg_pool2d(ok, 3, 1, 1).clamp(min=.1)
        img = torch.where(self.chance(.25, b, 1, 1, 1) & valid & ((mean - img).abs() < .015), mean, img)
        disparity = self.u(b, 1, 1, 1, lo=.02, hi=.075) / step.view(b, 1, 1, 1) / img   # pixels between the eyes' pictures
        left = self.chance(.5, b, 1, 1, 1)
        shadow = torch.zeros_like(valid)
        for s in range(1, 11):
            a, c = F.pad(disparity, (0, s))[..., s:], F.pad(disparity, (s, 0))[..., :w]
            shadow = shadow | ((torch.where(left, a, c) - disparity - s).abs() < .5)
        return img, valid & ~(shadow & self.chance(.35, b, 1, 1, 1))

    def sensor(self, depth, valid, dist, step):
        """Noise growing with depth, soft unevenness, ragged and eroded edges, flying pixels, quantisation, drop-out, holes."""
        b, w = depth.shape[0], WIDTH
        img, valid = self.stereo(torch.where(valid, depth, torch.full_like(depth, 9.)).view(b, 1, w, w), valid.view(b, 1, w, w), step)
        depth, valid = img.view(b, -1), valid.view(b, -1)
        lo = -F.max_pool2d(-img, 3, 1, 1)
        hi = F.max_pool2d(img, 3, 1, 1)
        jump = ((hi - lo) > .02).view(b, -1)
        drop = jump & (self.u(b, w * w) < self.u(b, 1, lo=-.3, hi=.8))
        fly = jump & valid & (self.u(b, w * w) < self.u(b, 1, lo=-.15, hi=.25))
        back = hi.view(b, -1)
        t = self.u(b, w * w)
        depth = torch.where(fly & (back < 5), depth * (1 - t) + back * t, torch.where(fly, depth + .04 * t, depth))
        sd = self.u(b, 1, lo=.0002, hi=.0025) * (dist[:, None] / .5) ** 2
        depth = depth + sd * self.n(b, w * w)
        soft = F.interpolate(self.n(b, 1, 15, 15), size=(w, w), mode='bilinear', align_corners=False).view(b, -1)
        depth = depth + soft * self.u(b, 1, lo=0, hi=.003)
        q = torch.tensor([.000125, .001, .001, .002], device=self.device)[torch.randint(0, 4, (b,), generator=self.g, device=self.device)].view(b, 1)
        depth = (depth / q).round() * q
        valid = valid & ~drop & (self.u(b, w * w) > self.u(b, 1, lo=-.1, hi=.2))
        yy, xx = torch.meshgrid(torch.arange(w, device=self.device), torch.arange(w, device=self.device), indexing='ij')
        for _ in range(2):
            cx, cy, r = self.u(b, 1, lo=20, hi=w - 20), self.u(b, 1, lo=20, hi=w - 20), self.u(b, 1, lo=-6, hi=7)
            valid = valid & ~(((xx.reshape(1, -1) - cx) ** 2 + (yy.reshape(1, -1) - cy) ** 2 < r ** 2) & (r > 0))
        return depth, valid

    def densify(self, p, inside):
        """Half of the batches at twice the resolution: midpoints between neighbouring pixels of one surface."""
        if self.u(1).item() < .35:
            return p, inside
        b, w = p.shape[0], WIDTH
        g, ok = p.view(b, w, w, 3), inside.view(b, w, w)
        parts, oks = [p], [inside]
        for x, y, okx, oky in ((g[:, 1:], g[:, :-1], ok[:, 1:], ok[:, :-1]), (g[:, :, 1:], g[:, :, :-1], ok[:, :, 1:], ok[:, :, :-1])):
            parts.append(((x + y) / 2).reshape(b, -1, 3))
            oks.append((okx & oky & ((x - y)[..., 2].abs() < .05)).reshape(b, -1))
        return torch.cat(parts, 1), torch.cat(oks, 1)


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
