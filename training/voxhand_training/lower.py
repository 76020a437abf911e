"""The networks as lists of plain operations, so that one description serves calibration in PyTorch and every ONNX layout.

`walk(net, backend, x)` runs a network's forward pass on a backend with the operations

    space_to_depth(x), conv(x, name, weight, bias, relu, add), pool(x), up(x, name, weight, bias), add(x, y, name)
    features(x), grow(x), and a stride of conv     the detector's, in two dimensions: what it makes of depth; cells doubled
    output(x, weight, bias)                        the last 1x1 convolution
    point(x, hidden, out)                          two dense layers of the refinement and verify networks, each (weight, bias)

where batch norm is already folded into weight and bias. `name` is where calibration notes the result's range.
"""
import torch

from .detector_net import Detector
from .net import V2V, Basic, Residual, Up
from .refine import TARGETS, Refine
from .verify_net import Verify


def folded(conv, norm):
    """Weight and bias of a convolution with its batch norm folded in (inference statistics)."""
    g = norm.weight / (norm.running_var + norm.eps).sqrt()
    w = conv.weight.detach()
    shape = [1] * w.dim()
    shape[1 if isinstance(conv, torch.nn.ConvTranspose3d) else 0] = -1
    return (w * g.view(shape)).detach(), (norm.bias - norm.running_mean * g).detach()


def walk(net, be, x, target=None):
    """`target` names the point that a refinement network's graph gives, one of `refine.TARGETS`."""
    if isinstance(net, Refine):
        return _refine(net, be, x, TARGETS.index(target))
    if isinstance(net, Verify):
        return _verify(net, be, x)
    x = (_v2v if isinstance(net, V2V) else _detector if isinstance(net, Detector) else _compact)(net, be, x)
    return be.output(x, net.out.weight.detach(), net.out.bias.detach())


def _stride(conv):
    """Only the detector's convolutions have one."""
    return {} if conv.stride[0] == 1 else {'stride': conv.stride[0]}


def _basic(be, x, name, m: Basic):
    return be.conv(x, name, *folded(m.conv, m.norm), relu=True, **_stride(m.conv))


def _residual(be, x, name, m: Residual):
    y = be.conv(x, f'{name}.1', *folded(m.conv1, m.norm1), relu=True, **_stride(m.conv1))
    skip = x if m.skip is None else be.conv(x, f'{name}.s', *folded(m.skip, m.skip_norm), relu=False, **_stride(m.skip))
    return be.conv(y, f'{name}.2', *folded(m.conv2, m.norm2), relu=True, add=skip)


def _up(be, x, name, m: Up):
    return be.up(x, name, *folded(m.conv, m.norm))


def _levels(net, be, x):
    x, out = _basic(be, be.space_to_depth(x), 'stem', net.stem), []
    for level, down in enumerate(net.down):
        x = be.pool(x) if level else x
        for i, m in enumerate(down):
            x = _residual(be, x, f'down{level}.{i}', m)
        out.append(x)
    return out


def _compact(net, be, x):
    *skips, x = _levels(net, be, x)
    for level in reversed(range(len(net.up))):
        x = be.add(_up(be, x, f'up{level}', net.up[level]), skips[level], f'join{level}')
        for i, m in enumerate(net.back[level]):
            x = _residual(be, x, f'back{level}.{i}', m)
    return _basic(be, x, 'head', net.head)


def _v2v(net, be, x):
    x = be.pool(_basic(be, x, 'stem', net.stem))
    for i, m in enumerate(net.front):
        x = _residual(be, x, f'front.{i}', m)
    skips = []
    for level, (skip, down) in enumerate(zip(net.skip, net.down)):
        skips.append(_residual(be, x, f'skip{level}', skip))
        x = _residual(be, be.pool(x), f'down{level}', down)
    x = _residual(be, x, 'middle', net.middle)
    for level in reversed(range(len(net.up))):
        x = _up(be, _residual(be, x, f'rise{level}', net.rise[level]), f'up{level}', net.up[level])
        x = be.add(x, skips[level], f'join{level}')
    x = _residual(be, x, 'back', net.back)
    for i, m in enumerate(net.head):
        x = _basic(be, x, f'head.{i}', m)
    return x


def _detector(net, be, x):
    x, levels = _basic(be, be.features(x), 'stem', net.stem), []
    for level, down in enumerate(net.down):
        for i, m in enumerate(down):
            x = _residual(be, x, f'down{level}.{i}', m)
        levels.append(x)
    for level in (1, 0):
        side = be.conv(x, f'side{level}', net.side[level].weight.detach(), net.side[level].bias.detach(), relu=False)
        x = _residual(be, be.add(be.grow(side), levels[level], f'join{level}'), f'back{level}', net.back[level])
    return x


def _verify(net, be, x):
    return be.point(_levels(net, be, x)[-1], folded(net.hidden, net.norm), (net.out.weight.detach(), net.out.bias.detach()))


def _refine(net, be, x, target):
    x = be.pool(_basic(be, be.space_to_depth(x), 'stem', net.stem))
    x = _residual(be, x, 'mid', net.mid)
    x = _residual(be, be.pool(x), 'deep', net.deep)
    rows = slice(3 * target, 3 * target + 3)
    bias = net.out.bias.detach()[rows] + .5         # the network answers relative to the cube's centre
    return be.point(x, (net.hidden.weight.detach(), net.hidden.bias.detach()), (net.out.weight.detach()[rows], bias))
