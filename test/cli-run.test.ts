import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import { cdrCodec } from '../src/messages/cdr-codec.js';
import { toCameraInfoMessage, toDepthImageMessage } from '../src/messages/images.js';
import { toPointStamped } from '../src/messages/points.js';
import type { RecordingReport } from '../src/recording/recorder/recording-report.js';
import { recoverRecording } from '../src/recording/recover.js';
import { connectFoxglove } from '../src/transport/foxglove/client/foxglove-source.js';
import { createFoxgloveServer, type FoxgloveServer } from '../src/transport/foxglove/server/foxglove-server.js';
import { provenanceOf } from '../src/transport/mcap/info.js';
import { openMcap } from '../src/transport/mcap/mcap-source.js';
import { temporaryFolder, voxhand, voxhandProcess } from './helpers/cli.js';
import { smallFrames, smallRecording } from './helpers/recordings.js';
import { slowness } from './helpers/slowness.js';
import { until as untilSo } from './helpers/until.js';

/** No ROS 2, wherever the tests run. */
const NO_ROS = { AMENT_PREFIX_PATH: '', ROS_DISTRO: '' };
const run = (args: readonly string[]) => voxhand(['run', ...args], { env: NO_ROS });
/** A machine that does much else does not close everything in the time that is kept by default. */
const UNHURRIED = ['--stop-within', '100s'];

let server: FoxgloveServer | undefined;
let camera: NodeJS.Timeout | undefined;
/** Stamps of the camera's images. */
const sent = new Set<bigint>();
const nodes: ChildProcess[] = [];
afterEach(async () => {
  for (const node of nodes.splice(0)) node.kill('SIGKILL');
  clearInterval(camera);
  await server?.close();
  server = undefined;
});

/** A camera at 30 Hz behind a Foxglove server; its hand moves there and back. */
async function serveCamera(): Promise<string> {
  server = await createFoxgloveServer({ port: 0 });
  camera = startCamera();
  return server.urls.socket;
}

function startCamera(): NodeJS.Timeout {
  const opened = server as FoxgloveServer;
  const frames = smallFrames(30).map(({ frame }) => frame);
  const images = opened.advertise('/depth/image_rect_raw', cdrCodec('sensor_msgs/msg/Image'));
  const infos = opened.advertise('/depth/camera_info', cdrCodec('sensor_msgs/msg/CameraInfo'));
  let i = 0;
  return setInterval(() => {
    const k = i++ % 58;
    const stamp = BigInt(Date.now()) * 1_000_000n;
    const frame = { ...frames[k < 30 ? k : 58 - k], stamp, frameId: 'camera' };
    void infos.publish(toCameraInfoMessage({ ...frame.camera, ...frame }), stamp);
    sent.add(stamp);
    void images.publish(toDepthImageMessage(frame), stamp);
  }, 33);
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
    ['with a snapshot of no recording', ['--record-snapshot', '3s'], 2, /--record with it.*\[USAGE\]/],
  ])('%s says what to do', async (_, args, code, message) => {
    const result = await run(args);
    expect(result.stderr.replaceAll('\n', ' ')).toMatch(message);
    expect([result.code, result.stdout]).toEqual([code, '']);
  });

  it('tracks a camera behind a Foxglove server, serves and records the hand, and ends by SIGINT within 2 s', async () => {
    const url = await serveCamera();
    const folder = temporaryFolder();
    const recording = join(folder, 'run.mcap');
    let [asked, slow] = [0, 1];
    const topics = ['/hand/joints', '/hand/scene', '/depth/image_rect_raw/compressed'];
    const heard: string[] = [];
    const args = ['--source', url, '--model', 'compact-light', '--serve', '0', '--record', recording, '--json'];
    const result = await voxhandProcess(['run', ...args, ...UNHURRIED], {
      env: NO_ROS,
      during: (child) => {
        let said = '';
        child.stderr?.on('data', async (chunk: Buffer) => {
          const before = /ws:\/\/\S+/.test(said);
          said += chunk;
          const found = /ws:\/\/\S+/.exec(said);
          if (before || found === null) return;
          const viewer = await connectFoxglove(found[0]);
          for await (const { topic } of viewer.subscribe(topics)) {
            heard.push(topic);
            const isEnough = topics.every((one) => heard.filter((other) => other === one).length > 15);
            if (!isEnough || asked > 0) continue;
            slow = slowness();
            asked = performance.now();
            child.kill('SIGINT');
          }
        });
      },
    });
    expect(performance.now() - asked).toBeLessThan(2000 * Math.max(slow, slowness()));
    expect([result.code, result.stderr]).toEqual([0, expect.stringContaining('active')]);
    const report = JSON.parse(result.stdout);
    const [{ frames, published, ageMs, provider, findings }] = report.trackers;
    expect(frames.tracked).toBeGreaterThan(0);
    expect(published).toBeGreaterThan(0);
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

  it('runs several trackers in one process, each with its configuration', async () => {
    const url = await serveCamera();
    const folder = temporaryFolder();
    for (const side of ['left', 'right']) {
      const topics = 'topics: { depth: /depth/image_rect_raw, camera_info: /depth/camera_info }';
      await writeFile(join(folder, `${side}.yaml`), `namespace: ${side}\nhandedness: ${side}\n${topics}\n`);
    }
    const recording = join(folder, 'both.mcap');
    const trackers = ['left', 'right'].flatMap((side) => ['--tracker', `${side}=${join(folder, `${side}.yaml`)}`]);
    const args = ['run', '--source', url, ...trackers, ...LIGHT, '--record', recording];
    const node = started([...args, '--no-record-input', '--serve', '0', '--json']);
    const served = await node.served();
    const heard = ['/left/hand/joints', '/right/hand/joints', '/diagnostics'].map((topic) => hear(served, topic));
    await node.until(() => heard.every((messages) => messages.length > 0));
    node.kill('SIGTERM');
    const { code, stdout } = await node.result;
    expect(code).toBe(0);
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

  it('ends in time when it is asked to, whatever is left to be closed', async () => {
    const node = started(['run', '--source', await serveCamera(), '--serve', '0', '--stop-within', '1ms', '--json']);
    await node.served();
    node.kill('SIGTERM');
    expect(await node.result).toMatchObject({ code: 143, stdout: '' });
  });

  it('ends by itself after --duration', async () => {
    const url = await serveCamera();
    const { code, stdout } = await run(['--source', url, '--duration', '500ms', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).seconds).toBeGreaterThan(0.5);
  });

  it('plays a recording as if it were live, and ends with it', async () => {
    const folder = temporaryFolder();
    const input = await smallRecording(join(folder, 'in.mcap'), { frames: 45 });
    const output = join(folder, 'out.mcap');
    // the first frame is shown however slow the machine is; those that come too late are dropped
    const args = ['--source', input, '--model', 'compact-light', '--record', output, '--json', '--set', 'policy=every'];
    const { code, stdout } = await run(args);
    const { seconds, trackers } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(seconds).toBeGreaterThan(1.4);
    const [{ frames }] = trackers;
    const sum = (byReason: Record<string, number>) => Object.values(byReason).reduce((all, count) => all + count, 0);
    expect(frames.in).toBe(45);
    expect(frames.tracked).toBeGreaterThan(0);
    expect(frames.out + sum(frames.dropped)).toBe(45);
    const source = await openMcap(output);
    const counts = Object.fromEntries(source.topics().map(({ topic, messageCount }) => [topic, messageCount]));
    await source.close();
    expect(counts['/hand/joints']).toBeGreaterThan(0);
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

/** `voxhand run` with one small network: what it records is looked at, and not what it finds. */
const LIGHT = ['--model', 'compact-light', '--set', 'detection.method=geometric', ...UNHURRIED];

/** `voxhand run` on a camera, recording, with what it says on stderr. */
async function startRecording(recording: string, ...more: string[]) {
  const url = await serveCamera();
  return started(['run', '--source', url, ...LIGHT, '--record', recording, '--json', ...more]);
}

function started(args: readonly string[]) {
  let process: ChildProcess | undefined;
  let said = '';
  const result = voxhandProcess(args, {
    env: NO_ROS,
    during: (child) => {
      process = child;
      nodes.push(child);
      child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk;
      });
    },
  });
  const until = (condition: () => unknown) =>
    untilSo(condition).catch(() => {
      throw new Error(`it did not happen: ${said}`);
    });
  return {
    result,
    said: () => said,
    kill: (signal: NodeJS.Signals) => process?.kill(signal),
    until,
    /** Where it serves viewers. */
    served: async () => {
      await until(() => /ws:\/\/\S+/.test(said));
      return (/ws:\/\/\S+/.exec(said) as RegExpExecArray)[0];
    },
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function contentsOf(path: string) {
  const source = await openMcap(path);
  const info = source.info();
  const counts = Object.fromEntries(source.topics().map(({ topic, messageCount = 0 }) => [topic, messageCount]));
  const times = new Map(Object.keys(counts).map((topic) => [topic, new Set<bigint>()]));
  for await (const { topic, logTime } of source.subscribe()) times.get(topic)?.add(logTime);
  await source.close();
  const stamps = (topic: string) => times.get(topic) ?? new Set();
  return { info, counts, stamps, provenance: provenanceOf(info) };
}

/** What a viewer hears on a topic, and when. */
function hear(url: string, topic: string): { readonly stamp: bigint; readonly at: number }[] {
  const heard: { stamp: bigint; at: number }[] = [];
  const listen = async () => {
    const viewer = await connectFoxglove(url);
    for await (const { logTime } of viewer.subscribe([topic])) heard.push({ stamp: logTime, at: Date.now() });
  };
  listen().catch(() => undefined); // the node is killed
  return heard;
}

describe('the recording of a node', () => {
  // What the node was sent may still wait in a socket, for as long as a busy machine takes. What it has is known by its results:
  // when one is heard, it and its image were handed to the recorder before.
  it('that is killed (P10) has all that is older than a second, and is recovered', async () => {
    for (const delay of [0, 200]) {
      const folder = temporaryFolder();
      const output = join(folder, 'killed.mcap');
      const node = await startRecording(output, '--serve', '0');
      const heard = hear(await node.served(), '/hand/joints');
      const secondsOld = (at: number, count: number) => heard.filter((one) => at - one.at > 1000).length > count;
      await node.until(() => secondsOld(Date.now(), 10));
      await sleep(delay);
      const killed = Date.now();
      node.kill('SIGKILL');
      await node.result;
      expect(readdirSync(folder)).toEqual(['killed.mcap.partial']);
      const { info, stamps } = await contentsOf(`${output}.partial`);
      const old = heard.filter(({ at }) => killed - at > 1000).map(({ stamp }) => stamp);
      expect(old.filter((stamp) => !stamps('/hand/joints').has(stamp))).toEqual([]);
      // a hand that is taken back has a stamp of its own
      const images = old.filter((stamp) => sent.has(stamp));
      expect(images.length).toBeGreaterThan(5);
      expect(images.filter((stamp) => !stamps('/depth/image_rect_raw').has(stamp))).toEqual([]);
      const report = await recoverRecording(`${output}.partial`, output);
      expect(report).toMatchObject({ whole: false, recovered: { messages: info.messageCount } });
      expect((await contentsOf(output)).info).toMatchObject({ indexed: true, truncated: false });
    }
  });

  it('in parts is whole after SIGTERM (P12), and says of itself what it was made with', async () => {
    const folder = temporaryFolder();
    const node = await startRecording(
      join(folder, 'cell-{time}.mcap'),
      ...['--record-split-duration', '500ms', '--record-compression', 'none'],
    );
    // parts that were closed before do not know the network
    await node.until(() => /active: /.test(node.said()));
    const before = readdirSync(folder).length;
    await node.until(() => readdirSync(folder).length > before + 2);
    node.kill('SIGTERM');
    const { code, stdout } = await node.result;
    expect(code).toBe(0);
    const { parts, written } = JSON.parse(stdout).recording.report;
    expect(readdirSync(folder).sort()).toEqual(
      parts.map(({ path }: { path: string }) => path.split('/').at(-1)).sort(),
    );
    let messages = 0;
    for (const [i, { path }] of parts.entries()) {
      expect(path).toMatch(/cell-\d{8}T\d{6}Z_\d+\.mcap$/);
      const { info, provenance } = await contentsOf(path);
      expect(info).toMatchObject({ indexed: true, truncated: false });
      expect(provenance.configuration).toContain('ros__parameters');
      messages += info.messageCount;
      if (i <= before) continue;
      expect(provenance).toMatchObject({
        model: expect.stringMatching(/^compact-light \d/),
        model_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        provider: 'cpu',
      });
    }
    expect(messages).toBe(written);
  });

  it('of the last seconds is written on SIGUSR1, on a topic and when the hand is lost, and not because the node ends', async () => {
    const folder = temporaryFolder();
    const node = await startRecording(
      join(folder, 'ring.mcap'),
      ...[
        '--record-snapshot',
        '1s',
        '--record-snapshot-on',
        'lost-hand',
        '--record-snapshot-on',
        '/stop',
        '--serve',
        '0',
      ],
    );
    const hands = hear(await node.served(), '/hand/joints');
    const stop = server?.advertise('/stop', cdrCodec('geometry_msgs/msg/PointStamped'));
    /** The image of each is recorded before it is heard. */
    const more = async (count = 8) => {
      const before = hands.length;
      await node.until(() => hands.length > before + count);
    };
    await more(30);
    node.kill('SIGUSR1');
    await node.until(() => /ring_\d+\.mcap \(SIGUSR1\)/.test(node.said()));
    await more();
    const now = BigInt(Date.now()) * 1_000_000n;
    await stop?.publish(toPointStamped(now, 'robot', [0, 0, 0]), now);
    await node.until(() => /ring_\d+\.mcap \(message on \/stop at \d+\)/.test(node.said()));
    await more();
    clearInterval(camera); // falls silent: the hand is taken back
    await node.until(() => /ring_\d+\.mcap \(lost hand on \/hand\/joints at \d+\)/.test(node.said()));
    const before = new Set(sent);
    camera = startCamera();
    // so that there is a hand to be taken back at the end
    await node.until(() => hands.some(({ stamp }) => sent.has(stamp) && !before.has(stamp)));
    node.kill('SIGTERM');
    const { code, stdout } = await node.result;
    expect(code).toBe(0);
    const { parts, topics } = JSON.parse(stdout).recording.report as RecordingReport;
    expect(parts.map(({ path }) => path.split('/').at(-1)).sort()).toEqual(readdirSync(folder).sort());
    // A busy machine may lose the hand at other times, the last one included. A node that ends takes it back one nanosecond after what was shown.
    const last = hands.at(-1)?.stamp ?? 0n;
    const losses = parts.flatMap(({ reason = '' }) => /lost hand .* at (\d+)/.exec(reason)?.[1] ?? []);
    expect(losses.length).toBeGreaterThan(0);
    expect(losses.filter((stamp) => BigInt(stamp) === last && sent.has(last - 1n))).toEqual([]);
    expect(topics.map(({ dropped }) => dropped)).toEqual(topics.map(() => ({})));
    const written = await Promise.all(
      ['SIGUSR1', 'message on /stop', 'lost hand'].map(async (begin) => {
        const part = parts.findLast(({ reason = '' }) => reason.startsWith(begin));
        const contents = await contentsOf(part?.path ?? '');
        expect(contents).toMatchObject({
          provenance: { reason: part?.reason, model: expect.stringMatching(/^compact-light /), provider: 'cpu' },
          info: { indexed: true, truncated: false },
        });
        return contents;
      }),
    );
    const [{ info }, stopped] = written;
    // how many are left of a second depends on the machine, and on how often the hand was lost before
    const all = (topic: string) => written.reduce((sum, { counts }) => sum + (counts[topic] ?? 0), 0);
    expect(all('/hand/joints')).toBeGreaterThan(3);
    expect(all('/depth/image_rect_raw')).toBeGreaterThan(3);
    expect(Number((info.endTime ?? 0n) - (info.startTime ?? 0n)) / 1e9).toBeLessThan(2);
    expect(stopped.counts['/stop']).toBe(1);
  });

  it('says on SIGUSR1 why there is no snapshot, and refuses what cannot be a reason', async () => {
    const folder = temporaryFolder();
    const output = join(folder, 'ring.mcap');
    const node = await startRecording(output, '--record-snapshot', '1s', '--record-max-duration', '300ms');
    await node.until(() => /the recording has ended: --record-max-duration/.test(node.said()));
    expect(readdirSync(folder)).toEqual([]);
    node.kill('SIGUSR1');
    await node.until(() => /no snapshot \(SIGUSR1\): the recording has ended/.test(node.said()));
    node.kill('SIGTERM');
    expect((await node.result).code).toBe(0);
    const refused = await startRecording(output, '--record-snapshot', '1s', '--record-snapshot-on', '/a/*');
    expect((await refused.result).code).toBe(2);
    expect(refused.said()).toMatch(/a pattern cannot be subscribed to/);
  });
});

describe('a recording on a full disk (P11)', () => {
  const disk = join(temporaryFolder(), 'small-disk');
  let mounted = false;
  beforeAll(() => {
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
      mounted = true;
    } catch {
      process.stderr.write('NOT RUN: a node on a full disk, for this user may not mount a tmpfs\n');
    }
  });
  afterAll(() => {
    if (mounted) execFileSync('umount', [disk]);
  });

  it('of the last seconds is refused where too little is left, stays in memory, and the process ends with 3', async () => {
    if (!mounted) return expect.soft(mounted, 'skipped: this user may not mount a tmpfs').toBe(false);
    const url = await serveCamera();
    const output = join(disk, 'ring.mcap');
    const limits = ['--snapshot', '300ms', '--min-free', '1MB'];
    const recorder = started(['record', '--source', url, '-o', output, ...limits, '--json']);
    await recorder.until(() => /topic \/depth\/image_rect_raw/.test(recorder.said()));
    const filler = join(disk, 'filler');
    await writeFile(filler, new Uint8Array(1_500_000));
    const refusals = () => recorder.said().match(/no snapshot \(SIGUSR1\)/g)?.length ?? 0;
    // asked again while nothing has come yet
    for (let asked = 1; !/no snapshot \(SIGUSR1\): the disk has too little left/.test(recorder.said()); asked++) {
      recorder.kill('SIGUSR1');
      await recorder.until(() => refusals() === asked);
    }
    expect(readdirSync(disk)).toEqual(['filler']);
    rmSync(filler);
    recorder.kill('SIGUSR1');
    await recorder.until(() => /wrote .*ring_0\.mcap \(SIGUSR1\)/.test(recorder.said()));
    recorder.kill('SIGTERM');
    const { code, stdout } = await recorder.result;
    const { parts, end, refused } = JSON.parse(stdout);
    expect([code, end, refused]).toEqual([3, { reason: 'stopped' }, refusals()]);
    expect(parts).toMatchObject([{ whole: true, reason: 'SIGUSR1' }]);
    const { info } = await contentsOf(parts[0].path);
    expect(info).toMatchObject({ indexed: true, truncated: false, messageCount: parts[0].messages });
    rmSync(parts[0].path);
  });

  it('of a node ends with one clear error, and the node goes on', async () => {
    if (!mounted) return expect.soft(mounted, 'skipped: this user may not mount a tmpfs').toBe(false);
    const output = join(disk, 'full.mcap');
    const node = await startRecording(output, '--record-compression', 'none', '--record-min-free', '0', '--serve', '0');
    const hands = hear(await node.served(), '/hand/joints');
    await node.until(() => /recording has stopped: .*ENOSPC/.test(node.said()));
    const before = hands.length;
    await node.until(() => hands.length > before + 20);
    node.kill('SIGTERM');
    const { code, stdout } = await node.result;
    expect(code).toBe(0);
    const { trackers, recording } = JSON.parse(stdout);
    const { report } = recording;
    expect(report.end).toMatchObject({ reason: 'write-failed', error: { code: 'WRITE_FAILED' } });
    const errors = trackers[0].findings.filter(({ level }: { level: string }) => level === 'error');
    expect(errors).toMatchObject([{ rule: 'sink-gone' }]);
    expect(node.said().match(/recording has stopped/g)).toHaveLength(1);
    const [{ path, whole, messages }] = report.parts;
    const file = whole ? path : `${path}.partial`;
    expect(existsSync(file)).toBe(true);
    const { info, counts } = await contentsOf(file);
    expect(info.messageCount).toBe(messages);
    expect(trackers[0].published).toBeGreaterThan((counts['/hand/joints'] ?? 0) + 5);
    for (const { received, written, forgotten, dropped } of report.topics) {
      const lost = Object.values(dropped as Record<string, number>).reduce((sum, count) => sum + count, 0);
      expect(received).toBe(written + forgotten + lost);
    }
  });
});
