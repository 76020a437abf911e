"""Things that hands hold, and the hands around them, by the thousand.

Everything is in the palm frame, metres and radians. Objects of n hands are a dict of tensors with two parts per object:
`kind` [n, 2] (CYLINDER, BOX or BALL), `centre` [n, 2, 3], `rotation` [n, 2, 3, 3] (columns are the part's axes; a cylinder's axis is its z) and
`half` [n, 2, 3] half sizes (cylinder: radius, radius, half length); a part with half 0 is absent.

A grasp is made as in src/synthetic/grasp.ts: an open hand is put at the object, then each finger closes joint by joint from the palm
outwards until a bone touches, and the thumb last.
"""
import math

import torch

from .hand import FINGERS, rot_x, rot_y, rot_z
from .poses import DEEP, SOFT, may_not_overlap, overlaps, wrist

DEG = math.pi / 180
CYLINDER, BOX, BALL = 0, 1, 2
COARSE, FINE = 12, 4             # angles that are tried between an open and a closed joint, and between two of these
PLACES = (.2, .4, .6, .8, 1.)    # along a bone
TOUCH, INSIDE = .003, .005       # metres: nearer is a touch; deeper is refused
CHUNK = 128                      # hands that are closed at a time: bounds memory
TRIES = 12
NONE = 9.                        # metres to a part that is absent
GRIPS = ('can', 'bottle', 'handle', 'tool', 'box', 'ball', 'precision', 'pen', 'phone', 'plate', 'card', 'cloth')
SHARES = (.17, .09, .12, .08, .11, .08, .11, .06, .05, .05, .04, .04)
THUMB = ('thumb_radial', 'thumb_palmar', 'thumb_mcp', 'thumb_ip')


# -- distances

def distance(objects, points):
    """Signed distances [n, m] of points [n, m, 3] to the nearest part (exact for cylinder and box, to first order for an ellipsoid)."""
    best = torch.full(points.shape[:2], NONE, device=points.device)
    for part in range(2):
        half, kind = objects['half'][:, part, :, None], objects['kind'][:, part, None]
        there = half[:, 0] > 0
        kinds = set(kind[there].tolist())
        if not kinds:
            continue
        turn = objects['rotation'][:, part].transpose(1, 2)
        x, y, z = p = (turn @ points.transpose(1, 2) - turn @ objects['centre'][:, part, :, None]).abs().unbind(1)
        a, b, c = half.unbind(1)
        if BALL in kinds:
            x, y, z = (v / h.clamp(min=1e-6) for v, h in zip(p, (a, b, c)))
            k0 = (x * x + y * y + z * z).sqrt()
            k1 = sum((v / h.clamp(min=1e-6)) ** 2 for v, h in zip((x, y, z), (a, b, c))).sqrt()
            d = k0 * (k0 - 1) / k1.clamp(min=1e-6)
            x, y, z = p
        if kinds & {BOX, CYLINDER}:
            z = z - c
            if CYLINDER in kinds:
                side = (x * x + y * y).sqrt() - a
                round_ = (side.clamp(min=0) ** 2 + z.clamp(min=0) ** 2).sqrt() + torch.maximum(side, z).clamp(max=0)
                d = torch.where(kind == CYLINDER, round_, d) if BALL in kinds else round_
            if BOX in kinds:
                x, y = x - a, y - b
                box = (x.clamp(min=0) ** 2 + y.clamp(min=0) ** 2 + z.clamp(min=0) ** 2).sqrt() + torch.maximum(torch.maximum(x, y), z).clamp(max=0)
                d = torch.where(kind == BOX, box, d) if len(kinds) > 1 else box
        best = torch.minimum(best, torch.where(there, d, best))
    return best


def _to_capsules(points, radii, caps):
    """Gap [n, m] between spheres (points [n, m, 3], radii [n, m]) and the nearest of capsules (a, b [n, k, 3], ra, rb [n, k])."""
    a, b, ra, rb = caps
    d = b - a
    dot = lambda u, v: (u * v).sum(-1)
    across = points @ torch.cat([a, d], 1).transpose(1, 2)                               # products of points with a and with d
    k = a.shape[1]
    off = across[..., k:] - dot(a, d)[:, None]                                           # (point - a) . d
    dd = dot(d, d)[:, None].clamp(min=1e-12)
    s = (off / dd).clamp(0, 1)
    square = dot(points, points)[..., None] - 2 * across[..., :k] + dot(a, a)[:, None] + s * (s * dd - 2 * off)
    return (square.clamp(min=0).sqrt() - (ra[:, None] + s * (rb - ra)[:, None])).amin(-1) - radii


def along(caps, places=(0., .25, .5, .75, 1.)):
    """Spheres along capsules: points [n, k * places, 3], radii [n, k * places]."""
    a, b, ra, rb = caps
    t = torch.tensor(places, device=a.device)
    points = a[:, :, None] + (b - a)[:, :, None] * t[:, None]
    return points.flatten(1, 2), (ra[..., None] + (rb - ra)[..., None] * t).flatten(1)


# -- closing

class _Digits:
    """The bones of fingers and thumb of a batch of hands, as spheres, for many angles at a time."""

    def __init__(self, model, shape):
        names = [p['name'] for p in model.spec['primitives']]
        prim = model.spec['primitives']
        t = lambda key: torch.tensor([p[key] for p in prim], device=model.device)
        scale = shape['scale'].view(-1, 1)
        ra, rb = (t(k) * shape['radius'] * scale + shape['extra'] for k in ('radiusA', 'radiusB'))
        bones = lambda part, kinds: [names.index(f'{part}_{k}') for k in kinds]
        fingers = torch.tensor([bones(f, ('proximal', 'middle', 'distal')) for f in FINGERS])
        thumb = torch.tensor([names.index('thenar')] + bones('thumb', ('proximal', 'distal')))
        s = scale[..., None]
        self.root, self.lengths = model.mcp * shape['mcp'] * s, model.lengths * shape['lengths'] * s
        self.thumb_root, self.thumb_lengths = model.cmc * shape['cmc'] * scale, model.thumb_lengths * shape['thumb'] * scale
        self.radii = ra[:, fingers], rb[:, fingers]                                      # n, 4, 3
        self.thumb_radii = ra[:, thumb], rb[:, thumb]                                    # n, 3
        self.places = torch.tensor(PLACES, device=model.device)

    def _spheres(self, root, y, z, bends, lengths, radii, first):
        """root, y, z [..., 1, 3]; bends [..., C, 3] cumulative; lengths, radii [..., 1, 3] -> points [..., C, m, 3], radii [..., 1, m]."""
        ra, rb = radii
        points, sizes, p = [], [], root
        for k in range(3):
            way = y * bends[..., k:k + 1].cos() + z * bends[..., k:k + 1].sin()
            bone = way * lengths[..., k:k + 1]
            if k >= first:
                end = bone - way * .7 * rb[..., k:k + 1] if k == 2 else bone             # the last sphere ends before the tip
                points.append(p[..., None, :] + end[..., None, :] * self.places[:, None])
                sizes.append(ra[..., k:k + 1] + (rb - ra)[..., k:k + 1] * self.places)
            p = p + bone
        return torch.cat(points, -2), torch.cat(sizes, -1)

    def fingers(self, abduction, bends, first=0):
        """abduction [n, 4], bends [n, 4, C, 3] (mcp, pip, dip) -> points [n, 4, C, m, 3], radii [n, 4, 1, m] of the bones from `first` on."""
        s, c, o = abduction.sin(), abduction.cos(), torch.zeros_like(abduction)
        y, z = torch.stack([-s, c, o], -1)[:, :, None], torch.stack([o, o, o + 1], -1)[:, :, None]
        one = lambda v: v[:, :, None]
        return self._spheres(one(self.root), y, z, bends.cumsum(-1), one(self.lengths), [one(r) for r in self.radii], first)

    def thumb(self, radial, palmar, twist, mcp, ip, first=0):
        """Angles [n, C] -> points [n, C, m, 3], radii [n, 1, m]; bone 0 is the metacarpal."""
        sr, cr, sp, cp, st, ct = radial.sin(), radial.cos(), palmar.sin(), palmar.cos(), twist.sin(), twist.cos()
        y = torch.stack([sr * cp, cr * cp, sp], -1)
        z = torch.stack([cr * st - sr * sp * ct, -sr * st - cr * sp * ct, cp * ct], -1)
        bends = torch.stack([torch.zeros_like(mcp), mcp, mcp + ip], -1)
        one = lambda v: v[:, None]
        return self._spheres(one(self.thumb_root), y, z, bends, one(self.thumb_lengths), [one(r) for r in self.thumb_radii], first)


def _close(start, end, gap):
    """The angle before the first touch: every COARSE-th of the way is tried, then FINE steps from the last that was free.

    start, end [...]; gap: angles [..., C] -> distances [..., C] to whatever may be touched.
    """
    def last_free(lo, hi, steps):
        way = torch.arange(1, steps + 1, device=start.device) / steps
        free = (gap(lo[..., None] + (hi - lo)[..., None] * way) >= -SOFT).to(start.dtype).cumprod(-1).sum(-1)
        return lo + (hi - lo) * free / steps, lo + (hi - lo) * (free + 1).clamp(max=steps) / steps
    return last_free(*last_free(start, end, COARSE), FINE)[0]


def _rows(d, i):
    return {k: v[i] for k, v in d.items()}


def grasp(model, shape, objects, start, end):
    """Closes hands around objects. start, end [n, D]: poses open and closed; abduction, twist and wrist stay as in `start`. -> pose [n, D]."""
    n = len(start)
    if n > CHUNK:
        parts = [slice(i, i + CHUNK) for i in range(0, n, CHUNK)]
        return torch.cat([grasp(model, _rows(shape, s), _rows(objects, s), start[s], end[s]) for s in parts])
    digits, pose = _Digits(model, shape), start.clone()
    column = lambda part: torch.tensor([model.dofs.index(f'{f}_{part}') for f in FINGERS], device=model.device)
    _, _, cones = model.forward(start, shape)
    # what a finger's end may meet: the palm; not the web and not the joint of the thumb
    palm = torch.tensor([i for i, p in enumerate(model.spec['primitives']) if p['group'] == 'palm' and p['name'] not in ('web', 'thenar')])
    palm = [c[:, palm] for c in cones]
    abduction, parts = start[:, column('abduction')], [column(p) for p in ('mcp', 'pip', 'dip')]
    bends = torch.stack([start[:, c] for c in parts], -1)                                # n, 4, 3
    tip = len(PLACES)
    for stage, c in enumerate(parts):
        def gap(angles):
            tried = bends[:, :, None].repeat(1, 1, angles.shape[-1], 1)
            tried[..., stage] = angles
            points, radii = digits.fingers(abduction, tried, first=stage)
            radii = radii.expand(points.shape[:-1])
            near = (distance(objects, points.flatten(1, 3)).view(radii.shape) - radii).amin(-1)
            if stage == 0:                                                               # a straight finger does not reach the palm
                return near
            on_palm = _to_capsules(points[..., -tip:, :].flatten(1, 3), radii[..., -tip:].flatten(1), palm).view(*angles.shape, tip)
            return torch.minimum(near, on_palm.amin(-1))
        bends[..., stage] = pose[:, c] = _close(bends[..., stage], end[:, c], gap)

    _, _, cones = model.forward(pose, shape)
    others = torch.tensor([i for i, g in enumerate(model.groups) if g in FINGERS])
    fingers = [c[:, others] for c in cones]
    order = [model.dofs.index(name) for name in ('thumb_radial', 'thumb_palmar', 'thumb_twist', 'thumb_mcp', 'thumb_ip')]
    bones = 2 * tip
    for name in THUMB:
        i = model.dofs.index(name)

        def gap(angles):
            points, radii = digits.thumb(*(angles if k == i else pose[:, k, None].expand_as(angles) for k in order))
            points, radii = points[:, :, -bones - 1:], radii[:, :, -bones - 1:].expand(-1, angles.shape[1], -1)     # of the metacarpal only its end
            on_fingers = _to_capsules(points[:, :, -bones:].flatten(1, 2), radii[:, :, -bones:].flatten(1), fingers).view(*angles.shape, bones)
            return torch.minimum((distance(objects, points.flatten(1, 2)).view(radii.shape) - radii).amin(-1), on_fingers.amin(-1))
        if bool((start[:, i] != end[:, i]).any()):
            pose[:, i] = _close(start[:, i], end[:, i], gap)
    return pose


# -- what is held, and how an open hand is put at it

class _Draw:
    """Random numbers of one batch of n hands; lengths are metres, angles are given in degrees and come as radians."""

    def __init__(self, n, generator, device):
        self.n, self.g, self.device = n, generator, device

    def u(self, lo, hi, *more):
        return lo + (hi - lo) * torch.rand(self.n, *more, generator=self.g, device=self.device)

    def gauss(self, mean, sd, *more):
        return mean + sd * torch.randn(self.n, *more, generator=self.g, device=self.device)

    def chance(self, p):
        return self.u(0, 1) < p

    def any_turn(self):
        q = torch.nn.functional.normalize(self.gauss(0, 1, 4), dim=1)
        w, x, y, z = q.unbind(1)
        return torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), 2 * (x * y + w * z), 1 - 2 * (x * x + z * z),
                            2 * (y * z - w * x), 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], 1).view(-1, 3, 3)


def _thing(draw, parts):
    """An object in a frame of its own. parts: one or two of (kind, half [n, 3], centre [n, 3] or None, rotation [n, 3, 3] or None)."""
    n, d = draw.n, draw.device
    eye, zero = torch.eye(3, device=d).expand(n, 3, 3), torch.zeros(n, 3, device=d)
    rows = []
    for kind, half, centre, rotation in list(parts) + [(BOX, zero, None, None)] * (2 - len(parts)):
        kind = kind if torch.is_tensor(kind) else torch.full((n,), kind, device=d)
        rows.append((kind, zero if centre is None else centre, eye if rotation is None else rotation, half))
    return dict(zip(('kind', 'centre', 'rotation', 'half'), (torch.stack(x, 1) for x in zip(*rows))))


def _put(thing, rotation, centre):
    """An object moved from its own frame to the palm's."""
    return {**thing, 'centre': (rotation[:, None] @ thing['centre'][..., None])[..., 0] + centre[:, None],
            'rotation': rotation[:, None] @ thing['rotation']}


def _moved(objects, by):
    return {**objects, 'centre': objects['centre'] + by[:, None]}


def _settle(model, shape, start, objects, toward, away):
    """Moves objects along -`toward` [n, 3] until they touch the open hand without its thumb, and along `away` until the thumb is clear."""
    _, _, cones = model.forward(start, shape)
    of = lambda groups: along([c[:, [i for i, g in enumerate(model.groups) if g in groups]] for c in cones], (0., .5, 1.))
    points, radii = of(('palm', *FINGERS))
    thumb, thumb_radii = of(('thumb',))
    objects = _moved(objects, toward * .2)
    for last in (False, False, False, True):
        for _ in range(8):
            gap = (distance(objects, points) - radii).amin(1) + SOFT / 2
            objects = _moved(objects, -toward * gap.clamp(-.05, .3)[:, None])
            if gap.abs().amax() < 2e-4:
                break
        if last:
            break
        lack = -(distance(objects, thumb) - thumb_radii).amin(1)
        lack = torch.where(lack > SOFT, lack + .001, torch.zeros_like(lack))
        if not lack.any():
            break
        objects = _moved(objects, away * lack[:, None] + toward * torch.where(lack > 0, .02, 0.)[:, None])
    return objects


class _Grips:
    """One method per grip: -> objects, start pose, end pose of a batch of hands."""

    def __init__(self, model, shape, draw):
        self.m, self.shape, self.d = model, shape, draw
        self.size = shape['scale'][:, None]

    def pose(self, **angles):
        """[n, D] from degrees: numbers or [n]; `mcp`, `pip`, `dip` stand for all fingers and may be [n, 4]."""
        out = self.m.rest.expand(self.d.n, -1).clone()
        for name, v in angles.items():
            dofs = [name] if name in self.m.dofs else [f'{f}_{name}' for f in FINGERS]
            v = torch.as_tensor(v, device=out.device) * DEG
            out[:, [self.m.dofs.index(dof) for dof in dofs]] = v if v.dim() == 2 else v.reshape(-1, 1)
        return torch.minimum(torch.maximum(out, self.m.lo), self.m.hi)

    def hands(self, mcp, pip, thumb=None, closed=None):
        """An open hand, thumb opposite to the fingers, and how far it closes."""
        d = self.d
        spread = d.u(-.3, 1.5)
        opened = {'mcp': d.u(*mcp), 'pip': d.u(*pip), 'dip': d.u(2, 10), 'index_abduction': -6 * spread + d.gauss(0, 2),
                  'middle_abduction': d.gauss(0, 2), 'ring_abduction': 4 * spread + d.gauss(0, 2), 'little_abduction': 10 * spread + d.gauss(0, 3),
                  'thumb_radial': d.u(25, 58), 'thumb_palmar': d.u(48, 62), 'thumb_twist': d.u(-90, -62), 'thumb_mcp': d.u(-8, 8),
                  'thumb_ip': d.u(-5, 10), **(thumb or {})}
        lifted = (d.u(0, 1, 1) < .15) & (torch.arange(4, device=d.device) == torch.randint(0, 4, (d.n, 1), generator=d.g, device=d.device))
        shut = {**opened, 'mcp': torch.where(lifted, d.u(10, 50, 1), d.u(76, 90, 1)), 'pip': d.u(92, 108), 'dip': d.u(45, 65), 'thumb_palmar': d.u(0, 20), 'thumb_mcp': d.u(35, 55),
                'thumb_ip': d.u(40, 75), **(closed or {})}
        return self.pose(**opened), self.pose(**shut)

    def aim_thumb(self, start, end, joints, at):
        """Lets the thumb swing from the side, level with the point `at` [n, 3], and past it."""
        aim = at - joints[:, 1]
        level, side = torch.asin(aim[:, 2] / aim.norm(dim=1)) / DEG, torch.atan2(aim[:, 0], aim[:, 1]) / DEG
        level = level + self.d.gauss(3, 4)
        for pose, radial in ((start, side + 35), (end, side - 25)):
            for name, v in (('thumb_radial', radial), ('thumb_palmar', level)):
                i = self.m.dofs.index(name)
                pose[:, i] = (v * DEG).clamp(self.m.lo[i], self.m.hi[i])

    def across(self, oblique, turn_sd=5.):
        """Turns an object's z (its long axis) along the finger roots, its x along the fingers and its y out of the palm; degrees."""
        base = torch.tensor([[0., 0., 1.], [1., 0., 0.], [0., 1., 0.]], device=self.d.device)
        return rot_z(oblique * DEG) @ rot_y(self.d.gauss(0, turn_sd) * DEG) @ base

    def in_palm(self, thing, length, oblique, y, away=0., thumb=None, x=0.):
        """A thing pressed into an open palm, then held. `y` [n] of a hand of scale 1; `away` [n] metres off the palm."""
        start, end = self.hands(mcp=(-22, -4), pip=(0, 10), thumb=thumb)
        d = self.d
        turn = self.across(oblique)
        shift = d.u(-1, 1) * (length - .03).clamp(min=0) * .8
        place = torch.stack([d.gauss(x, .006), y, torch.zeros_like(y)], 1) * self.size
        out = torch.tensor([0., 0., 1.], device=d.device).expand(d.n, 3)
        objects = _put(thing, turn, place + turn[..., 2] * shift[:, None])
        objects = _settle(self.m, self.shape, start, objects, out, torch.tensor([0., 1., 0.], device=d.device).expand(d.n, 3))
        return _moved(objects, out * torch.as_tensor(away, device=d.device).reshape(-1, 1)), start, end

    def can(self):
        d = self.d
        r, h = d.u(.024, .055), d.u(.035, .085)
        common = d.chance(.45)                                                           # drink cans
        r, h = torch.where(common, d.u(.026, .041), r), torch.where(common, d.u(.045, .085), h)
        thing = _thing(d, [(CYLINDER, torch.stack([r, r, h], 1), None, None)])
        return self.in_palm(thing, h, d.gauss(0, 10), d.u(.07, .098), d.chance(.3) * d.u(0, .02))

    def bottle(self):
        d = self.d
        r, h, neck, long = d.u(.022, .045), d.u(.055, .11), d.u(.011, .018), d.u(.015, .05)
        up = torch.where(d.chance(.85), 1., -1.)
        top = torch.stack([torch.zeros_like(h), torch.zeros_like(h), up * (h + long)], 1)
        thing = _thing(d, [(CYLINDER, torch.stack([r, r, h], 1), None, None), (CYLINDER, torch.stack([neck, neck, long], 1), top, None)])
        return self.in_palm(thing, h, d.gauss(0, 10), d.u(.07, .098))

    def handle(self):
        d = self.d
        r, h = d.u(.010, .024), d.u(.045, .3)
        thing = _thing(d, [(CYLINDER, torch.stack([r, r, h], 1), None, None)])
        return self.in_palm(thing, h.clamp(max=.1), d.gauss(8, 14), d.u(.072, .1))

    def tool(self):
        d = self.d
        r, h = d.u(.009, .018), d.u(.045, .09)
        up = torch.where(d.chance(.85), 1., -1.)
        shaft = d.chance(.45)                                                            # a screwdriver; else a hammer, a brush
        thin, long = d.u(.003, .007), d.u(.03, .09)
        head = torch.where(shaft[:, None], torch.stack([thin, thin, long], 1), torch.stack([d.u(.008, .06), d.u(.006, .02), d.u(.01, .035)], 1))
        at = torch.stack([torch.zeros_like(h), torch.zeros_like(h), up * (h + head[:, 2] * .9)], 1)
        spin = rot_z(d.u(0, math.pi))
        thing = _thing(d, [(CYLINDER, torch.stack([r, r, h], 1), None, None), (torch.where(shaft, CYLINDER, BOX), head, at, spin)])
        return self.in_palm(thing, h, d.gauss(10, 14), d.u(.072, .1))

    def box(self):
        d = self.d
        half = torch.stack([d.u(.012, .042), d.u(.012, .045), d.u(.03, .12)], 1)
        thing = _thing(d, [(BOX, half, None, None)])
        return self.in_palm(thing, half[:, 2], d.gauss(0, 12), d.u(.07, .1), d.chance(.5) * d.u(0, .03))

    def ball(self):
        d = self.d
        half = d.u(.02, .05)[:, None] * d.u(.85, 1.2, 3)
        thing = _thing(d, [(BALL, half, None, d.any_turn())])
        return self.in_palm(thing, half[:, 2] * 0, d.gauss(0, 10), d.u(.07, .1), thumb={'thumb_radial': d.u(10, 34)}, x=.01)

    def phone(self):
        d = self.d
        half = torch.stack([d.u(.031, .04), d.u(.0035, .007), d.u(.06, .083)], 1)
        return self.in_palm(_thing(d, [(BOX, half, None, None)]), half[:, 2], d.gauss(15, 18), d.u(.062, .085))

    def precision(self):
        """A small thing between the ends of thumb and fingers."""
        d = self.d
        kind = torch.randint(0, 3, (d.n,), generator=d.g, device=d.device)
        half = d.u(.005, .026, 3)
        half = torch.where((kind == CYLINDER)[:, None], half[:, [0, 0, 2]] * torch.tensor([1., 1., 1.8], device=d.device), half)
        thing = _thing(d, [(kind, half, None, None)])
        mcp, pip, dip = d.u(38, 62), d.u(35, 62), d.u(12, 32)
        meeting = self.pose(mcp=mcp, pip=pip, dip=dip, thumb_radial=32, thumb_palmar=46, thumb_twist=-72, thumb_mcp=15, thumb_ip=25)
        joints, _, _ = self.m.forward(meeting, self.shape)
        at = joints[:, 4] * .5 + joints[:, 8] * .3 + joints[:, 12] * .2 + d.gauss(0, .004, 3)
        each = lambda lo, hi: torch.cat([d.u(lo, hi, 1).expand(-1, 2), d.u(lo, hi, 2)], 1)           # ring and little finger for themselves
        start, end = self.hands(mcp=(0, 18), pip=(15, 40), closed=dict(mcp=each(50, 88), pip=each(55, 90), dip=each(20, 45)))
        self.aim_thumb(start, end, joints, at)
        return _put(thing, d.any_turn(), at), start, end

    def pen(self):
        """A pen between the ends of thumb, index and middle finger, lying in the web of the thumb."""
        d = self.d
        dip = d.u(5, 25)
        fingers = dict(index_mcp=d.u(28, 42), index_pip=d.u(38, 58), index_dip=dip, middle_mcp=d.u(36, 50), middle_pip=d.u(48, 66), middle_dip=dip,
                       ring_mcp=d.u(50, 66), ring_pip=d.u(65, 90), ring_dip=d.u(25, 45), little_mcp=d.u(52, 70), little_pip=d.u(65, 90),
                       little_dip=d.u(25, 45), index_abduction=d.gauss(-2, 2), middle_abduction=0., ring_abduction=0., little_abduction=d.u(0, 6))
        thumb = dict(thumb_radial=d.u(32, 46), thumb_palmar=d.u(42, 58), thumb_twist=d.u(-90, -70), thumb_mcp=d.u(0, 15), thumb_ip=d.u(5, 25))
        start = self.pose(**fingers, **thumb)
        closed = {k: fingers[k] + v for k, v in dict(index_mcp=22., index_pip=18., index_dip=10., middle_mcp=22., middle_pip=18.).items()}
        end = self.pose(**{**fingers, **closed}, **{**thumb, 'thumb_palmar': d.u(15, 30), 'thumb_mcp': d.u(25, 40), 'thumb_ip': d.u(35, 55)})
        joints, _, _ = self.m.forward(start, self.shape)
        tip = joints[:, [4, 8]].mean(1) + d.gauss(0, .002, 3)
        web = joints[:, 5] + torch.tensor([.017, -.004, .012], device=d.device) * self.size + d.gauss(0, .003, 3)
        z = torch.nn.functional.normalize(web - tip, dim=1)
        x = torch.nn.functional.normalize(torch.linalg.cross(z, torch.tensor([[0., 0., 1.]], device=d.device).expand_as(z)), dim=1)
        r, h = d.u(.003, .0065), d.u(.055, .085)
        thing = _thing(d, [(CYLINDER, torch.stack([r, r, h], 1), None, None)])
        return _put(thing, torch.stack([x, torch.linalg.cross(z, x), z], 2), tip + z * (h - d.u(.015, .04))[:, None]), start, end

    def on_fingers(self, thing, depth, spin):
        """A flat thing (its y is thin) that lies on the fingers, its edge at the web, the thumb on top. depth [n]: half of it along the fingers."""
        d = self.d
        mcp, pip = d.u(0, 45), d.u(4, 20)
        start, end = self.hands(mcp=(0, 0), pip=(0, 0), thumb=dict(thumb_radial=d.u(12, 38)))
        fingers = {'mcp': mcp, 'pip': pip, 'dip': pip * .6}
        for pose, more in ((start, 0.), (end, 30.)):
            for part, v in fingers.items():
                for f in FINGERS:
                    pose[:, self.m.dofs.index(f'{f}_{part}')] = (v + more) * DEG
        flat = rot_x((mcp + pip * .6) * DEG)
        base = torch.tensor([[0., 0., 1.], [1., 0., 0.], [0., 1., 0.]], device=d.device)
        edge = torch.stack([d.gauss(.008, .012), d.u(.062, .088), torch.zeros(d.n, device=d.device)], 1) * self.size
        objects = _put(thing, flat @ rot_z(spin * DEG) @ base, edge + flat[..., 1] * depth[:, None])
        return _settle(self.m, self.shape, start, objects, flat[..., 2], flat[..., 1]), start, end

    def plate(self):
        """A book, a tray, a sheet."""
        d = self.d
        half = torch.stack([d.u(.03, .14), torch.where(d.chance(.4), d.u(.0005, .002), d.u(.002, .014)), d.u(.03, .14)], 1)
        return self.on_fingers(_thing(d, [(BOX, half, None, None)]), half[:, 0], d.gauss(0, 18))

    def cloth(self):
        """Two flat pieces with a fold between them."""
        d = self.d
        half = torch.stack([d.u(.02, .07), d.u(.001, .006), d.u(.03, .11)], 1)
        other = torch.stack([d.u(.03, .12), half[:, 1] * d.u(.7, 1.3), half[:, 2] * d.u(.7, 1.1)], 1)
        fold = rot_z(d.u(-130, 130) * DEG)
        at = torch.stack([half[:, 0], half[:, 1] * 0, half[:, 2] * 0], 1) + fold[..., 0] * other[:, :1]
        return self.on_fingers(_thing(d, [(BOX, half, None, None), (BOX, other, at, fold)]), half[:, 0], d.gauss(0, 25))

    def card(self):
        """A card or a key between the thumb and the side of a bent index finger."""
        d = self.d
        bent = dict(index_mcp=d.u(25, 50), index_pip=d.u(45, 75), index_dip=d.u(15, 40))
        more = d.u(5, 22)
        fingers = {f'{f}_{p}': bent[f'index_{p}'] + more for f in FINGERS[1:] for p in ('mcp', 'pip', 'dip')}
        thumb = dict(thumb_twist=d.u(-60, -30), thumb_mcp=d.u(0, 15), thumb_ip=d.u(0, 20))
        still = dict(index_abduction=d.gauss(0, 2), middle_abduction=0., ring_abduction=0., little_abduction=0., **bent, **fingers, **thumb)
        start, end = self.pose(**still), self.pose(**{**still, 'thumb_mcp': d.u(20, 45), 'thumb_ip': d.u(20, 50)})
        joints, _, _ = self.m.forward(start, self.shape)
        at = joints[:, [6, 7]].mean(1)
        self.aim_thumb(start, end, joints, at)
        half = torch.stack([d.u(.018, .045), torch.where(d.chance(.7), d.u(.0004, .0015), d.u(.002, .005)), d.u(.012, .03)], 1)
        # its y points to the thumb's side, its x away from the hand, along the bent finger
        way = torch.nn.functional.normalize((joints[:, 7] - joints[:, 5]) * torch.tensor([0., 1., 1.], device=d.device), dim=1)
        y = torch.tensor([1., 0., 0.], device=d.device).expand(d.n, 3)
        turn = torch.stack([way, y, torch.linalg.cross(way, y)], 2) @ rot_y(d.gauss(0, 25) * DEG) @ rot_x(d.gauss(0, 6) * DEG)
        objects = _put(_thing(d, [(BOX, half, None, None)]), turn, at + turn[..., 0] * (half[:, 0] - .012)[:, None])
        return _settle(self.m, self.shape, start, objects, y, way), start, end


def faults(model, shape, pose, objects, pairs=None):
    """What is wrong with grasps, metres [n] each: depth of the hand in the object, of bones in each other, and the gap that keeps it from being held.

    Held means touched by a finger, and by the thumb or the palm.
    """
    _, _, cones = model.forward(pose, shape)
    gaps = {}
    for part in ('palm', 'forearm', 'thumb', *FINGERS):
        points, radii = along([c[:, [i for i, g in enumerate(model.groups) if g == part]] for c in cones])
        gaps[part] = (distance(objects, points) - radii).amin(1)
    finger = torch.stack([gaps[f] for f in FINGERS]).amin(0)
    loose = torch.maximum(finger, torch.minimum(gaps['thumb'], gaps['palm']))
    return -torch.stack(list(gaps.values())).amin(0), overlaps(model, pose, shape, pairs).amax(1), loose


def draw_grasps(n, generator, model, shape=None):
    """Hands that hold something: {pose [n, D], grip [n] (index of GRIPS, -1 where no try succeeded and nothing is held), and the objects}.

    shape: as `HandModel.forward` takes it, n rows; None for hands of neutral shape. Sizes of things do not depend on the hand's.
    """
    shape = shape or model.neutral_shape(n)
    dev, pairs = model.device, may_not_overlap(model)
    out = {'pose': model.rest.expand(n, -1).clone(), 'grip': torch.full((n,), -1, device=dev), 'kind': torch.zeros(n, 2, dtype=torch.long, device=dev),
           'centre': torch.zeros(n, 2, 3, device=dev), 'rotation': torch.eye(3, device=dev).repeat(n, 2, 1, 1), 'half': torch.zeros(n, 2, 3, device=dev)}
    todo = torch.arange(n, device=dev)
    for round_ in range(TRIES):
        if not len(todo):
            break
        if round_ in (0, TRIES // 2):                                                    # another grip for hands that the first does not suit
            wanted = torch.multinomial(torch.tensor(SHARES, device=dev), n, replacement=True, generator=generator)
        todo = todo[wanted[todo].argsort(stable=True)]                                   # like beside like: `grasp` takes them in chunks
        grip, parts = wanted[todo], []
        for k in grip.unique().tolist():
            some = _rows(shape, todo[grip == k])
            parts.append(getattr(_Grips(model, some, _Draw(len(some['scale']), generator, dev)), GRIPS[k])())
        objects = {key: torch.cat([p[0][key] for p in parts]) for key in parts[0][0]}
        start, end, some = torch.cat([p[1] for p in parts]), torch.cat([p[2] for p in parts]), _rows(shape, todo)
        start[:, :2] = torch.minimum(torch.maximum(wrist(len(todo), generator, model), model.lo[:2]), model.hi[:2])
        pose = grasp(model, some, objects, start, end)
        inside, crossed, loose = faults(model, some, pose, objects, pairs)
        good = (inside <= INSIDE) & (crossed <= DEEP) & (loose <= TOUCH)
        kept = todo[good]
        out['pose'][kept], out['grip'][kept] = pose[good], grip[good]
        for key, v in objects.items():
            out[key][kept] = v[good]
        todo = (out['grip'] < 0).nonzero()[:, 0]
    return out
