"""The training loop of the networks that learn from whole scenes: renders in processes of its own, resumes, keeps an average of the weights."""
import copy
import json
import os
import queue
import time
from pathlib import Path

import torch
import torch.multiprocessing as mp

from .steps import average, cosine, in_single, save, set_rate

KEPT = {'depth': torch.float16}         # of what a pool stores; half keeps a depth below 2 m to 1 mm


def add_arguments(p, run, batch, minutes=60.):
    p.add_argument('--run', default=run, help='folder of checkpoints and logs')
    p.add_argument('--minutes', type=float, default=minutes, help='how long to train in all, wall clock; a longer one resumes')
    p.add_argument('--batch', type=int, default=batch)
    p.add_argument('--lr', type=float, default=2e-3)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--threads', type=int, default=1)
    p.add_argument('--workers', type=int, default=1, help='processes that render')
    p.add_argument('--pool', type=int, default=8192, help='samples kept')
    p.add_argument('--reuse', type=float, default=3, help='how often a sample is seen in the mean; oftener where rendering is slower than training')
    p.add_argument('--every', type=float, default=5, help='minutes between evaluations')
    p.add_argument('--from', dest='start', help='averaged weights to start from (a checkpoint of another run)')


def _render(make, seed, chunk, out):
    torch.set_num_threads(1)
    parent, draw = os.getppid(), make(seed)
    while True:
        samples = {k: v.to(KEPT.get(k, v.dtype)) for k, v in draw(chunk).items()}
        while True:
            if os.getppid() != parent:              # it was killed
                return
            try:
                out.put(samples, timeout=5)
                break
            except queue.Full:
                pass


def _count(samples):
    return len(next(iter(samples.values())))


class Pool:
    """The newest `capacity` samples that processes render. Drawing adds one for every `reuse` that are drawn, where they have arrived, and does not wait.

    `make(seed)` gives a function from a number to a dict of that many samples.
    """

    def __init__(self, make, seed, capacity, reuse=1., workers=1, chunk=32, first=1024):
        self.capacity, self.reuse = capacity, reuse
        self.count = self.rendered = self._next = 0
        self._rows, self._due = None, 0.
        self._queue = mp.Queue(8)
        self._workers = [mp.Process(target=_render, args=(make, seed + 7919 * k, chunk, self._queue), daemon=True) for k in range(workers)]
        for w in self._workers:
            w.start()
        while self.count < min(first, capacity):
            self._check()
            try:
                self._take(self._queue.get(timeout=10))
            except queue.Empty:
                pass

    def _take(self, samples):
        n = _count(samples)
        if self._rows is None:
            self._rows = {k: torch.empty(self.capacity, *v.shape[1:], dtype=v.dtype) for k, v in samples.items()}
        at = (self._next + torch.arange(n)) % self.capacity
        for k, v in samples.items():
            self._rows[k][at] = v
        self._next = (self._next + n) % self.capacity
        self.count, self.rendered = min(self.capacity, self.count + n), self.rendered + n

    def _check(self):
        if not all(w.is_alive() for w in self._workers):
            raise RuntimeError('a process that renders has ended')

    def draw(self, n):
        self._check()
        self._due += n / self.reuse
        while self._due > 0:
            try:
                samples = self._queue.get_nowait()
            except queue.Empty:
                break
            self._due -= _count(samples)
            self._take(samples)
        self._due = min(self._due, 10. * n)
        pick = torch.randint(0, self.count, (n,))
        return {k: v[pick].to(torch.float32 if k in KEPT else v.dtype) for k, v in self._rows.items()}

    def close(self):
        for w in self._workers:
            w.terminate()


def train(a, net, make, loss_of, evaluate, model):
    """Train `net` for `a.minutes` in all (add_arguments). `loss_of(net, samples)` gives a loss and a dict of numbers for the log,
    `evaluate(net)` a dict for the log. Checkpoints are what checkpoint.load reads; last.pt is always whole."""
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    run = Path(a.run)
    run.mkdir(parents=True, exist_ok=True)
    optimiser = torch.optim.AdamW(net.parameters(), a.lr, weight_decay=1e-4, betas=(.9, .99))
    seen, spent, before, log, last = 0, 0., 0, [], run / 'last.pt'
    ema = copy.deepcopy(net)
    if last.exists():
        c = torch.load(last, map_location='cpu')
        net.load_state_dict(c['net']), ema.load_state_dict(c['ema']), optimiser.load_state_dict(c['optimiser'])
        seen, spent, before, log = c['seen'], c['spent'], c['before'], c['log']
        print(f'resumed at {seen} samples, {spent / 60:.1f} minutes', flush=True)
    elif a.start:
        c = torch.load(a.start, map_location='cpu')
        net.load_state_dict(in_single(c['ema']))
        ema.load_state_dict(net.state_dict())
        before, log = c['seen'] + c.get('before', 0), c['log']
    pool = Pool(make, a.seed * 1_000_003 + before + seen, a.pool, a.reuse, a.workers)
    begin, begun, notes = time.time(), seen, {}
    t = lambda: spent + time.time() - begin
    next_eval = t() + 60 * min(1., a.every)

    def record():
        row = {'samples': before + seen, 'minutes': round(t() / 60, 2), 'rendered': pool.rendered, 'perSecond': round((seen - begun) / (time.time() - begin), 1),
               **{k: round(v, 4) for k, v in notes.items()}, **evaluate(ema)}
        log.append(row)
        with open(run / 'log.jsonl', 'a') as f:
            f.write(json.dumps(row) + '\n')
        print(json.dumps(row), flush=True)
        save({'net': net.state_dict(), 'ema': ema.state_dict(), 'optimiser': optimiser.state_dict(), 'seen': seen, 'before': before, 'spent': t(), 'log': log,
              'args': {**vars(a), 'model': model}}, last)

    net.train()
    while t() < 60 * a.minutes:
        set_rate(optimiser, a.lr * cosine(t() / 60 / a.minutes, .03))
        loss, parts = loss_of(net, pool.draw(a.batch))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.)
        optimiser.step()
        seen += a.batch
        average(ema, net, seen / a.batch)
        for k, v in parts.items():
            notes[k] = .98 * notes.get(k, v) + .02 * v
        if t() >= next_eval:
            record()
            next_eval = t() + 60 * a.every
    record()
    pool.close()
