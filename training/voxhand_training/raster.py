"""The z-buffer of raster.c, compiled with the system's C compiler at first use, called through ctypes."""
import ctypes
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np

SOURCE = Path(__file__).with_name('raster.c')
_library = None


def library():
    global _library
    if _library is None:
        name = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
        target = Path(tempfile.gettempdir()) / f'voxhand-raster-{os.getuid()}-{name}.so'
        if not target.exists():
            part = target.with_suffix(f'.{os.getpid()}')
            subprocess.run([os.environ.get('CC', 'cc'), '-O3', '-march=native', '-fPIC', '-shared', '-o', str(part), str(SOURCE), '-lm'], check=True)
            part.rename(target)
        _library = ctypes.CDLL(str(target))
    return _library


def raster(vertices, faces, labels, focal, cx, cy, width, height):
    """Depth [height, width] (metres; inf where nothing is) and label [height, width] (-1) of triangles.

    vertices [n, 3] metres in the optical frame, faces [m, 3] indices, labels [m]. Pixel (u, v) looks along
    ((u - cx) / focal, (v - cy) / focal, 1) at integer u, v.
    """
    v, f, k = (np.ascontiguousarray(a, t) for a, t in ((vertices, np.float32), (faces, np.int32), (labels, np.int32)))
    depth = np.full((height, width), np.inf, np.float32)
    which = np.full((height, width), -1, np.int32)
    pointer = lambda a: a.ctypes.data_as(ctypes.c_void_p)
    c = ctypes.c_float
    library().raster(pointer(v), pointer(f), pointer(k), len(f), c(focal), c(cx), c(cy), width, height, pointer(depth), pointer(which))
    return depth, which
