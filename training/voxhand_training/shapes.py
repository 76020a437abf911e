"""Solids as triangles, for scenes: unit meshes that are scaled, turned and moved. NumPy, metres."""
import numpy as np


def _box():
    v = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return v, np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], np.int32)


def _turned(profile, sides):
    """A solid of revolution about z: profile rows (radius, z); ends are closed."""
    a = np.arange(sides) / sides * 2 * np.pi
    v = [np.stack([r * np.cos(a), r * np.sin(a), np.full(sides, z)], 1) for r, z in profile]
    v = np.concatenate([*v, [[0, 0, profile[0][1]], [0, 0, profile[-1][1]]]]).astype(np.float32)
    k, n = np.arange(sides), (np.arange(sides) + 1) % sides
    f = []
    for i in range(len(profile) - 1):
        a, b = i * sides, (i + 1) * sides
        f += [np.stack([a + k, a + n, b + k], 1), np.stack([a + n, b + n, b + k], 1)]
    end = (len(profile) - 1) * sides
    f += [np.stack([k, n, np.full(sides, len(v) - 2)], 1), np.stack([end + k, end + n, np.full(sides, len(v) - 1)], 1)]
    return v, np.concatenate(f).astype(np.int32)


BOX = _box()
CYLINDER = _turned([(1, -1), (1, 1)], 20)
BALL = _turned([(np.sin(t), -np.cos(t)) for t in np.linspace(.12, np.pi - .12, 11)], 18)
UNITS = (CYLINDER, BOX, BALL)                # as grasp.py counts its kinds
_LIMB_ROUND = np.linspace(0, np.pi / 2, 4)
_LIMB_SIDES = 12
_LIMB_FACES = _turned([(1, k) for k in range(8)], _LIMB_SIDES)[1]
_TURN = np.arange(_LIMB_SIDES) / _LIMB_SIDES * 2 * np.pi
_CIRCLE = np.stack([np.cos(_TURN), np.sin(_TURN)], 1)


def solid(kind, centre, rotation, half):
    """One of UNITS, its half axes scaled; rotation's columns are its axes. -> vertices, faces."""
    v, f = UNITS[kind]
    return (v * half) @ np.asarray(rotation, np.float32).T + centre, f


def limb(a, b, ra, rb):
    """A round cone from a to b with its rounded ends."""
    a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
    d = b - a
    length = np.linalg.norm(d) + 1e-9
    radius = np.concatenate([ra * np.sin(_LIMB_ROUND), rb * np.cos(_LIMB_ROUND)]) + 1e-5
    z = np.concatenate([-ra * np.cos(_LIMB_ROUND), length + rb * np.sin(_LIMB_ROUND)])
    v = np.empty((8, _LIMB_SIDES, 3), np.float32)
    v[..., :2], v[..., 2] = radius[:, None, None] * _CIRCLE, z[:, None]
    v = np.concatenate([v.reshape(-1, 3), np.array([[0, 0, z[0]], [0, 0, z[-1]]], np.float32)])
    return v @ frame_along(d / length).T + a, _LIMB_FACES


def frame_along(z, about=0.):
    """A rotation whose third column is the unit vector z."""
    z = np.asarray(z, float)
    x = np.cross([0., 1., 0.] if abs(z[1]) < .9 else [1., 0., 0.], z)
    x /= np.linalg.norm(x)
    y = np.cross(z, x)
    c, s = np.cos(about), np.sin(about)
    return np.stack([c * x + s * y, c * y - s * x, z], 1).astype(np.float32)


def random_rotation(g):
    w, x, y, z = (q := g.normal(size=4)) / np.linalg.norm(q)
    return np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                     [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]], np.float32)


def upright(about):
    """A turn about the vertical (y points down)."""
    c, s = np.cos(about), np.sin(about)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], np.float32)
