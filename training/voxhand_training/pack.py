"""Pack a training checkpoint for the repository: averaged weights in fp16, arguments and the log, without optimiser state.

    python3 -m voxhand_training.pack runs/compact16b/last.pt checkpoints/compact16b.pt
"""
import argparse

import torch

from .loop import in_half


def pack(source, target):
    c = torch.load(source, map_location='cpu')
    torch.save({'ema': in_half(c['ema']), 'seen': c['seen'], 'before': c.get('before', 0), 'spent': c['spent'], 'log': c['log'], 'args': c['args']}, target)
    return c


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('source')
    p.add_argument('target')
    a = p.parse_args()
    c = pack(a.source, a.target)
    print(f"{a.target}: {c['seen']} samples, {c['spent'] / 60:.1f} minutes, {c['log'][-1] if c['log'] else 'not evaluated'}")


if __name__ == '__main__':
    main()
