import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, test } from 'vitest';
import { connectFoxglove, createFoxgloveServer, type FoxgloveServer } from '../src/bus/foxglove/index.js';
import { openMcap } from '../src/bus/mcap/index.js';
import { cdrCodec, toCameraInfoMessage, toDepthImageMessage } from '../src/messages/index.js';
import { type CliOptions, temporaryFolder, voxhand } from './helpers/cli.js';
import { smallFrames, smallRecording } from './helpers/recordings.js';

/** No ROS 2, wherever the tests run. */
const NO_ROS = { AMENT_PREFIX_PATH: '', ROS_DISTRO: '' };
const run = (args: readonly string[], options: CliOptions = {}) =>
  voxhand(['run', ...args], { ...options, env: NO_ROS });

let server: FoxgloveServer | undefined;
let camera: NodeJS.Timeout | undefined;
afterEach(async () => {
  clearInterval(camera);
  await server?.close();
  server = undefined;
});

/** A camera at 30 Hz behind a Foxglove server; its hand moves there and back. */
async function serveCamera(): Promise<string> {
  const opened = await createFoxgloveServer({ port: 0 });
  server = opened;
  const frames = smallFrames(30).map(({ frame }) => frame);
  const images = opened.advertise('/depth/image_rect_raw', cdrCodec('sensor_msgs/msg/Image'));
  const infos = opened.advertise('/depth/camera_info', cdrCodec('sensor_msgs/msg/CameraInfo'));
  let i = 0;
  camera = setInterval(() => {
    const k = i++ % 58;
    const stamp = BigInt(Date.now()) * 1_000_000n;
    const frame = { ...frames[k < 30 ? k : 58 - k], stamp, frameId: 'camera' };
    void infos.publish(toCameraInfoMessage({ ...frame.camera, ...frame }), stamp);
    void images.publish(toDepthImageMessage(frame), stamp);
  }, 33);
  return opened.urls.socket;
}

describe('voxhand run', () => {
  test.each<[string, string[], number, RegExp]>([
    ['without ROS 2', [], 1, /source \/opt\/ros\/.*--source ws:\/\/.*\[ROS2_UNAVAILABLE\]/],
    ['with a recording that is not there', ['--source', 'cell.mcap'], 2, /cell\.mcap \[FILE_NOT_FOUND\]/],
    ['with a server that is not there', ['--source', 'ws://127.0.0.1:9'], 1, /\[CONNECTION_FAILED\]/],
    [
      'with ROS arguments and no ROS 2',
      ['--source', 'ws://127.0.0.1:9', '--ros-args', '-r', 'a:=b'],
      2,
      /--ros-args.*\[USAGE\]/,
    ],
    ['with a setting that there is not', ['--set', 'nothing=1'], 2, /unknown key nothing.*\[CONFIG_INVALID\]/],
    ['with a tracker that has no name', ['--tracker', 'left.yaml'], 2, /name=config.yaml.*\[USAGE\]/],
    ['with --config beside --tracker', ['--tracker', 'a=b.yaml', '--config', 'c.yaml'], 2, /\[USAGE\]/],
    ['with a configuration that is not there', ['--config', 'nowhere.yaml'], 2, /\[FILE_NOT_FOUND\]/],
    ['with a port that is none', ['--serve', '70000'], 2, /port.*\[USAGE\]/],
    ['with a role that is none', ['--role', 'director'], 2, /role.*\[USAGE\]/],
  ])('%s says what to do', async (_, args, code, message) => {
    const result = await run(args);
    expect(result.stderr.replaceAll('\n', ' ')).toMatch(message);
    expect([result.code, result.stdout]).toEqual([code, '']);
  });

  it('tracks a camera behind a Foxglove server, serves and records the hand, and ends by SIGINT within 2 s', async () => {
    const url = await serveCamera();
    const folder = temporaryFolder();
    const recording = join(folder, 'run.mcap');
    let asked = 0;
    const heard: string[] = [];
    const args = ['--source', url, '--model', 'compact-light', '--serve', '0', '--record', recording, '--json'];
    const result = await run(args, {
      during: (child) => {
        let said = '';
        child.stderr?.on('data', async (chunk: Buffer) => {
          const before = /ws:\/\/\S+/.test(said);
          said += chunk;
          const found = /ws:\/\/\S+/.exec(said);
          if (before || found === null) return;
          const viewer = await connectFoxglove(found[0]);
          for await (const { topic } of viewer.subscribe([
            '/hand/joints',
            '/hand/scene',
            '/depth/image_rect_raw/compressed',
          ])) {
            heard.push(topic);
            if (heard.length < 60 || asked > 0) continue;
            asked = performance.now();
            child.kill('SIGINT');
          }
        });
      },
    });
    expect(performance.now() - asked).toBeLessThan(2000);
    expect([result.code, result.stderr]).toEqual([0, expect.stringContaining('active')]);
    for (const topic of ['/hand/joints', '/hand/scene', '/depth/image_rect_raw/compressed'])
      expect(heard).toContain(topic);
    const report = JSON.parse(result.stdout);
    const [{ frames, published, ageMs, provider, findings }] = report.trackers;
    expect(frames.tracked).toBeGreaterThan(10);
    expect(published).toBeGreaterThan(10);
    expect(ageMs.p50).toBeGreaterThan(0);
    expect(provider).toMatchObject({ requested: 'cpu', actual: 'cpu' });
    expect(report.eventLoopLagMs.p99).toBeGreaterThanOrEqual(0);
    expect(findings.filter(({ level }: { level: string }) => level === 'error')).toEqual([]);
    const source = await openMcap(recording);
    const counts = Object.fromEntries(source.topics().map(({ topic, messageCount }) => [topic, messageCount]));
    const [{ values }] = source.info().metadata;
    await source.close();
    expect(counts['/hand/joints']).toBeGreaterThanOrEqual(published);
    expect(counts['/depth/image_rect_raw']).toBeGreaterThan(10);
    expect(counts['/hand/scene']).toBeGreaterThan(10);
    expect(values.configuration).toContain('ros__parameters');
  });

  it('runs several trackers in one process, each with its configuration, and ends by itself after --duration', async () => {
    const url = await serveCamera();
    const folder = temporaryFolder();
    for (const side of ['left', 'right']) {
      const topics = 'topics: { depth: /depth/image_rect_raw, camera_info: /depth/camera_info }';
      await writeFile(join(folder, `${side}.yaml`), `namespace: ${side}\nhandedness: ${side}\n${topics}\n`);
    }
    const recording = join(folder, 'both.mcap');
    const trackers = ['left', 'right'].flatMap((side) => ['--tracker', `${side}=${join(folder, `${side}.yaml`)}`]);
    const args = ['--source', url, ...trackers, '--model', 'compact-light', '--record', recording, '--no-record-input'];
    const { code, stdout, stderr } = await run([...args, '--duration', '3s', '--json', '--quiet']);
    expect([code, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout);
    expect(report.trackers.map(({ name, jointsTopic }: Record<string, string>) => [name, jointsTopic])).toEqual([
      ['left', '/left/hand/joints'],
      ['right', '/right/hand/joints'],
    ]);
    const source = await openMcap(recording);
    const topics = source.topics().map(({ topic }) => topic);
    await source.close();
    expect(topics).toEqual(expect.arrayContaining(['/left/hand/joints', '/right/hand/joints', '/diagnostics']));
    expect(topics).not.toContain('/depth/image_rect_raw');
  });

  it('plays a recording as if it were live, and ends with it', async () => {
    const folder = temporaryFolder();
    const input = await smallRecording(join(folder, 'in.mcap'), { frames: 45 });
    const output = join(folder, 'out.mcap');
    const args = ['--source', input, '--model', 'compact-light', '--record', output, '--json'];
    const { code, stdout } = await run(args);
    const { seconds, trackers } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(seconds).toBeGreaterThan(1.4);
    const [{ frames }] = trackers;
    expect(frames.in).toBe(45);
    expect(frames.tracked).toBeGreaterThan(10);
    const source = await openMcap(output);
    const counts = Object.fromEntries(source.topics().map(({ topic, messageCount }) => [topic, messageCount]));
    await source.close();
    expect(counts['/hand/joints']).toBeGreaterThan(10);
    expect((await run(['--source', input, '--record', input])).code).toBe(2);
  });

  it('refuses two trackers that would publish on one topic', async () => {
    const url = await serveCamera();
    const folder = temporaryFolder();
    await writeFile(join(folder, 'a.yaml'), 'handedness: left\n');
    const { code, stderr } = await run([
      '--source',
      url,
      '--tracker',
      `a=${folder}/a.yaml`,
      '--tracker',
      `b=${folder}/a.yaml`,
    ]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/a and b would publish.*\/hand\/joints.*\[USAGE\]/)]);
  });

  it('ends with 2 where its network is not there, and says so', async () => {
    const url = await serveCamera();
    const { code, stderr } = await run(['--source', url, '--model', 'no-such-model', '--quiet']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('[MODEL_NOT_FOUND]')]);
  });
});
