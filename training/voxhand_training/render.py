"""A depth camera for batches of round cones: exact ray casting, in PyTorch.

A round cone is a sphere whose centre runs from a to b while its radius grows linearly from ra to rb. With the ray t * d from the
camera's origin, m = b - a, D = rb - ra and k = m.m - D^2, the envelope of these spheres is the quadratic

    t^2 (d.d - (d.m)^2 / k) - 2 t (d.a - (d.m) P / k) + (a.a - ra^2 - P^2 / k) = 0,   P = a.m - ra D,

valid where s = (t d.m - P) / k lies in [0, 1]; outside, one of the two end spheres is what the ray meets.
With d = (x, y, 1) the parameter t is the depth z itself.
"""
import torch

FAR = 1e3


def cast_cones(dirs, a, b, ra, rb):
    """Depth of the nearest hit, FAR where there is none.

    dirs [..., 3] rays, (x, y, 1); a, b [..., 3] and ra, rb [...] cones; all broadcast against each other. A radius <= 0 hides a cone.
    """
    m, delta = b - a, rb - ra
    dd = (dirs * dirs).sum(-1)
    mm, am, aa, bb = (m * m).sum(-1), (a * m).sum(-1), (a * a).sum(-1), (b * b).sum(-1)
    da, dm = (dirs * a).sum(-1), (dirs * m).sum(-1)
    db = da + dm
    k = mm - delta * delta
    kk = k.clamp(min=1e-9)
    p = am - ra * delta
    qa = dd - dm * dm / kk
    qb = da - dm * p / kk
    qc = aa - ra * ra - p * p / kk
    disc = qb * qb - qa * qc
    # The entry on the mantle: the nearer root, or for a ray steeper than the mantle (qa < 0) the farther one, which is the same term.
    t = (qb - disc.clamp(min=0).sqrt()) / torch.where(qa.abs() < 1e-9, torch.full_like(qa, 1e-9), qa)
    s = (t * dm - p) / kk
    far = torch.full_like(t, FAR)
    best = torch.where((disc > 0) & (s >= 0) & (s <= 1) & (k > 0), t, far)
    for dc, cc, r in ((da, aa, ra), (db, bb, rb)):
        disc = dc * dc - dd * (cc - r * r)
        best = torch.minimum(best, torch.where(disc > 0, (dc - disc.clamp(min=0).sqrt()) / dd, far))
    return torch.where((ra > 0) & (best > 0.02), best, far)


def cast_boxes(dirs, centre, turn, half):
    """Depth of the nearest hit of an oriented box, FAR where there is none (slab method).

    dirs [B, K, 3] rays, (x, y, 1); centre [B, 3]; turn [B, 3, 3], whose columns are the box's axes; half [B, 3] half edges, metres.
    A first half edge <= 0 hides a box.
    """
    o = -(centre[:, None] @ turn)                                                       # the camera in the box's frame
    d = dirs @ turn
    d = torch.where(d.abs() < 1e-9, torch.full_like(d, 1e-9), d)
    near, far = (-half[:, None] - o) / d, (half[:, None] - o) / d
    enter, leave = torch.minimum(near, far).amax(-1), torch.maximum(near, far).amin(-1)
    hit = (enter <= leave) & (enter > 0.02) & (half[:, :1] > 0)
    return torch.where(hit, enter, torch.full_like(enter, FAR))


def render(dirs, cones, patches):
    """Z-buffer of cones over a square image.

    dirs [B, W, W, 3]; cones = (a, b, ra, rb), [B, P, 3] and [B, P]; patches [P]: side in pixels of the window around a cone's middle
    that holds it, or 0 for the whole image. Returns depth [B, W*W] and, per pixel, the nearest cone's index (-1 for none).
    """
    a, b, ra, rb = cones
    n, w = dirs.shape[0], dirs.shape[1]
    depth = torch.full((n, w * w), FAR, device=dirs.device)
    which = torch.full((n, w * w), -1, dtype=torch.int16, device=dirs.device)
    flat = dirs.view(n, w * w, 3)
    x0, y0 = dirs[:, 0, 0, 0], dirs[:, 0, 0, 1]
    step = dirs[:, 0, 1, 0] - x0
    for size in sorted(set(patches)):
        index = [i for i, q in enumerate(patches) if q == size]
        for i in index:
            cone = (a[:, i, None], b[:, i, None], ra[:, i, None], rb[:, i, None])
            if size == 0:
                z = cast_cones(flat, *cone)
                closer = z < depth
                depth = torch.where(closer, z, depth)
                which = torch.where(closer, torch.full_like(which, i), which)
                continue
            mid = (a[:, i] + b[:, i]) / 2
            u = ((mid[:, 0] / mid[:, 2] - x0) / step).round().long() - size // 2
            v = ((mid[:, 1] / mid[:, 2] - y0) / step).round().long() - size // 2
            o = torch.arange(size, device=dirs.device)
            pu, pv = (u[:, None] + o).clamp(0, w - 1), (v[:, None] + o).clamp(0, w - 1)
            pixel = (pv[:, :, None] * w + pu[:, None, :]).view(n, -1)
            z = cast_cones(flat.gather(1, pixel[..., None].expand(-1, -1, 3)), *cone)
            old = depth.gather(1, pixel)
            closer = z < old
            depth.scatter_(1, pixel, torch.where(closer, z, old))
            which.scatter_(1, pixel, torch.where(closer, torch.full_like(pixel, i, dtype=torch.int16), which.gather(1, pixel)))
    return depth, which


def compile_kernels():
    """Fuse the ray casting (PyTorch 2.x with a C++ compiler): rendering takes half the time, after ten seconds of compiling."""
    global cast_cones, cast_boxes
    cast_cones, cast_boxes = torch.compile(cast_cones, dynamic=False), torch.compile(cast_boxes, dynamic=False)
