/** A synthetic hand that drives an application under test: no camera, no network, the same hand in every run. */
import { jointIndex } from 'voxhand';
import { cdrCodec, HAND_JOINTS_SCHEMA, readHands, toHandJointsMessage } from 'voxhand/messages';
import { MemoryBus, syntheticStream } from 'voxhand/testing';

/**
 * The application: a button in the air. It is pressed while the tip of the index finger is nearer to the camera than `depth`, metres.
 *
 * @param {import('voxhand').BusSource} bus
 * @param {number} depth
 */
async function countPresses(bus, depth) {
  const z = 3 * jointIndex('index_tip') + 2;
  let presses = 0;
  let down = false;
  for await (const { tracked, positions } of readHands(bus, '/hand/joints')) {
    const near = tracked && positions[z] < depth;
    if (near && !down) presses++;
    down = near;
  }
  return presses;
}

const bus = new MemoryBus();
const presses = countPresses(bus, 0.55);
const joints = bus.advertise('/hand/joints', cdrCodec(HAND_JOINTS_SCHEMA));
const [{ truth }] = syntheticStream({ frames: 1, seed: 1 });
for (let frame = 0; frame < 90; frame++) {
  const push = 0.06 * Math.sin((2 * Math.PI * frame) / 30); // metres, once a second
  const positions = truth.positions.map((value, i) => (i % 3 === 2 ? value - push : value));
  const stamp = BigInt(frame) * 33_333_333n;
  await joints.publish(toHandJointsMessage({ ...truth, stamp, positions }), stamp);
}
await bus.close();
console.log(`${await presses} presses`);
