"""Scenes that depth cameras of robot cells, desks and headsets see: people with their hands, things, furniture, robots.

A scene is made of triangles in a world frame: x to the right of the person, y down, z where the person faces; metres. Each triangle has a
label: 0 for what is no hand, and for hand k HAND + 4 k for its skin, + 1 for its forearm, + 2 for what it holds.
"""
import math
from dataclasses import dataclass, field

import numpy as np
import torch

from .grasp import draw_grasps
from .hand import HandModel
from .mesh import HandMesh
from .poses import draw_poses
from .shapes import frame_along, limb, random_rotation, solid, upright
from .things import group

HAND = 1
DEG = math.pi / 180
KINDS = ('front', 'owner', 'above', 'around', 'loose', 'empty')
SHARES = (.27, .28, .14, .11, .14, .06)
USES = 5                     # how often a hand of the pool is put into a scene before it is drawn anew
EYE = np.array([0, -.27, .1])             # of a person, from the middle between the shoulders
MIRROR = np.array([-1, 1, 1], np.float32)


@dataclass
class Hand:
    joints: np.ndarray           # [21, 3], world
    root_of_forearm: np.ndarray  # elbow, world
    left: bool
    label: int
    holds: bool


@dataclass
class Scene:
    kind: str
    vertices: np.ndarray
    faces: np.ndarray
    labels: np.ndarray
    hands: list = field(default_factory=list)
    position: np.ndarray = None  # of the camera, world
    rotation: np.ndarray = None  # world to camera

    def seen_from(self, position, rotation):
        return (self.vertices - position) @ rotation.T

    def to_camera(self, points):
        return (points - self.position) @ self.rotation.T


class HandPool:
    """Posed hands in their palm frame, drawn ahead in batches: half of them hold something."""

    def __init__(self, seed, size=640):
        self.g = torch.Generator().manual_seed(seed)
        self.model = HandModel()
        self.mesh = HandMesh(self.model)
        self.faces = self.mesh.faces.numpy().astype(np.int32)
        labels = np.zeros(len(self.faces), np.int32)
        labels[self.mesh.first_forearm_face:] = 1
        self.face_labels = labels
        self.hands = self.fresh(size)
        self.at = self.rounds = 0

    def shapes(self, b):
        u = lambda *s, lo=0., hi=1.: torch.rand(*s, generator=self.g) * (hi - lo) + lo
        n = lambda *s, sd=1.: (torch.randn(*s, generator=self.g)).clamp(-2.5, 2.5) * sd
        s, count = self.model.spec['shape'], len(self.model.groups)
        palm = torch.stack([1 + n(b, sd=s['palmSd'] * 1.5), 1 + n(b, sd=s['palmSd'] * 1.2), 1 + n(b, sd=s['palmSd'])], 1)
        thick = (1 + n(b, 1, sd=s['thicknessSd'] * 1.2)).clamp(.75, 1.35)
        finger = 1 + n(b, 5, 1, sd=s['fingerSd'])
        bone = lambda i: finger[:, i] * (1 + n(b, 1, sd=s['boneSd'])) * (1 + n(b, 3, sd=s['boneSd'] * .7))
        return {'scale': u(b, lo=s['scale'][0], hi=s['scale'][1]), 'mcp': (palm[:, None] * (1 + n(b, 4, 3, sd=.015))),
                'lengths': torch.stack([bone(i) for i in range(4)], 1), 'cmc': palm * (1 + n(b, 3, sd=.04)), 'thumb': bone(4),
                'radius': thick * (1 + n(b, count, sd=s['radiusSd'])), 'extra': torch.zeros(b, count)}

    def fresh(self, count):
        holding = count // 2
        free_shape, held_shape = self.shapes(count - holding), self.shapes(holding)
        free = draw_poses(count - holding, self.g, self.model, free_shape)
        things = draw_grasps(holding, self.g, self.model, held_shape)
        out = []
        for pose, shape, objects in ((free, free_shape, None), (things['pose'], held_shape, things)):
            b = len(pose)
            u = torch.rand(b, 4, generator=self.g)
            glove = torch.where(u[:, 0] < .08, .0005 + .0022 * u[:, 1], torch.zeros(b))
            sleeve = torch.where(u[:, 2] < .4, .016 * u[:, 3], torch.zeros(b))
            skin = torch.cat([self.mesh.skin(p, s, g, sl) for p, s, g, sl in
                              zip(pose.split(64), _split(shape, 64), glove.split(64), sleeve.split(64))]).numpy()
            joints, forearm, _ = self.model.forward(pose, shape)
            for i in range(b):
                parts = []
                if objects is not None:
                    for k in range(objects['half'].shape[1]):
                        if objects['half'][i, k, 0] > 0:
                            parts.append(tuple(objects[key][i, k].numpy() if objects[key][i, k].dim() else int(objects[key][i, k]) for key in
                                               ('kind', 'centre', 'rotation', 'half')))
                out.append((skin[i], joints[i].numpy(), forearm[i].numpy(), float(shape['scale'][i]), parts))
        order = torch.randperm(len(out), generator=self.g).tolist()
        return [out[i] for i in order]

    def next(self):
        if self.at >= len(self.hands):
            self.at, self.rounds = 0, self.rounds + 1
            if self.rounds % USES == 0:
                self.hands = self.fresh(len(self.hands))
        self.at += 1
        return self.hands[self.at - 1]


def _split(shape, n):
    parts = {k: v.split(n) for k, v in shape.items()}
    return [{k: v[i] for k, v in parts.items()} for i in range(len(parts['scale']))]


def unit(v):
    return v / (np.linalg.norm(v) + 1e-12)


class World:
    """Draws scenes. Deterministic for a seed."""

    def __init__(self, seed, pool=640):
        self.g = np.random.default_rng(seed)
        self.of_things = np.random.default_rng((seed, 1))               # its own, so that scenes differ only by them
        self.pool = HandPool(seed, pool)

    def u(self, lo=0., hi=1., size=None):
        return self.g.uniform(lo, hi, size)

    def chance(self, p):
        return self.g.random() < p

    # -- parts of a scene
    def begin(self):
        self.parts, self.hands = [], []

    def put(self, mesh, label=0):
        v, f = mesh
        self.parts.append((v, f, np.full(len(f), label, np.int32)))

    def put_hand(self, item, rotation, wrist, left):
        """A hand whose palm frame is turned by `rotation` to the world of a right hand; a left one is its mirror image (x negated)."""
        skin, joints, forearm, scale, parts = item
        k = len(self.hands)
        side = MIRROR if left else np.ones(3, np.float32)
        to_world = lambda p: (p @ rotation.T + wrist) * side
        self.parts.append((to_world(skin), self.pool.faces, HAND + 4 * k + self.pool.face_labels))
        for kind, centre, turn, half in parts:
            v, f = solid(kind, centre, turn, half)
            self.parts.append((to_world(v), f, np.full(len(f), HAND + 4 * k + 2, np.int32)))
        elbow = to_world(forearm @ np.array([0, -.25 * scale, 0], np.float32))
        if self.chance(.12):                                            # a watch
            ring, f = limb([0, -.034, 0], [0, -.05, 0], .031, .032)
            self.parts.append((to_world((ring * [1, 1, .72] * scale) @ forearm.T), f, np.full(len(f), HAND + 4 * k + 1, np.int32)))
        hand = Hand(to_world(joints), elbow, left, HAND + 4 * k, bool(parts))
        self.hands.append(hand)
        return hand

    def reach(self, item, shoulder, target, body, pronation, left, eye=None):
        """A hand of the pool at the end of an arm from a shoulder to a wrist near `target`, person's frame of a right arm; mirrored for a left one.
        A thing that it holds is often turned towards the owner's `eye`, as people look at what they hold: it then hides the fingers."""
        _, _, forearm, scale, parts = item
        lower, upper = .25 * scale, .29 * body
        way = target - shoulder
        distance = np.clip(np.linalg.norm(way), abs(upper - lower) + .06, upper + lower - .004)
        way = unit(way)
        wrist = shoulder + way * distance
        along = (upper ** 2 - lower ** 2 + distance ** 2) / (2 * distance)
        out = np.array([.45, 1., -.25]) + self.g.normal(size=3) * .45
        out = unit(out - way * (out @ way))
        elbow = shoulder + way * along + out * math.sqrt(max(0., upper ** 2 - along ** 2))
        y = unit(wrist - elbow)
        up = np.array([0, -1., 0]) + np.array([0, 0, -.6])
        x = unit(up - y * (up @ y))

        def turned(angle):
            """Palm frame to world."""
            way = math.cos(angle) * x + math.sin(angle) * np.cross(y, x)
            return np.stack([way, y, np.cross(way, y)], 1) @ forearm.T
        if eye is not None and parts and self.chance(.65):
            tries = [self.pronation() for _ in range(6)]
            pronation = max(tries, key=lambda a: (turned(a) @ parts[0][1]) @ (eye - wrist))
        turn = turned(pronation)
        hand = self.put_hand(item, turn.astype(np.float32), wrist.astype(np.float32), left)
        side = MIRROR if left else np.ones(3)
        sleeve = self.u(.9, 1.5)
        self.put(limb(shoulder * side, elbow * side, .052 * body * sleeve, .041 * body * sleeve))
        return hand

    def item(self, large=False):
        """A hand of the pool; `large`: one that holds something as thick as a bottle, if one is near."""
        for _ in range(10 if large else 1):
            item = self.pool.next()
            if item[4] and min(item[4][0][3]) > .026:
                break
        return item

    def pronation(self):
        return self.g.normal(0, 55 * DEG) if self.chance(.75) else self.u(-math.pi, math.pi)

    def target(self, how):
        """Where a right wrist goes, person's frame (metres from the middle between the shoulders)."""
        if how == 'raised':
            return np.array([self.u(.08, .5), self.u(-.4, .05), self.u(.1, .5)])
        if how == 'rest':
            return np.array([self.u(.05, .4), self.u(.3, .6), self.u(.0, .4)])
        return np.array([self.u(-.18, .42), self.u(-.22, .42), self.u(.18, .62)])

    def person(self, place, heading, arms=True, head=True, most=2, eye=None):
        """A body with up to two arms. `place` of the shoulders' middle, `heading` about the vertical. Returns its frame."""
        body = self.u(.82, 1.08)
        before = len(self.parts), len(self.hands)
        s = lambda kind, centre, half, turn=None: self.put(solid(kind, np.asarray(centre, np.float32) * body, np.eye(3) if turn is None else turn,
                                                                np.asarray(half, np.float32) * body))
        wide, deep = self.u(.85, 1.25), self.u(.8, 1.4)
        s(2, (0, .17, 0), (.175 * wide, .25, .105 * deep))
        s(2, (0, .45, .01), (.16 * wide, .32, .11 * deep))
        self.put(limb([-.13 * body, .02, 0], [.13 * body, .02, 0], .07 * body, .07 * body))
        if head:
            nod = self.u(-.03, .06)
            s(2, (self.u(-.03, .03), -.235, .03 + nod), (.076, .115, .096))
            self.put(limb([0, 0, 0], [0, -.15 * body, .02 * body], .055 * body, .05 * body))
        for left in (False, True):
            state = self.g.choice(4, p=[.52, .18, .16, .14])            # active, raised, rest, hidden
            shoulder = np.array([.175 * body * wide, .03, 0])
            if not arms or state == 3 or len(self.hands) - before[1] >= most:
                side = MIRROR if left else np.ones(3)
                elbow = shoulder + np.array([self.u(0, .12), .27 * body, self.u(-.15, .1)])
                self.put(limb(shoulder * side, elbow * side, .052 * body, .04 * body))
                continue
            self.reach(self.item(large=eye is not None and self.chance(.5)), shoulder, self.target(('active', 'raised', 'rest')[state]), body, self.pronation(), left, eye)
        turn = upright(heading)
        self.move(before, turn, place)
        return turn, body

    def move(self, since, turn, place):
        """Turn and move what was put since (parts, hands)."""
        go = lambda p: p @ turn.T + np.asarray(place, np.float32)
        for i in range(since[0], len(self.parts)):
            v, f, k = self.parts[i]
            self.parts[i] = go(v), f, k
        for h in self.hands[since[1]:]:
            h.joints, h.root_of_forearm = go(h.joints), go(h.root_of_forearm)

    def both_hands(self, shoulder, body):
        """Two hands of one person that hold a box between them; person's frame."""
        half = np.array([self.u(.04, .16), self.u(.02, .12), self.u(.02, .12)])
        centre = np.array([self.u(-.1, .1), self.u(-.05, .35), self.u(.3, .5)])
        for left in (False, True):
            skin, joints, forearm, scale, _ = self.pool.next()
            target = centre + np.array([half[0] + .012, .0, -.085 * scale])
            self.reach((skin, joints, forearm, scale, []), shoulder, target, body, self.g.normal(0, 12 * DEG), left)
        a, b = self.hands[-2].joints[9], self.hands[-1].joints[9]
        across = unit(a - b)
        half[0] = max(.01, np.linalg.norm(a - b) / 2 - .016)
        label = self.hands[-2].label + 2
        self.put(solid(1, ((a + b) / 2).astype(np.float32), frame_along(across)[:, [2, 0, 1]], half.astype(np.float32)), label)

    def clutter(self, centre, count, spread, standing=None):
        """Things lying about: at `standing` (y of a surface) or in the air, not through a hand."""
        for _ in range(count):
            at = centre + self.g.normal(size=3) * spread
            kind = int(self.g.choice(3, p=[.4, .4, .2]))
            half = np.exp(self.u(math.log(.008), math.log(.14), 3))
            if kind == 0:
                half = np.array([half[0], half[0], half[2] * 1.5])
            turn = random_rotation(self.g)
            if standing is not None:
                turn = upright(self.u(0, math.pi)) @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float32)
                at[1] = standing - half[2]
            if all(np.linalg.norm(h.joints[9] - at) > .1 + half.max() for h in self.hands):
                self.put(solid(kind, at.astype(np.float32), turn, half.astype(np.float32)))

    def things(self, focus, position):
        """A group of things that the camera sees beside or behind the focus, none of them through a hand."""
        g, view = self.of_things, unit(focus - position)
        across = unit(np.cross([0, 1., 0], view) + [1e-6, 0, 0])
        at = focus + view * g.uniform(-.1, .9) + across * g.normal(0, .35) + np.array([0, g.normal(0, .2), 0])
        turn = upright(math.atan2(view[0], view[2]) + g.normal(0, .5))
        for v, f in group(g):
            v = v @ turn.T + at.astype(np.float32)
            middle, reach = v.mean(0), np.linalg.norm(np.ptp(v, axis=0)) / 2
            if all(np.linalg.norm(h.joints - middle, axis=1).min() > min(reach, .12) + .05 for h in self.hands) and np.linalg.norm(v - position, axis=1).min() > .15:
                self.put((v.astype(np.float32), f))

    def robot(self, base, towards):
        """An articulated arm with a gripper, a suction cup or nothing at its flange, perhaps with a cable along it."""
        p, r = np.asarray(base, float), self.u(.025, .08)
        d = unit(towards - p + self.g.normal(size=3) * .3)
        points = [p]
        for _ in range(int(self.g.integers(2, 5))):
            q = p + d * self.u(.1, .38)
            if any(np.linalg.norm(h.joints[9] - q) < .13 for h in self.hands):
                break
            self.put(limb(p, q, r, r * self.u(.75, 1.)))
            if self.chance(.6):
                self.put(solid(0, q.astype(np.float32), frame_along(unit(np.cross(d, self.g.normal(size=3)))), np.array([r * 1.15, r * 1.15, r * 1.4], np.float32)))
            p, r = q, r * self.u(.7, 1.)
            d = unit(d + self.g.normal(size=3) * .6)
            points.append(p)
        turn = frame_along(d, self.u(0, 6.3))
        local = lambda x, y, z: (turn @ np.array([x, y, z], np.float32) + p).astype(np.float32)
        tool = self.g.choice(4)
        if tool < 2:                                                    # two or three fingers
            gap, length = self.u(.01, .05), self.u(.04, .11)
            self.put(solid(1, local(0, 0, .025), turn, np.array([gap + .015, .025, .03], np.float32)))
            for k in range(2 if tool else 3):
                a = k * 2 * math.pi / (2 if tool else 3)
                self.put(solid(1, local(gap * math.cos(a), gap * math.sin(a), .05 + length / 2), turn @ upright(0), np.array([.006, .01, length / 2], np.float32)))
        elif tool == 2:
            self.put(limb(local(0, 0, 0), local(0, 0, self.u(.05, .15)), .012, self.u(.01, .03)))
        if len(points) > 1 and self.chance(.4):
            off = self.g.normal(size=(len(points), 3)) * .05
            for a, b in zip(np.array(points[:-1]) + off[:-1], np.array(points[1:]) + off[1:]):
                self.put(limb(a, b, .008, .008))

    def plane(self, point, normal):
        """A wall, a floor or a table without an end."""
        turn = frame_along(unit(normal))
        corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32) * 12
        self.put((corners @ turn.T + np.asarray(point, np.float32), np.array([[0, 1, 2], [0, 2, 3]], np.int32)))

    def table(self, y, centre):
        half = np.array([self.u(.3, .9), .015, self.u(.25, .6)], np.float32)
        at = np.asarray(centre, float) + [self.u(-.3, .3), 0, self.u(-.2, .3)]
        at[1] = y + .015
        self.put(solid(1, at.astype(np.float32), upright(self.g.normal(0, .3)), half))

    # -- a whole scene
    def draw(self, kind=None):
        kind = kind or KINDS[self.g.choice(len(KINDS), p=SHARES)]
        self.begin()
        if kind == 'loose':
            self.loose()
        elif kind == 'empty':
            if self.chance(.5):
                self.person(np.zeros(3), 0., arms=False)
        elif self.chance(.07):
            body = self.u(.85, 1.05)
            self.both_hands(np.array([.175 * body, .03, 0]), body)
            if kind != 'owner':
                self.put(solid(2, np.array([0, .25, 0], np.float32), np.eye(3), np.array([.18, .33, .11], np.float32)))
                self.put(solid(2, np.array([0, -.23, .03], np.float32), np.eye(3), np.array([.076, .115, .096], np.float32)))
        else:
            self.person(np.zeros(3), 0., head=kind != 'owner', eye=EYE if kind == 'owner' else None)
        if kind in ('front', 'around', 'above', 'owner') and len(self.hands) < 3 and self.chance(.22):
            beside = kind != 'owner'
            place = np.array([self.u(.45, .9) * self.g.choice([-1, 1]), self.u(-.15, .1), self.u(-.7, .3)]) if beside else \
                np.array([self.u(-.4, .4), self.u(-.2, .2), self.u(.8, 1.3)])
            self.person(place, self.g.normal(0, .4) if beside else math.pi + self.g.normal(0, .4), most=4 - len(self.hands))
        focus = self.hands[self.g.integers(len(self.hands))].joints[9] if self.hands else np.array([0, .1, .4]) + self.g.normal(size=3) * .15
        position = self.camera(kind, focus)
        rotation = self.look(position, focus)
        self.furnish(kind, focus, position)
        if self.of_things.random() < (.8 if kind == 'empty' else .14):
            self.things(focus, position)
        if not self.parts:                                              # nothing at all: a camera that looks into the void teaches nothing
            return self.draw()
        labels = [k for _, _, k in self.parts]
        start = np.cumsum([0] + [len(v) for v, _, _ in self.parts])
        return Scene(kind, np.concatenate([v for v, _, _ in self.parts]).astype(np.float32),
                     np.concatenate([f + o for (_, f, _), o in zip(self.parts, start)]), np.concatenate(labels), self.hands, position, rotation)

    def loose(self):
        """One or two hands turned as hands occur in front of a camera, or anyhow; forearm and upper arm behind them. The camera is at the origin."""
        for _ in range(1 + self.chance(.3)):
            item = self.pool.next()
            kind = self.u()
            yaw = self.g.normal(0, 32 * DEG) if kind < .35 else math.pi + self.g.normal(0, 35 * DEG) if kind < .65 else self.u(-math.pi, math.pi)
            pitch = np.clip(self.g.normal(0, 22 * DEG if self.chance(.6) else 60 * DEG), -1.75, 1.75)
            roll = self.g.normal(0, 40 * DEG) if self.chance(.6) else self.u(-math.pi, math.pi)
            c, s = math.cos(pitch), math.sin(pitch)
            turn = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]]) @ \
                np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ upright(yaw) @ np.diag([1., -1, -1])
            z = self.u(.27, 1.1)
            wrist = np.array([self.u(-.45, .45) * z, self.u(-.35, .35) * z, z])
            hand = self.put_hand(item, turn.astype(np.float32), wrist.astype(np.float32), self.chance(.5))
            if self.chance(.6):
                self.put(limb(hand.root_of_forearm, hand.root_of_forearm + unit(self.g.normal(size=3) + [0, .6, .6]) * .25, .042, .055))
        if self.chance(.35):
            self.person(np.array([self.u(-.3, .3), self.u(-.1, .3), self.u(.75, 1.6)]), math.pi + self.g.normal(0, .3), arms=False)

    def camera(self, kind, focus):
        if kind == 'owner':
            place = self.g.choice(3, p=[.65, .2, .15])                  # glasses or helmet, chest, beside the shoulder
            at = (EYE + [self.u(-.05, .05), 0, 0], np.array([self.u(-.05, .05), self.u(-.02, .15), .14]),
                  np.array([self.u(.2, .3) * self.g.choice([-1, 1]), self.u(-.4, -.1), self.u(-.1, .1)]))[place]
            away = focus - at
            return at if np.linalg.norm(away) > .2 else focus - unit(away) * .25
        if kind == 'loose':
            return np.zeros(3)
        distance = math.exp(self.u(math.log(.27), math.log(1.35)))
        if kind == 'above':
            az, el = self.u(-math.pi, math.pi), self.u(50, 90) * DEG
        elif kind == 'front' or kind == 'empty':
            az, el = self.g.normal(0, 22 * DEG), self.g.normal(6, 16) * DEG
        else:
            az, el = self.u(-math.pi, math.pi), self.g.normal(15, 25) * DEG
        return focus + distance * np.array([math.sin(az) * math.cos(el), -math.sin(el), math.cos(az) * math.cos(el)])

    def look(self, position, focus):
        """World to camera, so that the focus comes to lie anywhere in the picture."""
        if np.allclose(position, 0) and focus[2] > 0 and abs(focus[0]) < .6 * focus[2] and abs(focus[1]) < .6 * focus[2]:
            return np.eye(3, dtype=np.float32)
        z = unit(focus - position)
        down = np.array([0, 1., 0]) if abs(z[1]) < .95 else np.array([0, 0, -1.])
        x = unit(np.cross(down, z))
        rotation = np.stack([x, np.cross(z, x), z])
        ray = unit(np.array([self.u(-.55, .55), self.u(-.42, .42), 1.]))
        axis = np.cross([0, 0, 1.], ray)
        c, k = ray[2], np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
        rotation = (np.eye(3) + k + k @ k / (1 + c)) @ rotation
        a = self.g.normal(0, 7 * DEG) if self.chance(.8) else self.u(-math.pi, math.pi)
        return (np.array([[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1]]) @ rotation).astype(np.float32)

    def furnish(self, kind, focus, position):
        view = unit(focus - position)
        lowest = max([h.joints[:, 1].max() for h in self.hands], default=.4)
        if kind == 'loose':
            if self.chance(.6):
                far = max(h.joints[:, 2].max() for h in self.hands)
                self.plane([0, 0, far + (.012 if self.chance(.2) else self.u(.03, 1.2))], unit(np.array([*(self.g.normal(size=2) * (.06 if self.chance(.5) else .3)), -1])))
            self.clutter(focus, int(self.g.integers(0, 6)), np.array([.3, .25, .25]))
            return
        if self.chance({'above': .85, 'owner': .7}.get(kind, .35)):
            y = lowest + (.02 if self.chance(.25) else self.u(.03, .35))
            self.table(y, [focus[0], 0, focus[2]])
            self.clutter(np.array([focus[0], 0, focus[2]]), int(self.g.integers(0, 9)), np.array([.3, 0, .25]), y)
        else:
            self.clutter(focus, int(self.g.integers(0, 4)), np.array([.35, .25, .35]))
        if self.chance(.6):
            self.plane([0, self.u(.7, 1.2), 0], [0, -1., 0])
        if self.chance(.6):
            tilt = self.g.normal(size=3) * (.1 if self.chance(.5) else .5)
            behind = max([(h.joints - position) @ view for h in self.hands], key=np.max, default=np.array([.6])).max()
            self.plane(position + view * (behind + self.u(.08, 1.6)), unit(-view + tilt))
        if self.chance(.15):                                            # a shelf
            at = focus + view * self.u(.25, .9)
            turn = upright(self.g.normal(0, .5))
            for k in range(4):
                self.put(solid(1, (at + [0, .25 * k - .4, 0]).astype(np.float32), turn, np.array([.5, .01, .15], np.float32)))
            self.clutter(at, 5, np.array([.3, .3, .1]))
        if self.chance(.5 if kind == 'empty' else .22):
            base = focus + self.g.normal(size=3) * .35 + view * self.u(-.05, .4)
            self.robot(base, focus + self.g.normal(size=3) * .2)
