import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recoverRecording } from '../../src/recording/recover.js';
import { provenanceOf } from '../../src/transport/mcap/info.js';
import { openMcap } from '../../src/transport/mcap/mcap-source.js';
import { noRos2, until as untilTrue } from '../helpers/real-ros2.js';
import { slowness } from '../helpers/slowness.js';
import { RosPeer, type RosProcess, rosCamera, rosRecorder, rosTracker } from '../helpers/tracker-processes.js';

interface Answer {
  readonly success: boolean;
  readonly message: string;
}

const MODEL = ['--model', 'compact-light'];
const running: RosProcess[] = [];
let folder: string;

function started<T extends RosProcess>(process: T): T {
  running.push(process);
  return process;
}

const until = async (condition: () => unknown) => {
  try {
    await untilTrue(condition, 60_000);
  } catch (error) {
    throw new Error(`${error}\n${running.map(({ stderr }) => stderr.slice(-2000)).join('\n')}`);
  }
};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-ros2-recording-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.kill('SIGKILL')));
  await rm(folder, { recursive: true, force: true });
});

/** A call from a process of its own. */
const snapshot = (peer: RosPeer, node: string) => peer.call<Answer>('std_srvs/srv/Trigger', `${node}/snapshot`);

/** The `ros2` command, where it is installed. */
const ros2 = async (...args: string[]): Promise<string | undefined> => {
  try {
    return (await promisify(execFile)('ros2', args, { timeout: 60_000 })).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    process.stderr.write('NOT RUN: a service call by the ros2 command, which is not installed\n');
    return undefined;
  }
};

async function contentsOf(path: string) {
  const source = await openMcap(path);
  const info = source.info();
  const counts = Object.fromEntries(source.topics().map(({ topic, messageCount = 0 }) => [topic, messageCount]));
  let read = 0;
  const hands = new Set<number>();
  for await (const { topic, logTime } of source.subscribe()) {
    read++;
    if (topic === '/hand/joints') hands.add(Number(logTime / 1_000_000_000n) + Number(logTime % 1_000_000_000n) / 1e9);
  }
  expect(read).toBe(info.messageCount);
  await source.close();
  const seconds = Number((info.endTime ?? 0n) - (info.startTime ?? 0n)) / 1e9;
  return { info, counts, hands, seconds, end: Number(info.endTime ?? 0n) / 1e9, values: provenanceOf(info) };
}

describe.skipIf(noRos2 !== undefined)('voxhand record on a real ROS 2', () => {
  it('writes its last seconds when another process calls ~/snapshot, and names the file', async () => {
    started(rosCamera());
    const peer = started(new RosPeer());
    const output = join(folder, 'ring.mcap');
    const args = ['-o', output, '--topics', '/depth/**', '--snapshot', '2s', '--json'];
    const recorder = started(rosRecorder(...args, '--ros-args', '-r', '__ns:=/cell', '-r', '__node:=box'));
    await until(() => recorder.stderr.includes('topic /depth/image_rect_raw'));
    await sleep(3000);
    expect(await readdir(folder)).toEqual([]);

    const called = Date.now() / 1000;
    const first = await snapshot(peer, '/cell/box');
    expect(first).toEqual({ success: true, message: join(folder, 'ring_0.mcap') });
    const { info, counts, seconds, end, values } = await contentsOf(first.message);
    expect(info).toMatchObject({ indexed: true, truncated: false });
    expect(values).toMatchObject({ reason: 'service', source: 'ros2' });
    expect(counts['/depth/image_rect_raw']).toBeGreaterThan(30);
    expect(seconds).toBeGreaterThan(1.5);
    expect(seconds).toBeLessThan(3.5);
    // the newest is of the moment of the call
    expect(end).toBeGreaterThan(called - 1);

    // the ring began anew: no message is in both
    await sleep(500);
    const said = await ros2('service', 'call', '/cell/box/snapshot', 'std_srvs/srv/Trigger');
    const second = join(folder, 'ring_1.mcap');
    if (said === undefined) expect((await snapshot(peer, '/cell/box')).message).toBe(second);
    else expect(said).toContain(`success=True, message='${second}'`);
    expect((await contentsOf(second)).info.startTime).toBeGreaterThan(info.endTime ?? 0n);

    expect(await recorder.kill('SIGTERM')).toBe(0);
    const { parts } = JSON.parse(recorder.lines.join('\n'));
    expect(parts).toMatchObject([{ reason: 'service' }, { reason: 'service' }]);
  });

  it('says why it cannot write, and is the node voxhand_recorder', async () => {
    const peer = started(new RosPeer());
    started(rosRecorder('-o', join(folder, 'ring.mcap'), '--topics', '/nothing', '--snapshot', '2s'));
    const answer = await snapshot(peer, '/voxhand_recorder');
    expect(answer).toEqual({ success: false, message: expect.stringContaining('nothing has come') });
    expect(await readdir(folder)).toEqual([]);
  });

  it('offers no snapshot where everything is written, and says of a parameter that there is none', async () => {
    const output = join(folder, 'all.mcap');
    const args = ['-o', output, '--topics', '/depth/**', '--ros-args', '-p', 'snapshot:=true'];
    const recorder = started(rosRecorder(...args));
    const peer = started(new RosPeer());
    await until(() => recorder.stderr.includes('recording to'));
    expect(recorder.stderr).toContain('there is no parameter snapshot');
    await expect(snapshot(peer, '/voxhand_recorder')).rejects.toThrow('no service');
    expect(await recorder.kill('SIGINT')).toBe(0);
  });
});

describe.skipIf(noRos2 !== undefined)('the recording of voxhand run on a real ROS 2', () => {
  it('is the last seconds, with the hand in them, when another process calls ~/snapshot', async () => {
    started(rosCamera());
    const peer = started(new RosPeer());
    const args = [...MODEL, '--record', join(folder, 'cell-{time}.mcap'), '--record-snapshot', '2s', '--json'];
    const tracker = started(rosTracker(...args, '--lifecycle'));
    const change = (id: number) =>
      peer.call('lifecycle_msgs/srv/ChangeState', '/hand_tracker/change_state', { transition: { id, label: '' } });
    // an unconfigured node has heard nothing yet
    const early = await snapshot(peer, '/hand_tracker');
    expect(early).toEqual({ success: false, message: expect.stringContaining('nothing has come') });
    await change(1);
    await change(3);
    await until(() => peer.hands.filter(({ tracked }) => tracked).length > 90);

    const called = Date.now() / 1000;
    const answer = await snapshot(peer, '/hand_tracker');
    expect(answer).toMatchObject({ success: true, message: expect.stringMatching(/cell-\d{8}T\d{6}Z_0\.mcap$/) });
    const { info, counts, seconds, end, values } = await contentsOf(answer.message);
    expect(info).toMatchObject({ indexed: true, truncated: false });
    expect(values).toMatchObject({
      reason: 'service',
      configuration: expect.stringContaining('ros__parameters'),
      model: expect.stringMatching(/^compact-light \d/),
      model_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      provider: 'cpu',
    });
    // on a busy machine frames are skipped: how many of them have a hand is not this test's
    expect(counts['/hand/joints']).toBeGreaterThan(2);
    expect(counts['/depth/image_rect_raw']).toBeGreaterThan(30);
    expect(seconds).toBeGreaterThan(1.5);
    expect(seconds).toBeLessThan(3.5);
    expect(end).toBeGreaterThan(called - 1);

    // tracking went on meanwhile, and the node ends as ever, without another file
    const before = peer.hands.length;
    await until(() => peer.hands.slice(before).filter(({ tracked }) => tracked).length > 10);
    const asked = performance.now();
    expect(await tracker.kill('SIGTERM')).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2000 * slowness());
    expect(await readdir(folder)).toHaveLength(1);
    expect(JSON.parse(tracker.lines.join('\n')).recording.report.parts).toMatchObject([{ reason: 'service' }]);
  });

  it('has, when the node is killed (P10), all that is older than a second, and is recovered', async () => {
    const peer = started(new RosPeer());
    started(rosCamera());
    const output = join(folder, 'killed.mcap');
    const tracker = started(rosTracker(...MODEL, '--record', output));
    await until(() => peer.hands.filter(({ tracked }) => tracked).length > 60);
    const killed = Date.now() / 1000;
    await tracker.kill('SIGKILL');
    expect(await readdir(folder)).toEqual(['killed.mcap.partial']);
    const report = await recoverRecording(`${output}.partial`, output);
    expect(report.whole).toBe(false);
    const { info, counts, hands } = await contentsOf(output);
    expect(info).toMatchObject({ indexed: true, truncated: false });
    // what another process had heard a second before went to the recorder earlier
    const old = peer.hands.filter(({ at }) => killed - at > 1).map(({ stamp }) => stamp);
    expect(old.length).toBeGreaterThan(20);
    expect(old.filter((stamp) => !hands.has(stamp))).toEqual([]);
    expect(counts['/depth/image_rect_raw']).toBeGreaterThan(30);
  });
});
