"""Run an ONNX graph from Python: in onnxruntime where it is installed, else with the few operations that our graphs use, in PyTorch.

The second way makes the export check itself without more than PyTorch; what counts in the end is onnxruntime-node, in which
`npm run model:finish` and test/training-graphs.test.ts run the same files.
"""
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, numpy_helper

try:
    import onnxruntime as RUNTIME
except ImportError:
    RUNTIME = None

TYPES = {TensorProto.FLOAT: torch.float32, TensorProto.FLOAT16: torch.float16, TensorProto.UINT8: torch.uint8, TensorProto.INT64: torch.int64,
         TensorProto.BOOL: torch.bool}


def opened(model, own=False):
    """A function from the graph's only input, an array, to its only result, a float32 tensor.

    `model` is a path or an onnx.ModelProto; `own` passes onnxruntime over.
    """
    model = model if isinstance(model, onnx.ModelProto) else onnx.load(str(model))
    name = model.graph.input[0].name
    if RUNTIME and not own:
        options = RUNTIME.SessionOptions()
        options.intra_op_num_threads = 1
        session = RUNTIME.InferenceSession(model.SerializeToString(), options, providers=['CPUExecutionProvider'])
        return lambda array: torch.from_numpy(session.run(None, {name: array})[0])
    return lambda array: _run(model.graph, {name: torch.from_numpy(array)})


@torch.no_grad()
def _run(graph, inputs):
    values = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    values.update(inputs)
    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        values[node.output[0]] = OPERATIONS[node.op_type](attributes, *(values[i] if i else None for i in node.input))
    return values[graph.output[0].name]


def _wide(x):
    """PyTorch's CPU has few operations on halves: compute in single, give halves back, as onnxruntime's CPU does."""
    return x.float() if x.dtype == torch.float16 else x


def _conv(a, x, w, b):
    k = len(a['kernel_shape'])
    return (F.conv2d if k == 2 else F.conv3d)(_wide(x), _wide(w), _wide(b), a.get('strides', [1])[0], a.get('pads', [0])[0]).to(x.dtype)


def _pool(a, x):
    return (F.max_pool2d if len(a['kernel_shape']) == 2 else F.max_pool3d)(_wide(x) if x.is_floating_point() else x.float(), 2).to(x.dtype)


def _rounded(x, scale, zero):
    return (torch.round(x / scale) + zero.to(x.dtype)).clamp(0, 255).to(torch.uint8)


def _quantised_conv(a, x, xs, xz, w, ws, _wz, ys, yz, b):
    y = F.conv2d(x.float() - xz.float(), w.float(), b.float(), a.get('strides', [1])[0], a['pads'][0])
    return _rounded(y * (xs * ws).view(1, -1, 1, 1), ys, yz)


def _average(a, x):
    return F.avg_pool2d(x, a['kernel_shape'], a.get('strides', [1, 1]), a.get('pads', [0])[0])


def _resize(a, x, _region, scales):
    """The two ways that detector_graph.py uses."""
    factor, linear = scales[-1].item(), a['mode'] == b'linear'
    return F.interpolate(x.float(), scale_factor=factor, mode='bilinear' if linear else 'nearest', **({'align_corners': False} if linear else {})).to(x.dtype)


def _quantised_add(_, x, xs, xz, y, ys, yz, zs, zz):
    return _rounded((x.float() - xz.float()) * xs + (y.float() - yz.float()) * ys, zs, zz)


def _pad(_, x, pads, value=None):
    p, n = pads.tolist(), x.dim()
    pairs = [v for axis in reversed(range(n)) for v in (p[axis], p[axis + n])]
    return F.pad(x, pairs, value=0 if value is None else value.item())


def _slice(_, x, begin, end, axis, step=None):
    index = [slice(None)] * x.dim()
    index[axis.item()] = slice(begin.item(), end.item(), 1 if step is None else step.item())
    return x[tuple(index)]


def _reshape(_, x, shape):
    return x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(shape.tolist())])


def _reduce(function):
    def run(a, x):
        return function(x, a['axes'][0], keepdim=bool(a.get('keepdims', 1)))
    return run


OPERATIONS = {
    'Conv': _conv, 'MaxPool': _pool, 'QLinearConv': _quantised_conv, 'QLinearAdd': _quantised_add,
    'QuantizeLinear': lambda _, x, s, z: _rounded(x, s, z), 'AveragePool': _average, 'Resize': _resize,
    'DequantizeLinear': lambda _, x, s, z: (x.float() - z.float()) * s,
    'Gemm': lambda a, x, w, b: F.linear(_wide(x), _wide(w), _wide(b)).to(x.dtype),
    'Cast': lambda a, x: x.to(TYPES[a['to']]),
    'Reshape': _reshape, 'Flatten': lambda a, x: x.flatten(1), 'Transpose': lambda a, x: x.permute(a['perm']).contiguous(),
    'Unsqueeze': lambda _, x, axis: x.unsqueeze(axis.item()),
    'Concat': lambda a, *x: torch.cat(x, a['axis']), 'Pad': _pad, 'Slice': _slice,
    'Gather': lambda a, x, i: x.index_select(a['axis'], i), 'GatherElements': lambda a, x, i: x.gather(a['axis'], i),
    'ReduceMax': _reduce(torch.amax), 'ReduceMin': _reduce(torch.amin), 'ReduceProd': _reduce(torch.prod),
    'ReduceSum': lambda a, x, axis: x.sum(axis.item(), keepdim=bool(a['keepdims'])),
    'Add': lambda _, x, y: (_wide(x) + _wide(y)).to(x.dtype), 'Sub': lambda _, x, y: x - y, 'Mul': lambda _, x, y: x * y, 'Div': lambda _, x, y: x / y,
    'Max': lambda _, x, y: torch.maximum(x, y), 'Min': lambda _, x, y: torch.minimum(x, y),
    'Relu': lambda _, x: F.relu(_wide(x)).to(x.dtype), 'Abs': lambda _, x: x.abs(), 'Floor': lambda _, x: x.floor(),
    'Log': lambda _, x: x.log(), 'Sqrt': lambda _, x: x.sqrt(), 'Clip': lambda _, x, lo, hi: x.clamp(lo.item(), hi.item()),
    'Less': lambda _, x, y: x < y, 'Greater': lambda _, x, y: x > y, 'Equal': lambda _, x, y: x == y,
    'LessOrEqual': lambda _, x, y: x <= y, 'And': lambda _, x, y: x & y,
    'Where': lambda _, c, x, y: torch.where(c, x, y),
}
