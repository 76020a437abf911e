/**
 * A depth camera on a real ROS 2, by rclnodejs alone. Says `{ ready }`, then `{ sent }` after each image and `{ done }` after the
 * last one, and stays on the graph until it is ended.
 */
import rclnodejs from 'rclnodejs';

const {
  node: name = 'driver',
  topic = '/depth/image_rect_raw',
  info = '/depth/camera_info',
  type = 'sensor_msgs/msg/Image',
  reliable = false,
  depth = 5,
  rate = 30,
  count = Number.POSITIVE_INFINITY,
  width = 640,
  height = 480,
  subscribers = 0,
} = JSON.parse(process.argv[2] ?? '{}');

await rclnodejs.init();
rclnodejs.removeSignalHandlers();
const node = new rclnodejs.Node(name, '/camera');
const { HistoryPolicy, ReliabilityPolicy, DurabilityPolicy } = rclnodejs.QoS;
const qos = () =>
  new rclnodejs.QoS(
    HistoryPolicy.RMW_QOS_POLICY_HISTORY_KEEP_LAST,
    depth,
    reliable
      ? ReliabilityPolicy.RMW_QOS_POLICY_RELIABILITY_RELIABLE
      : ReliabilityPolicy.RMW_QOS_POLICY_RELIABILITY_BEST_EFFORT,
    DurabilityPolicy.RMW_QOS_POLICY_DURABILITY_VOLATILE,
  );
const images = node.createPublisher(type, topic, { qos: qos() });
const infos = info === '' ? undefined : node.createPublisher('sensor_msgs/msg/CameraInfo', info, { qos: qos() });
node.spin();

/** Millimetres: 500, 501, ... 1199, 500, ... */
const data = new Uint8Array(Uint16Array.from({ length: width * height }, (_, i) => 500 + (i % 700)).buffer);
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const stampNow = () => {
  const { secondsAndNanoseconds } = node.now();
  return { sec: Number(secondsAndNanoseconds.seconds), nanosec: Number(secondsAndNanoseconds.nanoseconds) };
};

function imageAt(header) {
  if (type === 'sensor_msgs/msg/Image') {
    return { header, width, height, encoding: '16UC1', is_bigendian: 0, step: 2 * width, data };
  }
  if (type === 'sensor_msgs/msg/CompressedImage') {
    return { header, format: '16UC1; compressedDepth png', data: Uint8Array.from([1, 2, 3]) };
  }
  return { header, width: 1, height: 1, point_step: 1, row_step: 1, data: Uint8Array.from([0]) };
}

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    rclnodejs.shutdown();
    process.exit(0);
  });
}
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });

while (images.subscriptionCount < subscribers || (infos?.subscriptionCount ?? subscribers) < subscribers) await wait(10);
const began = performance.now();
for (let sent = 0; sent < count; ) {
  const header = { stamp: stampNow(), frame_id: 'camera' };
  const k = [600, 0, width / 2, 0, 600, height / 2, 0, 0, 1];
  infos?.publish({ header, width, height, k: Float64Array.from(k) });
  images.publish(imageAt(header));
  process.send({ sent: ++sent });
  await wait(Math.max(0, began + (1000 * sent) / rate - performance.now()));
}
process.send({ done: count });
