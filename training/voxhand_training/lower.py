"""The network as a list of plain operations, so that one description serves calibration in PyTorch and every ONNX layout.

`walk(net, backend, x)` runs the network's forward pass, from after the space-to-depth, on a backend with the operations
    conv(x, name, weight, bias, relu, add), pool(x), up(x, name, weight, bias), add(x, y, name), output(x, weight, bias)
where batch norm is already folded into weight and bias.
"""
import torch
import torch.nn.functional as F

from .net import Basic, CompactV2V, Residual, Up


def folded(conv, norm):
    """Weight and bias of a convolution with its batch norm folded in (inference statistics)."""
    g = norm.weight / (norm.running_var + norm.eps).sqrt()
    w = conv.weight.detach()
    shape = [1] * w.dim()
    shape[1 if isinstance(conv, torch.nn.ConvTranspose3d) else 0] = -1
    return (w * g.view(shape)).detach(), (norm.bias - norm.running_mean * g).detach()


def _basic(be, x, name, m: Basic):
    return be.conv(x, name, *folded(m.conv, m.norm), relu=True)


def _residual(be, x, name, m: Residual):
    y = be.conv(x, f'{name}.1', *folded(m.conv1, m.norm1), relu=True)
    skip = x if m.skip is None else be.conv(x, f'{name}.s', *folded(m.skip, m.skip_norm), relu=False)
    return be.conv(y, f'{name}.2', *folded(m.conv2, m.norm2), relu=True, add=skip)


def _up(be, x, name, m: Up):
    return be.up(x, name, *folded(m.conv, m.norm))


def walk(net: CompactV2V, be, x):
    x = _basic(be, x, 'stem', net.stem)
    skips = []
    for level, down in enumerate(net.down):
        for i, m in enumerate(down):
            x = _residual(be, x, f'down{level}.{i}', m)
        if level < len(net.down) - 1:
            skips.append(x)
            x = be.pool(x)
    for level in reversed(range(len(net.up))):
        x = be.add(_up(be, x, f'up{level}', net.up[level]), skips[level], f'join{level}')
        for i, m in enumerate(net.back[level]):
            x = _residual(be, x, f'back{level}.{i}', m)
    x = _basic(be, x, 'head', net.head)
    return be.output(x, net.out.weight.detach(), net.out.bias.detach())


class TorchBackend:
    """Runs the operations in PyTorch and notes the range of every result, for calibration."""

    def __init__(self, keep=.99995):
        self.ranges, self.keep = {}, keep

    def note(self, name, x):
        flat = x.reshape(-1)
        if flat.numel() > 200_000:
            flat = flat[torch.randint(0, flat.numel(), (200_000,))]
        hi = torch.quantile(flat, self.keep).item()
        lo = torch.quantile(flat, 1 - self.keep).item()
        old = self.ranges.get(name, (0., 0.))
        self.ranges[name] = (min(old[0], lo), max(old[1], hi))
        return x

    def conv(self, x, name, w, b, relu, add=None):
        y = F.conv3d(x, w, b, padding=w.shape[-1] // 2)
        if add is not None:
            y = self.note(f'{name}+', y) + add
        return self.note(name, F.relu(y) if relu else y)

    def pool(self, x):
        return F.max_pool3d(x, 2)

    def up(self, x, name, w, b):
        return self.note(name, F.relu(F.conv_transpose3d(x, w, b, stride=2)))

    def add(self, x, y, name):
        return self.note(name, x + y)

    def output(self, x, w, b):
        return F.conv3d(x, w, b)
