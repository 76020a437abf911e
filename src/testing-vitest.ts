/**
 * `voxhand/testing/vitest`: importing it adds `toReproduce` to vitest's `expect`, with its type.
 *
 * @example
 * ```ts
 * import { expect, test } from 'vitest';
 * import 'voxhand/testing/vitest';
 *
 * test('the cell is tracked as it was', async () => {
 *   await expect('out/cell.mcap').toReproduce('golden/cell.mcap', { meanMm: 0.5 });
 * });
 * ```
 *
 * @module
 */
import { expect } from 'vitest';
import { type ReproduceOptions, voxhandMatchers } from './regression/matchers.js';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: an interface is merged only with the same parameters
  interface Matchers<T = any> {
    /** The recording at this path has the results of the golden one, within tolerance; see `voxhandMatchers`. */
    toReproduce(golden: string | URL, options?: ReproduceOptions): Promise<void>;
  }
}

expect.extend(voxhandMatchers);
