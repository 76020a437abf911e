import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openMcap } from '../../src/transport/mcap/mcap-source.js';
import { noRos2 } from '../helpers/real-ros2.js';
import { slowness } from '../helpers/slowness.js';
import { RosPeer, type RosProcess, rosCamera, rosTracker } from '../helpers/tracker-processes.js';

const MODEL = ['--model', 'compact-light'];
const running: RosProcess[] = [];

function started<T extends RosProcess>(process: T): T {
  running.push(process);
  return process;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.kill('SIGKILL')));
});

const until = async (condition: () => unknown, timeout = 60_000) => {
  try {
    await vi.waitFor(() => expect(condition()).toBeTruthy(), { timeout, interval: 20 });
  } catch (error) {
    throw new Error(`${error}\n${running.map(({ stderr }) => stderr.slice(-2000)).join('\n')}`);
  }
};

async function graph(...args: readonly string[]) {
  const peer = started(new RosPeer());
  const camera = started(rosCamera());
  const tracker = started(rosTracker(...MODEL, ...args));
  await until(() => peer.lines.length > 0 && camera.lines.length > 0);
  return { peer, camera, tracker };
}

const parameter = (name: string, value: object) => ({ name, value });

describe.skipIf(noRos2 !== undefined)('voxhand run on a real ROS 2', () => {
  it('tracks a camera at 30 Hz, and peers with their own message classes understand all of it', async () => {
    const { peer } = await graph();
    await until(() => peer.hands.filter(({ tracked }) => tracked).length > 60);
    const tail = peer.hands.slice(-30);
    for (const hand of tail.filter(({ tracked }) => tracked)) {
      expect(hand).toMatchObject({ joints: 21, skeleton: 'voxhand21', frame: 'camera' });
      expect(hand.age).toBeGreaterThan(0);
    }
    for (const [i, hand] of tail.entries()) if (i > 0) expect(hand.stamp).toBeGreaterThan(tail[i - 1].stamp);
    // joints, bones, and the label
    expect(peer.markers.at(-1)?.map(({ points }) => points)).toEqual([21, 40, 0]);
    await until(() => peer.diagnostics.input?.message.includes('Hz of 640x480'));
    const { node, inference, output } = peer.diagnostics;
    expect(node).toMatchObject({ level: 0, message: 'active', name: '/hand_tracker: node' });
    expect(inference.values).toMatchObject({ model: 'compact-light', provider_actual: 'cpu', worker_restarts: '0' });
    expect(output.level).toBe(0);
  });

  it('takes the hand back when the camera dies, and goes on when it is back', async () => {
    const { peer, camera } = await graph();
    await until(() => peer.hands.filter(({ tracked }) => tracked).length > 30);
    await camera.kill('SIGKILL');
    await until(() => peer.hands.at(-1)?.tracked === false);
    const [last, lost] = peer.hands.slice(-2);
    expect(lost.stamp).toBeGreaterThan(last.stamp);
    await until(() => peer.markers.at(-1)?.every(({ action }) => action === 2));
    await until(() => peer.diagnostics.input?.level === 3);
    expect(peer.diagnostics.input.message).toContain('/depth/image_rect_raw');
    started(rosCamera());
    await until(() => peer.hands.at(-1)?.tracked);
  });

  it('is picked up again by its listeners when it was killed and comes back', async () => {
    const { peer, tracker } = await graph();
    await until(() => peer.hands.filter(({ tracked }) => tracked).length > 10);
    await tracker.kill('SIGKILL');
    const before = peer.hands.length;
    started(rosTracker(...MODEL));
    await until(() => peer.hands.slice(before).filter(({ tracked }) => tracked).length > 10);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends within 2 s of %s, its hand taken back and its recording whole',
    async (signal) => {
      const folder = await mkdtemp(join(tmpdir(), 'voxhand-ros2-'));
      try {
        const recording = join(folder, 'hands.mcap');
        const { peer, tracker } = await graph('--record', recording, '--json');
        await until(() => peer.hands.filter(({ tracked }) => tracked).length > 30);
        const asked = performance.now();
        expect(await tracker.kill(signal)).toBe(0);
        expect(performance.now() - asked).toBeLessThan(2000 * slowness());
        await until(() => peer.hands.at(-1)?.tracked === false);
        const { trackers, recording: recorded } = JSON.parse(tracker.lines.join('\n'));
        expect(trackers[0].published).toBeGreaterThan(30);
        expect(trackers[0].findings).toEqual(expect.any(Array));
        const source = await openMcap(recording);
        const counts = new Map(source.topics().map(({ topic, messageCount }) => [topic, messageCount ?? 0]));
        await source.close();
        expect(counts.get('/hand/joints')).toBeGreaterThan(30);
        expect(counts.get('/depth/image_rect_raw')).toBeGreaterThan(30);
        expect(recorded.report.written).toBe([...counts.values()].reduce((sum, count) => sum + count, 0));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );

  it('changes live parameters, refuses bad ones with the reason, and answers its services', async () => {
    const { peer } = await graph(
      '--ros-args',
      '-p',
      'reference.zone.z:=[0.2, 1.2]',
      '-r',
      '__ns:=/cell',
      '-r',
      '/cell/hand/joints:=/hand/joints',
      '-r',
      '/cell/depth/image_rect_raw:=/depth/image_rect_raw',
      '-r',
      '/cell/depth/camera_info:=/depth/camera_info',
    );
    await until(() => peer.hands.filter(({ tracked }) => tracked).length > 10);
    const set = (...parameters: object[]) =>
      peer.call<{ results: { successful: boolean; reason: string }[] }>(
        'rcl_interfaces/srv/SetParameters',
        '/cell/hand_tracker/set_parameters',
        { parameters },
      );
    const { values } = await peer.call<{ values: { double_array_value: number[] }[] }>(
      'rcl_interfaces/srv/GetParameters',
      '/cell/hand_tracker/get_parameters',
      { names: ['reference.zone.z'] },
    );
    expect(Object.values(values[0].double_array_value)).toEqual([0.2, 1.2]);
    // nothing is that near: the hand is lost
    const near = await set(parameter('reference.zone.z', { type: 8, double_array_value: [0.05, 0.06] }));
    expect(near.results).toMatchObject([{ successful: true }]);
    await until(() => peer.hands.at(-1)?.tracked === false);
    const refused = await set(
      parameter('reference.zone.z', { type: 8, double_array_value: [0.9, 0.1] }),
      parameter('heat_maps.min_confidence', { type: 3, double_value: 7 }),
      parameter('inference.model', { type: 4, string_value: 'compact' }),
    );
    expect(refused.results.map(({ successful }) => successful)).toEqual([false, false, false]);
    expect(refused.results[0].reason).toContain('the lower first');
    await set(parameter('reference.zone.z', { type: 8, double_array_value: [0.15, 1.3] }));
    await until(() => peer.hands.at(-1)?.tracked);

    const trigger = (name: string) =>
      peer.call<{ success: boolean; message: string }>('std_srvs/srv/Trigger', `/cell/hand_tracker/${name}`);
    expect(await trigger('pause')).toMatchObject({ success: true, message: 'paused' });
    await until(() => peer.hands.at(-1)?.tracked === false);
    expect(await trigger('resume')).toMatchObject({ success: true });
    expect(await trigger('reset')).toMatchObject({ success: true, message: 'reset' });
    await until(() => peer.hands.at(-1)?.tracked);
  });

  it('is driven through its life cycle by services, and no request ends it but shutdown', async () => {
    const { peer, tracker } = await graph('--lifecycle');
    const change = async (id: number) =>
      (
        await peer.call<{ success: boolean }>('lifecycle_msgs/srv/ChangeState', '/hand_tracker/change_state', {
          transition: { id, label: '' },
        })
      ).success;
    const state = async () =>
      (await peer.call<{ current_state: { label: string } }>('lifecycle_msgs/srv/GetState', '/hand_tracker/get_state'))
        .current_state.label;
    expect(await state()).toBe('unconfigured');
    for (const hostile of [3, 4, 2, 99, 255, 60]) expect(await change(hostile)).toBe(false);
    expect(await change(1)).toBe(true);
    expect(await state()).toBe('inactive');
    expect(await change(3)).toBe(true);
    await until(() => peer.hands.filter(({ tracked }) => tracked).length > 10);
    expect(await change(4)).toBe(true);
    await until(() => peer.hands.at(-1)?.tracked === false);
    const heard = peer.hands.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(peer.hands).toHaveLength(heard);
    for (let i = 0; i < 3; i++) for (const id of [2, 1]) expect(await change(id)).toBe(true);
    expect(await change(3)).toBe(true);
    await until(() => peer.hands.slice(heard).some(({ tracked }) => tracked));
    expect(await change(7)).toBe(true);
    expect(await tracker.exited).toBe(0);
  });

  it.each([
    ['another encoding', { encoding: 'rgb8' }, [], ['/depth/image_rect_raw', 'rgb8']],
    ['another QoS', {}, ['--set', 'qos.depth.profile=reliable'], ['/depth/image_rect_raw', 'qos.depth']],
    ['another topic', { depth: '/cam/depth/image_raw' }, [], ['/depth/image_rect_raw', '/cam/depth/image_raw']],
    ['no camera info', { info: '/elsewhere/camera_info' }, [], ['/depth/camera_info', '/elsewhere/camera_info']],
  ])('says in one diagnostic what is wrong with %s, and lives', async (_, options, args, words) => {
    const peer = started(new RosPeer());
    const camera = started(rosCamera(options));
    const tracker = started(rosTracker(...MODEL, ...args));
    // before, on a busy machine, that there is no camera yet
    const troubles = () => Object.values(peer.diagnostics).filter(({ level }) => level > 1);
    await until(() => words.every((word) => troubles().some(({ message }) => message.includes(word))));
    await until(() => troubles().length === 1);
    for (const word of words) expect(troubles()[0].message).toContain(word);
    expect(tracker.child.exitCode).toBeNull();
    await camera.kill('SIGKILL');
    if (args.length > 0) return;
    started(rosCamera());
    await until(() => peer.hands.at(-1)?.tracked);
  });
});
