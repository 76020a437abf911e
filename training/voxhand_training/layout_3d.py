"""Backend of `lower.walk` for plain 3D convolutions, [B, C, D, H, W], in float32 or float16. What GPUs want.

No shape names the batch, so that the same nodes serve one grid and many.
"""
import numpy as np
from onnx import TensorProto

from .graph_builder import GraphBuilder


class Volume:
    """A tensor of the graph: its name, channels and cells along an edge."""

    def __init__(self, name, channels, edge):
        self.name, self.channels, self.edge = name, channels, edge


class Layout3d(GraphBuilder):
    def __init__(self, half=False):
        super().__init__()
        self.dtype = np.float16 if half else np.float32
        self.element = TensorProto.FLOAT16 if half else TensorProto.FLOAT

    def weights(self, tensor):
        return self.constant(tensor.numpy().astype(self.dtype))

    def begin(self, name, edge):
        return Volume(self.node('Cast', [name], to=self.element), 1, edge)

    def _single(self, name):
        """The results leave the graph as float32."""
        return name if self.dtype == np.float32 else self.node('Cast', [name], to=TensorProto.FLOAT)

    def space_to_depth(self, x):
        n = x.edge // 2
        t = self.node('Reshape', [x.name, self.ints(-1, n, 2, n, 2, n, 2)])
        t = self.node('Transpose', [t], perm=[0, 2, 4, 6, 1, 3, 5])
        return Volume(self.node('Reshape', [t, self.ints(-1, 8, n, n, n)]), 8, n)

    def conv(self, x, _name, w, b, relu, add=None):
        k = w.shape[-1]
        y = self.node('Conv', [x.name, self.weights(w), self.weights(b)], kernel_shape=[k] * 3, pads=[k // 2] * 6)
        if add is not None:
            y = self.node('Add', [y, add.name])
        return Volume(self.node('Relu', [y]) if relu else y, w.shape[0], x.edge)

    def pool(self, x):
        y = self.node('MaxPool', [x.name], kernel_shape=[2] * 3, strides=[2] * 3)
        return Volume(y, x.channels, x.edge // 2)

    def up(self, x, _name, w, b):
        """A transposed convolution whose kernel is as wide as its stride: each cell becomes 2^3 by a convolution of its own, which are
        then put in their places. Said so because onnxruntime's WebGPU has no transposed convolution in three dimensions."""
        cin, cout = w.shape[:2]
        n = x.edge
        each = w.permute(1, 2, 3, 4, 0).reshape(8 * cout, cin, 1, 1, 1)
        y = self.node('Conv', [x.name, self.weights(each), self.weights(b.repeat_interleave(8))], kernel_shape=[1] * 3)
        y = self.node('Reshape', [self.node('Relu', [y]), self.ints(-1, 2, 2, 2, n, n, n)])
        y = self.node('Transpose', [y], perm=[0, 4, 1, 5, 2, 6, 3])
        return Volume(self.node('Reshape', [y, self.ints(-1, cout, 2 * n, 2 * n, 2 * n)]), cout, 2 * n)

    def add(self, x, y, _name):
        return Volume(self.node('Add', [x.name, y.name]), x.channels, x.edge)

    def output(self, x, w, b):
        y = self.node('Conv', [x.name, self.weights(w), self.weights(b)], kernel_shape=[1] * 3)
        return Volume(self._single(y), w.shape[0], x.edge)

    def point(self, x, hidden, out):
        y = self.node('Flatten', [x.name], axis=1)
        y = self.node('Relu', [self.node('Gemm', [y, *map(self.weights, hidden)], transB=1)])
        return self._single(self.node('Gemm', [y, *map(self.weights, out)], transB=1))
