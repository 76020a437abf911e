"""ONNX graphs of a network in three layouts.

    3d    Conv3D, float32: [1, 1, N, N, N] -> [1, 21, R, R, R]. Portable; what GPUs want.
    2d    depth as batch, float32: [N, 1, N, N] -> [R, 21, R, R]. Every 3^3 convolution is one 2D convolution over the three
          depth-shifted slices, joined on the channel axis: onnxruntime has fast direct kernels for 2D on CPU, not for 3D.
    2d8   the same in 8 bit: uint8 activations, int8 weights of 7 bits per output channel (AVX2's multiply-add saturates with 8).

The input is uint8 occupancy (0 or 1) in all of them; the last layer stays float32.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .lower import walk


class Value:
    """A tensor of the graph: its name, channels, depth (= height = width) and, in 8 bit, scale and zero point."""

    def __init__(self, name, channels, depth, scale=None, zero=None):
        self.name, self.channels, self.depth, self.scale, self.zero = name, channels, depth, scale, zero

    def like(self, name, channels=None, depth=None):
        return Value(name, channels or self.channels, depth or self.depth, self.scale, self.zero)


class OnnxBackend:
    def __init__(self, layout, size, ranges=None):
        assert layout in ('3d', '2d', '2d8')
        self.flat, self.quantised, self.size, self.ranges = layout != '3d', layout == '2d8', size, ranges
        self.nodes, self.tensors, self.known, self.count = [], [], {}, 0

    # -- graph building
    def constant(self, array):
        array = np.asarray(array)
        array = np.ascontiguousarray(array).reshape(array.shape)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.known:
            self.count += 1
            self.known[key] = f'c{self.count}'
            self.tensors.append(numpy_helper.from_array(array, self.known[key]))
        return self.known[key]

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def node(self, op, inputs, domain='', **attributes):
        self.count += 1
        out = f't{self.count}'
        self.nodes.append(helper.make_node(op, inputs, [out], name=f'{op}_{self.count}', domain=domain, **attributes))
        return out

    def scale_zero(self, scale, zero):
        return [self.constant(np.float32(scale)), self.constant(np.uint8(zero))]

    def range_of(self, name, relu):
        lo, hi = self.ranges[name]
        lo = 0. if relu else min(lo, 0.)
        scale = max(hi - lo, 1e-6) / 255
        return scale, int(round(-lo / scale))

    # -- operations
    def space_to_depth(self, x):
        n = x.depth // 2
        if self.flat:
            t = self.node('Reshape', [x.name, self.ints(n, 2, n, 2, n, 2)])
            t = self.node('Transpose', [t], perm=[0, 1, 3, 5, 2, 4])
            return x.like(self.node('Reshape', [t, self.ints(n, 8, n, n)]), 8, n)
        t = self.node('Reshape', [x.name, self.ints(n, 2, n, 2, n, 2)])
        t = self.node('Transpose', [t], perm=[1, 3, 5, 0, 2, 4])
        return x.like(self.node('Reshape', [t, self.ints(1, 8, n, n, n)]), 8, n)

    def slices(self, x):
        """[D, C, H, W] -> [D, 3 C, H, W]: the slice before, this one, and the one after."""
        pad = [x.name, self.ints(1, 0, 0, 0, 1, 0, 0, 0)]
        if self.quantised:
            pad.append(self.constant(np.uint8(x.zero)))
        p = self.node('Pad', pad)
        parts = [self.node('Slice', [p, self.ints(k), self.ints(k + x.depth), self.ints(0)]) for k in range(3)]
        return self.node('Concat', parts, axis=1)

    def conv(self, x, name, w, b, relu, add=None):
        w, b = w.numpy().astype(np.float32), b.numpy().astype(np.float32)
        k = w.shape[-1]
        if not self.flat:
            y = self.node('Conv', [x.name, self.constant(w), self.constant(b)], kernel_shape=[k] * 3, pads=[k // 2] * 6)
        else:
            source = self.slices(x) if k == 3 else x.name
            w2 = np.concatenate([w[:, :, i] for i in range(k)], 1)
            if self.quantised:
                return self.conv8(x, source, name, w2, b, k, relu, add)
            y = self.node('Conv', [source, self.constant(w2), self.constant(b)], kernel_shape=[k, k], pads=[k // 2] * 4)
        if add is not None:
            y = self.node('Add', [y, add.name])
        if relu:
            y = self.node('Relu', [y])
        return Value(y, w.shape[0], x.depth)

    def conv8(self, x, source, name, w, b, k, relu, add):
        wscale = np.maximum(np.abs(w).reshape(w.shape[0], -1).max(1), 1e-8) / 63
        wq = np.clip(np.round(w / wscale[:, None, None, None]), -63, 63).astype(np.int8)
        bias = np.round(b / (x.scale * wscale)).astype(np.int32)
        # a sum that follows needs the result before its ReLU
        scale, zero = self.range_of(f'{name}+', False) if add is not None else self.range_of(name, relu)
        y = self.node('QLinearConv', [source, *self.scale_zero(x.scale, x.zero), self.constant(wq), self.constant(wscale.astype(np.float32)),
                                      self.constant(np.zeros(len(wq), np.int8)), *self.scale_zero(scale, zero), self.constant(bias)],
                      kernel_shape=[k, k], pads=[k // 2] * 4)
        out = Value(y, w.shape[0], x.depth, scale, zero)
        return out if add is None else self.sum8(out, add, *self.range_of(name, relu))

    def sum8(self, x, y, scale, zero):
        t = self.node('QLinearAdd', [x.name, *self.scale_zero(x.scale, x.zero), y.name, *self.scale_zero(y.scale, y.zero),
                                     *self.scale_zero(scale, zero)], domain='com.microsoft')
        return Value(t, x.channels, x.depth, scale, zero)

    def pool(self, x):
        n = x.depth // 2
        if not self.flat:
            return x.like(self.node('MaxPool', [x.name], kernel_shape=[2] * 3, strides=[2] * 3), depth=n)
        y = self.node('MaxPool', [x.name], kernel_shape=[2, 2], strides=[2, 2])
        even, odd = (self.node('Slice', [y, self.ints(i), self.ints(x.depth), self.ints(0), self.ints(2)]) for i in (0, 1))
        return x.like(self.node('Max', [even, odd]), depth=n)

    def up(self, x, name, w, b):
        cin, cout = w.shape[0], w.shape[1]
        if not self.flat:
            y = self.node('ConvTranspose', [x.name, self.constant(w.numpy()), self.constant(b.numpy())], kernel_shape=[2] * 3, strides=[2] * 3)
            return Value(self.node('Relu', [y]), cout, 2 * x.depth)
        # kernel = stride: a 1x1 convolution to (dz, c, dy, dx) channels, then depth to space
        w1 = w.permute(2, 1, 3, 4, 0).reshape(8 * cout, cin, 1, 1, 1)
        y = self.conv(x, name, w1, b.view(1, cout, 1, 1).expand(2, cout, 2, 2).reshape(-1), relu=True)
        d = x.depth
        t = self.node('Reshape', [y.name, self.ints(2 * d, cout, 2, 2, d, d)])
        t = self.node('Transpose', [t], perm=[0, 1, 4, 2, 5, 3])
        return y.like(self.node('Reshape', [t, self.ints(2 * d, cout, 2 * d, 2 * d)]), cout, 2 * d)

    def add(self, x, y, name):
        if self.quantised:
            return self.sum8(x, y, *self.range_of(name, False))
        return x.like(self.node('Add', [x.name, y.name]))

    def output(self, x, w, b):
        name = self.node('DequantizeLinear', [x.name, *self.scale_zero(x.scale, x.zero)]) if self.quantised else x.name
        w = w.numpy()
        w, k = (w[:, :, 0], 2) if self.flat else (w, 3)
        return x.like(self.node('Conv', [name, self.constant(w), self.constant(b.numpy())], kernel_shape=[1] * k), w.shape[0])


def write(net, layout, file, ranges=None):
    """Write `net` (in eval mode) as ONNX. `ranges` come from calibration and are needed for 2d8. Returns the input and output shapes."""
    n = net.size
    be = OnnxBackend(layout, n, ranges)
    shape = [1, 1, n, n, n] if layout == '3d' else [n, 1, n, n]
    x = be.space_to_depth(Value('voxels', 1, n, 1., 0))
    if not be.quantised:
        x = x.like(be.node('Cast', [x.name], to=TensorProto.FLOAT))
    y = walk(net, be, x)
    be.nodes[-1].output[0] = 'heatmaps'
    out = [1, y.channels, *[y.depth] * 3] if layout == '3d' else [y.depth, y.channels, y.depth, y.depth]
    graph = helper.make_graph(be.nodes, 'voxhand', [helper.make_tensor_value_info('voxels', TensorProto.UINT8, shape)],
                              [helper.make_tensor_value_info('heatmaps', TensorProto.FLOAT, out)], be.tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13), helper.make_opsetid('com.microsoft', 1)], producer_name='voxhand')
    model.ir_version = 8
    onnx.save(model, str(file))
    return shape, out
