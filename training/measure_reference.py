"""What the training's sampler says of the reference room: where its cube lies about the hand, and how it is rolled.

Run: python3 training/measure_reference.py [--batches 16] [--seed 0] [--rough]

The same statistics as scripts/measure-reference.mjs takes of the reference room itself, so that the two can be laid side by side:
offsets are the cube's centre minus the hand's centre, millimetres, in the cube's frame (x right, y down the forearm, z away from the
camera); the roll error is the angle in the image from +y to the forearm's direction, and to the wrist as seen from the middle finger's
root. JSON on stdout, a short table on stderr.
"""
import argparse
import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from voxhand_training.data import Sampler  # noqa: E402

WRIST, ROOT_OF_MIDDLE = 0, 9
SHARES = (.05, .25, .5, .75, .95)
LIMITS = (10, 20, 30, 60)


def palm_to_cube(palm, cube):
    """The rotations that best turn joints of the palm frame [B,21,3] to joints of the cube [B,21,3] (Kabsch 1976)."""
    a, b = palm - palm.mean(1, keepdim=True), cube - cube.mean(1, keepdim=True)
    u, _, vt = torch.linalg.svd(a.transpose(1, 2).double() @ b.double())
    v = vt.transpose(1, 2)
    flip = torch.ones(len(palm), 3, dtype=torch.float64)
    flip[:, 2] = torch.linalg.det(v @ u.transpose(1, 2)).sign()
    return ((v * flip[:, None]) @ u.transpose(1, 2)).float()


def quantiles(x):
    return {f'p{round(share * 100)}': round(float(torch.quantile(x.double(), share)), 2) for share in SHARES}


def spread(x):
    return {'mean': round(float(x.mean()), 2), 'sd': round(float(x.std(unbiased=False)), 2)}


def offsets(v):
    """Offsets [N,3], millimetres."""
    one = lambda x: {**spread(x), **quantiles(x)}
    return {'x': one(v[:, 0]), 'y': one(v[:, 1]), 'z': one(v[:, 2]), 'length': one(v.norm(dim=1))}


def angles(d):
    """Angles [N], degrees."""
    over = {f'over{limit}': round(float((d.abs() > limit).float().mean()), 2) for limit in LIMITS}
    return {'count': len(d), **spread(d), **quantiles(d), 'absolute': quantiles(d.abs()), **over}


def from_down(direction):
    """Degrees in the image from +y to directions [N,2 or 3]; positive towards -x."""
    return torch.atan2(-direction[:, 0], direction[:, 1]) * 180 / torch.pi


def measure(sampler, batches, size, rough=False):
    palm, mean, arm_angle, palm_angle, arm_length, inside = [], [], [], [], [], []
    for _ in range(batches):
        batch = sampler.batch(size, rough=True) if rough else sampler.batch(size)
        joints = batch['joints'].cpu()
        metres = (joints - .5) * batch['edge'].cpu().view(-1, 1, 1)
        palm.append(-(metres[:, ROOT_OF_MIDDLE] * .7 + metres[:, WRIST] * .3) * 1000)
        mean.append(-metres.mean(1) * 1000)
        model_joints, forearm, _ = sampler.model.forward(batch['pose'])                 # the shape turns nothing
        turn = palm_to_cube(model_joints.cpu(), metres)
        arm = -(turn @ forearm.cpu())[:, :, 1]
        arm_length.append(arm[:, :2].norm(dim=1))
        arm_angle.append(from_down(arm))
        palm_angle.append(from_down(metres[:, WRIST] - metres[:, ROOT_OF_MIDDLE]))
        inside.append(((joints >= 0) & (joints < 1)).all(-1).float().mean(1))
    palm, mean, arm, to_wrist, length = (torch.cat(x) for x in (palm, mean, arm_angle, palm_angle, arm_length))
    return {
        'hands': len(palm),
        'jointsInside': round(float(torch.cat(inside).mean()), 4),
        'offsetMm': {'palm': offsets(palm), 'joints': offsets(mean)},
        'rollDegrees': {'arm': angles(arm), 'palm': angles(to_wrist), 'armWhereSeen': angles(arm[length > .4]),
                        'armForeshortened': angles(arm[length <= .4])},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--batches', type=int, default=16)
    parser.add_argument('--size', type=int, default=64)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--rough', action='store_true', help='samples for the refinement network')
    args = parser.parse_args()
    report = measure(Sampler(seed=args.seed), args.batches, args.size, args.rough)
    print(json.dumps(report, indent=2))
    for name, of in report['offsetMm'].items():
        axes = '  '.join(f"{axis} {of[axis]['mean']:6.1f} +- {of[axis]['sd']:4.1f}" for axis in 'xyz')
        print(f"offset from {name:7} {axes}  length p50 {of['length']['p50']:5.1f} p95 {of['length']['p95']:5.1f} mm", file=sys.stderr)
    for name, of in report['rollDegrees'].items():
        print(f"roll to {name:17} {of['mean']:5.1f} +- {of['sd']:4.1f}  |p50| {of['absolute']['p50']:4.1f} |p95| {of['absolute']['p95']:5.1f} degrees",
              file=sys.stderr)


if __name__ == '__main__':
    main()
