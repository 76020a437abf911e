"""Joints off heat maps, as src/heatmaps does it; only what training needs to measure itself."""
import torch


def soft_argmax(p):
    """p [B,J,R,R,R] summing to one -> [B,J,3] x, y, z in [0, 1)."""
    r = p.shape[-1]
    t = (torch.arange(r, device=p.device) + .5) / r
    return torch.stack([(p.sum((2, 3)) * t).sum(-1), (p.sum((2, 4)) * t).sum(-1), (p.sum((3, 4)) * t).sum(-1)], -1)


def window_mean(y, radius=2):
    """The maximum, then the weighted mean of the cells within `radius` of it. [B,J,3] in [0, 1)."""
    b, j, r = y.shape[0], y.shape[1], y.shape[-1]
    i = y.reshape(b, j, -1).argmax(-1)
    t = torch.arange(r, device=y.device)
    win = lambda c: ((t - c[..., None]).abs() <= radius).float()
    w = torch.einsum('bjz,bjy,bjx->bjzyx', win(i // (r * r)), win(i // r % r), win(i % r)) * y.clamp(min=0)
    return soft_argmax(w / w.sum((2, 3, 4), keepdim=True).clamp(min=1e-9))
