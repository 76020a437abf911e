/**
 * A depth camera on a real ROS 2: a moving synthetic hand at 640x480 in 16UC1 with its camera info, until SIGTERM.
 *
 * node tracker-camera.mjs '{"hz":30,"seconds":null,"depth":"/depth/image_rect_raw","encoding":"16UC1","profile":"sensor_data"}'
 */
import { cdrCodec, toCameraInfoMessage, toDepthImageMessage } from '../../dist/messages.js';
import { ros2Bus } from '../../dist/ros2.js';
import { syntheticStream } from '../../dist/testing.js';

const {
  hz = 30,
  seconds = Number.POSITIVE_INFINITY,
  depth = '/depth/image_rect_raw',
  info = '/depth/camera_info',
  encoding = '16UC1',
  profile = 'sensor_data',
  size = [640, 480],
} = JSON.parse(process.argv[2] ?? '{}');
const [width, height] = size;
const camera = { width, height, fx: 0.744 * width, fy: 0.744 * width, cx: (width - 1) / 2, cy: (height - 1) / 2 };
const images = cdrCodec('sensor_msgs/msg/Image');
const frames = [...syntheticStream({ frames: 30, camera, seed: 1 })].map(({ frame }) =>
  images.encode({ ...toDepthImageMessage({ ...frame, frameId: 'camera' }), encoding }),
);
const qos = { profile, depth: 5, durability: 'volatile' };
const bus = await ros2Bus({ node: 'camera', qos: { [depth]: qos, [info]: qos } });
const infos = bus.advertise(info, cdrCodec('sensor_msgs/msg/CameraInfo'));
const { schemaName, schemaEncoding, schemaData, messageEncoding } = images;
const schema = { topic: depth, schemaName, schemaEncoding, schemaData, messageEncoding };
const began = performance.now();
let sent = 0;
let ended = false;

process.stdout.write('{"up":true}\n');
process.on('SIGTERM', () => {
  ended = true;
});
while (!ended && performance.now() - began < 1000 * seconds) {
  const stamp = bus.now();
  const k = sent % 58;
  const data = frames[k < 30 ? k : 58 - k];
  // the stamp is the first thing in a message, after the four bytes of its encapsulation
  const view = new DataView(data.buffer, data.byteOffset);
  view.setInt32(4, Number(stamp / 1_000_000_000n), true);
  view.setUint32(8, Number(stamp % 1_000_000_000n), true);
  await infos.publish(toCameraInfoMessage({ ...camera, stamp, frameId: 'camera' }), stamp);
  await bus.write({ ...schema, data, logTime: stamp, publishTime: stamp, sequence: sent });
  sent++;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + (1000 * sent) / hz - performance.now())));
}
process.stdout.write(`${JSON.stringify({ sent })}\n`);
await bus.close();
process.exit(0);
