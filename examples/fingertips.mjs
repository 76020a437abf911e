/** Fingertips from a recording: where the tip of the index finger is in each frame, metres in the camera's frame. */
import { jointIndex, loadConfig, trackTo } from 'voxhand';
import { mcapBus } from 'voxhand/mcap';

const tip = 3 * jointIndex('index_tip');
const bus = await mcapBus('recordings/demo.mcap', { output: 'hands.mcap' });
await trackTo(bus, await loadConfig(), {
  onResult: ({ stamp, hands }) => {
    for (const { id, handedness, positions } of hands) {
      const [x, y, z] = positions.subarray(tip, tip + 3);
      console.log(`${stamp} hand ${id} (${handedness}): ${x.toFixed(3)} ${y.toFixed(3)} ${z.toFixed(3)}`);
    }
  },
});
