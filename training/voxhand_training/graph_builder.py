"""An ONNX graph under construction: nodes and constants by name. Equal constants are stored once."""
import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = 13


class GraphBuilder:
    def __init__(self):
        self.nodes, self.tensors, self._known, self._count = [], [], {}, 0

    def _name(self, letter):
        self._count += 1
        return f'{letter}{self._count}'

    def constant(self, array):
        array = np.asarray(array)
        array = np.ascontiguousarray(array).reshape(array.shape)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = self._name('c')
            self.tensors.append(numpy_helper.from_array(array, self._known[key]))
        return self._known[key]

    def floats(self, *values):
        return self.constant(np.array(values, np.float32))

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def node(self, op, inputs, domain='', **attributes):
        out = self._name('t')
        self.nodes.append(helper.make_node(op, inputs, [out], name=f'{op}_{out[1:]}', domain=domain, **attributes))
        return out

    def result(self, tensor, name):
        """Give the last node's result its public name."""
        assert self.nodes[-1].output[0] == tensor, 'not the last node'
        self.nodes[-1].output[0] = name

    def model(self, inputs, outputs):
        """`inputs` and `outputs`: (name, element type, shape) each; a dimension may be a name."""
        info = lambda items: [helper.make_tensor_value_info(*item) for item in items]
        graph = helper.make_graph(self.nodes, 'voxhand', info(inputs), info(outputs), self.tensors)
        domains = [helper.make_opsetid('', OPSET)]
        if any(n.domain for n in self.nodes):
            domains.append(helper.make_opsetid('com.microsoft', 1))
        model = helper.make_model(graph, opset_imports=domains, producer_name='voxhand')
        model.ir_version = 8
        if len(domains) == 1:           # the checker does not know onnxruntime's own operations
            onnx.checker.check_model(model)
        return model
