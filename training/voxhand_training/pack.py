"""Pack a training checkpoint for the repository: averaged weights in fp16, arguments and the log, without optimiser state.

    python3 -m voxhand_training.pack runs/compact16b/last.pt checkpoints/compact16b.pt
"""
import sys

import torch

source, target = sys.argv[1:3]
c = torch.load(source, map_location='cpu')
half = {k: v.half() if v.is_floating_point() else v for k, v in c['ema'].items()}
torch.save({'ema': half, 'seen': c['seen'], 'before': c.get('before', 0), 'spent': c['spent'], 'log': c['log'], 'args': c['args']}, target)
print(f"{target}: {c['seen']} samples, {c['spent'] / 60:.1f} minutes, {c['log'][-1] if c['log'] else 'not evaluated'}")
