"""The second stage of detection: looks at the voxels around a place where a hand may be and says whether there is one, where its root is, which
one it is, and how it is turned.

Input [B, 1, 32, 32, 32] occupancy, index order z, y, x, of a cube of EDGE metres around the supposed root of the middle finger, turned about the
optical axis so that the way from there to the wrist is supposed to point down (+y); left hands are not mirrored. Output [B, 7]:

    0 to 2   true root minus the cube's centre, cube edges, along the cube's axes
    3        logit: a hand whose root is within 40 mm of the centre
    4        logit: a left hand
    5, 6     direction wrist -> root in the cube's image plane, trained as a unit vector; (0, -1) where the cube is turned rightly
"""
import torch.nn as nn
import torch.nn.functional as F

from .net import Basic, Residual, space_to_depth

SIZE, EDGE, NUMBERS = 32, .30, 7


class Verify(nn.Module):
    def __init__(self, widths=(24, 48, 64), hidden=96, size=SIZE):
        super().__init__()
        self.size = size
        a, b, c = widths
        self.stem = Basic(8, a, 3)
        self.levels = nn.ModuleList([nn.Sequential(Residual(a, b)), nn.Sequential(Residual(b, c), Residual(c, c))])
        self.hidden = nn.Linear(c * (size // 8) ** 3, hidden, bias=False)
        self.norm = nn.BatchNorm1d(hidden)       # without it the hidden layer dies
        self.out = nn.Linear(hidden, NUMBERS)
        nn.init.normal_(self.out.weight, 0, .01)
        nn.init.zeros_(self.out.bias)
        self.joints = nn.Linear(hidden, 63)

    def forward(self, x):
        return self.out(self.trunk(x))

    def taught(self, x):
        """The answer, and all joints minus the cube's centre [B, 21, 3], cube edges: learned beside it, since they say more of each cube."""
        x = self.trunk(x)
        return self.out(x), self.joints(x).view(-1, 21, 3)

    def trunk(self, x):
        x = self.stem(space_to_depth(x))
        for blocks in self.levels:
            x = blocks(F.max_pool3d(x, 2))
        return F.relu(self.norm(self.hidden(x.flatten(1))))
