import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../test/helpers/until.js';
import { JOINT_COUNT } from '../../hand/skeleton.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { toHandJointsMessage } from '../../messages/hand-joints-message.js';
import { toPointStamped } from '../../messages/points.js';
import { createMcapSink } from '../../transport/mcap/mcap-sink.js';
import { openMcap } from '../../transport/mcap/mcap-source.js';
import { openRecording } from '../../transport/mcap/open-recording.js';
import { MemoryBus } from '../../transport/memory/memory-bus.js';
import type { BusSource } from '../../transport/port/bus.js';
import { createRecorder, type RecorderOptions } from './recorder.js';
import { hasRecordingLoss } from './recording-report.js';
import { createRecordingSink } from './recording-sink.js';

const points = cdrCodec('geometry_msgs/msg/PointStamped');
const hands = cdrCodec('voxhand_msgs/msg/HandJoints');
let folder: string;
let files = 0;
const fresh = () => join(folder, `${files++}.mcap`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-recorder-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const { schemaName, schemaEncoding, schemaData, messageEncoding } = points;
const message = (sequence: number, bytes = 100, topic = '/p') => ({
  topic,
  schemaName,
  schemaEncoding,
  schemaData,
  messageEncoding,
  data: new Uint8Array(bytes).fill(sequence),
  logTime: BigInt(sequence),
  publishTime: BigInt(sequence),
  sequence,
});

async function sequences(path: string): Promise<number[]> {
  const source = await openMcap(path);
  try {
    const found: number[] = [];
    for await (const { sequence } of source.subscribe()) found.push(sequence);
    return found;
  } finally {
    await source.close();
  }
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

async function recordingOf(path: string, topics: readonly string[], count = 20): Promise<string> {
  const sink = await createMcapSink(path);
  const publishers = topics.map((topic) => sink.advertise(topic, points));
  for (let i = 0; i < count; i++) {
    for (const p of publishers) await p.publish(toPointStamped(BigInt(i), 'c', [0, 0, 1]), BigInt(1000 + i));
  }
  await sink.close();
  return path;
}

describe('a recording by a worker', () => {
  it('loses nothing of what waits for it, in a queue much smaller than the recording', async () => {
    const path = fresh();
    const sink = await createRecordingSink(path, { policy: 'wait', pendingBytes: 20_000, chunkBytes: 5000 });
    // nobody waits here either, so the sink itself must
    await Promise.all(range(2000).map((i) => sink.write(message(i))));
    const report = await sink.finish();
    expect(report).toMatchObject({ received: 2000, written: 2000, end: { reason: 'stopped' } });
    expect(hasRecordingLoss(report)).toBe(false);
    expect(await sequences(path)).toEqual(range(2000));
  });

  it('drops what comes faster than it is written, and counts it by topic', async () => {
    const path = fresh();
    const sink = await createRecordingSink(path, { pendingBytes: 20_000, chunkBytes: 5000 });
    for (const i of range(2000)) void sink.write(message(i, 100, i % 4 === 0 ? '/a' : '/b'));
    const report = await sink.finish();
    expect(hasRecordingLoss(report)).toBe(true);
    for (const { topic, received, written, dropped } of report.topics) {
      expect(received).toBe(topic === '/a' ? 500 : 1500);
      expect(Object.keys(dropped)).toEqual(['queue-full']);
      expect(written + dropped['queue-full']).toBe(received);
    }
    const source = await openMcap(path);
    expect(source.info().messageCount).toBe(report.written);
    expect(source.info().metadata.at(-1)).toMatchObject({ name: 'voxhand.recording', values: { received: '2000' } });
    await source.close();
  });

  it('counts a message that could never wait', async () => {
    const sink = await createRecordingSink(fresh(), { pendingBytes: 10_000 });
    await sink.write(message(0, 20_000));
    await sink.write(message(1));
    expect(await sink.finish()).toMatchObject({ written: 1, topics: [{ dropped: { 'too-large': 1 } }] });
  });

  it('takes a message that is larger than a chunk', async () => {
    const path = fresh();
    const sink = await createRecordingSink(path, { chunkBytes: 1000 });
    for (const i of range(5)) await sink.write(message(i, 5000));
    await sink.finish();
    expect(await sequences(path)).toEqual(range(5));
  });

  it('puts messages into the file while they are few, long before a chunk is full', async () => {
    const path = fresh();
    const sink = await createRecordingSink(path, { flushSeconds: 0.02 });
    await sink.write(message(0));
    await until(async () => (await sequences(`${path}.partial`)).length > 0);
    expect(await sequences(`${path}.partial`)).toEqual([0]);
    await sink.finish();
  });

  it('copies: the caller may change its buffer afterwards', async () => {
    const path = fresh();
    const sink = await createRecordingSink(path);
    const first = message(7);
    await sink.write(first);
    first.data.fill(0);
    await sink.finish();
    const source = await openMcap(path);
    for await (const { data } of source.subscribe()) expect(data[50]).toBe(7);
    await source.close();
  });

  it('refuses a negative time and goes on, and is closed once', async () => {
    const sink = await createRecordingSink(fresh());
    await expect(sink.write({ ...message(0), logTime: -1n })).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await sink.write(message(1));
    const [a, b] = await Promise.all([sink.finish(), sink.finish()]);
    expect(a).toBe(b);
    expect(a.written).toBe(1);
    await expect(sink.write(message(2))).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('tells whoever asks for a snapshot which file came of it, when it is whole', async () => {
    const path = fresh();
    const told: string[] = [];
    const sink = await createRecordingSink(path, {
      ring: { seconds: 10 },
      onPart: ({ reason = '' }) => told.push(reason),
    });
    expect((await sink.snapshot('too early')).error?.code).toBe('RECORDING_EMPTY');
    for (const i of range(5)) await sink.write(message(i));
    const [first, second] = await Promise.all([sink.snapshot('a'), sink.snapshot('b')]);
    expect(first).toEqual({ part: expect.objectContaining({ messages: 5, whole: true, reason: 'a' }) });
    expect(second.error?.code).toBe('RECORDING_EMPTY');
    expect(told).toEqual(['a']);
    expect(await sequences(first.part?.path ?? '')).toEqual(range(5));
    await sink.write(message(5));
    const last = sink.snapshot('at the end');
    const { parts } = await sink.finish();
    expect((await last).part).toEqual(parts[1]);
    expect((await sink.snapshot('closed')).error?.code).toBe('USAGE');
    const whole = await createRecordingSink(fresh());
    expect((await whole.snapshot('no ring')).error?.code).toBe('USAGE');
    await whole.finish();
  });

  it('takes what comes while a snapshot is written, and answers each of several', async () => {
    const told: string[] = [];
    const sink = await createRecordingSink(fresh(), {
      ring: { seconds: 10 },
      chunkBytes: 50_000,
      compression: 'none',
      onSnapshot: ({ part, error }, reason) => told.push(`${reason}: ${part?.messages ?? error?.code}`),
    });
    const write = async (from: number, to: number) => {
      for (let i = from; i < to; i++) await sink.write(message(i, 10_000));
    };
    await write(0, 500);
    const first = sink.snapshot('a');
    await write(500, 700);
    const second = sink.snapshot('b');
    const nothing = sink.snapshot('c');
    await write(700, 720);
    sink.describe({ model: 'too late for these' });
    const files = [(await first).part, (await second).part].map((part) => part?.path ?? '');
    expect((await nothing).error?.code).toBe('RECORDING_EMPTY');
    expect(await sequences(files[0])).toEqual(range(500));
    expect(await sequences(files[1])).toEqual(range(700).slice(500));
    const { topics, refused } = await sink.finish();
    expect(topics).toMatchObject([{ received: 720, written: 700, forgotten: 20, dropped: {} }]);
    expect(refused).toBe(0);
    // one that is refused is not kept waiting
    expect(told.sort()).toEqual(['a: 500', 'b: 200', 'c: RECORDING_EMPTY']);
  });

  it('finishes a snapshot that was asked for when it is closed', async () => {
    const sink = await createRecordingSink(fresh(), { ring: { seconds: 10 }, chunkBytes: 50_000 });
    for (const i of range(500)) await sink.write(message(i, 10_000));
    const asked = sink.snapshot('a');
    const { parts, written } = await sink.finish();
    expect((await asked).part).toEqual(parts[0]);
    expect([parts[0].whole, written]).toEqual([true, 500]);
  });

  it('sees reasons in what is written to it, until it is disarmed', async () => {
    await expect(createRecordingSink(fresh(), { triggers: {} })).rejects.toMatchObject({ code: 'USAGE' });
    const sink = await createRecordingSink(fresh(), { ring: { seconds: 10 }, triggers: { event: ['/stop'] } });
    await sink.write(message(0));
    await sink.write(message(1, 10, '/stop'));
    await sink.write(message(2));
    sink.disarm();
    await sink.write(message(3, 10, '/stop'));
    const { parts, topics } = await sink.finish();
    expect(parts.map(({ messages }) => messages)).toEqual([2]);
    expect(topics.map(({ written, forgotten }) => [written, forgotten])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('says at once where it cannot be made', async () => {
    await expect(createRecordingSink(join(folder, 'none', 'a.mcap'))).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    const path = fresh();
    await (await createRecordingSink(path)).finish();
    await expect(createRecordingSink(path)).rejects.toMatchObject({ code: 'USAGE', where: path });
  });
});

describe('the recorder', () => {
  const record = async (sources: readonly BusSource[], options: Partial<RecorderOptions> = {}) => {
    const output = fresh();
    const recorder = await createRecorder({ output, sources, ...options });
    return { output, recorder };
  };

  it('records another recording whole, by patterns, and ends with it', async () => {
    const source = await openMcap(await recordingOf(fresh(), ['/a/x', '/a/y', '/b/x', '/c']));
    const { output, recorder } = await record([source], { topics: ['/a/*', '/b/**'], exclude: ['**/y'] });
    const report = await recorder.done;
    await source.close();
    expect(report).toMatchObject({ written: 40, sourceErrors: [] });
    expect(hasRecordingLoss(report)).toBe(false);
    const again = await openMcap(output);
    expect(again.topics().map(({ topic }) => topic)).toEqual(['/a/x', '/b/x']);
    await again.close();
  });

  it('names the topics there are when none is wanted', async () => {
    const source = await openMcap(await recordingOf(fresh(), ['/a']));
    await expect(createRecorder({ output: fresh(), sources: [source], topics: ['/z'] })).rejects.toMatchObject({
      code: 'TOPIC_NOT_FOUND',
      expected: expect.stringContaining('/a'),
    });
    await source.close();
  });

  it('follows a live bus: topics that appear later too, until it is stopped', async () => {
    const bus = new MemoryBus();
    const early = bus.advertise('/p/early', points);
    const seen: string[] = [];
    const { output, recorder } = await record([bus], {
      live: true,
      topics: ['/p/*'],
      discoverSeconds: 0.01,
      onTopic: (topic) => seen.push(topic),
    });
    for (let i = 0n; i < 3n; i++) await early.publish(toPointStamped(i, 'c', [0, 0, 1]), i);
    const late = bus.advertise('/p/late', points);
    bus.advertise('/q/other', points);
    await until(() => seen.length >= 2);
    expect(seen).toEqual(['/p/early', '/p/late']);
    for (let i = 3n; i < 6n; i++) await late.publish(toPointStamped(i, 'c', [0, 0, 1]), i);
    await new Promise((resolve) => setImmediate(resolve));
    const report = await recorder.stop();
    expect(report.topics.map(({ topic, written }) => [topic, written])).toEqual([
      ['/p/early', 3],
      ['/p/late', 3],
    ]);
    expect(await sequences(output)).toHaveLength(6);
  });

  it('ends when a live bus ends, and after its time though nothing comes', async () => {
    const bus = new MemoryBus();
    bus.advertise('/p', points);
    const { recorder } = await record([bus], { live: true });
    await bus.close();
    expect((await recorder.done).end.reason).toBe('stopped');
    const silent = await record([new MemoryBus()], { live: true, maxSeconds: 0.05 });
    expect((await silent.recorder.done).received).toBe(0);
  });

  it('says what a live bus has lost before it got there, of the topics that were wanted', async () => {
    const bus = new MemoryBus();
    const state = (topic: string, lost: number) => ({ topic, messages: 0, dropped: { 'queue-full': lost } });
    const live = Object.assign(bus, {
      onEvent: () => () => undefined,
      states: () => [state('/p', 3), state('/quiet', 0), state('/other', 9)],
    });
    const { recorder } = await record([live], { topics: ['/p', '/quiet'] });
    expect((await recorder.stop()).sourceDrops).toEqual({ '/p': { 'queue-full': 3 } });
  });

  it('goes on with the others when a source fails, and says which', async () => {
    const failing: BusSource = {
      topics: () => [
        { topic: '/f', schemaName: '', schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: '' },
      ],
      async *subscribe() {
        yield message(0, 10, '/f');
        throw new Error('cable pulled');
      },
      close: async () => undefined,
    };
    const source = await openMcap(await recordingOf(fresh(), ['/a']));
    const { recorder } = await record([failing, source]);
    const report = await recorder.done;
    await source.close();
    expect(report.written).toBe(21);
    expect(report.sourceErrors).toMatchObject([{ message: 'cable pulled' }]);
  });

  it('writes the last seconds when a hand is lost, with what comes shortly after', async () => {
    const path = fresh();
    const write = await createMcapSink(path);
    const publisher = write.advertise('/hand/joints', hands);
    for (let i = 0; i < 100; i++) {
      const tracked = i < 50 || i > 70;
      const hand = {
        stamp: BigInt(i) * 100_000_000n,
        frameId: 'c',
        handId: 0,
        handedness: 'right' as const,
        tracked,
        positions: new Float64Array(tracked ? 3 * JOINT_COUNT : 0),
        confidences: new Float32Array(tracked ? JOINT_COUNT : 0),
        lagFrames: 0,
      };
      await publisher.publish(toHandJointsMessage(hand), hand.stamp);
    }
    await write.close();
    const source = await openMcap(path);
    const { output, recorder } = await record([source], {
      ring: { seconds: 2 },
      chunkBytes: 2000,
      triggers: { lostHand: ['/hand/joints'], afterSeconds: 0.5 },
    });
    const { parts } = await recorder.done;
    await source.close();
    expect(parts).toHaveLength(1);
    expect(parts[0].path).toBe(output.replace('.mcap', '_0.mcap'));
    expect(parts[0].reason).toBe('lost hand on /hand/joints at 5000000000');
    expect(parts[0].endTime).toBe(5_500_000_000n);
    expect(Number((parts[0].endTime ?? 0n) - (parts[0].startTime ?? 0n)) / 1e9).toBeCloseTo(2, 0);
    await expect(createRecorder({ output: fresh(), sources: [source], triggers: {} })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  it('splits what a folder then reads as one', async () => {
    const source = await openMcap(await recordingOf(fresh(), ['/a', '/b'], 300));
    const parts = join(folder, 'parts');
    await (await import('node:fs/promises')).mkdir(parts);
    const recorder = await createRecorder({
      output: join(parts, 'cell.mcap'),
      sources: [source],
      splitBytes: 10_000,
      chunkBytes: 2000,
      compression: 'none',
    });
    await recorder.done;
    expect((await readdir(parts)).length).toBeGreaterThan(3);
    const whole = await openRecording(parts);
    const times: [string, bigint][] = [];
    for await (const { topic, logTime } of whole.subscribe()) times.push([topic, logTime]);
    expect(times).toEqual(
      range(300).flatMap((i) => [
        ['/a', BigInt(1000 + i)],
        ['/b', BigInt(1000 + i)],
      ]),
    );
    expect(whole.info()).toMatchObject({ messageCount: 600, startTime: 1000n, endTime: 1299n, truncated: false });
    await Promise.all([whole.close(), source.close()]);
  });
});
