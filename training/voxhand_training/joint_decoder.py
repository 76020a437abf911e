"""The heat-map decoders of src/heatmaps (decode-gauss.ts, decode-s-max.ts) as part of a graph: heat maps in, joints out.

What leaves a GPU is then four numbers instead of each map. Differences from the decoders there: float32 instead of double, and maps with NaN or
infinity are not looked after. No matrix products: GPUs may round their factors to 10 bits, and indices would not survive that.
"""
import math

import numpy as np
from onnx import TensorProto

from .graph_builder import GraphBuilder
from .run_graph import opened

FLOOR = .01     # below this share of the maximum a cell is not fitted to
REACH = 1.      # cells from the largest one to the fitted maximum, at most
CLIP = .5       # S-max stays within the largest cell
BELOW_ONE = np.nextafter(np.float32(1), np.float32(0))     # cube coordinates lie in [0, 1)

OFFSETS = np.array([(x, y, z) for z in (-1, 0, 1) for y in (-1, 0, 1) for x in (-1, 0, 1)], np.float32)     # [27, 3]


class Term:
    """A float tensor of the graph with arithmetic: `a * b + 1` adds the nodes that compute it."""

    def __init__(self, graph, name):
        self.graph, self.name = graph, name

    def op(self, kind, *others, **attributes):
        return Term(self.graph, self.graph.node(kind, [self.name, *(self.graph_name(o) for o in others)], **attributes))

    def graph_name(self, value):
        if isinstance(value, Term):
            return value.name
        return value if isinstance(value, str) else self.graph.constant(np.asarray(value, np.float32))

    def __add__(self, o):
        return self.op('Add', o)

    def __sub__(self, o):
        return self.op('Sub', o)

    def __mul__(self, o):
        return self.op('Mul', o)

    def __truediv__(self, o):
        return self.op('Div', o)

    def __lt__(self, o):
        return self.op('Less', o)

    def __gt__(self, o):
        return self.op('Greater', o)

    def __le__(self, o):
        return self.op('LessOrEqual', o)

    def __and__(self, o):
        return self.op('And', o)

    def where(self, yes, no):
        return self.op('Where', yes, no)

    def clip(self, lo, hi):
        return self.op('Clip', lo, hi)

    def sum(self, axis, keep):
        return self.op('ReduceSum', self.graph.ints(axis), keepdims=int(keep))

    def new_axis(self, axis):
        return self.op('Unsqueeze', self.graph.ints(axis))

    def joined(self, *others):
        return self.op('Concat', *others, axis=2)


def decode_joints(graph, maps, joints, size, decoder, sigma):
    """Nodes from heat maps [B, J, R, R, R] to [B, J, 4]: x, y, z in cube coordinates, confidence. Gives the last node's result."""
    if decoder not in ('gauss', 'smax'):
        raise ValueError(f'no decoder {decoder} in a graph: gauss or smax')
    if size < 3:
        raise ValueError('the decoders need 3 cells along an edge')
    cells = Term(graph, maps).op('Reshape', graph.ints(0, joints, -1))
    top, low = cells.op('ReduceMax', axes=[2]), cells.op('ReduceMin', axes=[2])
    # the first of the largest cells, as ArgMax would say, but whose int64 onnxruntime's WebGPU cannot turn into a float
    at = cells.op('Equal', top).where(np.arange(size ** 3).reshape(1, 1, -1), size ** 3).op('ReduceMin', axes=[2])

    z = (at / size ** 2).op('Floor')
    rest = at - z * size ** 2
    y = (rest / size).op('Floor')
    peak = (rest - y * size).joined(y, z)                                       # [B, J, 3], in cells
    centre = peak.clip(1, size - 2)                                             # of a 3^3 block within the map
    index = (centre * [1, size, size ** 2]).sum(2, keep=True) + OFFSETS @ np.array([1, size, size ** 2], np.float32)
    block = cells.op('GatherElements', index.op('Cast', to=TensorProto.INT64), axis=2)      # [B, J, 27]

    cell = _s_max(block, peak, centre, size, sigma)
    if decoder == 'gauss':
        fitted, trusted = _gauss(block, peak, centre, top)
        cell = trusted.where(fitted, cell)

    inside = cell.clip(0, size - 1)                                             # trilinear value there: the confidence
    away = (centre - inside).new_axis(2) + OFFSETS
    hats = (away.op('Abs') * -1 + 1).op('Max', 0.)
    value = (block * hats.op('ReduceProd', axes=[3], keepdims=0)).sum(2, keep=True).clip(0, 1)
    seen = (top > 0.) & (low < top)
    position = ((cell + .5) / size).clip(0, BELOW_ONE)
    return seen.where(position, .5).joined(seen.where(value, 0.)).name


def decoder_of(joints, size, decoder='gauss', sigma=1.7):
    """A function from heat maps, a float32 tensor [B, J, R, R, R], to joints [B, J, 4]: the decoder alone, run from Python."""
    graph = GraphBuilder()
    graph.result(decode_joints(graph, 'maps', joints, size, decoder, sigma), 'joints')
    run = opened(graph.model([('maps', TensorProto.FLOAT, ['batch', joints, size, size, size])],
                             [('joints', TensorProto.FLOAT, ['batch', joints, 4])]))
    return lambda maps: run(maps.contiguous().numpy())


def _gauss(block, peak, centre, top):
    """The maximum of the Gaussian fitted to the block, [B, J, 3] in cells, and whether to trust it, [B, J, 1]."""
    logs = (block / top.op('Max', 1e-30)).op('Max', 1e-30).op('Log')            # relative to the maximum: float32 is enough then
    x, y, z = OFFSETS.astype(np.float64).T
    square = lambda t: (t * t - 2 / 3) / 3
    columns = np.stack([x / 18, y / 18, z / 18, square(x), square(y), square(z), x * y / 12, x * z / 12, y * z / 12], 1)
    sums = (logs.new_axis(3) * columns).sum(2, keep=False)                      # [B, J, 9]
    bx, by, bz, hxx, hyy, hzz, hxy, hxz, hyz = (sums.op('Gather', sums.graph.ints(i), axis=2) for i in range(9))
    minor = hxx * hyy - hxy * hxy
    cx, cy = hxy * hyz - hxz * hyy, hxy * hxz - hxx * hyz                       # cofactors of the last row
    det = hxz * cx + hyz * cy + hzz * minor
    below = (det < 0.).where(det, -1.)
    step = ((hyy * hzz - hyz * hyz) * bx + (hxz * hyz - hxy * hzz) * by + cx * bz).joined(
        (hxz * hyz - hxy * hzz) * bx + (hxx * hzz - hxz * hxz) * by + cy * bz,
        cx * bx + cy * by + minor * bz)
    fitted = centre - step / below
    near = (fitted - peak).op('Abs').op('ReduceMax', axes=[2]) <= REACH
    positive = block.op('ReduceMin', axes=[2]) > top * FLOOR
    return fitted, positive & (hxx < 0.) & (minor > 0.) & (det < 0.) & near


def _s_max(block, peak, centre, size, sigma):
    """The weighted mean of the cells around the maximum, its shrinkage undone for `sigma`, [B, J, 3] in cells."""
    away = (centre - peak).new_axis(2) + OFFSETS                                # [B, J, 27, 3]; some farther than a cell at the border
    near = (away.op('Abs').op('ReduceMax', axes=[3]) <= 1.5).op('Cast', to=TensorProto.FLOAT)
    weight = block.op('Max', 0.).new_axis(3) * near
    mean = (weight * away).sum(2, keep=False) / weight.sum(2, keep=False).op('Max', 1e-30)
    if sigma == 0:
        return peak + mean
    var, a = sigma * sigma, math.exp(-.5 / (sigma * sigma))
    rest = mean * mean * -1 + 1
    u = (mean + (mean * mean + rest * (4 * a * a)).op('Sqrt')) / ((mean * -1 + 1) * (2 * a))
    three = (u.op('Log') * var).clip(-CLIP, CLIP)
    inwards = mean.op('Abs')                                                    # at the border there are two cells
    two = ((inwards / (inwards * -1 + 1)).op('Log') * var + .5).clip(-CLIP, CLIP)
    offset = (peak > size - 1.5).where(two * -1, (peak < .5).where(two, three))
    return peak + offset
