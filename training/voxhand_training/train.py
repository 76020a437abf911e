"""Train a network on hands rendered on the fly.

    python3 -m voxhand_training.train --model compact16b --run runs/compact16b --minutes 120

Deterministic for a seed when the length is given in samples (with --minutes the schedule follows the clock). Stops and goes on:
the same command with a longer --minutes or --samples resumes from runs/.../last.pt; --from FILE starts from given weights,
of the same network or of a shallower one with the same widths (net.grow).
"""
import argparse
from pathlib import Path

import torch
import torch.nn.functional as F

from .candidates import CandidateSampler
from .checkpoint import load
from .data import HOLDOUT_SEED, Sampler, augmented, heat_maps, voxelise
from .decode import soft_argmax, window_mean
from .loop import Chunks, add_arguments, train
from .net import VARIANTS, build, grow

ROOT = 9
OTHERS = .25         # share of the samples that show a left hand, where the network tells the side
SIDE = 4.            # weight of that map's squared error
SHARPNESS = 20.      # of the softmax over heat maps whose soft arg-max the second loss term looks at


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--model', default='compact16b', choices=sorted(VARIANTS))
    p.add_argument('--size', type=int, help="cells along the grid's edge, where not the variant's own (networks are fully convolutional)")
    add_arguments(p, 'runs/compact16b', batch=8, threads=2)
    p.add_argument('--sigma', type=float, default=1.5, help='of the target, heat map cells')
    p.add_argument('--soft', type=float, default=1., help='weight of the L1 of the soft arg-max')
    p.add_argument('--edge', type=float, default=.26, help='of the cube, metres')
    p.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    p.add_argument('--chunk', type=int, default=64, help='samples rendered at a time')
    p.add_argument('--epoch', type=int, default=10_000, help='samples of an epoch; the averaged weights of each are kept in runs/.../epochs')
    p.add_argument('--average', type=float, default=.999, help='of the moving average of the weights; 0.997 for runs of a few thousand steps')
    p.add_argument('--strangers', type=float, default=0., help='share of cubes that show no hand, of a network that tells the side: all its maps shall be 0')
    p.add_argument('--detector', help='a checkpoint: where it sees a hand and none is there are such cubes too')
    p.add_argument('--augment', action='store_true', help="the paper's augmentation on top: turn, scale, move")
    p.add_argument('--paper', action='store_true', help="the paper's training: RMSProp 2.5e-4, batch 8, MSE alone, sigma 1.7, weights N(0, 0.001)")
    return p.parse_args()


def held_out(edge, device, chunks=8, seed=HOLDOUT_SEED):
    """512 samples that training never sees, with all noise and clutter on."""
    s = Sampler(edge, device, seed)
    out = []
    for _ in range(chunks):
        d = s.batch(64)
        out.append((d['points'], d['valid'], d['joints'], d['edge']))
    return out


@torch.no_grad()
def answered(net, samples, size, bf16=False, seen=lambda grid: grid):
    """What a network in eval mode answers to samples, 16 at a time: heat maps, joints and edges. `seen` changes the grids first."""
    for points, valid, joints, edge in samples:
        for v, j, e in zip(voxelise(points, valid, size).split(16), joints.split(16), edge.split(16)):
            with torch.autocast(v.device.type, dtype=torch.bfloat16, enabled=bf16):
                y = net(seen(v))
            yield y.float(), j, e


def errors(net, samples, size, bf16=False):
    """Joint errors in mm [n, 21] of a network in eval mode."""
    return torch.cat([(window_mean(y[:, :21]) - j).norm(dim=2) * e[:, None] * 1000 for y, j, e in answered(net, samples, size, bf16)])


def sided_loss(y, joints, other, stranger, sigma, soft):
    """heat_map_loss of the right hands, with no peak at all where a stranger is (what it says of the joints of `other` does not count), and the
    squared error of the last map of all: there is a peak where a right hand is."""
    own, judged = ~(other | stranger), ~other
    maps = heat_maps(torch.cat([joints, joints[:, ROOT:ROOT + 1]], 1), y.shape[-1], sigma) * own.view(-1, 1, 1, 1, 1)
    side = 1000 * F.mse_loss(y[:, -1:], maps[:, -1:])
    loss = SIDE * side
    if judged.any():                                        # now and then all of a small batch are mirrored
        loss = loss + 1000 * F.mse_loss(y[judged, :-1], maps[judged, :-1])
    if soft and own.any():
        loss = loss + soft * place_loss(y[own, :-1], joints[own]) * own.sum() / judged.sum()
    return loss, side


def heat_map_loss(y, joints, sigma, soft):
    """The squared error of heat maps, and `soft` times the place_loss."""
    loss = 1000 * F.mse_loss(y, heat_maps(joints, y.shape[-1], sigma))
    return loss + soft * place_loss(y, joints) if soft else loss


def place_loss(y, joints):
    """The L1 of the sharpened soft arg-max of heat maps."""
    prob = (SHARPNESS * y).reshape(*y.shape[:2], -1).softmax(-1).view_as(y)
    return 20 * (soft_argmax(prob) - joints.clamp(0, 1)).abs().sum(-1).mean()


def sides(net, samples, size, bf16=False):
    """Of a network that tells the side: the probability of a right hand for each sample, and for its mirror image [n, 2]."""
    told_of = lambda seen: torch.cat([y[:, -1].flatten(1).amax(1) for y, _, _ in answered(net, samples, size, bf16, seen)])
    return torch.stack([told_of(lambda grid: grid), told_of(lambda grid: grid.flip(-1))], 1)


def told(p):
    """Shares of hands whose side is told rightly: from one look, in looks that are sure, how many these are, and from a look at both."""
    right, sure = torch.stack([p[:, 0] > .5, p[:, 1] < .5], 1).float(), (p - .5).abs() > .35
    return {'side': round(right.mean().item(), 4), 'sideOfSure': round(right[sure].mean().item(), 4), 'sure': round(sure.float().mean().item(), 4),
            'sideOfBoth': round((p[:, 0] > p[:, 1]).float().mean().item(), 4)}


def summary(e):
    worst = e.max(1)[0]
    return {'meanMm': round(e.mean().item(), 2), 'medianMm': round(e.median().item(), 2), 'p95Mm': round(e.flatten().kthvalue(int(.95 * e.numel()))[0].item(), 2),
            'tipsMm': round(e[:, 4::4].mean().item(), 2), 'within20': round((e < 20).float().mean().item(), 4),
            'framesWithin20': round((worst < 20).float().mean().item(), 4), 'framesWithin30': round((worst < 30).float().mean().item(), 4),
            'framesWithin50': round((worst < 50).float().mean().item(), 4)}


def plot(log, file):
    try:
        import matplotlib
        matplotlib.use('Agg')
        import matplotlib.pyplot as plt
    except ImportError:
        return
    rows = [r for r in log if 'meanMm' in r]
    if len(rows) < 2:
        return
    plt.figure(figsize=(7, 4))
    for k in ('meanMm', 'medianMm', 'tipsMm'):
        plt.plot([r['samples'] / 1000 for r in rows], [r[k] for r in rows], label=k)
    plt.xlabel('samples seen, thousands'), plt.ylabel('held-out joint error, mm'), plt.ylim(0), plt.grid(alpha=.3), plt.legend()
    plt.tight_layout(), plt.savefig(file, dpi=110), plt.close()


def paper_weights(net):
    """V2V-PoseNet, section 4.2: all weights from N(0, 0.001), biases zero."""
    for m in net.modules():
        if isinstance(m, (torch.nn.Conv3d, torch.nn.ConvTranspose3d)):
            torch.nn.init.normal_(m.weight, 0, .001)
            if m.bias is not None:
                torch.nn.init.zeros_(m.bias)
    return net


def main():
    a = arguments()
    if a.strangers and not VARIANTS[a.model].get('side'):
        raise SystemExit('--strangers is for a network that tells the side')
    if a.paper:
        a.lr, a.batch, a.soft, a.sigma = 2.5e-4, 8, 0., 1.7
    net = build(a.model, a.size).to(a.device, memory_format=torch.channels_last_3d)       # a quarter faster on CPUs
    if a.paper:
        paper_weights(net)
    held = held_out(a.edge, a.device)

    def source(seed):
        sampler = Sampler(a.edge, a.device, seed)
        others = CandidateSampler(seed + 1, load(a.detector).net if a.detector else None, pool=64) if a.strangers else None

        def draw(count):
            d = sampler.batch(count)
            if a.augment:
                d = augmented(d, sampler.g)
            grid, joints = voxelise(d['points'], d['valid'], net.size), d['joints']
            if not net.side:
                return {'grid': grid, 'joints': joints}
            kind = torch.rand(count, generator=sampler.g).to(a.device)
            stranger, other = kind < a.strangers, kind >= 1 - OTHERS
            if stranger.any():
                grid[stranger] = others.strangers(int(stranger.sum()), net.size, a.edge).to(a.device)
            flip = torch.tensor([-1., 1., 1.], device=a.device)
            return {'grid': torch.where(other.view(-1, 1, 1, 1, 1), grid.flip(-1), grid), 'stranger': stranger, 'other': other,
                    'joints': torch.where(other.view(-1, 1, 1), (joints - .5) * flip + .5, joints)}
        return Chunks(draw, a.chunk)

    def loss_of(net, samples):
        with torch.autocast(samples['grid'].device.type, dtype=torch.bfloat16, enabled=a.bf16):
            y = net(samples['grid'])
        if net.side:
            loss, side = sided_loss(y.float(), samples['joints'], samples['other'], samples['stranger'], a.sigma, a.soft)
            return loss, {'loss': loss.item(), 'sideLoss': side.item()}
        loss = heat_map_loss(y.float(), samples['joints'], a.sigma, a.soft)
        return loss, {'loss': loss.item()}

    def figures(net):
        return {**summary(errors(net, held, net.size, a.bf16)), **(told(sides(net, held, net.size, a.bf16)) if net.side else {})}

    train(a, net, source, loss_of, figures, a.model, begin=grow, clip=50., most=a.average, epoch=a.epoch,
          after=lambda log: plot(log, Path(a.run) / 'curve.png'),
          **({'optimiser': lambda net, rate: torch.optim.RMSprop(net.parameters(), rate), 'rate': lambda _: 1.} if a.paper else {}))


if __name__ == '__main__':
    main()
