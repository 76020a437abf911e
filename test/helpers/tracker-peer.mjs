/**
 * Somebody else in a real ROS 2 graph, by rclnodejs alone and its own message classes: hears hands and diagnostics, and calls
 * services. Says what it hears as lines of JSON; takes lines of JSON `{"id":1,"type":"std_srvs/srv/Trigger","name":"/x/reset","request":{}}`.
 */
import { createInterface } from 'node:readline';
import rclnodejs from 'rclnodejs';

const { joints = '/hand/joints', markers = '/hand/markers', diagnostics = '/diagnostics' } = JSON.parse(process.argv[2] ?? '{}');
await rclnodejs.init();
rclnodejs.removeSignalHandlers();
const node = new rclnodejs.Node('listener');

const seconds = ({ sec, nanosec }) => sec + nanosec / 1e9;
const say = (value) =>
  process.stdout.write(`${JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner))}\n`);
const guarded = (action) => (message) => {
  try {
    action(message);
  } catch (error) {
    say({ error: String(error) });
  }
};
node.createSubscription('voxhand_msgs/msg/HandJoints', joints, guarded(({ header, tracked, positions, age, skeleton }) =>
  say({
    hand: { stamp: seconds(header.stamp), frame: header.frame_id, tracked, skeleton, joints: positions.length, age: seconds(age), at: Date.now() / 1000 },
  }),
));
node.createSubscription('visualization_msgs/msg/MarkerArray', markers, guarded((message) =>
  say({ markers: message.markers.map(({ action, points }) => ({ action, points: points.length })) }),
));
node.createSubscription('diagnostic_msgs/msg/DiagnosticArray', diagnostics, guarded(({ status }) =>
  say({
    diagnostics: status.map(({ level, name, message, values }) => ({
      level: Number(level),
      name,
      message,
      values: Object.fromEntries(values.map(({ key, value }) => [key, value])),
    })),
  }),
));
node.spin();
say({ up: true });

const clients = new Map();
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, type, name, request } = JSON.parse(line);
  const client = clients.get(name) ?? node.createClient(type, name);
  clients.set(name, client);
  const started = Date.now();
  const call = () => {
    if (client.isServiceServerAvailable()) client.sendRequest(request, guarded((answer) => say({ id, answer })));
    else if (Date.now() - started > 10_000) say({ id, error: `no service ${name}` });
    else setTimeout(call, 50);
  };
  call();
});
process.on('SIGTERM', () => {
  rclnodejs.shutdown();
  process.exit(0);
});
