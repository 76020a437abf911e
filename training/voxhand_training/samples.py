"""Samples that training never sees, with all noise and clutter on: to calibrate on, and held out to measure on."""
import numpy as np
import torch

from . import refine
from .data import Sampler, voxelise

CALIBRATION_SEED = 777_777
CHUNK = 64


def drawn(seed, count, size, edge, refines=False):
    """Chunks of (grids [n, 1, N, N, N], points [n, P, 3] in cube coordinates, edges [n] in metres), `count` in all.

    The points are 21 joints, or for a refinement network CoM and RoM.
    """
    sampler = Sampler(edge, 'cpu', seed)
    for begin in range(0, count, CHUNK):
        if refines:
            grids, points, edges = refine.batch(sampler, CHUNK)
        else:
            d = sampler.batch(CHUNK)
            grids, points, edges = voxelise(d['points'], d['valid'], size), d['joints'], d['edge']
        n = min(CHUNK, count - begin)
        yield grids[:n], points[:n], edges[:n]


def grids_of(seed, count, size, edge, refines=False):
    return torch.cat([v for v, _, _ in drawn(seed, count, size, edge, refines)])


def write_holdout(file, *which):
    """Records of grid (one bit a cell, lowest first, z y x), points and edge (little-endian float32); arguments as `drawn`'s."""
    with open(file, 'wb') as f:
        for grids, points, edges in drawn(*which):
            for v, p, e in zip(grids, points, edges):
                f.write(np.packbits(v.numpy().astype(np.uint8).reshape(-1), bitorder='little').tobytes())
                f.write(np.append(p.numpy().reshape(-1), e.numpy()).astype('<f4').tobytes())
