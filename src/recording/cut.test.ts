import { copyFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cdrCodec } from '../messages/cdr-codec.js';
import { toPointStamped } from '../messages/points.js';
import { toTfMessage } from '../messages/transforms.js';
import { createMcapSink } from '../transport/mcap/mcap-sink.js';
import { openMcap } from '../transport/mcap/mcap-source.js';
import { openRecording } from '../transport/mcap/open-recording.js';
import { cutRecording } from './cut.js';

const MS = 1_000_000n;
let folder: string;
let input: string;
let files = 0;
const fresh = () => join(folder, `out-${files++}.mcap`);

/** Ten seconds, a point every 100 ms on two topics, transforms of two cameras at the very beginning. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-cut-'));
  input = join(folder, 'in.mcap');
  const sink = await createMcapSink(input, { chunkSize: 500, metadata: { seed: '7' } });
  await sink.addAttachment({
    name: 'calibration.yaml',
    mediaType: 'text/yaml',
    logTime: 1n,
    createTime: 2n,
    data: new Uint8Array(9),
  });
  const tf = sink.advertise('/tf_static', cdrCodec('tf2_msgs/msg/TFMessage'));
  for (const frameId of ['left', 'right']) await tf.publish(toTfMessage({ stamp: 0n, frameId }), 1000n * MS);
  const points = ['/a/p', '/b/p'].map((topic) => sink.advertise(topic, cdrCodec('geometry_msgs/msg/PointStamped')));
  for (let i = 0n; i <= 100n; i++) {
    for (const point of points) await point.publish(toPointStamped(i, 'c', [0, 0, 1]), (1000n + 100n * i) * MS);
  }
  await sink.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function contents(path: string) {
  const source = await openRecording(path);
  const messages: { topic: string; ms: number }[] = [];
  for await (const { topic, logTime } of source.subscribe()) messages.push({ topic, ms: Number(logTime / MS) });
  const attachments: string[] = [];
  for await (const { name } of source.attachments()) attachments.push(name);
  const { metadata } = source.info();
  await source.close();
  return { messages, attachments, metadata };
}

describe('a recording whose static transforms have a log time of 0', () => {
  const WALL = 1_790_000_000_000n;
  const of = async (options: { start?: number; duration?: number }) => {
    const path = fresh();
    const sink = await createMcapSink(path);
    await sink
      .advertise('/tf_static', cdrCodec('tf2_msgs/msg/TFMessage'))
      .publish(toTfMessage({ stamp: 0n, frameId: 'a' }), 0n);
    const point = sink.advertise('/p', cdrCodec('geometry_msgs/msg/PointStamped'));
    for (let i = 0n; i <= 20n; i++) await point.publish(toPointStamped(i, 'c', [0, 0, 1]), (WALL + 100n * i) * MS);
    await sink.close();
    const output = fresh();
    await cutRecording(path, output, options);
    const { messages } = await contents(output);
    return messages.map(({ topic, ms }) => `${topic} ${ms < 1e9 ? ms : ms - Number(WALL)}`);
  };

  it('is cut by the time of its other messages, and keeps the transforms', async () => {
    expect(await of({ start: 1.5, duration: 0.3 })).toEqual(['/tf_static 1500', '/p 1500', '/p 1600', '/p 1700']);
    expect(await of({ duration: 0.2 })).toEqual(['/tf_static 0', '/p 0', '/p 100']);
  });

  it('has no part that begins behind its end', async () => {
    await expect(of({ start: 3 })).rejects.toMatchObject({
      code: 'RECORDING_EMPTY',
      expected: 'a start of at most 2.000 s',
    });
  });
});

describe('a part of a recording', () => {
  it('holds what was logged from its start on, up to its end without it, and all that goes with it', async () => {
    const output = fresh();
    const report = await cutRecording(input, output, { start: 2, duration: 1, topics: ['/a/*', '/tf_static'] });
    const { messages, attachments, metadata } = await contents(output);
    expect(messages.filter(({ topic }) => topic === '/a/p').map(({ ms }) => ms)).toEqual(
      Array.from({ length: 10 }, (_, i) => 3000 + 100 * i),
    );
    expect(messages.filter(({ topic }) => topic === '/tf_static')).toEqual([
      { topic: '/tf_static', ms: 3000 },
      { topic: '/tf_static', ms: 3000 },
    ]);
    expect(attachments).toEqual(['calibration.yaml']);
    expect(metadata).toEqual([{ name: 'voxhand', values: { seed: '7' } }]);
    expect(report).toMatchObject({ messages: 12, latched: 2, startTime: 3000n * MS, endTime: 4000n * MS });
    const [before, after] = await Promise.all([openMcap(input), openMcap(output)]);
    const schemaOf = ({ topics }: typeof before extends never ? never : ReturnType<typeof before.info>) =>
      topics.find(({ topic }) => topic === '/a/p')?.schemaData;
    expect(schemaOf(after.info())).toEqual(schemaOf(before.info()));
    await Promise.all([before.close(), after.close()]);
  });

  it('in pieces is the whole', async () => {
    const pieces = [];
    for (const start of [0, 2.5, 5, 7.5]) {
      const output = fresh();
      await cutRecording(input, output, { start, ...(start < 7.5 && { duration: 2.5 }), latched: [] });
      pieces.push(...(await contents(output)).messages);
    }
    expect(pieces).toEqual((await contents(input)).messages);
  });

  it('keeps one message of other topics that are said once', async () => {
    const output = fresh();
    await cutRecording(input, output, { start: 5, duration: 0.05, latched: ['/b/p'] });
    const { messages } = await contents(output);
    expect(messages).toEqual([
      { topic: '/b/p', ms: 6000 },
      { topic: '/a/p', ms: 6000 },
      { topic: '/b/p', ms: 6000 },
    ]);
  });

  it('that would be empty, or of topics that are not there, is refused and leaves nothing', async () => {
    const output = fresh();
    await expect(cutRecording(input, output, { start: 60 })).rejects.toMatchObject({ code: 'RECORDING_EMPTY' });
    await expect(cutRecording(input, output, { topics: ['/z'] })).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
    expect((await readdir(folder)).filter((name) => output.endsWith(name) || name.endsWith('.partial'))).toEqual([]);
  });

  it('of a recording that breaks off says so', async () => {
    const output = fresh();
    const whole = fresh();
    await cutRecording(input, whole);
    await truncate(whole, (await stat(whole)).size - 500);
    const { loss, messages } = await cutRecording(whole, output);
    expect(loss?.code).toBe('MCAP_TRUNCATED');
    expect(messages).toBeGreaterThan(100);
  });

  it('never writes over its input, though that has the output’s name with .partial', async () => {
    const output = fresh();
    await copyFile(input, `${output}.partial`);
    const { messages } = await cutRecording(`${output}.partial`, output);
    expect(messages).toBe(204);
    expect(await readFile(`${output}.partial`)).toEqual(await readFile(input));
    await rm(`${output}.partial`);
  });

  it('that is stopped stays beside, readable, and the output as it was', async () => {
    const output = fresh();
    await writeFile(output, 'the one before');
    const stop = new AbortController();
    const report = await cutRecording(input, output, {
      signal: stop.signal,
      onProgress: (messages) => messages === 50 && stop.abort(),
    });
    expect(report).toMatchObject({ aborted: true, output: `${output}.unfinished` });
    expect(await readFile(output, 'utf8')).toBe('the one before');
    const left = await contents(report.output);
    expect(left.messages.length).toBe(report.messages);
    expect(report.messages).toBeLessThan(60);
    await rm(report.output);
  });

  it('that is stopped before its first message ends at once, without one', async () => {
    const output = fresh();
    const report = await cutRecording(input, output, { start: 5, signal: AbortSignal.abort() });
    expect(report).toMatchObject({ aborted: true, messages: 0 });
    await expect(stat(output)).rejects.toThrow('ENOENT');
    await rm(report.output);
  });
});
