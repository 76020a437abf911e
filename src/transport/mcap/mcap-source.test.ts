import { copyFile, mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McapWriter, type McapWriterOptions, TempBuffer } from '@mcap/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { VoxhandError } from '../../errors/voxhand-error.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { toPointStamped } from '../../messages/points.js';
import type { BusMessage } from '../port/bus.js';
import { FileReadable } from './file-readable.js';
import { createMcapSink } from './mcap-sink.js';
import { type McapSource, openMcap } from './mcap-source.js';

const codec = cdrCodec('geometry_msgs/msg/PointStamped');
const COUNT = 400;

let folder: string;
let whole: string;
let messages: BusMessage[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-mcap-'));
  whole = join(folder, 'whole.mcap');
  const sink = await createMcapSink(whole, { chunkSize: 1024, metadata: { seed: '7' } });
  const publishers = ['a', 'b'].map((topic) => sink.advertise(topic, codec));
  for (let i = 0; i < COUNT; i++) {
    await publishers[i % 2].publish(toPointStamped(BigInt(i), 'camera', [i, 0, 1]), BigInt(1000 + i));
  }
  await sink.close();
  const source = await openMcap(whole);
  messages = await all(source);
  await source.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function all(source: McapSource, topics?: readonly string[]): Promise<BusMessage[]> {
  const found: BusMessage[] = [];
  for await (const message of source.subscribe(topics)) found.push(message);
  return found;
}

/** A message in a line: comparing thousands of them field by field takes long. */
function lines(found: readonly BusMessage[]): string[] {
  return found.map(
    ({ topic, sequence, logTime, data }) => `${topic} ${sequence} ${logTime} ${Buffer.from(data).toString('hex')}`,
  );
}

/** The messages before an error, and its code. */
async function untilError(source: McapSource): Promise<{ found: BusMessage[]; code: string | undefined }> {
  const found: BusMessage[] = [];
  try {
    for await (const message of source.subscribe()) found.push(message);
    return { found, code: undefined };
  } catch (error) {
    expect(error).toBeInstanceOf(VoxhandError);
    return { found, code: (error as VoxhandError).code };
  }
}

/** A file of the reference writer with any options: a second opinion on what recordings look like. */
async function written(
  name: string,
  options: Partial<McapWriterOptions>,
  logTimes: readonly bigint[],
): Promise<string> {
  const buffer = new TempBuffer();
  const writer = new McapWriter({
    ...options,
    writable: buffer,
  });
  await writer.start({ profile: 'ros2', library: 'other' });
  const { schemaName, schemaEncoding, schemaData } = codec;
  const schemaId = await writer.registerSchema({ name: schemaName, encoding: schemaEncoding, data: schemaData });
  const channelId = await writer.registerChannel({ topic: 'a', schemaId, messageEncoding: 'cdr', metadata: new Map() });
  for (const [sequence, logTime] of logTimes.entries()) {
    const data = codec.encode(toPointStamped(logTime, 'camera', [0, 0, 1]));
    await writer.addMessage({ channelId, sequence, logTime, publishTime: logTime, data });
  }
  await writer.end();
  const path = join(folder, name);
  await writeFile(path, buffer.get());
  return path;
}

describe('a whole recording', () => {
  it('says what is in it', async () => {
    const source = await openMcap(whole);
    const { schemaData } = codec;
    const topic = { schemaName: codec.schemaName, schemaEncoding: 'ros2msg', schemaData, messageEncoding: 'cdr' };
    expect(source.info()).toEqual({
      path: whole,
      size: (await readFile(whole)).byteLength,
      profile: 'ros2',
      library: 'voxhand',
      indexed: true,
      topics: [
        { topic: 'a', ...topic, messageCount: 200 },
        { topic: 'b', ...topic, messageCount: 200 },
      ],
      messageCount: COUNT,
      startTime: 1000n,
      endTime: 1399n,
      metadata: [{ name: 'voxhand', values: { seed: '7' } }],
      truncated: false,
    });
    await source.close();
  });

  it('gives messages in order of log time, however they were written', async () => {
    const path = await written('unordered.mcap', { chunkSize: 300 }, [5n, 3n, 4n, 9n, 1n, 2n, 8n, 6n, 7n]);
    const source = await openMcap(path);
    expect(source.info().indexed).toBe(true);
    expect((await all(source)).map(({ logTime }) => logTime)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
    await source.close();
  });

  it('gives messages whose bytes stay as they are while it is read on', async () => {
    const path = join(folder, 'plain.mcap');
    const sink = await createMcapSink(path, { compression: 'none', chunkSize: 1024 });
    for (const message of messages) await sink.write(message);
    await sink.close();
    const source = await openMcap(path);
    expect(lines(await all(source))).toEqual(lines(messages));
    await source.close();
  });

  it.each(['none', 'zstd'] as const)(
    'gives large messages at addresses that are multiples of 8, packed by %s',
    async (compression) => {
      const path = join(folder, `large-${compression}.mcap`);
      const sink = await createMcapSink(path, { compression, chunkSize: 1 << 20 });
      // every length of what lies in between, so that they lie at every address
      const sent = Array.from({ length: 24 }, (_, i) => ({
        ...messages[i],
        logTime: BigInt(i),
        data: Uint8Array.from({ length: i % 3 === 0 ? 90_000 + i : 40 + i }, (__, k) => (k * (i + 3)) >> 3),
      }));
      for (const message of sent) await sink.write(message);
      await sink.close();
      const source = await openMcap(path);
      const read = await all(source);
      await source.close();
      expect(
        read.map(({ data }) => Buffer.from(data).equals(sent[read.findIndex((m) => m.data === data)].data)),
      ).toEqual(sent.map(() => true));
      expect(read.filter(({ data }) => data.length >= 90_000).map(({ data }) => data.byteOffset % 8)).toEqual(
        Array(8).fill(0),
      );
    },
  );

  it('has at most a chunk and the next one in memory', async () => {
    const source = await openMcap(whole);
    const read = vi.spyOn(FileReadable.prototype, 'read');
    let most = 0;
    let sum = 0n;
    for await (const { logTime } of source.subscribe()) {
      sum += logTime;
      most = Math.max(most, read.mock.calls.length);
      read.mockClear();
    }
    // Between two messages: the next chunk, and at the first message that one too.
    expect(most).toBeLessThanOrEqual(3);
    expect(sum).toBe(messages.reduce((total, { logTime }) => total + logTime, 0n));
    read.mockRestore();
    await source.close();
  });

  it('reads nothing that is not asked for', async () => {
    const source = await openMcap(whole);
    const read = vi.spyOn(FileReadable.prototype, 'read');
    for await (const _ of source.subscribe()) break;
    expect(read.mock.calls.length).toBeLessThanOrEqual(3);
    read.mockRestore();
    await source.close();
  });

  test.each([
    ['has no chunks', { useChunks: false }],
    ['has no chunk index', { useChunkIndex: false }],
    ['has no message index', { useMessageIndex: false }],
    ['has no statistics', { useStatistics: false }],
    ['does not repeat its schemas', { repeatSchemas: false }],
    ['does not repeat its channels', { repeatChannels: false }],
    [
      'has no summary at all',
      {
        useStatistics: false,
        useSummaryOffsets: false,
        repeatSchemas: false,
        repeatChannels: false,
        useAttachmentIndex: false,
        useMetadataIndex: false,
        useMessageIndex: false,
        useChunkIndex: false,
      },
    ],
  ])('that %s is read from front to back', async (name, options) => {
    const path = await written(`${name.replaceAll(' ', '-')}.mcap`, { ...options, chunkSize: 300 }, [
      1n,
      2n,
      3n,
      4n,
      5n,
    ]);
    const source = await openMcap(path);
    expect(source.info()).toMatchObject({
      indexed: false,
      truncated: false,
      messageCount: 5,
      startTime: 1n,
      endTime: 5n,
    });
    expect(source.info().loss).toBeUndefined();
    expect((await all(source, ['a'])).map(({ logTime }) => logTime)).toEqual([1n, 2n, 3n, 4n, 5n]);
    await source.close();
  });

  it('with lz4 chunks is read', async () => {
    const path = await written('lz4.mcap', { compressChunk: storeLz4, chunkSize: 300 }, [1n, 2n, 3n, 4n, 5n]);
    const source = await openMcap(path);
    expect(source.info().indexed).toBe(true);
    expect((await all(source)).map(({ logTime }) => logTime)).toEqual([1n, 2n, 3n, 4n, 5n]);
    await source.close();
    await truncate(path, (await readFile(path)).byteLength - 1);
    const streamed = await openMcap(path);
    expect(streamed.info()).toMatchObject({ indexed: false, truncated: true, messageCount: 5 });
    await streamed.close();
  });
});

describe('a recording that is cut off', () => {
  it('gives what comes before the cut, wherever that is', async () => {
    const bytes = await readFile(whole);
    const path = join(folder, 'cut.mcap');
    const lengths = fc.sample(fc.integer({ min: 8, max: bytes.byteLength - 1 }), { numRuns: 50, seed: 7 });
    const expected = lines(messages);
    let some = 0;
    for (const length of [...lengths, 8, bytes.byteLength - 1]) {
      await writeFile(path, bytes.subarray(0, length));
      const source = await openMcap(path);
      const { truncated, indexed, messageCount, loss, size } = source.info();
      expect({ truncated, indexed, size }).toEqual({ truncated: true, indexed: false, size: length });
      expect(loss).toMatchObject({ code: 'MCAP_TRUNCATED' });
      expect((loss?.readableBytes ?? 0) + (loss?.lostBytes ?? 0)).toBe(length);
      const { found, code } = await untilError(source);
      expect(code).toBe(messageCount === 0 ? 'RECORDING_EMPTY' : undefined);
      expect(found).toHaveLength(messageCount);
      expect(lines(found)).toEqual(expected.slice(0, messageCount));
      if (messageCount > 0 && messageCount < COUNT) some++;
      await source.close();
    }
    expect(some).toBeGreaterThan(20);
  });

  it('keeps its metadata', async () => {
    const path = join(folder, 'cut-metadata.mcap');
    await copyFile(whole, path);
    await truncate(path, 5000);
    const source = await openMcap(path);
    expect(source.info().metadata).toEqual([{ name: 'voxhand', values: { seed: '7' } }]);
    await source.close();
  });
});

describe('a damaged recording', () => {
  it('gives whole messages and a typed error, whichever byte is wrong', async () => {
    const bytes = await readFile(whole);
    const path = join(folder, 'damaged.mcap');
    const expected = lines(messages);
    const places = fc.sample(fc.integer({ min: 8, max: bytes.byteLength - 1 }), { numRuns: 80, seed: 11 });
    for (const place of places) {
      const damaged = Uint8Array.from(bytes);
      damaged[place] ^= 0xff;
      await writeFile(path, damaged);
      let source: McapSource;
      try {
        source = await openMcap(path);
      } catch (error) {
        expect(error).toBeInstanceOf(VoxhandError);
        continue;
      }
      const { found } = await untilError(source);
      expect(lines(found)).toEqual(expected.slice(0, found.length));
      await source.close();
    }
  });

  it('says so when the checksum of a chunk is wrong, after the chunks before it', async () => {
    const path = join(folder, 'crc.mcap');
    const sink = await createMcapSink(path, { compression: 'none', chunkSize: 1024 });
    for (const message of messages) await sink.write(message);
    await sink.close();
    const file = await open(path, 'r+');
    const place = (await readFile(path)).indexOf(messages[200].data);
    await file.write(Uint8Array.of(0xff), 0, 1, place + 20);
    await file.close();
    for (const streamed of [false, true]) {
      if (streamed) await truncate(path, (await readFile(path)).byteLength - 1);
      const source = await openMcap(path);
      const { found, code } = await untilError(source);
      expect(code).toBe('MCAP_INVALID');
      expect(found.length).toBeGreaterThan(100);
      expect(lines(found)).toEqual(lines(messages.slice(0, found.length)));
      if (streamed) expect(source.info()).toMatchObject({ truncated: false, loss: { code: 'MCAP_INVALID' } });
      await source.close();
    }
  });

  it('is not believed about the size of a record', async () => {
    const path = join(folder, 'huge.mcap');
    const bytes = (await readFile(whole)).subarray(0, 2000);
    const record = new DataView(new ArrayBuffer(9));
    record.setUint8(0, 6);
    record.setBigUint64(1, 1n << 60n, true);
    await writeFile(path, Buffer.concat([bytes.subarray(0, 8), new Uint8Array(record.buffer)]));
    const source = await openMcap(path);
    expect(source.info().loss?.code).toBe('MCAP_INVALID');
    await source.close();
  });

  it('is not believed about the size of a chunk', async () => {
    const claim = (data: Uint8Array) => ({ compression: 'zstd', compressedData: data });
    const path = await written('bomb.mcap', { compressChunk: claim }, [1n]);
    const bytes = await readFile(path);
    // uncompressed size of the chunk: after magic, header record, opcode, length and two times
    const chunk = 8 + 9 + Number(bytes.readBigUInt64LE(9));
    bytes.writeBigUInt64LE(1n << 40n, chunk + 9 + 16);
    await writeFile(path, bytes);
    const source = await openMcap(path);
    await expect(all(source)).rejects.toMatchObject({ code: 'MCAP_INVALID', message: /1099511627776 bytes declared/ });
    await source.close();
  });
});

describe('opening', () => {
  it('says when there is no such file', async () => {
    await expect(openMcap(join(folder, 'none.mcap'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('says when it is a folder', async () => {
    await expect(openMcap(folder)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  test.each([
    ['nothing', ''],
    ['text', 'not a recording'],
    ['less than the magic', '\x89MCAP'],
  ])('says when it holds %s', async (_, text) => {
    const path = join(folder, 'other.bin');
    await writeFile(path, text, 'latin1');
    await expect(openMcap(path)).rejects.toMatchObject({ code: 'MCAP_INVALID', where: path });
  });

  it('answers any bytes with a recording or a typed error', async () => {
    const path = join(folder, 'any.mcap');
    const magic = (await readFile(whole)).subarray(0, 8);
    for (const tail of fc.sample(fc.uint8Array({ maxLength: 200 }), { numRuns: 100, seed: 3 })) {
      await writeFile(path, Buffer.concat([magic, tail]));
      const source = await openMcap(path);
      expect((await untilError(source)).code).toMatch(/^(RECORDING_EMPTY|MCAP_INVALID)$/);
      await source.close();
    }
  });
});

describe('subscribing', () => {
  it('names the topics that there are when one is missing', async () => {
    const source = await openMcap(whole);
    await expect(all(source, ['a', 'depth'])).rejects.toMatchObject({
      code: 'TOPIC_NOT_FOUND',
      found: 'depth',
      expected: 'one of a (geometry_msgs/msg/PointStamped), b (geometry_msgs/msg/PointStamped)',
    });
    await source.close();
  });

  it('says when the recording is empty', async () => {
    const source = await openMcap(await written('empty.mcap', {}, []));
    expect(source.info()).toMatchObject({ messageCount: 0, truncated: false });
    expect(source.info().startTime).toBeUndefined();
    await expect(all(source, ['a'])).rejects.toMatchObject({ code: 'RECORDING_EMPTY' });
    await source.close();
  });

  it('ends when the recording is closed, and does not begin afterwards', async () => {
    const source = await openMcap(whole);
    let count = 0;
    for await (const _ of source.subscribe()) {
      if (++count === 3) await source.close();
    }
    expect(count).toBe(3);
    await expect(all(source)).rejects.toMatchObject({ code: 'USAGE' });
    await source.close();
  });
});

/** An LZ4 frame of blocks that are stored, not compressed: all that a test needs of the format. */
function storeLz4(data: Uint8Array): { compression: string; compressedData: Uint8Array } {
  const block = 64 * 1024;
  const parts: Uint8Array[] = [];
  const uint32 = (value: number) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    return bytes;
  };
  // magic; version 1, independent blocks, no checksums; blocks of 64 KiB; xxh32 of the two bytes before, second byte
  parts.push(uint32(0x184d2204), Uint8Array.of(0x60, 0x40, 0x82));
  for (let at = 0; at < data.length; at += block) {
    const part = data.subarray(at, at + block);
    parts.push(uint32((part.length | 0x80000000) >>> 0), part);
  }
  parts.push(uint32(0));
  return { compression: 'lz4', compressedData: Buffer.concat(parts) };
}
