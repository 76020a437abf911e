"""What depth sensors make of exact depth: structured light (SR305, Kinect v1), stereo (D4xx, OAK-D), time of flight (Kinect v2, Azure Kinect,
Femto). Batched in PyTorch, also for pictures coarser than the sensor's: outlines then lose pixels by chance instead of by the row.
"""
import torch
import torch.nn.functional as F

STRUCTURED, STEREO, FLIGHT = range(3)
NAMES = ('structured light', 'stereo', 'time of flight')
FAR = 1e3


def around(x, pick):
    """The least or greatest (torch.minimum or torch.maximum) of each pixel and its eight neighbours. [B, H, W]"""
    for axis in (1, 2):
        n = x.shape[axis]
        y = x.clone()
        y.narrow(axis, 1, n - 1).copy_(pick(x.narrow(axis, 1, n - 1), x.narrow(axis, 0, n - 1)))
        y.narrow(axis, 0, n - 1).copy_(pick(y.narrow(axis, 0, n - 1), x.narrow(axis, 1, n - 1)))
        x = y
    return x


def smooth(x, scale):
    """The mean over about `scale` pixels, coarsely. [B, H, W]"""
    small = F.avg_pool2d(x[:, None], scale, scale, ceil_mode=True)
    return F.interpolate(small, size=x.shape[1:], mode='bilinear', align_corners=False)[:, 0]


def lit(depth, offset, direction):
    """Where a second eye or a projector sees what the camera sees. depth [B, H, W], offset [B, 1, 1] = baseline times focal length (metres times
    pixels), direction [B, 1, 1] bool: it stands to the right. Along a row its pixels move with u - offset / z; where that place was passed
    already, something nearer stands in between."""
    u = torch.arange(depth.shape[-1], device=depth.device, dtype=depth.dtype)
    def one(z):
        place = u - offset / z.clamp(min=.05)
        ahead = place.flip(-1).cummin(-1)[0].flip(-1)                                    # the least of all to the right, this one included
        return place <= ahead + .5
    right = one(depth)
    left = one(depth.flip(-1)).flip(-1)
    return torch.where(direction, right, left)


def sense(depth, focal, g, kind=None, strength=1.):
    """depth [B, H, W] metres (inf or >= FAR / 2 where nothing is), focal [B] pixels -> depth [B, H, W], 0 where missing, and the kind [B]."""
    b, h, w = depth.shape
    dev = depth.device
    u = lambda *s, lo=0., hi=1.: torch.rand(*s, generator=g, device=dev) * (hi - lo) + lo
    one = lambda lo, hi: u(b, 1, 1, lo=lo, hi=hi)
    n = lambda: torch.randn(b, h, w, generator=g, device=dev)
    chance = lambda p: u(b, 1, 1) < p
    if kind is None:
        kind = torch.multinomial(torch.tensor([.4, .3, .3], device=dev), b, True, generator=g)
    stereo, flight = (kind == STEREO).view(b, 1, 1), (kind == FLIGHT).view(b, 1, 1)
    z = torch.where(depth < FAR / 2, depth, torch.full_like(depth, FAR))
    ok = z < FAR / 2
    low, high = around(z, torch.minimum), around(z, torch.maximum)
    fat = stereo & chance(.3) & (z - low > .02) & (u(b, h, w) < .7)                     # stereo matches the nearer side of an edge
    z, ok = torch.where(fat, low, z), ok | (fat & (low < FAR / 2))
    step = torch.maximum(z - low, torch.minimum(high, torch.full_like(high, 9.)) - z)
    edge = step > .02

    # shadow of the projector or the other eye
    offset = torch.where(flight, one(0., .012), one(.015, .075)) * focal.view(b, 1, 1)
    shadow = ok & ~lit(z, offset, chance(.5))
    gone = shadow & (chance(.75) & ~flight | chance(.15))

    # outlines: eroded, ragged, or floating between front and back
    gone = gone | edge & (u(b, h, w) < torch.where(flight, one(-.2, .45), one(-.2, .75)) * strength)
    fly = edge & (u(b, h, w) < torch.where(flight, one(-.1, .45), one(-.15, .22)) * strength)
    t = u(b, h, w)
    back = torch.where(high < 5, high, z + .05)
    front = torch.where(low < z - .02, low, z)
    z = torch.where(fly, front * (1 - t) + back * t, z)

    # noise: of each pixel, of patches, and of the whole
    sd = torch.where(flight, one(.0005, .004), one(.0002, .003) * (z.clamp(max=3) / .5) ** 2)
    z = z + sd * n() * strength
    patches = F.interpolate(torch.randn(b, 1, max(2, h // 8), max(2, w // 8), generator=g, device=dev), size=(h, w), mode='bilinear', align_corners=False)[:, 0]
    z = z + patches * one(0., .003) * (1 + 2 * stereo) * (z.clamp(max=3) / .6)
    # time of flight: light that bounced makes what lies behind or beside near things appear farther, bright things nearer
    bounced = one(-.02, .12)
    i = flight.view(-1).nonzero()[:, 0]
    if len(i):
        near = smooth(torch.where(ok[i], z[i], torch.full_like(z[i], 3.)).clamp(max=3), 8)
        z[i] = z[i] + (z[i] - near).clamp(0, .3) * bounced[i]
    # stereo smooths within a surface
    i = (stereo & chance(.6)).view(-1).nonzero()[:, 0]
    if len(i):
        mask = ok[i].float()
        mean = F.avg_pool2d((z[i] * mask)[:, None], 3, 1, 1)[:, 0] / F.avg_pool2d(mask[:, None], 3, 1, 1)[:, 0].clamp(min=.1)
        z[i] = torch.where(ok[i] & ((mean - z[i]).abs() < .015), mean, z[i])

    # steps: of millimetres, or of disparity
    q = torch.tensor([.000125, .001, .001, .002], device=dev)[torch.randint(0, 4, (b, 1, 1), generator=g, device=dev)]
    disparity = one(1 / 700., 1 / 250.) / 32 * 20
    z = torch.where(stereo, 1 / ((1 / z.clamp(min=.05) / disparity).round().clamp(min=1) * disparity), (z / q).round() * q)

    # missing: single pixels, grazing or dark patches, beyond the range
    gone = gone | (u(b, h, w) < one(-.08, .12) * strength)
    dark = F.interpolate(torch.randn(b, 1, max(2, h // 12), max(2, w // 12), generator=g, device=dev), size=(h, w), mode='bilinear', align_corners=False)[:, 0]
    gone = gone | (dark > one(1., 6.) - .5 * stereo)
    reach = torch.where(flight, one(2., 6.), torch.where(stereo, one(2., 8.), one(1.1, 3.)))
    nearest = torch.where(flight, one(.1, .3), one(.1, .2))
    cut = torch.where(chance(.12), one(.8, 1.4), reach)                                 # some users clip what is behind
    return torch.where(ok & ~gone & (z < cut) & (z > nearest), z, torch.zeros_like(z)), kind
