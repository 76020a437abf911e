/** A process as a user would write it: listens, publishes, and closes its bus when it is asked to end. Needs dist/. */
import { cdrCodec } from '../../dist/messages.js';
import { ros2Bus } from '../../dist/ros2.js';

const bus = await ros2Bus({ node: 'listener' });
const out = bus.advertise('/listener/out', cdrCodec('geometry_msgs/msg/PointStamped'));
const timer = setInterval(() => {
  const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: '' };
  void out.publish({ header, point: { x: 0, y: 0, z: 0 } }, bus.now());
}, 5);
const loop = (async () => {
  for await (const _ of bus.subscribe()) {
    // whatever there is
  }
})();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    clearInterval(timer);
    await bus.close();
    await loop;
    process.exit(0);
  });
}
process.send({ ready: true });
