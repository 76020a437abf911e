/** A recording as a test: the hands in it are those of the golden recording, to half a millimetre in the mean. */
import { expect, test } from 'vitest';
import { loadConfig, trackTo } from 'voxhand';
import { mcapBus } from 'voxhand/mcap';
import 'voxhand/testing/vitest';

test('the cell is tracked as it was', async () => {
  const bus = await mcapBus('recordings/demo.mcap', { output: 'hands.mcap' });
  await trackTo(bus, await loadConfig());
  await expect('hands.mcap').toReproduce('golden.mcap', { meanMm: 0.5 });
}, 60_000);
