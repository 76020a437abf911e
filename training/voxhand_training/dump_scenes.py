"""Held-out depth pictures with all that scenes have, for what runs the whole tracker on them (scripts/measure-scenes.mjs in the root).

    python3 -m voxhand_training.dump_scenes --out runs/scenes --count 400
    python3 -m voxhand_training.dump_scenes --out runs/empty --count 400 --empty        (without a hand: people without arms, robots, things)
    python3 -m voxhand_training.dump_scenes --out runs/raised --count 150 --raised      (those with a hand that is raised and holds nothing)

Writes FILE.json, {width, height, focal, scenes: [{kind, sensor, hands: [{joints, left, holds, area, inside, raised}]}]}, and FILE.bin, the pictures one after
another: little-endian uint16 of 0.1 mm, row by row, 0 where depth is missing. Joints: 63 numbers, metres, in the camera's frame; area: square
metres that the sensor left of the hand; inside: whether the middle finger's root lies in the picture, MARGIN pixels from its edge or more; raised: whether it
is RAISED or more above its elbow in the picture's plane, and the elbow is in sight, too.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .data import HOLDOUT_SEED
from .raster import raster
from .scenes import ROOT
from .sensors import NAMES, sense
from .world import World

WIDTH, HEIGHT, FOCAL = 400, 320, 300.
CENTRE = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
MARGIN = 8
TRUE = .03              # metres: a pixel that is farther off shows nothing
RAISED = .12            # metres
ELBOW = .07             # metres: half of an elbow, and its sleeve
AROUND = 2              # pixels


def pixel(point):
    """Where a point of the camera's frame lies in the picture (u, v); behind the camera that says nothing."""
    return np.asarray(point[:2]) / max(point[2], .1) * FOCAL + CENTRE


def sees(depth, point):
    """Whether a picture shows something as far as a point of the camera's frame, in a pixel near its own."""
    z = point[2]
    if z < .1:
        return False
    u, v = pixel(point).round().astype(int)
    near = depth[max(0, v - AROUND):max(0, v + AROUND + 1), max(0, u - AROUND):max(0, u + AROUND + 1)]
    return bool((np.abs(near[near > 0] - z) < ELBOW).any())


def pictures(count, seed=HOLDOUT_SEED, pool=480, empty=False, raised=False):
    """(depth [H, W] metres, scene) of `count` scenes with hands in them, `raised`: with one that is raised and holds nothing, `empty`: without any;
    scenes as they are written. Deterministic for a seed."""
    world, g = World(seed, pool), torch.Generator().manual_seed(seed)
    while count:
        scene = world.draw('empty' if empty else None)
        if not scene.hands and not empty:
            continue
        exact, which = raster(scene.seen_from(scene.position, scene.rotation), scene.faces, scene.labels, FOCAL, *CENTRE, WIDTH, HEIGHT)
        seen, sensor = sense(torch.from_numpy(exact)[None], torch.full((1,), FOCAL), g)
        depth = seen[0].numpy()
        true = (depth > 0) & (np.abs(depth - exact) < TRUE)
        hands = []
        for hand in scene.hands:
            joints = scene.to_camera(hand.joints)
            elbow = scene.to_camera(hand.root_of_forearm)
            _, y, z = joints[ROOT]
            u, v = pixel(joints[ROOT])
            hands.append({'joints': joints.flatten().round(5).tolist(), 'left': bool(hand.left), 'holds': bool(hand.holds),
                          'area': float(((depth[true & (which == hand.label)] / FOCAL) ** 2).sum()),
                          'inside': bool(z > .1 and MARGIN < u < WIDTH - MARGIN and MARGIN < v < HEIGHT - MARGIN),
                          'raised': bool(elbow[1] - y > RAISED and sees(depth, elbow))})
        if raised and not any(hand['raised'] and not hand['holds'] for hand in hands):
            continue
        count -= 1
        yield depth, {'kind': scene.kind, 'sensor': NAMES[int(sensor)], 'hands': hands}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--out', required=True, metavar='FILE', help='without an ending')
    p.add_argument('--count', type=int, default=400)
    p.add_argument('--seed', type=int, default=HOLDOUT_SEED)
    kind = p.add_mutually_exclusive_group()
    kind.add_argument('--empty', action='store_true', help='scenes without a hand')
    kind.add_argument('--raised', action='store_true', help='scenes with a hand that is raised, its elbow in sight, and holds nothing')
    a = p.parse_args()
    torch.set_num_threads(1)
    scenes = []
    Path(a.out).parent.mkdir(parents=True, exist_ok=True)
    with open(f'{a.out}.bin', 'wb') as f:
        for depth, scene in pictures(a.count, a.seed, empty=a.empty, raised=a.raised):
            f.write((depth * 1e4).round().clip(0, 65535).astype('<u2').tobytes())
            scenes.append(scene)
    Path(f'{a.out}.json').write_text(json.dumps({'width': WIDTH, 'height': HEIGHT, 'focal': FOCAL, 'scenes': scenes}))


if __name__ == '__main__':
    main()
