"""What every training loop does: learning rate, moving average, checkpoints."""
import math

import torch


def set_rate(optimiser, rate):
    for group in optimiser.param_groups:
        group['lr'] = rate


def cosine(progress, warmup):
    """The share of the learning rate at a progress of 0 to 1: a linear warm-up, then half a cosine."""
    return min(1, progress / warmup + .01) * (.5 * (1 + math.cos(math.pi * min(1, progress))) * .99 + .01)


@torch.no_grad()
def average(mean, net, steps, most=.999):
    """Move the averaged network towards `net`; of few steps the average is shorter. `most` 0.999 averages over about 1,000 steps."""
    decay = min(most, (1 + steps) / (10 + steps))
    for s, w in zip(mean.state_dict().values(), net.state_dict().values()):
        s.lerp_(w, 1 - decay) if s.is_floating_point() else s.copy_(w)


def save(content, path):
    """Write a checkpoint so that what lies at `path` is always whole."""
    part = path.with_name(path.name + '.part')
    torch.save(content, part)
    part.rename(path)


def in_half(state):
    return {k: v.half() if v.is_floating_point() else v for k, v in state.items()}


def in_single(state):
    return {k: v.float() if v.is_floating_point() else v for k, v in state.items()}
