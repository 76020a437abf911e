import { expect, vi } from 'vitest';

/** Waits until it is so. The limit is for what never comes: where other programs run, everything may take long. */
export const until = (condition: () => unknown): Promise<void> =>
  vi.waitFor(async () => expect(await condition()).toBeTruthy(), { timeout: 100_000, interval: 5 });
