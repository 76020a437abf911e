/** A robot hand of three fingers whose fingertips go where a person's are, as JointState messages in a recording, and as JointTrajectory for its controller. */
import { readFileSync } from 'node:fs';
import { loadConfig, trackTo } from 'voxhand';
import { parseUrdf, Retargeter } from 'voxhand/kinematics';
import { createMcapSink, mcapBus } from 'voxhand/mcap';
import { cdrCodec, toJointStateMessage, toJointTrajectoryMessage } from 'voxhand/messages';

const urdf = new URL('robots/three-fingers.urdf', import.meta.url);
const robot = parseUrdf(readFileSync(urdf, 'utf8'), 'three-fingers.urdf');
const retargeter = new Retargeter(robot, {
  scale: 1.1,
  positions: [
    { link: 'index_tip', hand: 'index_tip' },
    { link: 'middle_tip', hand: 'middle_tip' },
    { link: 'thumb_tip', hand: 'thumb_tip' },
  ],
  // what a hand holds lies between thumb and finger: their distance counts most
  vectors: [{ links: ['thumb_tip', 'index_tip'], hand: ['thumb_tip', 'index_tip'], weight: 4 }],
});

const bus = await mcapBus('recordings/demo.mcap', { output: 'hands.mcap' });
/** @type {{ stamp: bigint, frameId: string, positions: Float64Array }[]} */
const moments = [];
await trackTo(bus, await loadConfig(), {
  onResult({ stamp, frameId, hands: [hand] }) {
    if (hand) moments.push({ stamp, frameId, positions: retargeter.retarget(hand).slice() });
  },
});

const sink = await createMcapSink('robot.mcap');
const states = sink.advertise('/robot/joint_states', cdrCodec('sensor_msgs/msg/JointState'));
const goals = sink.advertise('/robot/joint_trajectory', cdrCodec('trajectory_msgs/msg/JointTrajectory'));
for (const { stamp, frameId, positions } of moments) {
  await states.publish(toJointStateMessage(stamp, frameId, robot.moving, { positions }), stamp);
  // to be reached within a tenth of a second
  await goals.publish(toJointTrajectoryMessage(stamp, frameId, robot.moving, { positions }, 0.1), stamp);
}
await sink.close();
robot.moving.forEach((name, i) => {
  console.log(name, moments[0].positions[i].toFixed(2));
});
console.log(`robot.mcap: ${moments.length} joint states`);
