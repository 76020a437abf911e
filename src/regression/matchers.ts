import { fileURLToPath } from 'node:url';
import { VoxhandError } from '../errors/index.js';
import { comparedWithLoss } from './compare/comparison.js';
import { formatComparison } from './compare/comparison-text.js';
import type { ToleranceSettings } from './compare/tolerances.js';
import { type CompareFilesOptions, compareFiles } from './compare-recordings.js';

/** What a matcher of vitest or jest answers. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What may differ, and what is compared. */
export type ReproduceOptions = ToleranceSettings &
  Pick<CompareFilesOptions, 'topic' | 'eventsTopic' | 'tolerancesFile'>;

/**
 * Matchers for recordings, for `expect.extend` of vitest or jest. With vitest, `import 'voxhand/testing/vitest'` does that and
 * brings the types along.
 *
 * `expect(recording).toReproduce(golden, tolerances)` compares the results of two recordings, given by their paths, as `voxhand
 * compare` does: with the tolerances given, else those in the file beside the golden recording, else the defaults. A recording
 * that is not whole does not reproduce anything. It reads files: await it.
 *
 * @example
 * ```ts
 * expect.extend(voxhandMatchers);
 * await expect('out/cell.mcap').toReproduce('golden/cell.mcap', { meanMm: 0.5 });
 * ```
 */
export const voxhandMatchers = {
  async toReproduce(received: unknown, golden: unknown, options: ReproduceOptions = {}): Promise<MatcherResult> {
    const { topic, eventsTopic, tolerancesFile, ...tolerances } = options;
    const { comparison } = await compareFiles(pathOf(golden, 'golden recording'), pathOf(received, 'recording'), {
      tolerances,
      ...(topic !== undefined && { topic }),
      ...(eventsTopic !== undefined && { eventsTopic }),
      ...(tolerancesFile !== undefined && { tolerancesFile }),
    });
    const pass = comparison.verdict !== 'not' && !comparedWithLoss(comparison);
    const wish = pass
      ? 'the recording reproduces the golden one, and was expected not to'
      : 'the recording does not reproduce the golden one';
    return { pass, message: () => `${wish}\n\n${formatComparison(comparison)}` };
  },
};

function pathOf(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  if (value instanceof URL && value.protocol === 'file:') return fileURLToPath(value);
  throw new VoxhandError('USAGE', `toReproduce needs the path of a ${what}`, {
    expected: 'a path, or a file: URL',
    found: typeof value === 'string' ? 'an empty one' : String(value),
  });
}
