"""Joints of generated hands as text: a line a hand, 63 numbers in mm, camera frame. What `voxhand fit-prior` reads.

    python3 -m voxhand_training.joints --count 12000 --out runs/joints.txt
"""
import argparse

import torch

from .data import Sampler
from .hand import rot_z


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--count', type=int, default=12000)
    p.add_argument('--seed', type=int, default=31_337)
    p.add_argument('--out', required=True)
    a = p.parse_args()
    s = Sampler(seed=a.seed)
    with open(a.out, 'w') as f:
        for start in range(0, a.count, 500):
            b = min(500, a.count - start)
            joints, _, _ = s.model.forward(s.poses(b), s.shapes(b))
            r = rot_z(s.n(b, sd=.3)) @ s.orientation(b)
            joints = joints @ r.transpose(1, 2) + torch.tensor([0., 0., .6])
            for row in joints.reshape(b, -1) * 1000:
                f.write(' '.join(f'{v:.2f}' for v in row.tolist()) + '\n')


if __name__ == '__main__':
    main()
