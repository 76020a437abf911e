import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { movingHand, withJointMoved, writeResults } from '../../test/helpers/results.js';
import '../testing-vitest.js';

let folder: string;
let golden: string;
let shifted: string;
const HANDS = movingHand(20);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-matchers-'));
  golden = await writeResults(join(folder, 'golden.mcap'), HANDS);
  shifted = await writeResults(join(folder, 'shifted.mcap'), withJointMoved(HANDS, 8, 3));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('toReproduce', () => {
  test('passes for the same results, by path or URL', async () => {
    await expect(golden).toReproduce(golden);
    await expect(pathToFileURL(golden)).toReproduce(pathToFileURL(golden), { maxMm: 0 });
  });

  test('fails with a message that says what moved', async () => {
    await expect(expect(shifted).toReproduce(golden)).rejects.toThrow(
      /does not reproduce the golden one\n\nNOT WITHIN TOLERANCE\n +mean distance of index_tip: 3\.00 mm, at most 0\.5 mm/,
    );
  });

  test('takes tolerances', async () => {
    await expect(shifted).toReproduce(golden, { meanMm: 3.1, p95Mm: 3.1 });
    await expect(shifted).toReproduce(golden, { joints: { index_tip: { meanMm: 4, p95Mm: 4 } } });
    await expect(shifted).not.toReproduce(golden, { meanMm: 3.1, p95Mm: 3.1, maxMm: 2 });
  });

  test('negated fails where the recording does reproduce', async () => {
    await expect(expect(golden).not.toReproduce(golden)).rejects.toThrow('was expected not to');
  });

  test('fails for a recording that is not whole, even if what is left agrees', async () => {
    const broken = await writeResults(join(folder, 'broken.mcap'), HANDS);
    await truncate(broken, 6000);
    await expect(expect(broken).toReproduce(golden, { missing: 1000 })).rejects.toThrow('COMPARED WITH LOSS');
  });

  test.each([[undefined], [''], [new URL('https://example.org/a.mcap')], [{}]])(
    'refuses %s in place of a path',
    async (value) => {
      await expect(expect(value).toReproduce(golden)).rejects.toThrow('toReproduce needs the path of a recording');
    },
  );

  test('refuses a tolerance that there is not', async () => {
    // @ts-expect-error a key that is misspelt is refused by its type, too
    await expect(expect(golden).toReproduce(golden, { meanCm: 1 })).rejects.toThrow('unknown key mean_cm');
  });

  test('has a type: a promise, for a path and tolerances', () => {
    expectTypeOf(expect('a').toReproduce).toBeCallableWith('b', { meanMm: 0.5, topic: '/left/joints' });
    expectTypeOf(expect('a').toReproduce).returns.resolves.toBeVoid();
  });
});
