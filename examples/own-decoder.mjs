/** A pipeline of single steps, with a decoder of your own: joints at the centre of what is above half of each heat map's peak. */
import { lastValueFrom, tap } from 'rxjs';
import {
  createInference,
  decodeJoints,
  depthFrames,
  findReference,
  inferHeatMaps,
  loadConfig,
  smoothHands,
  voxeliseFrames,
} from 'voxhand';
import { mcapBus, withInputTopics } from 'voxhand/mcap';

/** @type {import('voxhand').JointDecoder} */
function halfPeak({ joints, size, data }) {
  const positions = new Float64Array(3 * joints);
  const confidences = new Float32Array(joints);
  for (let joint = 0; joint < joints; joint++) {
    const voxels = data.subarray(joint * size ** 3, (joint + 1) * size ** 3);
    const peak = voxels.reduce((most, value) => Math.max(most, value), 0);
    let sum = 0;
    voxels.forEach((value, i) => {
      if (value < peak / 2) return;
      sum += value;
      const place = [i % size, Math.floor(i / size) % size, Math.floor(i / size ** 2)];
      for (let axis = 0; axis < 3; axis++) positions[3 * joint + axis] += value * (place[axis] + 0.5);
    });
    for (let axis = 0; axis < 3; axis++) positions[3 * joint + axis] /= sum * size;
    confidences[joint] = Math.min(peak, 1);
  }
  return { positions, confidences };
}

const bus = await mcapBus('recordings/demo.mcap');
const config = withInputTopics(await loadConfig(), bus.topics(), 'demo.mcap');
const inference = await createInference({ model: 'compact-light' });

await lastValueFrom(
  depthFrames(bus, config).pipe(
    findReference(config.reference),
    voxeliseFrames(inference.model, config.handedness),
    inferHeatMaps(inference),
    decodeJoints(halfPeak),
    smoothHands(config.smoothing),
    tap(({ frame, grid, joints }) => {
      const wrist = [...joints.positions.subarray(0, 3)].map((metres) => metres.toFixed(3));
      console.log(`${frame.stamp} ${grid?.occupied ?? 0} voxels, wrist at ${wrist.join(' ') || '(no hand)'}`);
    }),
  ),
);
await inference.close();
await bus.close();
