import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { composeTransforms, IDENTITY_TRANSFORM, type Transform } from '../../src/geometry/transform.js';
import { describedProportions } from '../../src/kinematics/hand-proportions.js';
import { ANGLE_MAX, ANGLE_MIN, jointNames } from '../../src/kinematics/hand-state.js';
import { handUrdf } from '../../src/kinematics/hand-urdf.js';
import { toJointStateMessage } from '../../src/messages/points.js';
import { codecFor, recordedCodec } from '../../src/messages/recorded-codec.js';
import { type Ros2Bus, ros2Bus } from '../../src/transport/ros2/ros2-bus.js';
import { temporaryFolder } from '../helpers/cli.js';
import { HAND_LINKS, jointsInHandFrame } from '../helpers/hand-links.js';
import { noRos2, until } from '../helpers/real-ros2.js';

/** The program of the package `robot_state_publisher`, where it is installed. */
const program = (process.env.AMENT_PREFIX_PATH ?? '')
  .split(':')
  .map((prefix) => join(prefix, 'lib/robot_state_publisher/robot_state_publisher'))
  .find((path) => existsSync(path));
if (noRos2 === undefined && program === undefined) {
  console.warn('the test with robot_state_publisher is SKIPPED: it is not installed');
}

let bus: Ros2Bus | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  await bus?.close();
  if (child?.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
});

interface TfMessage {
  readonly transforms: readonly {
    readonly header: { readonly frame_id: string };
    readonly child_frame_id: string;
    readonly transform: Record<'translation' | 'rotation', { x: number; y: number; z: number; w: number }>;
  }[];
}

describe.skipIf(noRos2 !== undefined || program === undefined)('robot_state_publisher with the URDF of a hand', () => {
  it.each(['right', 'left'] as const)(
    'puts the joints of a %s hand where they are, by its joint states',
    async (side) => {
      const proportions = describedProportions(1.07);
      const urdf = handUrdf(proportions, side).replaceAll('\n', '\n      ');
      const file = join(temporaryFolder(), 'robot.yaml');
      writeFileSync(file, `/**:\n  ros__parameters:\n    robot_description: |\n      ${urdf}\n`);
      child = spawn(program!, ['--ros-args', '--params-file', file, '-r', 'joint_states:=hand/joint_states'], {
        stdio: 'inherit',
      });
      bus = await ros2Bus({ node: 'hand_test' });
      const placed = new Map<string, { readonly parent: string; readonly transform: Transform }>();
      void (async () => {
        for await (const message of bus!.subscribe(['/tf', '/tf_static'])) {
          for (const one of (recordedCodec(message).decode(message.data) as TfMessage).transforms) {
            const { translation: t, rotation: r } = one.transform;
            const transform: Transform = { translation: [t.x, t.y, t.z], rotation: [r.x, r.y, r.z, r.w] };
            placed.set(one.child_frame_id, { parent: one.header.frame_id, transform });
          }
        }
      })();
      const states = bus.advertise('/hand/joint_states', codecFor('sensor_msgs/msg/JointState'));
      const angles = ANGLE_MIN.map((min, i) => min + (0.2 + 0.03 * i) * (ANGLE_MAX[i]! - min));
      const links = HAND_LINKS.map((name) => `${side}_${name}`);
      let stamp = 1_000_000_000n;
      await until(() => {
        stamp += 100_000_000n;
        void states.publish(toJointStateMessage(stamp, 'camera', jointNames(side), { positions: angles }), stamp);
        return links.every((link) => placed.has(link));
      }, 60_000);
      const inHand = (link: string): Transform => {
        const at = placed.get(link);
        return at === undefined ? IDENTITY_TRANSFORM : composeTransforms(inHand(at.parent), at.transform);
      };
      expect(placed.get(`${side}_palm`)?.parent).toBe(`${side}_hand`);
      const expected = jointsInHandFrame(angles, proportions, side);
      links.forEach((link, joint) => {
        const [x, y, z] = inHand(link).translation.map((value, k) => value - expected[3 * joint + k]!);
        expect(Math.hypot(x!, y!, z!), link).toBeLessThan(0.0002);
      });
    },
  );
});
