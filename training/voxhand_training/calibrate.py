"""Calibration for 8 bit, and the proof that folding batch norm changes nothing.

One walk over a batch of grids carries every tensor twice: in float32, and as 8 bit will have it. Where a result is made, its range is
chosen for the least squared error, and the convolution's bias is moved so that its mean over the batch is the float32's again. Most cells of a
grid are empty, so an error of what "empty" looks like would reach every cell behind it: the bias takes it away.
"""
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from .detector_net import features
from .eight_bit import best_range, imitated, rounded_weights
from .lower import walk
from .net import V2V, space_to_depth
from .refine import TARGETS, Refine

CONV = {4: F.conv2d, 5: F.conv3d}       # by the weights' dimensions
CELLS = 24 * 48 ** 3    # at which all grids together have their first feature maps, so that a walk fits into about 1 GB


@dataclass
class Calibration:
    ranges: dict            # name of a result -> (lowest, highest); the sum's first part is 'name+'
    biases: dict            # name of a convolution -> its corrected bias
    folding: float          # largest difference between the lowered network and the network itself


def useful(count, net):
    """How many grids one calibration of a network takes, at most `count`."""
    cells = net.size ** 3 if isinstance(net, V2V) else (net.size // 2) ** 3
    return max(1, min(count, CELLS // cells))


@torch.no_grad()
def calibrate(net, grids, target=None):
    """Calibrate a network, for one target if it is a refinement network, on grids [n, 1, N, N, N] or, a detector, on pictures [n, 1, H, W]."""
    be = _Pairs()
    lowered, _ = walk(net, be, (grids, grids), target)
    own = torch.cat([net(grids[i:i + 8]) for i in range(0, len(grids), 8)])
    if isinstance(net, Refine):
        own = own[:, TARGETS.index(target)]
    return Calibration(be.ranges, be.biases, (lowered - own).abs().max().item())


class _Pairs:
    """A backend of `lower.walk` on pairs (float32, imitation of 8 bit)."""

    def __init__(self):
        self.ranges, self.biases = {}, {}

    def _result(self, name, single, eight):
        if name not in self.ranges:
            self.ranges[name] = best_range(single)
        return single, imitated(eight, *self.ranges[name])

    def _moved(self, name, difference, eight):
        """`eight` and the bias of convolution `name` moved by the mean `difference` of each channel."""
        mean = difference.mean([i for i in range(difference.dim()) if i != 1])
        self.biases[name] = self.biases[name] + mean
        return eight + mean.view(1, -1, *[1] * (eight.dim() - 2))

    def _corrected(self, name, bias, single, eight):
        self.biases[name] = bias
        return self._moved(name, single - eight, eight)

    def space_to_depth(self, x):
        return tuple(map(space_to_depth, x))

    def features(self, x):
        planes = features(x[0])
        return self._result('features', planes, planes)

    def grow(self, x):
        return tuple(F.interpolate(t, scale_factor=2, mode='nearest') for t in x)

    def pool(self, x):
        return tuple(F.max_pool3d(t, 2) for t in x)

    def conv(self, x, name, w, b, relu, add=None, stride=1):
        q, scale = rounded_weights(w)
        conv = lambda t, w: CONV[w.dim()](t, w, b, stride, padding=w.shape[-1] // 2)
        single, eight = conv(x[0], w), conv(x[1], q * scale.view(-1, *[1] * (w.dim() - 1)))
        eight = self._corrected(name, b, single, eight)
        if add is not None:
            part = f'{name}+'
            rounded = self._result(part, single, eight)[1]
            eight = self._moved(name, single + add[0] - rounded - add[1], eight)        # the other part's error too
            single, eight = single + add[0], self._result(part, single, eight)[1] + add[1]
        if relu:
            single, eight = F.relu(single), F.relu(eight)
        return self._result(name, single, eight)

    def up(self, x, name, w, b):
        cin, cout = w.shape[:2]
        q, scale = rounded_weights(w.permute(2, 3, 4, 1, 0).reshape(8 * cout, cin))
        q = (q * scale[:, None]).view(2, 2, 2, cout, cin).permute(4, 3, 0, 1, 2)
        single, eight = F.conv_transpose3d(x[0], w, b, stride=2), F.conv_transpose3d(x[1], q, b, stride=2)
        return self._result(name, F.relu(single), F.relu(self._corrected(name, b, single, eight)))

    def add(self, x, y, name):
        return self._result(name, x[0] + y[0], x[1] + y[1])

    def output(self, x, w, b):
        single, eight = (CONV[w.dim()](t, w, b) for t in x)
        return single, self._corrected('output', b, single, eight)

    def point(self, x, hidden, out):
        dense = lambda t: F.linear(F.relu(F.linear(t.flatten(1), *hidden)), *out)
        single, eight = map(dense, x)
        return single, self._corrected('output', out[1], single, eight)
