"""Networks small enough for tests, with weights and statistics that leave nothing at zero or one."""
import torch
import torch.nn as nn

from .checkpoint import OTHERS, Checkpoint
from .net import V2V, CompactV2V
from .refine import Refine
from .verify_net import Verify

SIZE = 16
TINY = {
    'compact': lambda: CompactV2V(SIZE, widths=(2, 2, 3, 4), blocks=(1, 1, 1)),
    'compact-wide': lambda: CompactV2V(SIZE, widths=(4, 4, 6, 8), blocks=(1, 2, 1)),
    'compact-side': lambda: CompactV2V(SIZE, widths=(2, 2, 3, 4), blocks=(1, 1, 1), side=True),
    'v2v': lambda: V2V(SIZE, widths=(2, 2, 3, 3)),
    'refine': lambda: Refine(widths=(2, 3, 4), hidden=8, size=SIZE),
    'verify': lambda: Verify(widths=(2, 2, 3, 4), blocks=(1, 1, 1), hidden=8, size=SIZE),
}


@torch.no_grad()
def tiny(name, seed=1):
    torch.manual_seed(seed)
    net = TINY[name]()
    for m in net.modules():
        if isinstance(m, (nn.Conv3d, nn.ConvTranspose3d, nn.Linear)):
            nn.init.kaiming_normal_(m.weight)
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm3d)):
            m.momentum = None
            m.weight.uniform_(.5, 1.5), m.bias.normal_(0, .3)
    nn.init.normal_(net.out.weight, 0, .1 if name in OTHERS else .3)
    net.train()(tiny_grids(8, seed + 1))        # batch norms take their statistics from it
    return Checkpoint(net.eval(), name if name in OTHERS else f'tiny-{name}', .3 if name in OTHERS else .26)


def tiny_grids(count, seed):
    """Random blobs of occupied cells, [n, 1, 16, 16, 16]."""
    g = torch.Generator().manual_seed(seed)
    t = torch.arange(SIZE).float()
    grids = torch.zeros(count, 1, SIZE, SIZE, SIZE)
    for grid in grids:
        for _ in range(4):
            z, y, x = torch.rand(3, generator=g) * SIZE
            r = (t - z)[:, None, None] ** 2 + (t - y)[:, None] ** 2 + (t - x) ** 2
            grid[0][(r > 4) & (r < 9)] = 1
    return grids * (torch.rand(grids.shape, generator=g) < .7)
