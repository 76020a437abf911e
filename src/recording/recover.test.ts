import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { McapIndexedReader, McapWriter, type McapWriterOptions, TempBuffer } from '@mcap/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { moveChunkIndex } from '../../test/helpers/damage.js';
import { SeededRandom } from '../geometry/random.js';
import { createMcapSink } from '../transport/mcap/mcap-sink.js';
import { openMcap } from '../transport/mcap/mcap-source.js';
import { type RecoverReport, recoverRecording } from './recover.js';

const COUNT = 400;
/** Wrong bits that are tried on each kind of recording. */
const FLIPS = Number(process.env.VOXHAND_FLIPS ?? 30);
let folder: string;
let files = 0;
const fresh = () => join(folder, `${files++}.mcap`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-recover-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const random = new SeededRandom(1);
const schema = { schemaName: 'a/msg/B', schemaEncoding: 'ros2msg', schemaData: new TextEncoder().encode('int32 a') };
const messages = Array.from({ length: COUNT }, (_, i) => ({
  topic: `/t${i % 3}`,
  ...schema,
  messageEncoding: 'cdr',
  channelMetadata: { offered_qos_profiles: 'best effort' },
  // half of it noise, half of it zeros: what depth images look like to a packer
  data: Uint8Array.from({ length: 60 + (i % 50) }, (_, k) => (k % 2 === 0 ? random.integer(256) : 0)),
  logTime: 1_000_000_000n + BigInt(i) * 1_000_000n,
  publishTime: BigInt(i),
  sequence: i,
}));
/** Each message in a line. */
const lines = messages.map((m) => lineOf(m));
function lineOf(m: {
  topic: string;
  sequence: number;
  logTime: bigint;
  publishTime: bigint;
  data: Uint8Array;
}): string {
  return `${m.topic} ${m.sequence} ${m.logTime} ${m.publishTime} ${crc32(m.data)}`;
}

async function recording(compression: 'zstd' | 'none' = 'zstd'): Promise<string> {
  const path = fresh();
  const sink = await createMcapSink(path, { chunkSize: 1500, compression, metadata: { seed: '7' } });
  for (const message of messages) await sink.write(message);
  await sink.addAttachment({
    name: 'calibration.yaml',
    mediaType: 'text/yaml',
    logTime: 1n,
    createTime: 2n,
    data: new Uint8Array(300).fill(9),
  });
  await sink.close();
  return path;
}

/** Without chunks, so without checksums of messages. */
async function unchunked(options: Partial<McapWriterOptions> = {}): Promise<string> {
  const buffer = new TempBuffer();
  const writer = new McapWriter({
    useChunks: false,
    ...options,
    writable: buffer,
  });
  await writer.start({ profile: 'ros2', library: 'other' });
  const schemaId = await writer.registerSchema({
    name: schema.schemaName,
    encoding: schema.schemaEncoding,
    data: schema.schemaData,
  });
  for (const i of [0, 1, 2])
    await writer.registerChannel({ topic: `/t${i}`, schemaId, messageEncoding: 'cdr', metadata: new Map() });
  for (const { sequence, logTime, publishTime, data } of messages) {
    await writer.addMessage({ channelId: sequence % 3, sequence, logTime, publishTime, data });
  }
  await writer.end();
  const path = fresh();
  await writeFile(path, buffer.get());
  return path;
}

/** Where the chunks of a recording end, as the reference reader says. */
async function chunksOf(bytes: Buffer): Promise<{ end: number; messages: number }[]> {
  const readable = {
    size: async () => BigInt(bytes.byteLength),
    read: async (offset: bigint, size: bigint) => bytes.subarray(Number(offset), Number(offset + size)),
  };
  const { chunkIndexes } = await McapIndexedReader.Initialize({ readable });
  return chunkIndexes.map(({ chunkStartOffset, chunkLength, messageStartTime, messageEndTime }) => ({
    end: Number(chunkStartOffset + chunkLength),
    // a message each millisecond
    messages: Number((messageEndTime - messageStartTime) / 1_000_000n) + 1,
  }));
}

async function recovered(path: string): Promise<{ report: RecoverReport; found: string[] }> {
  const output = fresh();
  const report = await recoverRecording(path, output);
  const source = await openMcap(output);
  expect(source.info()).toMatchObject({ indexed: true, truncated: false });
  const found: string[] = [];
  if (report.recovered.messages > 0) for await (const message of source.subscribe()) found.push(lineOf(message));
  await source.close();
  expect(found).toHaveLength(report.recovered.messages);
  return { report, found };
}

/** Everything of these that there is, in order and as it was. */
function expectSome(found: readonly string[]): void {
  const known = new Set(lines);
  expect(found.filter((line) => !known.has(line))).toEqual([]);
  expect(found).toEqual(lines.filter((line) => found.includes(line)));
}

describe('a recording that is whole', () => {
  it('is given back with everything that it holds', async () => {
    const input = await recording();
    const output = fresh();
    const report = await recoverRecording(input, output);
    expect(report).toMatchObject({
      whole: true,
      recovered: { messages: COUNT, attachments: 1, metadata: 1 },
      lost: { messages: 0, exact: true, bytes: 0, placeCount: 0 },
    });
    const [before, after] = await Promise.all([openMcap(input), openMcap(output)]);
    expect(after.info().topics).toEqual(before.info().topics);
    expect(after.info().metadata).toEqual(before.info().metadata);
    await Promise.all([before.close(), after.close()]);
    expect((await readFile(output)).includes('calibration.yaml')).toBe(true);
  });
});

describe('a recording that is cut off', () => {
  test.each(['zstd', 'none'] as const)(
    'packed %s at 100 random places gives every chunk before the cut (P10)',
    async (compression) => {
      const input = await recording(compression);
      const bytes = await readFile(input);
      const path = fresh();
      const chunks = await chunksOf(bytes);
      const lengths = fc.sample(fc.integer({ min: 8, max: bytes.byteLength - 1 }), { numRuns: 100, seed: 10 });
      let some = 0;
      for (const length of lengths) {
        await writeFile(path, bytes.subarray(0, length));
        const cut = await openMcap(path);
        const { messageCount } = cut.info();
        await cut.close();
        // by the index of the whole recording: every message of every chunk that is there to its end
        const whole = chunks.filter(({ end }) => end <= length);
        expect(messageCount).toBe(whole.reduce((sum, chunk) => sum + chunk.messages, 0));
        if (messageCount === 0) {
          await expect(recoverRecording(path, fresh())).rejects.toMatchObject({ code: 'RECORDING_EMPTY' });
          continue;
        }
        const { report, found } = await recovered(path);
        expect(found).toEqual(lines.slice(0, messageCount));
        expect(report.whole).toBe(false);
        if (messageCount < COUNT) some++;
      }
      expect(some).toBeGreaterThan(50);
    },
  );
});

describe('a recording with a wrong bit', () => {
  test.each([
    ['zstd', () => recording('zstd')],
    ['none', () => recording('none')],
  ] as const)('packed %s at 60 random places loses a chunk at most, and says how many messages', async (_, make) => {
    const bytes = await readFile(await make());
    const path = fresh();
    const places = fc.sample(fc.integer({ min: 0, max: bytes.byteLength * 8 - 1 }), { numRuns: 60, seed: 11 });
    let lossy = 0;
    for (const place of places) {
      const damaged = Uint8Array.from(bytes);
      damaged[place >> 3] ^= 1 << (place & 7);
      await writeFile(path, damaged);
      const { report, found } = await recovered(path);
      expectSome(found);
      const lost = COUNT - found.length;
      expect(lost).toBeLessThan(30);
      expect(report.lost.messages).toBe(lost);
      if (lost > 0) {
        lossy++;
        expect(report.whole).toBe(false);
        expect(report.lost.placeCount).toBeGreaterThan(0);
      }
    }
    expect(lossy).toBeGreaterThan(15);
  });

  test.each(['zstd', 'none'] as const)(
    'packed %s and without an index at its end still counts what is lost, by the indexes of its chunks',
    async (compression) => {
      const bytes = await readFile(await recording(compression));
      // without the end of the data, statistics, footer and all
      const data = bytes.subarray(0, Number(bytes.readBigUInt64LE(bytes.byteLength - 28)) - 13);
      const path = fresh();
      let lossy = 0;
      for (const place of fc.sample(fc.integer({ min: 2000, max: 30_000 }), { numRuns: 50, seed: 12 })) {
        const damaged = Uint8Array.from(data);
        damaged[place % damaged.length] ^= 0x10;
        await writeFile(path, damaged);
        const { report, found } = await recovered(path);
        expectSome(found);
        expect(report.lost).toMatchObject({ messages: COUNT - found.length, exact: false });
        if (report.lost.messages > 0) lossy++;
      }
      expect(lossy).toBeGreaterThan(30);
    },
  );

  it('and without chunks loses little around it', async () => {
    const bytes = await readFile(await unchunked());
    const path = fresh();
    for (const place of fc.sample(fc.integer({ min: 200, max: bytes.byteLength * 8 - 1 }), {
      numRuns: 80,
      seed: 13,
    })) {
      const damaged = Uint8Array.from(bytes);
      damaged[place >> 3] ^= 1 << (place & 7);
      await writeFile(path, damaged);
      const report = await recoverRecording(path, fresh());
      expect(report.recovered.messages).toBeGreaterThanOrEqual(COUNT - 2);
    }
  });
});

describe('a recording with a hole of zeros', () => {
  test.each(['zstd', 'none'] as const)('packed %s goes on behind it', async (compression) => {
    const bytes = await readFile(await recording(compression));
    const path = fresh();
    for (const begin of fc.sample(fc.integer({ min: 300, max: bytes.byteLength - 8000 }), { numRuns: 40, seed: 14 })) {
      const damaged = Uint8Array.from(bytes).fill(0, begin, begin + 4096);
      await writeFile(path, damaged);
      const { report, found } = await recovered(path);
      expectSome(found);
      expect(found.length).toBeGreaterThan(COUNT - 120);
      expect(report.lost).toMatchObject({ messages: COUNT - found.length, exact: true });
    }
  });

  it('at its end, as a machine without power leaves it, gives what is before', async () => {
    const bytes = await readFile(await recording());
    const path = fresh();
    const begin = Math.floor(bytes.byteLength / 2);
    await writeFile(path, Uint8Array.from(bytes).fill(0, begin));
    const { report, found } = await recovered(path);
    expect(found).toEqual(lines.slice(0, found.length));
    expect(found.length).toBeGreaterThan(100);
    expect(report.lost.exact).toBe(false);
  });

  it('where its channels were takes them from the index', async () => {
    const bytes = await readFile(await recording('none'));
    const path = fresh();
    await writeFile(path, Uint8Array.from(bytes).fill(0, 8, 1500)); // header, metadata and the first chunk
    const { report, found } = await recovered(path);
    expect(found).toEqual(lines.slice(-found.length));
    expect(report.lost.withoutChannel).toBe(0);
    expect(found.length).toBeGreaterThan(COUNT - 40);
  });
});

describe('recovering', () => {
  it('never writes over its input, though that has the output’s name with .partial', async () => {
    const bytes = await readFile(await recording());
    const output = fresh();
    await writeFile(`${output}.partial`, bytes.subarray(0, 20_000));
    await recoverRecording(`${output}.partial`, output);
    expect((await readFile(`${output}.partial`)).byteLength).toBe(20_000);
    const names = await readdir(folder);
    expect(names.filter((name) => name.endsWith('.unfinished'))).toEqual([]);
  });

  it('says where there is nothing, and leaves nothing', async () => {
    const path = fresh();
    await writeFile(path, new Uint8Array(5000));
    const output = fresh();
    await expect(recoverRecording(path, output)).rejects.toMatchObject({ code: 'RECORDING_EMPTY' });
    await copyFile(path, `${path}.x`);
    await expect(recoverRecording(join(folder, 'none'), output)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    const names = await readdir(folder);
    expect(names.filter((name) => output === join(folder, name) || name.endsWith('.unfinished'))).toEqual([]);
  });

  it('does not call a recording whole whose index leads elsewhere', async () => {
    const path = await recording();
    const bytes = await readFile(path);
    moveChunkIndex(bytes);
    await writeFile(path, bytes);
    const { report, found } = await recovered(path);
    expect(report).toMatchObject({ whole: false, lost: { messages: 0, placeCount: 0 } });
    expect(found).toEqual(lines);
  });

  it('names the packing of a chunk that it does not know', async () => {
    const path = fresh();
    const bytes = await readFile(await recording());
    let at = 0;
    for (let next = bytes.indexOf('zstd', at); next >= 0; next = bytes.indexOf('zstd', at)) {
      bytes.write('zstE', next);
      at = next + 4;
    }
    await writeFile(path, bytes);
    const { lost } = await recoverRecording(path, fresh());
    expect(lost.places[0].what).toBe('a chunk packed by "zstE", which we cannot unpack');
    expect(lost).toMatchObject({ messages: COUNT, exact: true });
  });

  test.each([
    ['a sqlite3 bag', 'SQLite format 3\0 and so on', /MCAP, which voxhand cut .* makes of it/],
    ['a packed file', '\x28\xb5\x2f\xfd\x04', /zstd -d .*\.mcap\.zstd -o .*\.mcap$/],
  ])('refuses %s with what can be done', async (_, content, remedy) => {
    const path = `${fresh()}.zstd`;
    await writeFile(path, content, 'latin1');
    await expect(recoverRecording(path, fresh())).rejects.toMatchObject({
      code: 'FILE_INVALID',
      expected: expect.stringMatching(remedy),
    });
    await expect(recoverRecording(folder, fresh())).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it('that is stopped leaves what it has beside, readable, and the output as it was', async () => {
    const output = fresh();
    await writeFile(output, 'the one before');
    const stop = new AbortController();
    const report = await recoverRecording(await recording(), output, {
      signal: stop.signal,
      onProgress: (bytes, size) => bytes > size / 2 && stop.abort(),
    });
    expect(report).toMatchObject({ aborted: true, whole: false, output: `${output}.unfinished` });
    expect(await readFile(output, 'utf8')).toBe('the one before');
    const left = await openMcap(report.output);
    const { messageCount, truncated, indexed } = left.info();
    await left.close();
    expect({ truncated, indexed }).toEqual({ truncated: false, indexed: true });
    expect(messageCount).toBe(report.recovered.messages);
    expect(messageCount).toBeGreaterThan(0);
    expect(messageCount).toBeLessThan(COUNT);
    await rm(report.output);
    // before there was anything
    const nothing = await recoverRecording(await recording(), output, { signal: AbortSignal.abort() });
    expect(nothing).toMatchObject({ aborted: true, recovered: { messages: 0 } });
    await expect(readFile(nothing.output)).rejects.toThrow('ENOENT');
  });

  it('answers any bytes with a report or a typed error', async () => {
    const path = fresh();
    const magic = Uint8Array.of(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a);
    for (const tail of fc.sample(fc.uint8Array({ maxLength: 400 }), { numRuns: 100, seed: 3 })) {
      await writeFile(path, Buffer.concat([magic, tail]));
      await expect(recoverRecording(path, fresh())).rejects.toMatchObject({ code: 'RECORDING_EMPTY' });
    }
  });
});

describe('one wrong bit in front of a record', () => {
  /** Every record outside of chunks: where it begins, and its kind. */
  function framesOf(bytes: Buffer): { offset: number; opcode: number }[] {
    const frames: { offset: number; opcode: number }[] = [];
    for (let offset = 8; offset < bytes.byteLength - 8; offset += 9 + Number(bytes.readBigUInt64LE(offset + 1)))
      frames.push({ offset, opcode: bytes[offset] });
    return frames;
  }

  test.each([
    ['packed chunks', () => recording('zstd')],
    ['plain chunks', () => recording('none')],
    ['no chunks', () => unchunked()],
    [
      'chunks without an index',
      () => unchunked({ useChunks: true, chunkSize: 1500, useChunkIndex: false, useSummaryOffsets: false }),
    ],
  ])('loses no message of a recording with %s', async (_, make) => {
    const whole = await readFile(await make());
    const frames = framesOf(whole);
    const seeded = new SeededRandom(9);
    const opcodes = [...new Set(frames.map(({ opcode }) => opcode))];
    const lost: string[] = [];
    for (let k = 0; k < FLIPS; k++) {
      // each kind as often as any other, though there are few of some
      const of = frames.filter(({ opcode }) => opcode === opcodes[k % opcodes.length]);
      const { offset, opcode } = of[seeded.integer(of.length)];
      const bit = seeded.integer(72);
      const broken = Buffer.from(whole);
      broken[offset + (bit >> 3)] ^= 1 << (bit & 7);
      const path = fresh();
      await writeFile(path, broken);
      const { report, found } = await recovered(path);
      if (found.length !== lines.length || report.lost.messages !== 0)
        lost.push(
          `bit ${bit} of record ${opcode} at ${offset}: ${found.length} of ${lines.length}, lost ${report.lost.messages}`,
        );
      else expect(found).toEqual(lines);
      if (report.whole) lost.push(`bit ${bit} of record ${opcode} at ${offset}: called whole`);
    }
    expect(lost).toEqual([]);
  });
});
