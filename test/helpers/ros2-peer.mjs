/**
 * Somebody else in a real ROS 2 graph, by rclnodejs alone and its own message classes. Does what it is asked for, `{ id, op, ... }`,
 * and answers `{ id, value }` or `{ id, error }`.
 */
import rclnodejs from 'rclnodejs';

const { node: name = 'peer', namespace = '/' } = JSON.parse(process.argv[2] ?? '{}');
await rclnodejs.init();
rclnodejs.removeSignalHandlers();
const node = new rclnodejs.Node(name, namespace);
const { HistoryPolicy, ReliabilityPolicy, DurabilityPolicy } = rclnodejs.QoS;
const qosOf = ({ reliable = true, latched = false } = {}) =>
  new rclnodejs.QoS(
    HistoryPolicy.RMW_QOS_POLICY_HISTORY_KEEP_LAST,
    10,
    reliable
      ? ReliabilityPolicy.RMW_QOS_POLICY_RELIABILITY_RELIABLE
      : ReliabilityPolicy.RMW_QOS_POLICY_RELIABILITY_BEST_EFFORT,
    latched
      ? DurabilityPolicy.RMW_QOS_POLICY_DURABILITY_TRANSIENT_LOCAL
      : DurabilityPolicy.RMW_QOS_POLICY_DURABILITY_VOLATILE,
  );
const heard = new Map();
const publishers = new Map();
const clients = new Map();

const OPS = {
  listen({ type, topic, qos }) {
    heard.set(topic, { count: 0, last: undefined });
    node.createSubscription(type, topic, { qos: qosOf(qos) }, (message) => {
      heard.set(topic, { count: heard.get(topic).count + 1, last: message });
    });
  },
  heard: ({ topic }) => heard.get(topic),
  advertise({ type, topic, qos }) {
    publishers.set(topic, node.createPublisher(type, topic, { qos: qosOf(qos) }));
  },
  publish({ topic, message }) {
    publishers.get(topic).publish(message);
  },
  publishRaw({ topic, bytes }) {
    publishers.get(topic).publish(Buffer.from(bytes));
  },
  async call({ type, service, request }) {
    const client = clients.get(service) ?? node.createClient(type, service);
    clients.set(service, client);
    if (!(await client.waitForService(10_000))) throw new Error(`no service ${service}`);
    return new Promise((resolve, reject) => {
      try {
        client.sendRequest(request, resolve);
      } catch (error) {
        reject(error);
      }
    });
  },
};
node.spin();

process.on('message', async ({ id, op, ...args }) => {
  try {
    process.send({ id, value: await OPS[op](args) });
  } catch (error) {
    process.send({ id, error: String(error?.message ?? error) });
  }
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    rclnodejs.shutdown();
    process.exit(0);
  });
}
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
