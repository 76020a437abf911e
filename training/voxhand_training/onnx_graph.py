"""ONNX graphs of a network.

    layout   input, uint8 occupancy   arithmetic
    3d       [1, 1, N, N, N]          float32, Conv3D: portable, what GPUs want
    3d16     [1, 1, N, N, N]          the same in float16; float32 at the output
    2d       [N, 1, N, N]             float32, depth as batch: for CPUs (layout_2d.py)
    2d8      [N, 1, N, N]             the same in 8 bit

    kind       output, float32
    gaussian   heatmaps  [1, 21, R, R, R] (3d) or [R, 21, R, R] (2d); 22 of a network that tells the side (net.py)
    joints     joints    [1, 21, 4], or 22: x, y, z, confidence; heat maps and their decoder in one graph, 3d only
    point      point     [1, 3]: x, y, z of a refinement network; its input is [1, 1, N, N, N] in every layout
    verdict    verdict   [1, 7]: what verify_net.py answers; its input likewise

With `dynamic` the batch of the 3d layouts is open: the 1 becomes the dimension `batch`.
"""
import onnx
from onnx import TensorProto

from .joint_decoder import decode_joints
from .layout_2d import Layout2d, Layout2d8
from .layout_3d import Layout3d
from .lower import walk
from .verify_net import NUMBERS, Verify

LAYOUTS = ('3d', '3d16', '2d', '2d8')
PRECISION = {'3d': 'fp32', '3d16': 'fp16', '2d': 'fp32', '2d8': 'uint8'}


def write(net, layout, file, calibration=None, dynamic=False, decoder=None, sigma=None, target=None):
    """Write `net`, in eval mode, as ONNX and say what goes in and out: {input, output, tensor, kind, precision, ...}.

    `calibration` is needed for 2d8. `decoder` (gauss or smax, with `sigma` in cells) makes a graph of kind joints,
    `target` names the point of a refinement network.
    """
    volumetric = layout.startswith('3d')
    if (dynamic or decoder) and not volumetric:
        raise ValueError(f'{layout} has no batch axis and gives no joints; that is for 3d and 3d16')
    n, batch = net.size, 'batch' if dynamic else 1
    be = Layout3d(layout == '3d16') if volumetric else Layout2d() if layout == '2d' else Layout2d8(calibration)
    verdict = isinstance(net, Verify)
    shape = [batch, 1, n, n, n] if volumetric or target or verdict else [n, 1, n, n]
    y = walk(net, be, be.begin('voxels', n), target)
    if target:
        kind, tensor, result, out = 'point', 'point', y, [batch, 3]
    elif verdict:
        kind, tensor, result, out = 'verdict', 'verdict', y, [batch, NUMBERS]
    elif decoder:
        kind, tensor, out = 'joints', 'joints', [batch, y.channels, 4]
        result = decode_joints(be, y.name, y.channels, y.edge, decoder, sigma)
    else:
        kind, tensor, result = 'gaussian', 'heatmaps', y.name
        out = [batch, y.channels, *[y.edge] * 3] if volumetric else [y.edge, y.channels, y.edge, y.edge]
    be.result(result, tensor)
    onnx.save(be.model([('voxels', TensorProto.UINT8, shape)], [(tensor, TensorProto.FLOAT, out)]), str(file))
    one = lambda dims: [1 if d == 'batch' else d for d in dims]
    return {'kind': kind, 'precision': PRECISION[layout], 'input': one(shape), 'tensor': tensor, 'output': one(out),
            'layout': 'jdhw' if volumetric else 'djhw', 'dynamicBatch': dynamic, 'decoder': decoder, 'target': target, 'side': getattr(net, 'side', False)}
