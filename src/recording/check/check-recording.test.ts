import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zstd from '@foxglove/wasm-zstd';
import { McapRecordBuilder } from '@mcap/core';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { moveChunkIndex } from '../../../test/helpers/damage.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { toCameraInfoMessage, toImageMessage } from '../../messages/images.js';
import { toTfMessage } from '../../messages/transforms.js';
import { createMcapSink, type McapSink } from '../../transport/mcap/mcap-sink.js';
import { openRecording } from '../../transport/mcap/open-recording.js';
import { checkRecording } from './check-recording.js';
import { Intervals } from './intervals.js';

const MS = 1_000_000n;
const START = 1_000_000_000n;
const [WIDTH, HEIGHT] = [8, 4];
const CAMERA = { width: WIDTH, height: HEIGHT, fx: 10, fy: 10, cx: 4, cy: 2 };
let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-check-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What differs from a sound recording of 60 depth images at 30 Hz with their infos. */
interface Odds {
  readonly depthTopic?: string;
  readonly infoTopic?: string | undefined;
  readonly encoding?: string;
  readonly frameId?: string;
  readonly width?: number;
  readonly fx?: number;
  /** Log time of image i, milliseconds from the start; undefined leaves it out. */
  readonly at?: (i: number) => number | undefined;
  readonly stamp?: (i: number, logTime: bigint) => bigint;
  readonly infoStamp?: (i: number, logTime: bigint) => bigint;
  readonly sequence?: (i: number) => number;
  readonly depth?: number;
  readonly infos?: number;
  readonly tf?: boolean;
  /** Camera infos come after their images. */
  readonly infoLater?: boolean;
  readonly before?: (sink: McapSink) => Promise<void>;
}

async function recording(odds: Odds = {}): Promise<string> {
  const { depthTopic = '/depth/image_rect_raw', encoding = '16UC1', frameId = 'camera', width = WIDTH, fx = 10 } = odds;
  const { at = (i) => 33 * i, stamp = (_, t) => t, infoStamp = (_, t) => t, depth = 500, infos = 60, tf = true } = odds;
  const infoTopic = 'infoTopic' in odds ? odds.infoTopic : '/depth/camera_info';
  const path = join(folder, `${files++}.mcap`);
  const sink = await createMcapSink(path, { chunkSize: 4000 });
  await odds.before?.(sink);
  const images = cdrCodec('sensor_msgs/msg/Image');
  const cameras = cdrCodec('sensor_msgs/msg/CameraInfo');
  const transforms = cdrCodec('tf2_msgs/msg/TFMessage');
  if (tf) await sink.advertise('/tf_static', transforms).publish(toTfMessage({ stamp: START, frameId }), START);
  const camera = infoTopic === undefined ? undefined : sink.advertise(infoTopic, cameras);
  for (let i = 0; i < 60; i++) {
    const ms = at(i);
    if (ms === undefined) continue;
    const logTime = START + BigInt(Math.round(ms * 1e6));
    const sayInfo = async () => {
      if (i >= infos) return;
      const info = toCameraInfoMessage({ ...CAMERA, fx, width, stamp: infoStamp(i, logTime), frameId: 'camera' });
      await camera?.publish(info, logTime);
    };
    if (odds.infoLater !== true) await sayInfo();
    const data = new Uint8Array(Uint16Array.from({ length: WIDTH * HEIGHT }, () => depth).buffer);
    const image = toImageMessage({ stamp: stamp(i, logTime), frameId, width: WIDTH, height: HEIGHT, encoding, data });
    const { schemaName, schemaEncoding, schemaData, messageEncoding } = images;
    const sequence = odds.sequence?.(i) ?? i + 1;
    const bytes = images.encode(image);
    await sink.write({
      topic: depthTopic,
      schemaName,
      schemaEncoding,
      schemaData,
      messageEncoding,
      data: bytes,
      logTime,
      publishTime: logTime,
      sequence,
    });
    if (odds.infoLater === true) await sayInfo();
  }
  await sink.close();
  return path;
}

describe('a sound recording', () => {
  it('has nothing wrong, and its rates are said', async () => {
    const report = await checkRecording(await recording());
    expect(report).toMatchObject({ ok: true, findings: [], messages: 121, startTime: START });
    const depth = report.topics.find(({ topic }) => topic === '/depth/image_rect_raw');
    expect(depth?.rate).toBeCloseTo(30.3, 1);
  });
});

describe('a recording with one fault', () => {
  const cases: readonly (readonly [string, Odds, string, string])[] = [
    ['stamps of zero', { stamp: () => 0n, infoStamp: () => 0n }, 'stamp-zero', 'warning'],
    ['a stamp that goes back', { stamp: (i, t) => (i === 30 ? t - 500n * MS : t) }, 'stamp-backwards', 'warning'],
    ['a stamp twice', { stamp: (i, t) => (i === 30 ? t - 33n * MS : t) }, 'stamp-repeated', 'warning'],
    [
      'stamps of another clock',
      { stamp: (_, t) => t + 3_600_000n * MS, infoStamp: (_, t) => t + 3_600_000n * MS },
      'stamp-offset',
      'info',
    ],
    ['a gap', { at: (i) => (i > 20 && i < 30 ? undefined : 33 * i) }, 'gap', 'warning'],
    [
      'messages that its publisher has counted',
      { sequence: (i) => (i > 10 ? i + 5 : i + 1) },
      'sequence-gap',
      'warning',
    ],
    ['pictures in place of depth', { encoding: 'mono8' }, 'depth-encoding', 'error'],
    ['images of another size than their camera', { width: 4 }, 'depth-invalid', 'error'],
    ['blank images', { depth: 0 }, 'depth-blank', 'warning'],
    ['depth of which none can be metres', { depth: 50_000 }, 'depth-unit', 'warning'],
    ['no camera info', { infoTopic: undefined }, 'camera-missing', 'error'],
    [
      'only the camera info of another camera',
      { infoTopic: '/color/camera_info', frameId: 'depth' },
      'frame-differs',
      'warning',
    ],
    [
      'few images of another size than their camera, whose infos come after them',
      { width: 4, infoLater: true, at: (i) => (i < 5 ? 33 * i : undefined) },
      'depth-invalid',
      'error',
    ],
    [
      'log times of zero beside wall time',
      { at: (i) => (i < 2 ? i : 1_790_000_000_000 + 33 * i) },
      'log-time-apart',
      'warning',
    ],
    [
      'log times in a far future beside wall time',
      {
        at: (i) => (i < 58 ? 1_790_000_000_000 + 33 * i : 5_000_000_000_000 + i),
        stamp: (i) => START + BigInt(33 * i) * MS,
        infoStamp: (i) => START + BigInt(33 * i) * MS,
      },
      'log-time-apart',
      'warning',
    ],
    ['no focal length', { fx: 0 }, 'camera-invalid', 'error'],
    ['infos of other stamps', { infoStamp: (_, t) => t + 5n * MS }, 'camera-unpaired', 'warning'],
    ['infos said once', { infos: 1 }, 'camera-unpaired', 'info'],
    ['images of another frame', { frameId: 'color' }, 'frame-differs', 'warning'],
    ['no static transforms', { tf: false }, 'no-tf-static', 'info'],
    ['no depth at all', { depthTopic: '/color/image', encoding: 'rgb8' }, 'no-depth', 'warning'],
  ];
  test.each(cases)('%s is told so, with a remedy', async (_, odds, code, severity) => {
    const { findings, ok } = await checkRecording(await recording(odds));
    const finding = findings.find((each) => each.code === code);
    expect(finding).toMatchObject({ severity, text: expect.stringMatching(/\w/), remedy: expect.stringMatching(/\w/) });
    expect(ok).toBe(findings.every((each) => each.severity === 'info'));
    // and of no other that it has not
    const others = findings.filter((each) => each.code !== code).map((each) => each.code);
    const implied = ['camera-unpaired', 'stamp-zero', 'stamp-repeated', 'stamp-offset', 'sequence-gap', 'gap'];
    expect(others.filter((each) => !implied.includes(each))).toEqual([]);
  });

  it('of a message that does not decode is told its topic and the first place', async () => {
    const { schemaName, schemaEncoding, schemaData, messageEncoding } = cdrCodec('sensor_msgs/msg/CameraInfo');
    const path = await recording({
      before: (sink) =>
        sink.write({
          topic: '/x',
          schemaName,
          schemaEncoding,
          schemaData,
          messageEncoding,
          data: new Uint8Array(5),
          logTime: START,
          publishTime: START,
          sequence: 0,
        }),
    });
    const { findings } = await checkRecording(path);
    expect(findings[0]).toMatchObject({
      severity: 'error',
      code: 'message-invalid',
      topic: '/x',
      count: 1,
      logTime: START,
    });
  });

  const bytes = (topic: string, more: Partial<Parameters<McapSink['write']>[0]>) => ({
    ...{ topic, schemaName: 'a.B', schemaEncoding: 'x', schemaData: new Uint8Array(3), messageEncoding: 'x' },
    ...{ data: new Uint8Array(5), logTime: START, publishTime: START, sequence: 0 },
    ...more,
  });

  it('of a camera topic whose messages a replay cannot read is told the reason', async () => {
    const schemaName = 'sensor_msgs/msg/CameraInfo';
    const path = await recording({ before: (sink) => sink.write(bytes('/x/camera_info', { schemaName })) });
    expect(await checkRecording(path)).toMatchObject({
      ok: false,
      findings: [{ severity: 'error', code: 'schema-unknown', text: expect.stringContaining('found x with x') }],
    });
  });

  it('of messages that one counter of all topics numbers has no gaps', async () => {
    const before = async (sink: McapSink) => {
      for (let i = 1; i <= 60; i++) await sink.write(bytes(`/x${i % 3}`, { sequence: i }));
    };
    const { findings } = await checkRecording(await recording({ sequence: () => 0, before }));
    expect(findings.map(({ code }) => code)).not.toContain('sequence-gap');
  });

  it('of several depth topics, none of which is the default, is told how one is chosen', async () => {
    const { schemaName, schemaEncoding, schemaData, messageEncoding, encode } = cdrCodec('sensor_msgs/msg/Image');
    const size = { width: WIDTH, height: HEIGHT, encoding: '16UC1', data: new Uint8Array(2 * WIDTH * HEIGHT).fill(1) };
    const data = encode(toImageMessage({ stamp: START, frameId: 'camera', ...size }));
    const schema = { schemaName, schemaEncoding, schemaData, messageEncoding };
    const before = (sink: McapSink) => sink.write(bytes('/b/image', { ...schema, data }));
    const { findings } = await checkRecording(await recording({ depthTopic: '/a/image', before }));
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'topics-unclear', remedy: expect.stringContaining('--set topics.depth=/') }),
    );
  });

  it('of an encoding that we do not know is left in peace', async () => {
    const path = await recording({
      before: (sink) =>
        sink.write({
          topic: '/x',
          schemaName: 'a.B',
          schemaEncoding: 'protobuf',
          schemaData: new Uint8Array(3),
          messageEncoding: 'protobuf',
          data: new Uint8Array(5),
          logTime: START,
          publishTime: START,
          sequence: 0,
        }),
    });
    expect(await checkRecording(path)).toMatchObject({
      ok: true,
      findings: [{ severity: 'info', code: 'schema-unknown' }],
    });
  });
});

describe('a damaged file', () => {
  it('is told where, with the command that helps, and the rest is looked at all the same', async () => {
    const path = await recording();
    const bytes = await readFile(path);
    bytes[Math.floor(bytes.length / 2)] ^= 0xff;
    await writeFile(path, bytes);
    const { findings, messages, ok } = await checkRecording(path);
    expect(ok).toBe(false);
    expect(findings[0]).toMatchObject({ code: 'damaged', remedy: expect.stringContaining('voxhand recover') });
    expect(messages).toBeGreaterThan(80);
  });

  it('that breaks off is told so', async () => {
    const path = await recording();
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 5));
    const { findings } = await checkRecording(path);
    expect(findings.map(({ code }) => code)).toEqual(['not-finished']);
  });

  it('whose index is another recording’s, or whose data have another checksum, is told so', async () => {
    const path = await recording();
    const bytes = await readFile(path);
    // DataEnd: opcode, length 4, checksum
    const end = bytes.lastIndexOf(Buffer.from([0x0f, 4, 0, 0, 0, 0, 0, 0, 0]));
    bytes[end + 9] ^= 1;
    await writeFile(path, bytes);
    const { findings } = await checkRecording(path);
    expect(findings.map(({ code }) => code)).toEqual(['data-checksum']);
  });

  it('whose index leads elsewhere is told so', async () => {
    const path = await recording();
    const bytes = await readFile(path);
    moveChunkIndex(bytes);
    await writeFile(path, bytes);
    const { findings } = await checkRecording(path);
    expect(findings.map(({ severity, code }) => [severity, code])).toEqual([['error', 'index-wrong']]);
  });

  it('whose end points outside of it is told so', async () => {
    const path = await recording();
    const bytes = await readFile(path);
    bytes.writeBigUInt64LE(1n << 40n, bytes.length - 28);
    await writeFile(path, bytes);
    const { findings } = await checkRecording(path);
    expect(findings.map(({ code }) => code)).toEqual(['not-indexed']);
  });

  it('with messages of no channel is told so', async () => {
    const records = new McapRecordBuilder();
    records.writeMagic();
    records.writeHeader({ profile: '', library: '' });
    for (let sequence = 0; sequence < 5; sequence++) {
      const logTime = BigInt(sequence);
      records.writeMessage({ channelId: 7, sequence, logTime, publishTime: 0n, data: new Uint8Array(4) });
    }
    records.writeDataEnd({ dataSectionCrc: 0 });
    records.writeFooter({ summaryStart: 0n, summaryOffsetStart: 0n, summaryCrc: 0 });
    records.writeMagic();
    const path = join(folder, 'no-channel.mcap');
    await writeFile(path, records.buffer);
    const { findings } = await checkRecording(path);
    expect(findings.map(({ code, count }) => [code, count])).toEqual([
      ['channel-missing', 5],
      ['not-indexed', undefined],
      ['no-checksums', undefined],
    ]);
  });

  test.each([
    ['a file without a byte', '', /a file without a byte/],
    ['a text', 'a note, and no recording', /not an MCAP file/],
  ])('that is %s is told only that', async (_, content, text) => {
    const path = join(folder, 'other.txt');
    await writeFile(path, content);
    const { findings } = await checkRecording(path);
    expect(findings).toMatchObject([{ code: 'damaged', text: expect.stringMatching(text) }]);
  });

  it('of another format is refused with what can be done', async () => {
    const path = join(folder, 'cell.bag');
    await writeFile(path, '#ROSBAG V2.0\n');
    await expect(checkRecording(path)).rejects.toThrow(/mcap convert/);
  });

  it('that was not looked through to its end is not called sound', async () => {
    const stop = new AbortController();
    const report = await checkRecording(await recording(), {
      signal: stop.signal,
      onProgress: (bytes, size) => bytes > size / 2 && stop.abort(),
    });
    expect(report).toMatchObject({ aborted: true, ok: false, findings: [] });
    expect(report.messages).toBeGreaterThan(0);
    expect(report.messages).toBeLessThan(121);
  });

  it('of a folder of several recordings is told so', async () => {
    const several = join(folder, 'several');
    await mkdir(several);
    for (const i of [0, 1]) await copyFile(await recording(), join(several, `cell_${i}.mcap`));
    const { findings } = await checkRecording(several);
    expect(findings[0]).toMatchObject({ severity: 'error', code: 'several-recordings' });
    await copyFile(join(several, 'cell_0.mcap'), join(several, 'other.mcap'));
    await expect(checkRecording(several)).rejects.toThrow(/several recordings/);
  });

  it('of a bag with a part that its metadata do not name is told so', async () => {
    const bag = join(folder, 'unlisted');
    await mkdir(bag);
    for (const i of [0, 1]) await copyFile(await recording(), join(bag, `bag_${i}.mcap`));
    const metadata = (names: string[]) =>
      `rosbag2_bagfile_information:\n  storage_identifier: mcap\n  relative_file_paths: [${names.join(', ')}]\n`;
    await writeFile(join(bag, 'metadata.yaml'), metadata(['bag_0.mcap']));
    const { findings } = await checkRecording(bag);
    const found = { severity: 'warning', code: 'unlisted-part', text: expect.stringContaining('bag_1.mcap') };
    expect(findings).toContainEqual(expect.objectContaining({ ...found, remedy: expect.stringContaining(bag) }));
    await writeFile(join(bag, 'metadata.yaml'), metadata(['bag_0.mcap', 'bag_1.mcap']));
    const codes = (await checkRecording(bag)).findings.map(({ code }) => code);
    expect(codes).not.toContain('unlisted-part');
  });

  it('whose messages are compressed one by one is unpacked, as a replay does', async () => {
    await zstd.isLoaded;
    const plain = await openRecording(await recording());
    const path = join(folder, 'message-zstd.mcap');
    const sink = await createMcapSink(path);
    for await (const message of plain.subscribe())
      await sink.write({ ...message, data: zstd.compress(message.data, 1) });
    await sink.close();
    await plain.close();
    const codes = (await checkRecording(path)).findings.map(({ code }) => code);
    expect(codes).not.toContain('message-invalid');
    expect(codes).not.toContain('no-depth');
  });

  it('without any message is told so', async () => {
    const path = join(folder, 'empty.mcap');
    await (await createMcapSink(path)).close();
    expect((await checkRecording(path)).findings.map(({ code }) => code)).toEqual(['empty']);
  });
});

describe('intervals', () => {
  it('know their median and the longest of a million without keeping them', () => {
    const intervals = new Intervals();
    for (let i = 0; i < 1_000_000; i++) intervals.add(i % 100_000 === 5 ? 7 : 0.03 + (i % 7) * 0.001, BigInt(i));
    expect(intervals.median()).toBeCloseTo(0.033, 3);
    expect(intervals.longerThan(1)).toHaveLength(10);
  });
});
