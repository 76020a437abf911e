"""The detector: a U-net over a depth picture of a fixed focal length that says where hands are and how they lie.

Input `depth` [B, 1, H, W] metres, 0 where missing; a pinhole picture with F pixels of focal length; H and W are multiples of 16. Pixel (i, j)
(an integer is its centre) looks along ((i - cx) / F, (j - cy) / F, 1). Output [B, 11, H / 4, W / 4]; cell (a, b) has its centre at pixel
coordinates (4 a + 1.5, 4 b + 1.5):

    0        logit: the root of a middle finger projects here
    1, 2     from the cell's centre to that root in the picture, cells
    3        depth of the root minus surface(cell), decimetres
    4, 5     direction wrist -> root in the picture (x right, y down), trained as a unit vector
    6        distance wrist -> root / 0.09 m - 1
    7        logit: a left hand
    8 to 10  centre of mass of the visible hand minus root, decimetres, camera axes

A hand far away has few pixels. The second look at it is a window of a picture with FINER times the focal length whose depth is divided by FINER: to the
network it lies as near as it looks large, with its true size across the line of sight and 1 / FINER of it along. What is answered along z is multiplied
by FINER.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

FOCAL, WIDTH, HEIGHT = 120., 160, 128       # of the pictures that it is trained on
STRIDE = 4                                  # pixels along a cell's edge
FINER = 2                                   # the second look's picture is so much finer, and its depth is divided by that
SECOND_FROM = .4                            # metres: hands beyond are looked at a second time
WIDTHS = (16, 32, 64, 128)                  # at strides 2, 4, 8, 16: multiples of 16 are what CPUs compute fastest
OUTPUTS = 11
NEAREST, FARTHEST, LIMIT = .15, 2., 8.      # metres: depth itself is told apart between the first two; what is beyond the last counts as there
RELIEF = ((2, 5, .03), (4, 7, .10))         # (pixels of a block, blocks along a window's edge, metres that count as 1)
RARE = -4.                                  # the logit's first bias: most cells hold no hand


def around(x, block, edge):
    """Mean of the blocks around each pixel, zeros beyond the border, [B, 1, H, W]: blocks, then windows of edge x edge of them, then in between."""
    x = F.avg_pool2d(F.avg_pool2d(x, block), edge, 1, edge // 2)
    return F.interpolate(x, scale_factor=block, mode='bilinear', align_corners=False)


def features(depth):
    """[B, 1, H, W] metres -> [B, 5, H, W]: valid, inverse depth, depth, and depth relative to the mean of two windows around.

    All are between -2 and 2.7, so that 8 bits hold them: relief keeps the fingers, which 1 cm steps of depth would lose."""
    depth = depth.clamp(0, LIMIT)
    ok = (depth > 0).float()
    planes = [ok, .4 * ok / depth.clamp(min=NEAREST), depth.clamp(max=FARTHEST)]
    for block, edge, unit in RELIEF:
        mean = around(depth, block, edge) / around(ok, block, edge).clamp(min=1e-6)
        planes.append(ok * ((depth - mean) / unit).clamp(-2, 2))
    return torch.cat(planes, 1)


class Basic2d(nn.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(self, cin, cout, kernel, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(cout)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


class Residual2d(nn.Module):
    """Two convolutions of 3x3 and what goes past them; the first may have a stride."""

    def __init__(self, cin, cout, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(cout)
        same = cin == cout and stride == 1
        self.skip = None if same else nn.Conv2d(cin, cout, 1, stride, bias=False)
        self.skip_norm = None if same else nn.BatchNorm2d(cout)

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (x if self.skip is None else self.skip_norm(self.skip(x))))


class Detector(nn.Module):
    def __init__(self, widths=WIDTHS):
        super().__init__()
        a, b, c, d = widths
        self.stem = Basic2d(3 + len(RELIEF), a, 5, 2)
        self.down = nn.ModuleList([nn.Sequential(Residual2d(a, b, 2)), nn.Sequential(Residual2d(b, c, 2), Residual2d(c, c)),
                                   nn.Sequential(Residual2d(c, d, 2), Residual2d(d, d))])
        self.side = nn.ModuleList([nn.Conv2d(c, b, 1), nn.Conv2d(d, c, 1)])
        self.back = nn.ModuleList([Residual2d(b, b), Residual2d(c, c)])
        self.out = nn.Conv2d(b, OUTPUTS, 1)
        nn.init.normal_(self.out.weight, 0, .01)
        nn.init.zeros_(self.out.bias)
        self.out.bias.data[0] = RARE
        self.mask = nn.Conv2d(b, 1, 1)

    def forward(self, depth):
        return self.out(self.trunk(depth))

    def taught(self, depth):
        """The answer, and the logits of cells in which a hand is seen [B, 1, h, w]: learned beside it, since they say more of each picture."""
        x = self.trunk(depth)
        return self.out(x), self.mask(x)

    def trunk(self, depth):
        x, levels = self.stem(features(depth).contiguous(memory_format=torch.channels_last)), []
        for down in self.down:
            x = down(x)
            levels.append(x)
        for level in (1, 0):
            x = self.back[level](levels[level] + F.interpolate(self.side[level](x), scale_factor=2, mode='nearest'))
        return x


def surface(depth):
    """[B, 1, H, W] metres -> [B, H / 4, W / 4]: the nearest valid depth of each cell; of the 3x3 cells around where it has none; else inf."""
    near = -F.max_pool2d(torch.where(depth > 0, -depth, torch.full_like(depth, -torch.inf)), STRIDE)
    around = -F.max_pool2d(-near, 3, 1, 1)
    return torch.where(near.isfinite(), near, around)[:, 0]
