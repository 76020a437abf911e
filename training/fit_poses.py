"""Writes src/synthetic/pose-mixture.json: a Gaussian mixture over the angles of thumb and fingers, fitted on tracked hand poses.

Run: python3 training/fit_poses.py FOLDER
FOLDER holds `animbank.pose` and `model_hand.json` of IntelRealSense/hand_tracking_samples (Apache-2.0): 2,336 poses of 17 bones (forearm,
palm, three each for the thumb and the four fingers), one pose per line, each bone as centre (metres) and quaternion (x y z w). Only fitted
numbers are written, no pose.

Their bone frame: x towards the thumb, z along the bone, -y palmar, so (x, z, -y) is our palm frame up to a small turn (both are right hands; a
tracked finger bends towards -y). That turn is what brings wrist and finger roots of their skeleton onto ours. Each pose becomes our angles by
least squares on the directions of the bones and, weakly, on the axes about which they bend.
"""
import argparse
import json
import math
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / 'training'))
from voxhand_training.hand import FINGERS, HandModel, rot_x, rot_y, rot_z  # noqa: E402

OUT = ROOT / 'src' / 'synthetic' / 'pose-mixture.json'
DEG = math.pi / 180
PALM, THUMB, ROOTS = 1, 2, (5, 8, 11, 14)   # their bones: palm, first of the thumb, first of each finger
TO_OURS = torch.tensor([[1., 0, 0], [0, 0, 1], [0, -1, 0]], dtype=torch.float64)
AXIS, PRIOR = .1, .03                        # weights of a bending axis and of the rest pose beside a direction's 1
LM_STEPS = 60
COMPONENTS = range(12, 21)
FOLDS, BLOCK = 5, 59                         # held-out poses are blocks of neighbours in time: neighbours look alike
SHRINK, FLOOR = 12., 2.                      # pseudo-poses of the overall variances in each component; least deviation, degrees


def rotations(q):
    """Unit quaternions [..., 4] (x y z w) -> rotations [..., 3, 3]."""
    x, y, z, w = q.unbind(-1)
    return torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), 2 * (x * y + w * z), 1 - 2 * (x * x + z * z),
                        2 * (y * z - w * x), 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], -1).view(*q.shape[:-1], 3, 3)


def read_poses(folder):
    """-> rotations [N, 17, 3, 3] and, by child bone, where its joint lies in its parent's frame {bone: [3]}."""
    rows = [[float(v) for v in line.split()] for line in (folder / 'animbank.pose').read_text().splitlines() if line.strip()]
    if any(len(r) != 17 * 7 for r in rows):
        raise ValueError(f'animbank.pose: expected {17 * 7} numbers per line, found {sorted({len(r) for r in rows})}')
    joints = json.loads((folder / 'model_hand.json').read_text())['joints']
    return (rotations(torch.tensor(rows, dtype=torch.float64).view(-1, 17, 7)[..., 3:]),
            {j['rbi1']: torch.tensor(j['p0'], dtype=torch.float64) for j in joints})


def align(model, offsets):
    """The turn [3, 3] from their palm frame (axes renamed) to ours: Kabsch on wrist and finger roots, scale free."""
    theirs = torch.stack([torch.zeros(3, dtype=torch.float64)] + [TO_OURS @ offsets[b] for b in ROOTS])
    ours = torch.cat([torch.zeros(1, 3, dtype=torch.float64), model.mcp.double()])
    u, _, v = torch.linalg.svd((ours - ours.mean(0)).T @ (theirs - theirs.mean(0)))
    return u @ torch.diag(torch.tensor([1., 1., float(torch.sign(torch.det(u @ v)))], dtype=torch.float64)) @ v


def targets(model, rot, offsets):
    """Directions [N, 5, 3, 3] of three bones of the thumb and each finger in our palm frame, and the axis [N, 5, 3] about which each bends."""
    turn = align(model, offsets) @ TO_OURS
    local = lambda bone, v: (rot[:, PALM].transpose(1, 2) @ rot[:, bone] @ v) @ turn.T
    z = torch.tensor([0., 0, 1], dtype=torch.float64)
    ways, axes = [], []
    for first in (THUMB, *ROOTS):
        ways.append(torch.stack([local(first, offsets[first + 1]), local(first + 1, offsets[first + 2]), local(first + 2, z)], 1))
        # a finger bends about x of its bones, the thumb's end about -y of its second bone
        axes.append(local(THUMB + 1, torch.tensor([0., -1, 0], dtype=torch.float64)) if first == THUMB else local(first + 1, z.roll(1)))
    ways, axes = torch.stack(ways, 1), torch.stack(axes, 1)
    return ways / ways.norm(dim=-1, keepdim=True), axes


def chain(q):
    """Angles [..., 4] of a finger or [..., 5] of the thumb -> directions [..., 3, 3] of its bones and the axis [..., 3] of its bending."""
    if q.shape[-1] == 4:
        base, bends = rot_z(q[..., 0]) @ rot_x(q[..., 1]), (q[..., 2], q[..., 3])
    else:
        base, bends = rot_z(-q[..., 0]) @ rot_x(q[..., 1]) @ rot_y(q[..., 2]), (q[..., 3], q[..., 4])
    frames = [base]
    for angle in bends:
        frames.append(frames[-1] @ rot_x(angle))
    return torch.stack([f[..., 1] for f in frames], -2), base[..., 0]


def solve(ways, axes, rest, first=None):
    """Levenberg-Marquardt for a batch of chains, begun straight and bent: directions [B, 3, 3], axes [B, 3], rest [D] -> angles [B, D]."""
    def residual(q):
        w, a = chain(q)
        return torch.cat([(w - ways).flatten(1), AXIS * (a - axes), PRIOR * (q - rest)], 1)

    if first is None:
        found = [solve(ways, axes, rest, bend) for bend in (0., .9)]
        cost = torch.stack([(residual(q) ** 2).sum(1) for q in found])
        return torch.where((cost[0] <= cost[1])[:, None], *found)
    q = rest.expand(len(ways), -1).clone()
    q[:, -3 if q.shape[1] == 4 else -2:] += first                      # the bends; the others stay
    eye = torch.eye(q.shape[1], dtype=q.dtype)
    damp = torch.full((len(q),), 1e-2, dtype=q.dtype)
    r = residual(q)
    for _ in range(LM_STEPS):
        j = torch.stack([(residual(q + 1e-6 * e) - r) / 1e-6 for e in eye], 2)
        h = j.transpose(1, 2) @ j + damp[:, None, None] * eye
        step = torch.linalg.solve(h, -(j.transpose(1, 2) @ r[..., None]))[..., 0]
        new = q + step.clamp(-.5, .5)
        rn = residual(new)
        better = (rn ** 2).sum(1) < (r ** 2).sum(1)
        q, r = torch.where(better[:, None], new, q), torch.where(better[:, None], rn, r)
        damp = torch.where(better, damp * .3, damp * 5).clamp(1e-9, 1e3)
    return rest + torch.remainder(q - rest + math.pi, 2 * math.pi) - math.pi


def convert(model, rot, offsets):
    """-> angles [N, D - 2] in the order of the dofs after the wrist's, and the angles [N, 5, 3] between their bones and ours; degrees."""
    ways, axes = targets(model, rot, offsets)
    columns = [[i for i, d in enumerate(model.dofs) if d.startswith(f'{part}_')] for part in ('thumb', *FINGERS)]
    pose = torch.zeros(len(rot), len(model.dofs), dtype=torch.float64)
    off = torch.zeros(len(rot), 5, 3, dtype=torch.float64)
    for k, c in enumerate(columns):
        pose[:, c] = solve(ways[:, k], axes[:, k], model.rest[c].double())
        off[:, k] = (chain(pose[:, c])[0] * ways[:, k]).sum(-1).clamp(-1, 1).acos()
    return pose[:, 2:] / DEG, off / DEG


def log_densities(x, means, factors):
    """Log densities [N, K] of x [N, D] under Gaussians with lower Cholesky factors [K, D, D]."""
    z = torch.linalg.solve_triangular(factors, (x - means[:, None]).transpose(1, 2), upper=False)      # K, D, N
    log_det = torch.diagonal(factors, dim1=1, dim2=2).log().sum(1)
    return (-.5 * (z ** 2).sum(1) - log_det[:, None] - .5 * x.shape[1] * math.log(2 * math.pi)).T


def fit(x, k, generator, steps=200):
    """Expectation maximisation. x [N, D] -> weights [K], means [K, D], lower Cholesky factors [K, D, D].

    A component's covariance is that of its poses and of SHRINK pseudo-poses with a tenth of the overall variances, plus FLOOR^2.
    """
    n, d = x.shape
    centres = x[torch.randint(0, n, (1,), generator=generator)]
    for _ in range(k - 1):                                                                             # k-means++
        gap = ((x[:, None] - centres) ** 2).sum(-1).amin(1)
        centres = torch.cat([centres, x[torch.multinomial(gap, 1, generator=generator)]])
    share = torch.nn.functional.one_hot(((x[:, None] - centres) ** 2).sum(-1).argmin(1), k).double()
    prior = torch.diag(x.var(0) * .1)
    last = -math.inf
    for _ in range(steps):
        count = share.sum(0)
        weights = (count + 1) / (n + k)
        means = (share.T @ x) / count.clamp(min=1e-6)[:, None]
        off = x - means[:, None]                                                                       # K, N, D
        cov = (off.transpose(1, 2) * share.T[:, None]) @ off + SHRINK * prior
        cov = cov / (count + SHRINK)[:, None, None] + FLOOR ** 2 * torch.eye(d, dtype=x.dtype)
        factors = torch.linalg.cholesky(cov)
        log = log_densities(x, means, factors) + weights.log()
        total = torch.logsumexp(log, 1)
        share = (log - total[:, None]).exp()
        if total.mean() - last < 1e-4:
            break
        last = total.mean()
    return weights, means, factors


def likelihood(x, mixture):
    """Mean log likelihood per pose."""
    weights, means, factors = mixture
    return float(torch.logsumexp(log_densities(x, means, factors) + weights.log(), 1).mean())


def choose(x, generator):
    """The number of components with the highest likelihood of held-out blocks, and all of them."""
    fold = torch.arange(len(x)) // BLOCK % FOLDS
    scores = {k: sum(likelihood(x[fold == f], fit(x[fold != f], k, generator)) for f in range(FOLDS)) / FOLDS for k in COMPONENTS}
    return max(scores, key=scores.get), scores


def report(model, angles, off):
    print('bone by bone, median and 95th percentile of the angle between theirs and ours, degrees:')
    for part, o in zip(('thumb', *FINGERS), off.unbind(1)):
        print(f'  {part:8}', '  '.join(f'{float(v.median()):5.1f} {float(v.quantile(.95)):5.1f}' for v in o.unbind(1)))
    print('angle: 1st, 50th, 99th percentile; limits; share outside by more than 1 degree')
    for i, name in enumerate(model.dofs[2:]):
        lo, hi = float(model.lo[i + 2] / DEG), float(model.hi[i + 2] / DEG)
        a = angles[:, i]
        p = [float(a.quantile(q)) for q in (.01, .5, .99)]
        print(f'  {name:17} {p[0]:6.1f} {p[1]:6.1f} {p[2]:6.1f}   [{lo:.0f}, {hi:.0f}]  {float((a < lo - 1).double().mean()):.3f} {float((a > hi + 1).double().mean()):.3f}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('folder', type=Path)
    folder = parser.parse_args().folder
    torch.set_num_threads(1)
    model = HandModel()
    angles, off = convert(model, *read_poses(folder))
    report(model, angles, off)
    generator = torch.Generator().manual_seed(20261128)
    k, scores = choose(angles, generator)
    print('log likelihood per held-out pose by number of components:', {n: round(s, 2) for n, s in scores.items()})
    weights, means, factors = fit(angles, k, generator)
    print(f'{k} components, log likelihood per pose {likelihood(angles, (weights, means, factors)):.2f}')
    order = weights.argsort(descending=True)
    row = lambda v, n: [round(float(a), n) + 0. for a in v]                                           # no -0
    components = [{'weight': round(float(weights[i]), 4), 'mean': row(means[i], 1),
                   'factor': [row(factors[i, r, :r + 1], 2) for r in range(len(means[i]))]} for i in order]
    head = {
        'format': 1,
        'description': 'A Gaussian mixture over joint angles in degrees: pose = mean + factor z, z standard normal; factor is lower triangular, row by row. '
                       'Written by training/fit_poses.py.',
        'source': 'Fitted on the 2,336 tracked poses of animbank.pose in github.com/IntelRealSense/hand_tracking_samples; no pose of it is contained.',
        'licence': 'Apache-2.0, see LICENSE-pose-mixture',
        'dofs': model.dofs[2:],
    }
    body = ',\n'.join('  ' + json.dumps(c, separators=(',', ':')) for c in components)
    OUT.write_text(json.dumps(head, indent=1)[:-2] + ',\n "components": [\n' + body + '\n ]\n}\n')
    print(f'{OUT.relative_to(ROOT)}: {OUT.stat().st_size} bytes')


if __name__ == '__main__':
    main()
