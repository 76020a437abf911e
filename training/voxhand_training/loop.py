"""The training loop of all networks: resumes, keeps an average of the weights, evaluates, writes checkpoints. Samples are drawn in the same
process (Chunks), or rendered by processes of their own (Pool)."""
import copy
import json
import math
import os
import queue
import time
from pathlib import Path

import torch
import torch.multiprocessing as mp

KEPT = {'depth': torch.float16}         # of what a pool stores; half keeps a depth below 2 m to 1 mm


# -- what a step does

def set_rate(optimiser, rate):
    for group in optimiser.param_groups:
        group['lr'] = rate


def cosine(progress, warmup=.03):
    """The share of the learning rate at a progress of 0 to 1: a linear warm-up, then half a cosine."""
    return min(1, progress / warmup + .01) * (.5 * (1 + math.cos(math.pi * min(1, progress))) * .99 + .01)


def adam(net, rate):
    return torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], rate, weight_decay=1e-4, betas=(.9, .99))


@torch.no_grad()
def average(mean, net, steps, most=.999):
    """Move the averaged network towards `net`; of few steps the average is shorter. `most` 0.999 averages over about 1,000 steps; 0 copies."""
    decay = min(most, (1 + steps) / (10 + steps))
    for s, w in zip(mean.state_dict().values(), net.state_dict().values()):
        s.lerp_(w, 1 - decay) if s.is_floating_point() else s.copy_(w)


# -- checkpoints

def save(content, path):
    """Write a checkpoint so that what lies at `path` is always whole."""
    part = path.with_name(path.name + '.part')
    torch.save(content, part)
    part.rename(path)


def in_half(state):
    return {k: v.half() if v.is_floating_point() else v for k, v in state.items()}


def in_single(state):
    return {k: v.float() if v.is_floating_point() else v for k, v in state.items()}


# -- where samples come from

class Chunks:
    """Samples drawn in this process. `draw(n)` gives a dict of n samples; it is asked for `chunk` at a time. Deterministic where `draw` is."""

    def __init__(self, draw, chunk=64):
        self._draw, self._chunk, self._waiting = draw, chunk, []
        self.rendered = 0

    @torch.no_grad()
    def draw(self, n):
        if not self._waiting:
            samples = self._draw(max(n, self._chunk // n * n))
            self.rendered += _count(samples)
            parts = {k: v.split(n) for k, v in samples.items()}
            self._waiting = [{k: v[i] for k, v in parts.items()} for i in reversed(range(len(next(iter(parts.values())))))]
        return self._waiting.pop()

    def close(self):
        pass


def _count(samples):
    return len(next(iter(samples.values())))


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


# -- the loop

def add_arguments(p, run, batch, minutes=0., samples=0, lr=2e-3, every=6., threads=1):
    p.add_argument('--run', default=run, help='folder of checkpoints and logs')
    p.add_argument('--samples', type=int, default=samples, help='how many samples to see in all; a larger number resumes')
    p.add_argument('--minutes', type=float, default=minutes, help='or how long to train in all, wall clock; a longer one resumes')
    p.add_argument('--batch', type=int, default=batch)
    p.add_argument('--lr', type=float, default=lr)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--threads', type=int, default=threads)
    p.add_argument('--every', type=float, default=every, help='minutes between evaluations')
    p.add_argument('--from', dest='start', help='averaged weights to start from (a checkpoint of another run)')
    p.add_argument('--bf16', action='store_true', help='bfloat16 forward (twice as fast on CPUs and GPUs that have it)')


def add_pool_arguments(p):
    p.add_argument('--workers', type=int, default=1, help='processes that render')
    p.add_argument('--pool', type=int, default=8192, help='samples kept')
    p.add_argument('--reuse', type=float, default=3, help='how often a sample is seen in the mean; oftener where rendering is slower than training')


def pooled(a, make):
    return lambda seed: Pool(make, seed, a.pool, a.reuse, a.workers)


def train(a, net, source, loss_of, evaluate, model, *, begin=lambda net, state: net.load_state_dict(state), optimiser=adam, rate=cosine, clip=5., most=.999,
          count=0, epoch=0, after=lambda log: None, keep=True):
    """Train `net` as `a` says (add_arguments); gives the rows of the log.

    `source(seed)` gives what draws samples (Chunks or Pool), `loss_of(net, samples)` a loss and a dict of numbers for the log, `evaluate(net)`, of the
    averaged weights, a dict for the log, `begin(net, state)` loads the weights of --from. `rate` is the share of the learning rate at a progress of
    0 to 1, `most` what `average` takes. Evaluated every `a.every` minutes, or every `count` samples; of each `epoch` samples the averaged weights
    are kept. Checkpoints are what checkpoint.load reads; last.pt is always whole. With `keep` off nothing is written or resumed.
    """
    if not a.samples and not a.minutes:
        raise SystemExit('say how long: --samples N or --minutes M')
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    run = Path(a.run)
    stepper = optimiser(net, a.lr)
    seen, spent, before, log, last = 0, 0., 0, [], run / 'last.pt'
    where = next(net.parameters()).device
    ema = copy.deepcopy(net)
    if keep:
        run.mkdir(parents=True, exist_ok=True)
    if keep and last.exists():
        c = torch.load(last, map_location=where)
        net.load_state_dict(c['net']), ema.load_state_dict(c['ema']), stepper.load_state_dict(c['optimiser'])
        seen, spent, before, log = c['seen'], c['spent'], c.get('before', 0), c['log']
        print(f'resumed at {seen} samples, {spent / 60:.1f} minutes', flush=True)
    elif a.start:
        c = torch.load(a.start, map_location=where)
        begin(net, in_single(c['ema']))
        ema.load_state_dict(net.state_dict())
        before, log = c['seen'] + c.get('before', 0), c['log']
    drawn = source(a.seed * 1_000_003 + before + seen)      # a resumed run must not see the same samples again
    started, begun, notes = time.time(), seen, {}
    t = lambda: spent + time.time() - started
    progress = lambda: max(seen / a.samples if a.samples else 0, t() / 60 / a.minutes if a.minutes else 0)
    next_time, next_count = t() + 60 * min(1., a.every), seen + count if count else math.inf

    def record(to, state):
        save({**state, 'seen': seen, 'before': before, 'spent': t(), 'log': log, 'args': {**vars(a), 'model': model}}, to)

    def evaluated():
        row = {'samples': before + seen, 'minutes': round(t() / 60, 2), 'rendered': drawn.rendered, 'perSecond': round((seen - begun) / (time.time() - started), 1),
               **{k: round(v, 4) for k, v in notes.items()}, **evaluate(ema.eval())}
        log.append(row)
        print(json.dumps(row), flush=True)
        if keep:
            with open(run / 'log.jsonl', 'a') as f:
                f.write(json.dumps(row) + '\n')
            record(last, {'net': net.state_dict(), 'ema': ema.state_dict(), 'optimiser': stepper.state_dict()})
        after(log)

    net.train()
    try:
        while progress() < 1:
            set_rate(stepper, a.lr * rate(progress()))
            samples = drawn.draw(a.batch)
            loss, parts = loss_of(net, samples)
            stepper.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), clip)
            stepper.step()
            earlier, seen = seen, seen + _count(samples)
            average(ema, net, seen / a.batch, most)
            for k, v in parts.items():
                notes[k] = .98 * notes.get(k, v) + .02 * v
            if keep and epoch and seen // epoch > earlier // epoch:
                (run / 'epochs').mkdir(exist_ok=True)
                record(run / 'epochs' / f'{(before + seen) // epoch:04d}.pt', {'ema': in_half(ema.state_dict())})
            if seen >= next_count or (not count and t() >= next_time):
                next_time, next_count = t() + 60 * a.every, next_count + count
                evaluated()
        if not log or log[-1]['samples'] != before + seen:
            evaluated()
    finally:
        drawn.close()
    return log
