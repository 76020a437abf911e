"""A trained network and where it comes from, read from what loop.py and pack.py write."""
from dataclasses import dataclass, field

import torch

from .detector_net import Detector
from .loop import in_single
from .net import build
from .refine import EDGE, Refine
from .verify_net import Verify

OTHERS = {'refine': Refine, 'verify': Verify, 'detector': Detector}     # networks that see no joints; the cubes of the first two have one size


@dataclass
class Checkpoint:
    net: torch.nn.Module        # averaged weights, eval mode
    model: str
    edge: float                 # of the cube, metres
    sigma: float = 1.5          # of the heat maps' peaks, cells; nothing to a refinement network
    samples: int = 0
    minutes: float = 0.
    seed: int = 0
    evaluation: dict = field(default_factory=dict)

    @property
    def refines(self):
        return self.model == 'refine'

    @property
    def parameters(self):
        return sum(p.numel() for p in self.net.parameters())


def load(path, size=None):
    """`size` puts a fully convolutional network behind another grid than it was trained on."""
    c = torch.load(path, map_location='cpu')
    args = c['args']
    net = OTHERS[args['model']]() if args['model'] in OTHERS else build(args['model'], size or args.get('size'))
    net.load_state_dict(in_single(c['ema']))
    last = [row for row in c['log'] if any(k.endswith('Mm') for k in row)][-1:] or [{}]
    return Checkpoint(net.eval(), args['model'], args.get('edge', EDGE), args.get('sigma', 1.5), c['seen'] + c.get('before', 0),
                      round(c.get('spent', 0) / 60, 1), args['seed'], last[0])


def untrained(model, grids, seed=1, size=None, edge=.26):
    """A random network of a variant, for timing. Its batch norms know `grids`, a function of the size that gives [n, 1, N, N, N]: without
    that numbers would fade to denormals, which are slow."""
    torch.manual_seed(seed)
    net = Refine() if model == 'refine' else build(model, size)
    for m in net.modules():
        if isinstance(m, torch.nn.BatchNorm3d):
            m.momentum = None       # a plain mean over what it sees
    with torch.no_grad():
        net.train()(grids(net.size))
    return Checkpoint(net.eval(), model, EDGE if model == 'refine' else edge, seed=seed)


def load_all(paths, size=None):
    """The members of an ensemble, or one network; they must fit one manifest."""
    members = [load(p, size) for p in paths]
    for key in ('model', 'edge', 'sigma'):
        values = [getattr(m, key) for m in members]
        if len(set(values)) > 1:
            raise SystemExit(f'no ensemble: {key} differs: {dict(zip(map(str, paths), values))}')
    return members
