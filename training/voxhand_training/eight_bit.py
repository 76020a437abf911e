"""How numbers become 8 bits: the same for the calibration's imitation in PyTorch and for the graph."""
import torch

WEIGHT_LIMIT = 63       # 7 bits: the multiply-add of CPUs without VNNI (AVX2) saturates with 8
LEVELS = 255


def rounded_weights(w):
    """Weights [O, ...] -> whole numbers of the same shape, and the scale of each output channel [O]."""
    scale = w.abs().flatten(1).amax(1).clamp(min=1e-8) / WEIGHT_LIMIT
    q = (w / scale.view(-1, *[1] * (w.dim() - 1))).round().clamp(-WEIGHT_LIMIT, WEIGHT_LIMIT)
    return q, scale


def scale_and_zero(lo, hi):
    """uint8 for values from lo <= 0 to hi >= 0: value = scale * (q - zero)."""
    scale = max(hi - lo, 1e-6) / LEVELS
    return scale, int(round(-lo / scale))


def imitated(x, lo, hi):
    """`x` as it comes back from 8 bits of this range."""
    scale, zero = scale_and_zero(lo, hi)
    return ((x / scale).round() + zero).clamp(0, LEVELS).sub(zero) * scale


def best_range(x, bins=2048):
    """(lo, hi) around 0 with the least squared error of `imitated(x)`: rare large values are clipped where that pays."""
    lo, hi = min(x.min().item(), 0.), max(x.max().item(), 1e-6)
    count = torch.histc(x.float(), bins, lo, hi)
    centre = lo + (hi - lo) * (torch.arange(bins) + .5) / bins
    shares = lambda first, n: torch.linspace(first, 1, n).tolist()
    best = (float('inf'), lo, hi)
    for low in shares(.4, 13) if lo < 0 else [1.]:
        for high in shares(.3, 29):
            error = ((imitated(centre, lo * low, hi * high) - centre) ** 2 * count).sum().item()
            best = min(best, (error, lo * low, hi * high))
    return best[1:]
