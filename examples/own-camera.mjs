/** A camera of your own: the program hands each depth image to the tracker. */
import { HandTracker, loadConfig, loadParts } from 'voxhand';
import { syntheticStream } from 'voxhand/testing';

const config = await loadConfig();
const parts = await loadParts(config);
const tracker = new HandTracker(config, parts);

for (const { nanoseconds, millimetres, width, height, camera } of images()) {
  // metres along the optical axis, row by row; 0 where the camera sees nothing
  const depth = Float32Array.from(millimetres, (value) => value / 1000);
  const frame = { stamp: nanoseconds, frameId: 'my_camera', width, height, depth, camera };
  for (const { stamp, hands, lost } of await tracker.track(frame)) {
    for (const { handedness, positions } of hands) {
      const wrist = [...positions.subarray(0, 3)].map((metres) => metres.toFixed(3));
      console.log(`${stamp} ${handedness} hand, wrist at ${wrist.join(' ')}`);
    }
    for (const { reason } of lost) console.log(`${stamp} no hand: ${reason}`);
  }
}
await parts.close();

/** In place of your camera's driver: 16-bit depth images and the camera's focal lengths and principal point, pixels. */
function* images() {
  for (const { frame } of syntheticStream({ frames: 8 })) {
    const { stamp, width, height, depth } = frame;
    const { fx, fy, cx, cy } = frame.camera;
    const millimetres = Uint16Array.from(depth, (metres) => Math.round(1000 * metres));
    yield { nanoseconds: stamp, millimetres, width, height, camera: { width, height, fx, fy, cx, cy } };
  }
}
