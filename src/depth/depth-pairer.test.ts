import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DepthPairer, type PairOptions, type PairOutcome } from './depth-pairer.js';

const MS = 1_000_000n;

/**
 * Runs a story of arrivals in milliseconds, `d10` a depth image and `c10` a camera info, and tells what came out:
 * `d10=c10` a pair, `d10!cause` a drop, `|` where the next arrival follows.
 */
function story(arrivals: string, options: PairOptions = {}): { told: string; pairer: DepthPairer<string, string> } {
  const pairer = new DepthPairer<string, string>(options);
  const tell = (outcome: PairOutcome<string, string>) =>
    outcome.kind === 'pair'
      ? `${outcome.depth.value}=${outcome.camera.value}`
      : `${outcome.depth.value}!${outcome.cause}`;
  const told = arrivals.split(' ').map((name) => {
    if (name === 'end') return pairer.end().map(tell).join(' ');
    const message = { stamp: BigInt(name.slice(1)) * MS, value: name };
    return (name[0] === 'd' ? pairer.depth(message) : pairer.camera(message)).map(tell).join(' ');
  });
  return { told: told.join('|'), pairer };
}

describe('DepthPairer by stamp', () => {
  it.each<[string, string, PairOptions, string]>([
    ['pairs an image with the info that came before it', 'c10 d10', {}, '|d10=c10'],
    ['pairs an image with the info that comes after it', 'd10 c10', {}, '|d10=c10'],
    ['does not pair stamps that differ by the least', 'd10 c11', {}, '|d10!camera-missing'],
    ['pairs stamps at the tolerance', 'd10 c15', { tolerance: 0.005 }, '|d10=c15'],
    ['does not pair stamps beyond the tolerance', 'd10 c16', { tolerance: 0.005 }, '|d10!camera-missing'],
    ['prefers the nearest info', 'c8 c11 c14 d10', { tolerance: 0.005 }, '|||d10=c11'],
    ['lets an info serve several images', 'c10 d10 d11', { tolerance: 0.005 }, '|d10=c10|d11=c10'],
    [
      'keeps the order of images that waited',
      'd10 d20 d30 c30',
      {},
      '|||d10!camera-missing d20!camera-missing d30=c30',
    ],
    ['pairs images that waited, each with its own info', 'd10 d20 c10 c20', {}, '||d10=c10|d20=c20'],
    ['drops an image whose time the infos have passed', 'c20 d10', {}, '|d10!camera-missing'],
    ['drops the oldest of a full queue', 'c0 d10 d20 d30', { queueSize: 2 }, '|||d10!queue-full'],
    ['says that no info came at all when the queue is full', 'd10 d20 d30', { queueSize: 2 }, '||d10!camera-missing'],
    ['drops what waits at the end', 'd10 d20 end', {}, '||d10!camera-missing d20!camera-missing'],
    ['stays with slightly older stamps', 'c2000 c1000 d1000', {}, '||d1000=c1000'],
    ['is reset when the images jump back', 'c5000 d5000 d5001 d0 c0', {}, '|d5000=c5000||d5001!time-jump|d0=c0'],
    ['is reset when the infos jump back', 'd5000 c4999 c0 d0', {}, '||d5000!time-jump|d0=c0'],
    ['forgets old infos at a jump', 'c5000 d5000 d0 d5000', { queueSize: 1 }, '|d5000=c5000||d0!camera-missing'],
  ])('%s', (_, arrivals, options, expected) => {
    expect(story(arrivals, options).told).toBe(expected);
  });

  it('counts every image once', () => {
    const { pairer } = story('c0 d0 d1 d2 c2 d3 d4 d5 c9000 d9000 d9001 d0 d1 end', { queueSize: 2 });
    expect(pairer.counts).toEqual({
      depthIn: 10,
      paired: 3,
      waiting: 0,
      dropped: { 'camera-missing': 5, 'queue-full': 1, 'time-jump': 1 },
      timeJumps: 1,
    });
  });

  it('resets once for a jump of both streams', () => {
    const { told, pairer } = story('c9000 d9000 d0 c0 d1 c1');
    expect(told).toBe('|d9000=c9000||d0=c0||d1=c1');
    expect(pairer.counts.timeJumps).toBe(1);
  });

  it('finds an info among the last hundred only', () => {
    const infos = Array.from({ length: 101 }, (_, i) => `c${i}`).join(' ');
    expect(story(`${infos} d1`).told).toMatch(/\|d1=c1$/);
    expect(story(`${infos} d0`).told).toMatch(/\|d0!camera-missing$/);
  });
});

describe('DepthPairer by latest', () => {
  it.each([
    ['takes the info that came last, whatever its stamp', 'c10 d99 c0 d100', '|d99=c10||d100=c0'],
    ['drops images before the first info', 'd10 c10 d11', 'd10!camera-missing||d11=c10'],
    ['keeps the info when time jumps back', 'c9000 d9000 d0', '|d9000=c9000|d0=c9000'],
  ])('%s', (_, arrivals, expected) => {
    expect(story(arrivals, { mode: 'latest' }).told).toBe(expected);
  });
});

describe('DepthPairer', () => {
  it('lets every image out exactly once, in order, and never holds more than its queue', () => {
    const arrival = fc.record({ isDepth: fc.boolean(), stamp: fc.nat(3000) });
    const options = fc.record({
      mode: fc.constantFrom('stamp' as const, 'latest' as const),
      tolerance: fc.constantFrom(0, 0.01, 0.5),
      queueSize: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 60 }), options, (arrivals, pairOptions) => {
        const pairer = new DepthPairer<number, number>(pairOptions);
        const outcomes: PairOutcome<number, number>[] = [];
        arrivals.forEach(({ isDepth, stamp }, i) => {
          const message = { stamp: BigInt(stamp) * MS, value: i };
          outcomes.push(...(isDepth ? pairer.depth(message) : pairer.camera(message)));
          expect(pairer.counts.waiting).toBeLessThanOrEqual(pairOptions.queueSize);
        });
        outcomes.push(...pairer.end());
        const came = arrivals.flatMap(({ isDepth }, i) => (isDepth ? [i] : []));
        expect(outcomes.map(({ depth }) => depth.value).sort((a, b) => a - b)).toEqual(came);
        const { depthIn, paired, waiting, dropped } = pairer.counts;
        expect(waiting).toBe(0);
        expect(paired + Object.values(dropped).reduce((sum, n) => sum + n)).toBe(depthIn);
      }),
    );
  });

  it.each([{ tolerance: -1 }, { tolerance: NaN }, { queueSize: 0 }, { queueSize: 1.5 }])('refuses %j', (options) => {
    expect(() => new DepthPairer(options)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
