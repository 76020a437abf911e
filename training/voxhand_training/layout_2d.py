"""Backends of `lower.walk` for CPUs: depth is the batch, [D, C, H, W].

onnxruntime has fast direct kernels for 2D convolution on CPUs, not for 3D. So a k^3 convolution becomes one 2D convolution over k
depth-shifted slices, joined on the channel axis: exact, since the sum over the kernel's depth is a sum over channels then.

    Layout2d    float32
    Layout2d8   uint8 activations, int8 weights of 7 bits per output channel (eight_bit.py); the heat maps' own 1x1 convolution and a
                refinement network's dense layers stay float32
"""
import numpy as np
import torch
from onnx import TensorProto

from .eight_bit import rounded_weights, scale_and_zero
from .graph_builder import GraphBuilder


class Stack:
    """A tensor of the graph: its name, channels, cells along an edge and, in 8 bit, scale and zero point."""

    def __init__(self, name, channels, edge, scale=None, zero=None):
        self.name, self.channels, self.edge, self.scale, self.zero = name, channels, edge, scale, zero

    def like(self, name, channels=None, edge=None):
        return Stack(name, channels or self.channels, edge or self.edge, self.scale, self.zero)


def depth_to_channels(w):
    """Weights [O, C, k, k, k] -> [O, k C, k, k], in the order of `Layout2d.slices`; those of two dimensions as they are."""
    w = w.numpy()
    if w.ndim == 4:
        return w
    return np.concatenate([w[:, :, i] for i in range(w.shape[2])], 1)


class Layout2d(GraphBuilder):
    def begin(self, name, edge):
        return Stack(self.node('Cast', [name], to=TensorProto.FLOAT), 1, edge)

    def space_to_depth(self, x):
        n = x.edge // 2
        t = self.node('Reshape', [x.name, self.ints(n, 2, n, 2, n, 2)])
        t = self.node('Transpose', [t], perm=[0, 1, 3, 5, 2, 4])
        return x.like(self.node('Reshape', [t, self.ints(n, 8, n, n)]), 8, n)

    def _bias(self, _name, b):
        return b

    def _empty(self, _x):
        """What `Pad` shall fill with."""
        return []

    def slices(self, x, k):
        """[D, C, H, W] -> [D, k C, H, W]: a slice's neighbours in depth beside it, empty ones beyond the border."""
        p, d = k // 2, x.edge
        padded = self.node('Pad', [x.name, self.ints(p, 0, 0, 0, p, 0, 0, 0), *self._empty(x)])
        parts = [self.node('Slice', [padded, self.ints(i), self.ints(i + d), self.ints(0)]) for i in range(k)]
        return self.node('Concat', parts, axis=1)

    def conv(self, x, name, w, b, relu, add=None):
        k = w.shape[-1]
        source = self.slices(x, k) if k > 1 else x.name
        return self._conv2d(x, source, name, depth_to_channels(w), self._bias(name, b).numpy(), k, relu, add)

    def _conv2d(self, x, source, _name, w, b, k, relu, add):
        y = self.node('Conv', [source, self.constant(w), self.constant(b)], kernel_shape=[k, k], pads=[k // 2] * 4)
        if add is not None:
            y = self.node('Add', [y, add.name])
        return Stack(self.node('Relu', [y]) if relu else y, len(w), x.edge)

    def pool(self, x):
        y = self.node('MaxPool', [x.name], kernel_shape=[2, 2], strides=[2, 2])
        even, odd = (self.node('Slice', [y, self.ints(i), self.ints(x.edge), self.ints(0), self.ints(2)]) for i in (0, 1))
        return x.like(self.node('Max', [even, odd]), edge=x.edge // 2)

    def up(self, x, name, w, b):
        """Kernel = stride, so cells don't overlap: a 1x1 convolution to (dz, channel, dy, dx), then depth to space."""
        cin, cout, d = w.shape[0], w.shape[1], x.edge
        w1 = w.permute(2, 1, 3, 4, 0).reshape(8 * cout, cin, 1, 1, 1)
        y = self.conv(x, name, w1, b.view(1, cout, 1, 1).expand(2, cout, 2, 2).reshape(-1), relu=True)
        t = self.node('Reshape', [y.name, self.ints(2 * d, cout, 2, 2, d, d)])
        t = self.node('Transpose', [t], perm=[0, 1, 4, 2, 5, 3])
        return y.like(self.node('Reshape', [t, self.ints(2 * d, cout, 2 * d, 2 * d)]), cout, 2 * d)

    def add(self, x, y, _name):
        return x.like(self.node('Add', [x.name, y.name]))

    def _single(self, x):
        return x.name

    def output(self, x, w, b):
        y = self.node('Conv', [self._single(x), self.constant(depth_to_channels(w)), self.constant(self._bias('output', b).numpy())], kernel_shape=[1, 1])
        return Stack(y, w.shape[0], x.edge)

    def point(self, x, hidden, out):
        numbers = lambda pair: [self.constant(t.numpy()) for t in pair]
        out = (out[0], self._bias('output', out[1]))
        t = self.node('Transpose', [self._single(x)], perm=[1, 0, 2, 3])
        t = self.node('Reshape', [t, self.ints(1, -1)])
        t = self.node('Relu', [self.node('Gemm', [t, *numbers(hidden)], transB=1)])
        return self.node('Gemm', [t, *numbers(out)], transB=1)


class Layout2d8(Layout2d):
    """Scales and biases come from a `calibrate.Calibration`."""

    def __init__(self, calibration):
        super().__init__()
        self.calibration = calibration

    def begin(self, name, edge):
        return Stack(name, 1, edge, 1., 0)          # the grid is 8 bit already

    # onnxruntime turns an 8-bit graph into channels-last: transpositions that end or begin that way vanish

    def _channels_first(self, t):
        return self.node('Transpose', [t], perm=[0, 3, 1, 2])

    def space_to_depth(self, x):
        n = x.edge // 2
        t = self.node('Reshape', [x.name, self.ints(n, 2, n, 2, n, 2)])
        t = self.node('Reshape', [self.node('Transpose', [t], perm=[0, 2, 4, 1, 3, 5]), self.ints(n, n, n, 8)])
        return x.like(self._channels_first(t), 8, n)

    def up(self, x, name, w, b):
        cin, cout, d = w.shape[0], w.shape[1], x.edge
        w1 = w.permute(2, 3, 4, 1, 0).reshape(8 * cout, cin, 1, 1, 1)               # (dz, dy, dx, channel): whole cells move
        y = self._conv2d(x, x.name, name, depth_to_channels(w1), self._bias(name, b).repeat(8).numpy(), 1, True, None)
        t = self.node('Reshape', [self.node('Transpose', [y.name], perm=[0, 2, 3, 1]), self.ints(d, d, d, 2, 2, 2, cout)])
        t = self.node('Transpose', [t], perm=[0, 3, 1, 4, 2, 5, 6])
        t = self.node('Reshape', [t, self.ints(2 * d, 2 * d, 2 * d, cout)])
        return y.like(self._channels_first(t), cout, 2 * d)

    def _bias(self, name, _b):
        return self.calibration.biases[name]

    def _scale_zero(self, scale, zero):
        return [self.constant(np.float32(scale)), self.constant(np.uint8(zero))]

    def _range(self, name):
        return scale_and_zero(*self.calibration.ranges[name])

    def _empty(self, x):
        return [self.constant(np.uint8(x.zero))]

    def _conv2d(self, x, source, name, w, b, k, relu, add, stride=1):
        q, wscale = (t.numpy() for t in rounded_weights(torch.from_numpy(w)))
        bias = np.round(b / (x.scale * wscale)).astype(np.int32)
        # a sum that follows needs the result before its ReLU
        scale, zero = self._range(name if add is None else f'{name}+')
        y = self.node('QLinearConv', [source, *self._scale_zero(x.scale, x.zero), self.constant(q.astype(np.int8)), self.constant(wscale),
                                      self.constant(np.zeros(len(q), np.int8)), *self._scale_zero(scale, zero), self.constant(bias)],
                      kernel_shape=[k, k], pads=[k // 2] * 4, strides=[stride, stride])
        out = Stack(y, len(w), x.edge, scale, zero)
        return out if add is None else self._sum(out, add, *self._range(name))

    def _sum(self, x, y, scale, zero):
        t = self.node('QLinearAdd', [x.name, *self._scale_zero(x.scale, x.zero), y.name, *self._scale_zero(y.scale, y.zero),
                                     *self._scale_zero(scale, zero)], domain='com.microsoft')
        return Stack(t, x.channels, x.edge, scale, zero)

    def add(self, x, y, name):
        return self._sum(x, y, *self._range(name))

    def _single(self, x):
        return self.node('DequantizeLinear', [x.name, *self._scale_zero(x.scale, x.zero)])
