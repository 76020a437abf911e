"""The detector as an ONNX graph, in 8 bit but for what is made of depth and the last convolution. Height and width are open."""
import numpy as np
import onnx
from onnx import TensorProto

from .detector_net import FARTHEST, LIMIT, NEAREST, OUTPUTS, RELIEF
from .layout_2d import Layout2d8, Stack
from .lower import walk

INPUT, OUTPUT = 'depth', 'hands'


class Picture8(Layout2d8):
    """Backend of `lower.walk` for [1, C, H, W]; scales and biases come from a `calibrate.Calibration`."""

    def begin(self, name):
        return Stack(name, 1, None)

    def features(self, x):
        """detector_net.features, and 8 bits of them."""
        depth = self.node('Clip', [x.name, *self._numbers(0, LIMIT)])
        ok = self.node('Cast', [self.node('Greater', [depth, *self._numbers(0)])], to=TensorProto.FLOAT)
        inverse = self.node('Div', [self.node('Mul', [ok, *self._numbers(.4)]), self.node('Max', [depth, *self._numbers(NEAREST)])])
        planes = [ok, inverse, self.node('Min', [depth, *self._numbers(FARTHEST)])]
        for block, edge, unit in RELIEF:
            mean = self.node('Div', [self._around(depth, block, edge), self.node('Max', [self._around(ok, block, edge), *self._numbers(1e-6)])])
            relief = self.node('Div', [self.node('Sub', [depth, mean]), *self._numbers(unit)])
            planes.append(self.node('Mul', [ok, self.node('Clip', [relief, *self._numbers(-2, 2)])]))
        scale, zero = self._range('features')
        joined = self.node('Concat', planes, axis=1)
        return Stack(self.node('QuantizeLinear', [joined, *self._scale_zero(scale, zero)]), len(planes), None, scale, zero)

    def _numbers(self, *values):
        return [self.constant(np.float32(v)) for v in values]

    def _around(self, x, block, edge):
        """detector_net.around."""
        t = self.node('AveragePool', [x], kernel_shape=[block] * 2, strides=[block] * 2)
        t = self.node('AveragePool', [t], kernel_shape=[edge] * 2, pads=[edge // 2] * 4, count_include_pad=1)
        return self._resized(t, block, mode='linear', coordinate_transformation_mode='half_pixel')

    def _resized(self, x, factor, **how):
        return self.node('Resize', [x, '', self.floats(1, 1, factor, factor)], **how)

    def grow(self, x):
        return x.like(self._resized(x.name, 2, mode='nearest', coordinate_transformation_mode='asymmetric', nearest_mode='floor'))

    def conv(self, x, name, w, b, relu, add=None, stride=1):
        return self._conv2d(x, x.name, name, w.numpy(), self._bias(name, b).numpy(), w.shape[-1], relu, add, stride)


def write(net, file, calibration):
    """Write a detector in eval mode."""
    be = Picture8(calibration)
    be.result(walk(net, be, be.begin(INPUT)).name, OUTPUT)
    onnx.save(be.model([(INPUT, TensorProto.FLOAT, [1, 1, 'height', 'width'])], [(OUTPUT, TensorProto.FLOAT, [1, OUTPUTS, 'rows', 'columns'])]), str(file))
