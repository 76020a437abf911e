"""Places in scenes where the second stage of detection looks, right and wrong ones, as voxels: what verify.py learns from.

Pictures are twice as fine as the detector's (SceneSampler), so that a cube at arm's length is as full as a camera makes it. Around each hand
there are cubes at its root with the errors of detection, and others beside it; further ones lie on bodies, arms, things and robots. With a
detector, its peaks are looked at too: they have its own errors, and are where it errs.
"""
import math

import numpy as np
import torch

from .detector_net import FINER, FOCAL
from .peaks import two_looks
from .raster import raster
from .scenes import HEIGHT, ROOT, WIDTH, WRIST
from .sensors import FAR, sense
from .verify_net import EDGE, SIZE
from .world import World

PICTURE = (FOCAL * FINER, (WIDTH * FINER - 1) / 2, (HEIGHT * FINER - 1) / 2, WIDTH * FINER, HEIGHT * FINER)
CLEAR, UNCLEAR = 12e-4, 3e-4        # square metres in sight: of a hand, and of what is not judged
CENTRE_ERRORS = ((.5, .008), (.35, .018), (.15, .032))      # metres along each axis: share, standard deviation
TURN_ERRORS = ((.55, 8.), (.33, 20.), (.12, 60.))           # degrees
ASIDE = (.05, .16)                  # metres from a root to a wrong place beside it
PROPOSED = .08                      # the score from which a detector's peak is looked at
STRANGE = .14                       # metres from the root of every hand to a cube that shows none
BARE = .4                           # share of the pictures for such cubes in which there is no hand at all
DEG = math.pi / 180


class CandidateSampler:
    """Draws candidates. `detector` is a network in eval mode, or None; `only_proposed` leaves its peaks alone. Deterministic for a seed."""

    def __init__(self, seed=0, detector=None, only_proposed=False, pool=480):
        self.world = World(seed, pool)
        self.g = torch.Generator().manual_seed(seed)
        self.detector, self.only_proposed = detector, only_proposed
        self.waiting = []

    def batch(self, b):
        """{grid [b, 32, 32, 32] uint8, root [b, 3], joints [b, 21, 3], distance [b] metres (inf where no hand is near), direction [b, 2] and tilt [b] of the hand, left
        [b], area [b] square metres in sight, known [b]: whether it can be judged, score [b] of the detector, or -1}; root, joints and direction
        as the network shall answer them."""
        while len(self.waiting) < b:
            self.waiting += self.scene()
        out, self.waiting = self.waiting[:b], self.waiting[b:]
        return {k: torch.from_numpy(np.stack([np.asarray(row[k]) for row in out])) for k in out[0]}

    def mixture(self, parts):
        g = self.world.g
        return parts[g.choice(len(parts), p=[share for share, _ in parts])][1]

    def view(self, kind=None):
        """A picture that shows something: its points [H, W, 3], metres, 0 where missing, what each pixel belongs to [H, W], and the hands in it."""
        scene = self.world.draw(kind)
        focal, cx, cy, width, height = PICTURE
        exact, which = raster(scene.seen_from(scene.position, scene.rotation), scene.faces, scene.labels, *PICTURE)
        depth = sense(torch.from_numpy(exact)[None], torch.full((1,), focal), self.g)[0][0].numpy()
        if not depth.any():
            return self.view(kind)
        x, y = (np.arange(width, dtype=np.float32) - cx) / focal, (np.arange(height, dtype=np.float32) - cy) / focal
        image = np.stack([x * depth, y[:, None] * depth, depth], 2)
        true = (exact < FAR / 2) & (np.abs(depth - np.where(exact < FAR / 2, exact, 0)) < .03)
        hands = []
        for hand in scene.hands:
            joints = scene.to_camera(hand.joints)
            seen = true & (which == hand.label)
            way = joints[ROOT] - joints[WRIST]
            flat = np.linalg.norm(way[:2])
            hands.append({'root': joints[ROOT], 'joints': joints, 'direction': way[:2] / max(flat, 1e-6), 'tilt': flat / np.linalg.norm(way), 'left': hand.left,
                          'area': float(((depth[seen] / focal) ** 2).sum())})
        return image, which, hands

    def strangers(self, b, size, edge):
        """Cubes of `edge` metres that show no hand, [b, 1, size, size, size] occupancy: on bodies, arms, things and robots, and where the detector sees a hand and none is."""
        out = []
        while len(out) < b:
            image, _, hands = self.view('empty' if self.world.chance(BARE) else None)
            depth = image[..., 2]
            places = self.on_others(image[depth > 0]) + (self.proposed(depth) if self.detector is not None else [])
            for place, direction, _ in places:
                grid = occupancy(image, place, direction, size, edge) if all(np.linalg.norm(hand['root'] - place) > STRANGE for hand in hands) else None
                if grid is not None:
                    out.append(grid)
        return torch.from_numpy(np.stack(out[:b])[:, None]).float()

    def scene(self):
        """The candidates of one picture."""
        image, which, hands = self.view()
        depth = image[..., 2]
        places = [] if self.only_proposed else self.places(hands, image[depth > 0], which[depth > 0])
        if self.detector is not None:
            places += self.proposed(depth)
        rows = [self.row(image, hands, *place) for place in places]
        order = self.world.g.permutation(len(rows))
        return [rows[i] for i in order if rows[i] is not None]

    def proposed(self, depth):
        """The detector's peaks in both looks: (place, direction, score) each."""
        found = two_looks(self.detector, torch.from_numpy(depth).float(), PROPOSED)
        return [(p['root'].numpy(), p['direction'].numpy(), p['score']) for p in found[:5]]

    def places(self, hands, points, labels):
        """(place, direction, -1) for each cube that is cut without a detector."""
        g, out = self.world.g, []
        for hand in hands:
            if hand['area'] < UNCLEAR:
                continue
            for _ in range(3):
                place = hand['root'] + g.normal(size=3) * self.mixture(CENTRE_ERRORS)
                angle = g.normal() * self.mixture(TURN_ERRORS) * DEG / max(hand['tilt'], .3)
                (x, y), c, s = hand['direction'], math.cos(angle), math.sin(angle)
                out.append((place, np.array([c * x - s * y, s * x + c * y]), -1.))
            # beside it, on what is seen there: fingertips, forearm, held things
            way = g.normal(size=3)
            aside = hand['root'] + way / np.linalg.norm(way) * g.uniform(*ASIDE)
            near = points[((points - aside) ** 2).sum(1).argmin()]
            out.append((near + [0, 0, g.uniform(0, .03)], self.anyhow() if self.world.chance(.5) else hand['direction'], -1.))
        return out + self.on_others(points[labels % 4 != 1])

    def on_others(self, points):
        """Two places among these points of what is no hand, near things first: the arm, a body, a thing, a robot."""
        g, points = self.world.g, points[points[:, 2] < 1.8]
        out = []
        for _ in range(2 if len(points) else 0):
            some = points[g.integers(len(points), size=4)]
            out.append((some[some[:, 2].argmin()] + [0, 0, g.uniform(0, .03)], self.anyhow(), -1.))
        return out

    def anyhow(self):
        a = self.world.g.uniform(0, 2 * math.pi)
        return np.array([math.cos(a), math.sin(a)])

    def row(self, image, hands, place, direction, score):
        grid, turn = occupancy(image, place, direction, SIZE, EDGE), turned(direction)
        if grid is None:
            return None
        way = [np.linalg.norm(hand['root'] - place) for hand in hands if hand['area'] > UNCLEAR / 3]
        out = {'grid': grid, 'root': np.zeros(3, np.float32), 'joints': np.zeros((21, 3), np.float32), 'distance': np.float32(np.inf),
               'direction': np.array([0, -1], np.float32), 'tilt': np.float32(0), 'left': False, 'area': np.float32(0), 'known': True,
               'score': np.float32(score)}
        if way:
            hand = [h for h in hands if h['area'] > UNCLEAR / 3][int(np.argmin(way))]
            joints = ((hand['joints'] - place) @ turn.T / EDGE).astype(np.float32)
            out.update(root=joints[ROOT], joints=joints, distance=np.float32(min(way)), tilt=np.float32(hand['tilt']), left=hand['left'],
                       direction=(turn[:2, :2] @ hand['direction']).astype(np.float32), area=np.float32(hand['area']),
                       known=bool(hand['area'] > CLEAR or min(way) > .1))
        return out


def turned(direction):
    """The rotation [3, 3] about the optical axis that takes `direction` [2] to (0, -1): from the camera's axes to the cube's."""
    x, y = direction
    return np.array([[-y, x, 0], [-x, -y, 0], [0, 0, 1]])


def occupancy(image, place, direction, size, edge):
    """The cube of `edge` metres around a place, turned by a direction, as voxels [size, size, size] uint8; None where nothing is in it."""
    cell = ((near(image, place, edge) - place.astype(np.float32)) @ turned(direction).T.astype(np.float32) / edge + .5) * size
    cell = cell[((cell >= 0) & (cell < size)).all(1)].astype(np.int64)
    if len(cell) == 0:
        return None
    grid = np.zeros((size,) * 3, np.uint8)
    grid[cell[:, 2], cell[:, 1], cell[:, 0]] = 1
    return grid


def near(image, place, edge=EDGE):
    """The points [n, 3] of `image` [H, W, 3] (0 where missing) in the window of pixels that holds the cube around `place`, however it is turned."""
    focal, cx, cy, width, height = PICTURE
    reach, depths = edge * math.sqrt(.5), (max(place[2] - edge / 2, .1), max(place[2] + edge / 2, .1))
    window = []
    for k, c, size in ((1, cy, height), (0, cx, width)):
        ends = [c + focal * (place[k] + s * reach) / z for s in (-1, 1) for z in depths]
        window.append(slice(max(0, math.floor(min(ends))), max(0, min(size, math.ceil(max(ends)) + 1))))
    points = image[tuple(window)].reshape(-1, 3)
    return points[(points[:, 2] > 0) & (np.abs(points[:, 2] - place[2]) < edge / 2)]
