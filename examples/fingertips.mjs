/** Fingertips from a recording: where the tip of the index finger is in each frame, metres in the camera's frame. */
import { depthFrames, HandTracker, jointIndex, loadConfig, loadParts } from 'voxhand';
import { mcapBus, withInputTopics } from 'voxhand/mcap';

const bus = await mcapBus('recordings/demo.mcap');
const config = withInputTopics(await loadConfig(), bus.topics(), 'demo.mcap');
const parts = await loadParts(config);
const tracker = new HandTracker(config, parts);
const tip = 3 * jointIndex('index_tip');

for await (const frame of depthFrames(bus, config)) {
  for (const { stamp, hands } of await tracker.track(frame)) {
    for (const { id, handedness, positions } of hands) {
      const [x, y, z] = positions.subarray(tip, tip + 3);
      console.log(`${stamp} hand ${id} (${handedness}): ${x.toFixed(3)} ${y.toFixed(3)} ${z.toFixed(3)}`);
    }
  }
}
await parts.close();
await bus.close();
