"""Train the detector (detector_net.py) on whole scenes rendered on the fly, and measure it.

    python3 -m voxhand_training.detector --run runs/detector --minutes 60
    python3 -m voxhand_training.detector --run runs/detector --evaluate 2000        (held-out scenes; chooses the threshold on others)

The same command with a longer --minutes resumes. The schedule follows the clock, so a run is not repeatable to the bit.
The loss is the focal loss of CenterNet (Objects as Points, equation 1) on Gaussian peaks as wide as a hand, and distances of the other numbers in the
cells around a hand's peak. Where hands are seen is learned beside them.
"""
import argparse
import functools
import json
from pathlib import Path

import torch
import torch.nn.functional as F

from .checkpoint import load
from .data import HOLDOUT_SEED
from .detector_net import FINER, FOCAL, SECOND_FROM, STRIDE, Detector, surface
from .loop import add_arguments, add_pool_arguments, pooled, train
from .peaks import judged, summary, threshold_for
from .scenes import SceneSampler
from .sensors import NAMES

SPREAD = .045           # metres: sigma of a peak
CERTAIN = .9            # of the peak's height: cells that are trained as hits
RELATED = .35           # of the peak's height: cells that learn the other numbers
RELIEF = 2.             # decimetres: where the surface is farther from the root, something else is seen
CROP = (128, 96)        # pixels of the windows that are trained on
AIMED = .6              # share of windows with a hand in them, of pictures that have one
MARGIN = .035           # metres from a window's edge within which a root is not judged
COVERED = .25           # of a cell's pixels: a cell in which a hand is seen
FINE = .8               # share of pictures of cameras that are finer than they
SECOND = .5             # share of samples that are of the second look
CHOICE_SEED = HOLDOUT_SEED - 1      # of the scenes on which the threshold is chosen


def targets(samples, h, w):
    """Peaks of every hand [B, K, h, w], and the way from each cell to each hand's root in cells [B, K, 2, h, w]."""
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing='ij')
    uv = (samples['uv'] - 1.5) / STRIDE
    way = uv[..., None, None] - torch.stack([x, y]).float()
    sigma = (FOCAL * SPREAD / samples['root'][..., 2].clamp(min=.1) / STRIDE).clamp(.8, 3)
    return torch.exp(-way.square().sum(2) / (2 * sigma[..., None, None] ** 2)), way


def loss_of(net, samples, changed=lambda samples: cropped(mirrored(samples)), bf16=False):
    """The loss of a batch of SceneSampler, `changed` first, and its parts."""
    samples = changed(samples)
    depth = samples['depth'][:, None]
    with torch.autocast(depth.device.type, dtype=torch.bfloat16, enabled=bf16):
        output, seen = (t.float() for t in net.taught(depth))
    h, w = output.shape[2:]
    peak, way = targets(samples, h, w)
    valid, ignore = (samples[k][..., None, None] for k in ('valid', 'ignore'))
    judge = ~((peak > .3) & ignore).any(1)
    height, best = torch.where(valid, peak, torch.zeros(())).max(1)
    p = output[:, 0].sigmoid().clamp(1e-5, 1 - 1e-5)
    hit = height > CERTAIN
    focal = -torch.where(hit, (1 - p) ** 2 * p.log(), (1 - height) ** 4 * p ** 2 * (1 - p).log())
    parts = {'heat': (focal * (judge | hit)).sum() / valid.sum().clamp(min=1)}

    m = height * (height > RELATED)
    mean = lambda error, weight=m: (weight * error).sum() / weight.sum().clamp(min=1e-3)
    of_best = lambda name: gathered(samples[name].float(), best)
    target = way.gather(1, best[:, None, None].expand(-1, 1, 2, -1, -1))[:, 0]
    parts['offset'] = mean((output[:, 1:3] - target).abs().sum(1))
    relief = 10 * (of_best('root')[:, 2] - surface(depth))
    parts['depth'] = mean((output[:, 3] - relief.nan_to_num(0., 0., 0.)).abs(), m * (relief.abs() < RELIEF))
    parts['direction'] = mean((output[:, 4:6] - of_best('direction')).square().sum(1), m * (2 * of_best('tilt')).clamp(max=1))
    parts['size'] = mean((output[:, 6] - (of_best('length') / .09 - 1)).abs())
    parts['side'] = mean(F.binary_cross_entropy_with_logits(output[:, 7], of_best('left'), reduction='none'))
    parts['com'] = mean((output[:, 8:11] - 10 * of_best('com')).abs().sum(1))
    covered = F.avg_pool2d((samples['mask'] & (samples['depth'] > 0)).float()[:, None], STRIDE) > COVERED
    parts['mask'] = F.binary_cross_entropy_with_logits(seen, covered.float())
    weights = {'heat': 1., 'mask': 20., 'offset': 3., 'depth': 8., 'direction': 4., 'size': 4., 'side': .3, 'com': 3.}
    return sum(weights[k] * v for k, v in parts.items()), {k: v.item() for k, v in parts.items()}


def gathered(t, index):
    """What slot `index` [B, h, w] of `t` holds: [B, K] -> [B, h, w], [B, K, C] -> [B, C, h, w]."""
    h, w = index.shape[1:]
    if t.dim() == 2:
        return t.gather(1, index.flatten(1)).unflatten(1, (h, w))
    return t.gather(1, index.flatten(1)[..., None].expand(-1, -1, t.shape[2])).unflatten(1, (h, w)).movedim(3, 1)


def mirrored(samples):
    """Half of the pictures left-right mirrored: right hands become left ones."""
    flip = torch.rand(len(samples['depth'])) < .5
    rows = lambda t: flip.view(-1, *[1] * (t.dim() - 1))
    s, width = dict(samples), samples['depth'].shape[-1]
    for k in ('depth', 'mask'):
        s[k] = torch.where(rows(s[k]), s[k].flip(-1), s[k])
    turned = {k: s[k] * torch.tensor([-1.] + [1.] * (s[k].shape[-1] - 1)) for k in ('root', 'direction', 'com')}
    turned['uv'] = torch.stack([width - 1 - s['uv'][..., 0], s['uv'][..., 1]], -1)
    turned['left'] = ~s['left']
    for k, v in turned.items():
        s[k] = torch.where(rows(v), v, s[k])
    return s


def cropped(samples):
    """A window of each picture, most often with a hand somewhere in it: more hands for the same time. Hands at its edge are not judged."""
    depth, count = samples['depth'], len(samples['depth'])
    corner = torch.rand(count, 2) * torch.tensor([depth.shape[2] - CROP[0], depth.shape[1] - CROP[1]])
    hand = samples['uv'][torch.arange(count), (samples['valid'] + torch.rand(samples['valid'].shape)).argmax(1)]
    aimed = samples['valid'].any(1) & (torch.rand(count) < AIMED)
    corner = torch.where(aimed[:, None], hand - torch.rand(count, 2) * torch.tensor(CROP), corner).round().long()
    corner = torch.minimum(corner.clamp(min=0), torch.tensor([depth.shape[2] - CROP[0], depth.shape[1] - CROP[1]]))
    s = dict(samples, uv=samples['uv'] - corner[:, None])
    for k in ('depth', 'mask'):
        s[k] = torch.stack([d[v:v + CROP[1], u:u + CROP[0]] for d, (u, v) in zip(s[k], corner.tolist())])
    edge = (FOCAL * MARGIN / samples['root'][..., 2:].clamp(min=.1))
    inside = ((s['uv'] > edge) & (s['uv'] < torch.tensor(CROP) - 1 - edge)).all(-1)
    s['valid'], s['ignore'] = samples['valid'] & inside, samples['ignore'] | (samples['valid'] & ~inside)
    return s


def resampled(depth, g):
    """Lone missing pixels of most pictures [b, H, W] take a neighbour's depth, as where a finer camera's picture is resampled: there each pixel takes the
    first valid one of several of the camera's. Other pictures are as a coarse camera gives them."""
    fine = torch.rand(len(depth), 1, 1, generator=g) < FINE
    around = F.avg_pool2d((depth > 0).float()[:, None], 3, 1, 1)[:, 0] * 9
    out = depth
    for shift, axis in ((1, 2), (-1, 2), (1, 1), (-1, 1)):
        out = torch.where((out == 0) & (around > 5.5) & fine, depth.roll(shift, axis), out)
    return out


def make_scenes(seed, finer=1):
    sampler, g = SceneSampler(seed, finer=finer), torch.Generator().manual_seed(seed)

    def draw(count):
        scenes = sampler.batch(count)
        return {**scenes, 'mask': scenes['mask'] > 0, 'depth': resampled(scenes['depth'], g)}
    return draw


def windows(samples, g):
    """What the second look sees of pictures that are FINER times as fine: windows as large as a first look's picture, most often with a far hand in
    them, depth divided by FINER (detector_net.py). Hands nearer than SECOND_FROM are not judged."""
    depth, count = samples['depth'], len(samples['depth'])
    size = torch.tensor([depth.shape[2], depth.shape[1]]) // FINER
    far = samples['root'][..., 2] > SECOND_FROM
    hand = samples['uv'][torch.arange(count), (samples['valid'] & far).float().add(torch.rand(far.shape, generator=g)).argmax(1)]
    aimed = (samples['valid'] & far).any(1) & (torch.rand(count, generator=g) < AIMED)
    anywhere = torch.rand(count, 2, generator=g)
    corner = torch.where(aimed[:, None], hand - anywhere * size, anywhere * size * (FINER - 1)).round().long()
    corner = torch.minimum(corner.clamp(min=0), size * (FINER - 1))
    out = dict(samples, uv=samples['uv'] - corner[:, None])
    for k in ('depth', 'mask'):
        out[k] = torch.stack([d[v:v + size[1], u:u + size[0]] for d, (u, v) in zip(samples[k], corner.tolist())])
    flat = torch.tensor([1., 1., 1 / FINER])
    out.update(depth=out['depth'] / FINER, root=samples['root'] * flat, com=samples['com'] * flat,
               valid=samples['valid'] & far, ignore=samples['ignore'] | samples['valid'] & ~far)
    return out


def make_looks(seed):
    """What is trained on: pictures of first looks and windows of second ones."""
    first, second, g = make_scenes(seed), make_scenes(seed + 1_000_003, FINER), torch.Generator().manual_seed(seed)

    def draw(count):
        a = round(count * (1 - SECOND))
        parts = (first(a), windows(second(count - a), g))
        order = torch.randperm(count, generator=g)
        return {k: torch.cat([p[k] for p in parts])[order] for k in parts[0]}
    return draw


def held_out(count, seed=HOLDOUT_SEED, chunk=50):
    draw = make_scenes(seed, FINER)
    parts = [draw(min(chunk, count - i)) for i in range(0, count, chunk)]
    return {k: torch.cat([p[k] for p in parts]) for k in parts[0]}


def figures(net, scenes, threshold=None):
    hands, false, pictures = judged(net, scenes)
    return summary(hands, false, pictures, threshold_for(false, pictures) if threshold is None else threshold)


def evaluate(net, count):
    """Figures on `count` held-out scenes at the threshold that allows 0.05 false hands per picture on as many others; by sensor too."""
    _, false, pictures = judged(net, held_out(count, CHOICE_SEED))
    threshold = threshold_for(false, pictures)
    hands, false, pictures = judged(net, held_out(count))
    rows = {'all': summary(hands, false, pictures, threshold)}
    for sensor in sorted({r['sensor'] for r in hands}):
        rows[NAMES[sensor]] = summary([r for r in hands if r['sensor'] == sensor], [], 1, threshold)
    return rows


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(p, 'runs/detector', batch=24)
    add_pool_arguments(p)
    p.add_argument('--evaluate', type=int, metavar='N', help='measure on N held-out scenes instead')
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    if a.evaluate:
        for name, row in evaluate(load(Path(a.run) / 'last.pt').net, a.evaluate).items():
            print(name, json.dumps(row), flush=True)
        return
    scenes = held_out(300)
    train(a, Detector().to(memory_format=torch.channels_last), pooled(a, make_looks), functools.partial(loss_of, bf16=a.bf16), lambda net: figures(net, scenes), 'detector')


if __name__ == '__main__':
    main()
