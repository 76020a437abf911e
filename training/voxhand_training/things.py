"""Groups of things without a hand among them: racks with goods, boards with tools, chairs. Some are like hands: they have fingers, handles or stalks.

Meshes are (vertices, faces) as shapes.py gives them, metres, y down. A thing stands on y = 0 around the vertical axis, or hangs from there.
"""
import math

import numpy as np

from .shapes import frame_along, limb, random_rotation, solid, upright

CYLINDER, BOX, BALL = range(3)
STANDING = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float32)      # the third axis points up
EYE = np.eye(3, dtype=np.float32)


def block(kind, centre, half, turn=EYE):
    return solid(kind, np.asarray(centre, np.float32), turn, np.asarray(half, np.float32))


def vessel(g):
    """A bottle, a can, a cup with a handle, or one with a trigger."""
    r, h = g.uniform(.018, .06), g.uniform(.06, .28)
    out = [block(CYLINDER, (0, -h / 2, 0), (r, r, h / 2), STANDING)]
    kind = g.integers(4)
    if kind == 1:
        out.append(limb([0, -h, 0], [0, -h - g.uniform(.02, .08), 0], r * .6, r * g.uniform(.25, .5)))
    elif kind == 2:
        wide, low, high = r + g.uniform(.015, .035), -h * .25, -h * .75
        points = [[r, low, 0], [wide, low - .01, 0], [wide, high + .01, 0], [r, high, 0]]
        out += [limb(a, b, .006, .006) for a, b in zip(points, points[1:])]
    elif kind == 3:
        out += [block(BOX, (r * .3, -h - .03, 0), (r, .02, .014)), limb([r, -h - .02, 0], [r * 1.3, -h + .03, 0], .006, .005)]
    return out


def goods(g):
    """Boxes, books in a row, or balls."""
    kind = g.integers(3)
    if kind == 0:
        half = np.exp(g.uniform(math.log(.015), math.log(.12), 3))
        return [block(BOX, (0, -half[1], 0), half)]
    if kind == 1:
        out, x = [], 0.
        for _ in range(g.integers(2, 8)):
            wide, high, deep = g.uniform(.004, .025), g.uniform(.07, .15), g.uniform(.05, .11)
            lean = g.normal(0, .06)
            turn = np.array([[math.cos(lean), -math.sin(lean), 0], [math.sin(lean), math.cos(lean), 0], [0, 0, 1]], np.float32)
            out.append(block(BOX, (x + wide, -high, 0), (wide, high, deep), turn))
            x += 2 * wide + g.uniform(0, .006)
        return out
    return [block(BALL, (g.normal() * .05, -r, g.normal() * .05), (r, r * g.uniform(.8, 1.2), r)) for r in g.uniform(.02, .06, g.integers(1, 5))]


def fingered(g):
    """Rods out of a block: a fork, a brush, hooks, a plug strip, a gripper that lies about."""
    palm = g.uniform(.012, .05), g.uniform(.01, .05), g.uniform(.006, .02)
    out, count, length, r = [block(g.integers(3), (0, -palm[1], 0), palm)], g.integers(2, 5), g.uniform(.03, .12), g.uniform(.004, .012)
    fan, bend = g.normal(0, .25), g.normal(0, .5)
    for k in range(count):
        s = (k / max(1, count - 1) - .5) * 2
        base = np.array([s * palm[0], -2 * palm[1], 0])
        first = np.array([math.sin(fan * s), -math.cos(fan * s), 0])
        knee = base + first * length * g.uniform(.4, .6)
        out += [limb(base, knee, r, r), limb(knee, knee + (first * math.cos(bend) + np.array([0, 0, math.sin(bend)])) * length * .5, r, r * g.uniform(.6, 1))]
    if g.random() < .5:
        out.append(limb([0, 0, 0], [g.normal() * .02, g.uniform(.06, .25), 0], g.uniform(.008, .025), g.uniform(.008, .03)))
    return out


def tool(g):
    """A handle with a head: a hammer, a spanner, a ladle, a lamp's arm."""
    long, r = g.uniform(.08, .3), g.uniform(.006, .018)
    out = [limb([0, 0, 0], [0, -long, 0], r, r * g.uniform(.7, 1.2))]
    half = np.exp(g.uniform(math.log(.01), math.log(.06), 3))
    out.append(block(g.integers(3), (g.normal() * .01, -long, 0), half, random_rotation(g) if g.random() < .3 else EYE))
    return out


def plant(g):
    """A pot with stalks and leaves."""
    r, h = g.uniform(.03, .07), g.uniform(.05, .12)
    out = [block(CYLINDER, (0, -h / 2, 0), (r, r, h / 2), STANDING)]
    for _ in range(g.integers(3, 9)):
        way = np.array([g.normal() * .5, -1, g.normal() * .5])
        way /= np.linalg.norm(way)
        tip = np.array([0, -h, 0]) + way * g.uniform(.06, .2)
        out += [limb([0, -h, 0], tip, .004, .003), block(BALL, tip, (g.uniform(.01, .03), g.uniform(.003, .008), g.uniform(.025, .06)), frame_along(way))]
    return out


def cable(g):
    """A cable or a chain in loops."""
    p, d, r, out = np.zeros(3), np.array([1., 0, 0]), g.uniform(.003, .009), []
    for _ in range(g.integers(4, 12)):
        d = d + g.normal(size=3) * .7
        d[1] *= .4
        d /= np.linalg.norm(d)
        q = p + d * g.uniform(.02, .06)
        q[1] = min(q[1], -r)
        out.append(limb(p, q, r, r))
        p = q
    return out


def thing(g):
    kinds, shares = (vessel, goods, fingered, tool, plant, cable), (.3, .29, .13, .12, .09, .07)
    return kinds[g.choice(len(kinds), p=shares)](g)


def placed(meshes, turn, at):
    return [(v @ np.asarray(turn, np.float32).T + np.asarray(at, np.float32), f) for v, f in meshes]


def rack(g):
    """Two to five shelves one above the other, the middle at the origin, the front towards -z; open, or with sides and a back."""
    wide, deep, gap, count = g.uniform(.25, .8), g.uniform(.08, .2), g.uniform(.16, .4), int(g.integers(2, 6))
    high = gap * (count - 1) / 2
    out = [block(BOX, (0, gap * k - high, 0), (wide, g.uniform(.006, .02), deep)) for k in range(count)]
    if g.random() < .5:
        out += [block(BOX, (s * wide, -gap / 2, 0), (.01, high + gap / 2, deep)) for s in (-1, 1)]
    if g.random() < .5:
        out.append(block(BOX, (0, -gap / 2, deep), (wide, high + gap / 2, .006)))
    for k in range(count):
        x = -wide + g.uniform(.03, .2)
        while x < wide - .03:
            at = x, gap * k - high - .012, g.uniform(-.7, .7) * deep
            out += placed([m for m in thing(g) if np.ptp(m[0][:, 1]) < gap], upright(g.uniform(0, 2 * math.pi)), at)
            x += g.uniform(.05, .3)
    return out


def board(g):
    """A wall with tools that hang on it, towards -z."""
    wide, high = g.uniform(.2, .6), g.uniform(.2, .5)
    out = [block(BOX, (0, 0, .01), (wide, high, .01))]
    for _ in range(g.integers(3, 12)):
        tilt = g.normal(0, .25) + math.pi * (g.random() < .6)
        turn = np.array([[math.cos(tilt), -math.sin(tilt), 0], [math.sin(tilt), math.cos(tilt), 0], [0, 0, 1]])
        out += placed(thing(g), turn, (g.uniform(-.85, .85) * wide, g.uniform(-.85, .85) * high, -g.uniform(.01, .06)))
    return out


def chair(g):
    """A chair or a stool, or a stand on legs."""
    half, high = g.uniform(.12, .24), g.uniform(.2, .5)
    out = [block(g.integers(2), (0, 0, 0), (half, g.uniform(.012, .05), half))]
    out += [limb([a * half * .85, 0, b * half * .85], [a * half, high, b * half], .018, .014) for a in (-1, 1) for b in (-1, 1)]
    if g.random() < .7:
        out.append(block(BOX, (0, -g.uniform(.2, .35), half), (half, g.uniform(.06, .2), .015)))
        out += [limb([s * half * .8, 0, half], [s * half * .8, -.35, half], .012, .012) for s in (-1, 1)]
    return out


def heap(g):
    """Things that lie in front of each other, any way up."""
    return [m for _ in range(g.integers(2, 9)) for m in placed(thing(g), random_rotation(g), g.normal(size=3) * [.22, .16, .16])]


def group(g):
    kinds, shares = (rack, board, chair, heap), (.45, .15, .12, .28)
    return kinds[g.choice(len(kinds), p=shares)](g)
