"""Joints of generated hands as text: a line a hand, 63 numbers in mm, camera frame. What `voxhand fit-prior` reads.

    python3 -m voxhand_training.joints --count 12000 --out runs/joints.txt
"""
import argparse
import math

import torch

from .hand import rot_x, rot_y, rot_z
from .poses import draw_poses
from .world import HandPool


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--count', type=int, default=12000)
    p.add_argument('--seed', type=int, default=31_337)
    p.add_argument('--out', required=True)
    a = p.parse_args()
    pool = HandPool(a.seed, size=2)
    g, model = pool.g, pool.model
    with open(a.out, 'w') as f:
        for start in range(0, a.count, 500):
            b = min(500, a.count - start)
            joints, _, _ = model.forward(draw_poses(b, g, model), pool.shapes(b))
            turn = torch.randn(b, 3, generator=g) * torch.tensor([.5, .7, .3])
            yaw = turn[:, 1] + math.pi * (torch.rand(b, generator=g) < .5)
            r = rot_z(turn[:, 2]) @ rot_x(turn[:, 0]) @ rot_y(yaw) @ torch.diag(torch.tensor([1., -1., -1.]))
            joints = joints @ r.transpose(1, 2) + torch.tensor([0., 0., .6])
            for row in joints.reshape(b, -1) * 1000:
                f.write(' '.join(f'{v:.2f}' for v in row.tolist()) + '\n')


if __name__ == '__main__':
    main()
