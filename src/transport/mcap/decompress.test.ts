import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { decompressors } from './decompress.js';

it('leaves no listener in the process that hides where an application failed', async () => {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const listeners = () => events.flatMap((event) => process.listeners(event as 'uncaughtException'));
  const before = listeners();
  const handlers = await decompressors();
  expect(Object.keys(handlers)).toEqual(expect.arrayContaining(['bz2', 'lz4', 'zstd']));
  expect(listeners()).toEqual(before);
});

it('is needed: the bz2 module alone takes the place of the line that threw', () => {
  const program = `
    const { loadDecompressHandlers } = await import('@mcap/support');
    await loadDecompressHandlers();
    setTimeout(() => { throw new Error('of the application'); });
  `;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  expect(stderr).toContain('wasm-bz2');
});
