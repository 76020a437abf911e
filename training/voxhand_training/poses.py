"""Poses that hands take, none of them with fingers inside each other.

A pose is [D] radians in the order of `HandModel.dofs`. It comes from one of four sources: a mixture fitted on tracked hands
(src/synthetic/pose-mixture.json, see fit_poses.py), the named poses of hand.json and what lies between two of them, or independent, correlated
curls, which cover what these never show, or hands with the fingers far apart, some digits closed. Noise is added, the wrist is drawn on its own, and bones that would overlap are moved apart.
"""
import json
import math
from pathlib import Path

import torch

from .hand import FINGERS, HAND_FILE

DEG = math.pi / 180
MIXTURE_FILE = Path(HAND_FILE).with_name('pose-mixture.json')
SHARES = (.40, .25, .20)         # fitted, named, curls; the rest is splayed
CLOSED = {'thumb': .6, **dict(zip(FINGERS, (.15, .2, .25, .25)))}       # of the splayed hands that may have closed digits
FOLDED = ('fist', 'point', 'victory', 'three', 'four', 'horns')         # named poses whose thumb lies across the palm
EVENNESS = .5                    # power of the mixture's weights: the tracked hand was a fist for a third of the time, hands in use are not
WRIST_SD = (28., 12.)            # degrees: flexion, deviation
SOFT, DEEP = .002, .004          # metres: skin gives way by SOFT; an overlap deeper than DEEP is refused
POOL, TRIES = 4096, 8            # poses that are checked at a time; draws for a hand before an overlap is let pass
RELAX_STEPS, RELAX_RATE = 10, 6. * DEG


class PoseMixture:
    """The fitted mixture. `draw` gives angles [n, len(dofs)] in radians, not clamped."""

    def __init__(self, file=MIXTURE_FILE, device='cpu'):
        spec = json.loads(Path(file).read_text())
        self.dofs = spec['dofs']
        parts, d = spec['components'], len(spec['dofs'])
        self.weights = torch.tensor([c['weight'] for c in parts], device=device)
        self.means = torch.tensor([c['mean'] for c in parts], device=device) * DEG
        self.factors = torch.zeros(len(parts), d, d, device=device)
        for k, c in enumerate(parts):
            for r, row in enumerate(c['factor']):
                self.factors[k, r, :r + 1] = torch.tensor(row, device=device) * DEG

    def draw(self, n, generator, power=1.):
        """`power` below 1 makes the components' weights more alike."""
        k = torch.multinomial(self.weights ** power, n, replacement=True, generator=generator)
        z = torch.randn(n, len(self.dofs), generator=generator, device=self.means.device)
        out = self.means[k]
        for i in k.unique():                                            # one matrix product per component
            of = k == i
            out[of] += z[of] @ self.factors[i].T
        return out


def _named(n, g, model):
    """Named poses and what lies between two of them."""
    u = lambda *s: torch.rand(*s, generator=g, device=model.device)
    pick = lambda: model.poses[torch.randint(0, len(model.pose_names), (n,), generator=g, device=model.device)]
    t = u(n, 1)
    t = torch.where(u(n, 1) < .4, t.round(), t)
    return pick() * t + pick() * (1 - t)


def _curls(n, g, model):
    """Fingers that curl together or each for itself, some fully open, others closed; the thumb anywhere or as in a named pose."""
    u = lambda *s, lo=0., hi=1.: torch.rand(*s, generator=g, device=model.device) * (hi - lo) + lo
    gauss = lambda *s: torch.randn(*s, generator=g, device=model.device)
    each, mix = u(n, 4), u(n, 1)
    c = mix * u(n, 1) + (1 - mix) * each
    c = torch.where(u(n, 1) < .3, each.round(), c)
    mcp = (-12 + 97 * (c + .12 * gauss(n, 4)).clamp(0, 1)) * DEG
    pip = 106 * DEG * (c * u(n, 4, lo=.5, hi=1.1) + .1 * gauss(n, 4)).clamp(0, 1)
    spread = torch.tensor([-9., 0., 7., 15.], device=model.device) * DEG * u(n, 1, hi=1.4) * (1 - .7 * c)
    parts = {'abduction': spread, 'mcp': mcp, 'pip': pip, 'dip': pip * u(n, 4, lo=.35, hi=.75)}
    pose = model.rest.expand(n, -1).clone()
    for i, finger in enumerate(FINGERS):
        for part, v in parts.items():
            pose[:, model.dofs.index(f'{finger}_{part}')] = v[:, i]
    thumb = [i for i, d in enumerate(model.dofs) if d.startswith('thumb_')]
    anywhere = model.lo[thumb] + (model.hi - model.lo)[thumb] * u(n, len(thumb))
    pose[:, thumb] = torch.where(u(n, 1) < .5, _named(n, g, model)[:, thumb], anywhere)
    return pose


def _splayed(n, g, model):
    """Hands with the fingers far apart and the thumb far out, as people show them to a camera; in half of them any of the digits may be closed, the thumb
    oftener: of four digits that stand apart the outer one is not always the thumb."""
    pose = model.rest.expand(n, -1).clone()
    spreads, thumb = [f'{f}_abduction' for f in FINGERS], [d for d in model.splayed if d.startswith('thumb_')]
    for name in [*spreads, *thumb, *(d for d in model.splayed if d not in spreads and d not in thumb)]:      # in this order, so that held-out hands stay as they are
        lo, hi = model.splayed[name]
        pose[:, model.dofs.index(name)] = (torch.rand(n, generator=g, device=model.device) * (hi - lo) + lo) * DEG
    u = torch.rand(n, 1 + len(CLOSED), generator=g, device=model.device)
    like = torch.tensor([model.pose_names.index(name) for name in FOLDED], device=model.device)
    folded = model.poses[like[torch.randint(0, len(like), (n,), generator=g, device=model.device)]]
    fist = model.poses[model.pose_names.index('fist')].expand(n, -1)
    for k, (digit, share) in enumerate(CLOSED.items()):
        columns = [i for i, name in enumerate(model.dofs) if name.startswith(digit)]
        closed = (u[:, :1] < .5) & (u[:, 1 + k:2 + k] < share)
        pose[:, columns] = torch.where(closed, (folded if digit == 'thumb' else fist)[:, columns], pose[:, columns])
    return pose


def wrist(n, generator, model):
    """[n, 2] flexion and deviation, radians: as far as wrists bend, now and then to the limits."""
    g, d = generator, model.device
    normal = torch.randn(n, 2, generator=g, device=d) * torch.tensor(WRIST_SD, device=d) * DEG
    lo, hi = model.lo[:2], model.hi[:2]
    anywhere = lo + (hi - lo) * torch.rand(n, 2, generator=g, device=d)
    return torch.where(torch.rand(n, 1, generator=g, device=d) < .1, anywhere, normal)


def raw_poses(n, generator, model, mixture):
    """Poses [n, D] within the joint limits whose fingers may still pass through each other."""
    g, d = generator, model.device
    kind = torch.rand(n, 1, generator=g, device=d)
    columns = [model.dofs.index(name) for name in mixture.dofs]
    pose = torch.where(kind < SHARES[0] + SHARES[1], _named(n, g, model), torch.where(kind < sum(SHARES), _curls(n, g, model), _splayed(n, g, model)))
    pose[:, columns] = torch.where(kind < SHARES[0], mixture.draw(n, g, EVENNESS), pose[:, columns])
    u = torch.rand(n, 2, generator=g, device=d)
    sd = torch.where(u[:, :1] < .75, 4 * u[:, 1:], 2 + 8 * u[:, 1:]) * DEG
    pose = pose + torch.randn(n, len(model.dofs), generator=g, device=d) * sd
    pose[:, :2] = wrist(n, g, model)
    return torch.minimum(torch.maximum(pose, model.lo), model.hi)


def may_not_overlap(model):
    """Which primitives may not overlap, two index tensors: bones of different digits (but for the roots of fingers, which lie side by side), and
    a digit with the part of the palm that it does not grow from."""
    names, groups = [p['name'] for p in model.spec['primitives']], model.groups
    digits = ('thumb', *FINGERS)
    moved_by_thumb = [any('thumb_mcp' in json.dumps(p[end]) for end in 'ab') for p in model.spec['primitives']]
    first, second = [], []
    for i, (name, group) in enumerate(zip(names, groups)):
        for j, other in enumerate(groups):
            apart = group in digits and other in digits and digits.index(group) < digits.index(other)
            root = name.endswith('_proximal')
            beside = group in FINGERS and root and names[j].endswith('_proximal')
            inside = group in digits and other == 'palm' and not root and not (group == 'thumb' and moved_by_thumb[j])
            if apart and not beside or inside:
                first.append(i)
                second.append(j)
    return torch.tensor(first, device=model.device), torch.tensor(second, device=model.device)


def overlaps(model, pose, shape=None, pairs=None):
    """How deep bones are in each other: [n, pairs] metres, negative where they are apart (closest points of two segments)."""
    i, j = pairs or may_not_overlap(model)
    _, _, (a, b, ra, rb) = model.forward(pose, shape)
    p, q = a[:, i], a[:, j]
    d1, d2, r = (b - a)[:, i], (b - a)[:, j], p - q
    dot = lambda x, y: (x * y).sum(-1)
    aa, ee, ff, cc, bb = dot(d1, d1), dot(d2, d2), dot(d2, r), dot(d1, r), dot(d1, d2)
    s = ((bb * ff - cc * ee) / (aa * ee - bb * bb).clamp(min=1e-12)).clamp(0, 1)
    t = ((bb * s + ff) / ee).clamp(0, 1)
    s = ((bb * t - cc) / aa).clamp(0, 1)
    gap = (r + d1 * s[..., None] - d2 * t[..., None]).norm(dim=-1)
    grow = rb - ra
    return ra[:, i] + grow[:, i] * s + ra[:, j] + grow[:, j] * t - gap


def move_apart(model, pose, shape=None, pairs=None):
    """Descends on the overlaps beyond SOFT, within the joint limits, until none is deeper than DEEP or RELAX_STEPS are done; the wrist stays.

    pose [n, D] -> poses [n, D] and their deepest overlaps [n], metres.
    """
    pairs = pairs or may_not_overlap(model)
    pose = pose.clone()
    some = lambda rows: shape and {k: v[rows] for k, v in shape.items()}
    with torch.no_grad():
        worst = overlaps(model, pose, shape, pairs).amax(1)
    todo = (worst > DEEP).nonzero()[:, 0]
    for step in range(RELAX_STEPS):
        if not len(todo):
            break
        q = pose[todo].requires_grad_(True)
        with torch.enable_grad():
            depth = overlaps(model, q, some(todo), pairs)
            cost = (depth - SOFT).clamp(min=0).square().sum()
        worst[todo] = depth.detach().amax(1)
        slope, = torch.autograd.grad(cost, q)
        rate = RELAX_RATE * (1 - step / RELAX_STEPS)
        moved = q.detach() - rate * slope / slope.abs().amax(1, keepdim=True).clamp(min=1e-9)
        still = worst[todo] > DEEP
        todo = todo[still]
        pose[todo] = torch.minimum(torch.maximum(moved[still], model.lo), model.hi)
    worst[todo] = overlaps(model, pose[todo], some(todo), pairs).amax(1)
    return pose, worst


def draw_poses(n, generator, model, shape=None, mixture=None):
    """Poses [n, D] in radians within the joint limits; bones of the hands overlap by no more than DEEP.

    shape: as `HandModel.forward` takes it, n rows; None for hands of neutral shape. Draw some thousand at a time and keep them: the check is
    vectorised. `generator` lives on the model's device.
    """
    mixture, pairs = mixture or PoseMixture(device=model.device), may_not_overlap(model)
    pose, todo = model.rest.expand(n, -1).clone(), torch.arange(n, device=model.device)
    for _ in range(TRIES):
        worst = torch.zeros(len(todo), device=model.device)
        for at in range(0, len(todo), POOL):
            rows = todo[at:at + POOL]
            some = shape and {k: v[rows] for k, v in shape.items()}
            pose[rows], worst[at:at + POOL] = move_apart(model, raw_poses(len(rows), generator, model, mixture), some, pairs)
        todo = todo[worst > DEEP]
        if not len(todo):
            break
    return pose
