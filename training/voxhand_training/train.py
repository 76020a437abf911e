"""Train a network on hands rendered on the fly.

    python3 -m voxhand_training.train --model compact16b --run runs/compact16b --minutes 120

Deterministic for a seed when the length is given in samples (with --minutes the schedule follows the clock). Stops and goes on:
the same command with a longer --minutes or --samples resumes from runs/.../last.pt; --from FILE starts from given weights,
of the same network or of a shallower one with the same widths (net.grow).
"""
import argparse
import json
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from .data import HOLDOUT_SEED, Sampler, augmented, heat_maps, voxelise
from .decode import soft_argmax, window_mean
from .net import VARIANTS, build, grow
from .steps import average, cosine, in_half, in_single, save, set_rate

SHARPNESS = 20.      # of the softmax over heat maps whose soft arg-max the second loss term looks at


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--model', default='compact16b', choices=sorted(VARIANTS))
    p.add_argument('--size', type=int, help="cells along the grid's edge, where not the variant's own (networks are fully convolutional)")
    p.add_argument('--run', default='runs/compact16b', help='folder of checkpoints and logs')
    p.add_argument('--samples', type=int, default=0, help='how many samples to see in all')
    p.add_argument('--minutes', type=float, default=0, help='or how long to train in all, wall clock')
    p.add_argument('--batch', type=int, default=8)
    p.add_argument('--lr', type=float, default=2e-3)
    p.add_argument('--warmup', type=float, default=.02, help='share of the schedule')
    p.add_argument('--sigma', type=float, default=1.5, help='of the target, heat map cells')
    p.add_argument('--soft', type=float, default=1., help='weight of the L1 of the soft arg-max')
    p.add_argument('--edge', type=float, default=.26, help='of the cube, metres')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--threads', type=int, default=2)
    p.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    p.add_argument('--bf16', action='store_true', help='bfloat16 forward (twice as fast on CPUs and GPUs that have it)')
    p.add_argument('--chunk', type=int, default=64, help='samples rendered at a time')
    p.add_argument('--every', type=float, default=6, help='minutes between evaluations')
    p.add_argument('--epoch', type=int, default=10_000, help='samples of an epoch; the averaged weights of each are kept in runs/.../epochs')
    p.add_argument('--average', type=float, default=.999, help='of the moving average of the weights; 0.997 for runs of a few thousand steps')
    p.add_argument('--augment', action='store_true', help="the paper's augmentation on top: turn, scale, move")
    p.add_argument('--paper', action='store_true', help="the paper's training: RMSProp 2.5e-4, batch 8, MSE alone, sigma 1.7, weights N(0, 0.001)")
    p.add_argument('--from', dest='start', help='weights to start from (a checkpoint of another run)')
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
def errors(net, samples, size, bf16=False):
    """Joint errors in mm [n, 21]."""
    net.eval()
    out = []
    for points, valid, joints, edge in samples:
        v = voxelise(points, valid, size)
        for i in range(0, len(v), 16):
            with torch.autocast(v.device.type, dtype=torch.bfloat16, enabled=bf16):
                y = net(v[i:i + 16]).float()
            out.append((window_mean(y) - joints[i:i + 16]).norm(dim=2) * edge[i:i + 16, None] * 1000)
    net.train()
    return torch.cat(out)


def heat_map_loss(y, joints, sigma, soft):
    """The squared error of heat maps, and `soft` times the L1 of their sharpened soft arg-max."""
    loss = 1000 * F.mse_loss(y, heat_maps(joints, y.shape[-1], sigma))
    if soft:
        prob = (SHARPNESS * y).reshape(*y.shape[:2], -1).softmax(-1).view_as(y)
        loss = loss + soft * 20 * (soft_argmax(prob) - joints.clamp(0, 1)).abs().sum(-1).mean()
    return loss


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
    if a.paper:
        a.lr, a.batch, a.soft, a.sigma = 2.5e-4, 8, 0., 1.7
    if not a.samples and not a.minutes:
        raise SystemExit('say how long: --samples N or --minutes M')
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    run = Path(a.run)
    run.mkdir(parents=True, exist_ok=True)
    net = build(a.model, a.size).to(a.device, memory_format=torch.channels_last_3d)       # a quarter faster on CPUs
    ema = build(a.model, a.size).to(a.device)
    if a.paper:
        paper_weights(net)
        optimiser = torch.optim.RMSprop(net.parameters(), a.lr)
    else:
        optimiser = torch.optim.AdamW(net.parameters(), a.lr, weight_decay=1e-4, betas=(.9, .99))
    seen, spent, log, before = 0, 0., [], 0
    last = run / 'last.pt'
    if last.exists():
        c = torch.load(last, map_location=a.device)
        net.load_state_dict(c['net']), ema.load_state_dict(c['ema']), optimiser.load_state_dict(c['optimiser'])
        seen, spent, log, before = c['seen'], c['spent'], c['log'], c.get('before', 0)
        print(f'resumed at {seen} samples, {spent / 60:.1f} minutes', flush=True)
    elif a.start:
        c = torch.load(a.start, map_location=a.device)
        before, log = c['seen'] + c.get('before', 0), c['log']
        grow(net, in_single(c['ema']))
    if not last.exists():
        ema.load_state_dict(net.state_dict())
    # a resumed run must not see the same samples again
    sampler = Sampler(a.edge, a.device, a.seed * 1_000_003 + before + seen)
    size = net.size
    samples = held_out(a.edge, a.device)
    begin, next_eval, rendering, buffer, losses = time.time(), spent + 60 * a.every, 0., [], []
    t = lambda: spent + time.time() - begin
    net.train()

    def progress():
        return max(seen / a.samples if a.samples else 0, t() / 60 / a.minutes if a.minutes else 0)

    def record():
        return {'seen': seen, 'before': before, 'spent': t(), 'log': log, 'args': vars(a)}

    def save_all(name):
        save({'net': net.state_dict(), 'ema': ema.state_dict(), 'optimiser': optimiser.state_dict(), **record()}, run / name)

    def evaluate():
        e = summary(errors(ema, samples, size, a.bf16))
        row = {'samples': before + seen, 'minutes': round(t() / 60, 2), 'loss': round(sum(losses[-200:]) / max(1, len(losses[-200:])), 5), **e}
        log.append(row)
        with open(run / 'log.jsonl', 'a') as f:
            f.write(json.dumps(row) + '\n')
        left = t() / max(progress(), 1e-6) * (1 - progress()) / 60
        print(json.dumps(row), f'rendering {100 * rendering / max(1, time.time() - begin):.0f} %', f'{left:.0f} min left', flush=True)
        save_all('last.pt')
        plot(log, run / 'curve.png')

    while progress() < 1:
        p = progress()
        set_rate(optimiser, a.lr if a.paper else a.lr * cosine(p, a.warmup))
        if not buffer:
            q = time.time()
            with torch.no_grad():
                d = sampler.batch(a.chunk)
                if a.augment:
                    d = augmented(d, sampler.g)
                v = voxelise(d['points'], d['valid'], size)
            buffer = [(v[i:i + a.batch], d['joints'][i:i + a.batch]) for i in range(0, a.chunk, a.batch)]
            rendering += time.time() - q
        v, joints = buffer.pop()
        with torch.autocast(v.device.type, dtype=torch.bfloat16, enabled=a.bf16):
            y = net(v)
        loss = heat_map_loss(y.float(), joints, a.sigma, a.soft)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 50.)
        optimiser.step()
        seen += len(v)
        losses.append(loss.item())
        average(ema, net, seen / a.batch, a.average)
        if a.epoch and seen // a.epoch > (seen - len(v)) // a.epoch:
            (run / 'epochs').mkdir(exist_ok=True)
            save({'ema': in_half(ema.state_dict()), **record()}, run / 'epochs' / f'{(before + seen) // a.epoch:04d}.pt')
        if t() >= next_eval:
            evaluate()
            next_eval = t() + a.every * 60
    evaluate()
    save_all('final.pt')


if __name__ == '__main__':
    main()
