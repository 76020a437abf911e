"""The second stage of detection: looks at the voxels around a place where a hand may be and says whether there is one, where its root is, which
one it is, and how it is turned.

Input [B, 1, 32, 32, 32] occupancy, index order z, y, x, of a cube of EDGE metres around the supposed root of the middle finger, turned about the
optical axis so that the way from there to the wrist is supposed to point down (+y); left hands are not mirrored. Output [B, 7]:

    0 to 2   true root minus the cube's centre, cube edges, along the cube's axes
    3        logit: a hand is there whose root is answered with an error below 40 mm
    4        logit: a left hand
    5, 6     direction wrist -> root in the cube's image plane, trained as a unit vector; (0, -1) where the cube is turned rightly
"""
import torch.nn as nn
import torch.nn.functional as F

from .loop import in_single
from .net import VARIANTS, Encoder

SIZE, EDGE, NUMBERS = 32, .30, 7
POSE = VARIANTS['compact16b']           # a pose network that its way down is like, so that it can begin with what that one knows of hands


class Verify(Encoder):
    def __init__(self, widths=POSE['widths'], blocks=POSE['blocks'], hidden=96, size=SIZE):
        super().__init__(widths, blocks)
        self.size, self.frozen = size, []
        self.hidden = nn.Linear(widths[-1] * (size // 2 ** len(blocks)) ** 3, hidden, bias=False)
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
        return F.relu(self.norm(self.hidden(self.levels(x)[-1].flatten(1))))

    def begin_with(self, pose):
        """Take the way down of a pose network's state."""
        own = {k: v for k, v in in_single(pose).items() if k.startswith(('stem.', 'down.'))}
        missing, unexpected = self.load_state_dict(own, strict=False)
        foreign = [k for k in missing if k.startswith(('stem.', 'down.'))]
        if unexpected or foreign:
            raise ValueError(f'the way down of another network: {len(unexpected)} too many, {len(foreign)} missing, first {(unexpected + foreign)[0]}')
        return self

    def freeze(self):
        """Leave the stem and the finest level as they are: half of the time of a step goes there, and they know surfaces already."""
        self.frozen = [self.stem, self.down[0]]
        for m in self.frozen:
            m.requires_grad_(False)
        return self.train()

    def train(self, mode=True):
        super().train(mode)
        for m in self.frozen:
            m.eval()
        return self
