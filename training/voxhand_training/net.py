"""Networks: the paper's V2V-PoseNet, and a compact V2V (a U-net of the paper's residual blocks over a space-to-depth stem).

Input [B, 1, N, N, N] occupancy (0 or 1), output [B, 21, R, R, R] heat maps, index order z, y, x in both. N = 2 R. All are fully
convolutional: `build(name, size)` gives the same weights another grid, to train at 32^3 first, say.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


def space_to_depth(x):
    """[B, 1, N, N, N] -> [B, 8, N/2, N/2, N/2]; channel = (dz * 2 + dy) * 2 + dx. (A kernel as wide as its stride, done by slicing.)"""
    return torch.cat([x[:, :, z::2, y::2, w::2] for z in (0, 1) for y in (0, 1) for w in (0, 1)], 1)


class Basic(nn.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(self, cin, cout, kernel):
        super().__init__()
        self.conv = nn.Conv3d(cin, cout, kernel, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm3d(cout)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


class Residual(nn.Module):
    """The paper's volumetric residual block (V2V-PoseNet, figure 3)."""

    def __init__(self, cin, cout):
        super().__init__()
        self.conv1 = nn.Conv3d(cin, cout, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm3d(cout)
        self.conv2 = nn.Conv3d(cout, cout, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm3d(cout)
        self.skip = None if cin == cout else nn.Conv3d(cin, cout, 1, bias=False)
        self.skip_norm = None if cin == cout else nn.BatchNorm3d(cout)

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (x if self.skip is None else self.skip_norm(self.skip(x))))


class Up(nn.Module):
    """Transposed convolution by two, batch norm, ReLU. A kernel as wide as its stride is a 1^3 convolution to eight times the channels, whose
    values are then laid side by side; PyTorch 1.13 computes that ten times faster on CPUs with bfloat16 than the transposed convolution."""

    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.ConvTranspose3d(cin, cout, 2, 2, bias=False)
        self.norm = nn.BatchNorm3d(cout)

    def forward(self, x):
        weight = self.conv.weight                                                       # [cin, cout, 2, 2, 2]
        (b, cin, z, y, w), cout = x.shape, weight.shape[1]
        x = F.conv3d(x, weight.permute(2, 3, 4, 1, 0).reshape(8 * cout, cin, 1, 1, 1))
        x = x.permute(0, 2, 3, 4, 1).reshape(b, z, y, w, 2, 2, 2, cout).permute(0, 1, 4, 2, 5, 3, 6, 7).reshape(b, 2 * z, 2 * y, 2 * w, cout)
        return F.relu(self.norm(x.permute(0, 4, 1, 2, 3)))


class Encoder(nn.Module):
    """The way down of a compact V2V. Widths: stem, then one per level; `blocks` residual blocks a level."""

    def __init__(self, widths, blocks):
        super().__init__()
        self.stem = Basic(8, widths[0], 3)
        self.down = nn.ModuleList()
        prev = widths[0]
        for width, n in zip(widths[1:], blocks):
            self.down.append(nn.Sequential(*[Residual(prev if i == 0 else width, width) for i in range(n)]))
            prev = width

    def levels(self, x):
        """What each level gives, from half the grid's cells on."""
        x, out = self.stem(space_to_depth(x)), []
        for level, down in enumerate(self.down):
            x = down(F.max_pool3d(x, 2) if level else x)
            out.append(x)
        return out


class CompactV2V(Encoder):
    """A U-net behind a space-to-depth stem; `ups` residual blocks a level on the way up. With `side` there is one heat map more, behind those of the
    joints: at the middle finger's root it is as high as it is probable that the grid shows a right hand, and not a left one that was not mirrored."""

    def __init__(self, size=48, widths=(16, 16, 32, 64), blocks=(1, 1, 2), ups=(1, 1), joints=21, side=False):
        super().__init__(widths, blocks)
        self.size, self.out_size = size, size // 2
        w = widths[1:]
        self.up = nn.ModuleList([Up(w[i + 1], w[i]) for i in range(len(w) - 1)])
        self.back = nn.ModuleList([nn.Sequential(*[Residual(w[i], w[i]) for _ in range(ups[i])]) for i in range(len(w) - 1)])
        self.side = side
        self.head = Basic(w[0], w[0] * 2, 1)
        self.out = nn.Conv3d(w[0] * 2, joints + side, 1)
        nn.init.normal_(self.out.weight, 0, .001)
        nn.init.zeros_(self.out.bias)

    def forward(self, x):
        *skips, x = self.levels(x)
        for level in reversed(range(len(self.up))):
            x = self.back[level](self.up[level](x) + skips[level])
        return self.out(self.head(x))


class V2V(nn.Module):
    """The paper's V2V-PoseNet (figure 4): 7^3 stem and pooling, three residual blocks, an encoder-decoder of two levels, a head.

    All widths follow from one: stem w, full resolution 2 w, half 4 w, quarter 8 w (paper: w = 16). `widths` names the four instead.
    """

    def __init__(self, size=88, width=16, widths=None, joints=21):
        super().__init__()
        if size % 8:
            raise ValueError(f'{size} cells cannot be halved three times')
        self.size, self.out_size, self.side = size, size // 2, False
        stem, a, b, c = widths or (width, 2 * width, 4 * width, 8 * width)
        self.stem = Basic(1, stem, 7)
        self.front = nn.Sequential(Residual(stem, a), Residual(a, a), Residual(a, a))
        self.skip = nn.ModuleList([Residual(a, a), Residual(b, b)])
        self.down = nn.ModuleList([Residual(a, b), Residual(b, c)])
        self.middle = Residual(c, c)
        self.rise = nn.ModuleList([Residual(b, b), Residual(c, c)])
        self.up = nn.ModuleList([Up(b, a), Up(c, b)])
        self.back = Residual(a, a)
        self.head = nn.Sequential(Basic(a, a, 1), Basic(a, a, 1))
        self.out = nn.Conv3d(a, joints, 1)
        for m in self.modules():        # section 4.2: zero-mean Gaussian of 0.001, biases 0
            if isinstance(m, (nn.Conv3d, nn.ConvTranspose3d)):
                nn.init.normal_(m.weight, 0, .001)
        nn.init.zeros_(self.out.bias)

    def forward(self, x):
        x = self.front(F.max_pool3d(self.stem(x), 2))
        skips = []
        for skip, down in zip(self.skip, self.down):
            skips.append(skip(x))
            x = down(F.max_pool3d(x, 2))
        x = self.middle(x)
        for level in (1, 0):
            x = self.up[level](self.rise[level](x)) + skips[level]
        return self.out(self.head(self.back(x)))


VARIANTS = {
    'compact16': dict(size=48, widths=(16, 16, 32, 64)),
    'compact16b': dict(size=48, widths=(16, 16, 48, 96), blocks=(1, 2, 2)),
    'compact16c': dict(size=48, widths=(16, 16, 48, 96), blocks=(1, 4, 5), ups=(1, 2)),
    'compact16s': dict(size=48, widths=(16, 16, 48, 96), blocks=(1, 4, 5), ups=(1, 2), side=True),
    'compact24': dict(size=48, widths=(24, 24, 48, 96)),
    'compact32': dict(size=48, widths=(32, 32, 64, 128)),
    'v2v8': dict(size=88, width=8),
    'v2v16': dict(size=88, width=16),
    'v2v32': dict(size=88, width=32),
    'v2v64': dict(size=88, width=64),
    'v2v84': dict(size=88, width=84),
}


def grow(net, weights):
    """Load the weights of a shallower network of the same widths. Residual blocks that it lacks start as the identity (their second batch
    norm's scale is 0, and what comes in is not negative), so the grown network gives what the shallower one gave. So does one that tells the side behind
    one that does not. Anything else amiss is an error."""
    if getattr(net, 'side', False) and len(weights['out.bias']) == len(net.out.bias) - 1:
        weights = {**weights, **{k: torch.cat([weights[k], getattr(net.out, k[4:]).detach()[-1:]]) for k in ('out.weight', 'out.bias')}}
    missing, unexpected = net.load_state_dict(weights, strict=False)
    blocks = {name: m for name, m in net.named_modules() if isinstance(m, Residual) and f'{name}.norm2.weight' in missing and m.skip is None}
    foreign = [k for k in missing if not any(k.startswith(f'{name}.') for name in blocks)]
    if unexpected or foreign:
        raise ValueError(f'weights do not fit: {len(unexpected)} too many, {len(foreign)} missing, first {(unexpected + foreign)[0]}')
    for block in blocks.values():
        nn.init.zeros_(block.norm2.weight)
    return net


def build(name, size=None):
    """An untrained network of a variant; `size` is the grid's edge in cells, where it shall not be the variant's own."""
    options = {**VARIANTS[name], **({'size': size} if size else {})}
    return (V2V if name.startswith('v2v') else CompactV2V)(**options)
