import { McapIndexedReader, type McapTypes } from '@mcap/core';
import { loadDecompressHandlers } from '@mcap/support';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { BusMessage } from '../../port/index.js';
import { compressorReady } from './chunk.js';
import type { Disk } from './disk.js';
import { messageRecordBytes, writeMessageRecord } from './message-record.js';
import type { RecordedPart, RecordingEnd, WriterSetup } from './recorder-protocol.js';
import { RecordingWriter } from './recording-writer.js';

const MS = 1_000_000n;

let decompressHandlers: McapTypes.DecompressHandlers;
beforeAll(async () => {
  await compressorReady;
  decompressHandlers = await loadDecompressHandlers();
});

/** A disk in memory that is full after so many bytes, fails in the ways that a test wants, and may take writes in pieces. */
class MemoryDisk implements Disk {
  readonly files = new Map<string, Buffer>();
  capacity = Number.POSITIVE_INFINITY;
  mostBytesAWrite = Number.POSITIVE_INFINITY;
  failure: Error | undefined;
  syncFailure: Error | undefined;
  syncs = 0;

  get used(): number {
    let used = 0;
    for (const { byteLength } of this.files.values()) used += byteLength;
    return used;
  }

  create(path: string) {
    if (this.failure !== undefined) throw this.failure;
    this.files.set(path, Buffer.alloc(0));
    const content = () => this.files.get(path) as Buffer;
    return {
      write: (buffers: readonly Uint8Array[], position: number) => {
        if (this.failure !== undefined) throw this.failure;
        const bytes = Buffer.concat(buffers);
        const room = this.capacity - this.used;
        if (room <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        const taken = bytes.subarray(0, Math.min(room, this.mostBytesAWrite));
        this.files.set(path, Buffer.concat([content().subarray(0, position), taken]));
        return taken.byteLength;
      },
      truncate: (length: number) => void this.files.set(path, Buffer.from(content().subarray(0, length))),
      sync: () => {
        this.syncs++;
        if (this.syncFailure !== undefined) throw this.syncFailure;
      },
      syncSoon: (done: (error: Error | null) => void) => {
        this.syncs++;
        done(this.syncFailure ?? null);
      },
      close: () => undefined,
    };
  }

  exists(path: string) {
    return this.files.has(path);
  }

  rename(from: string, to: string) {
    const file = this.files.get(from);
    if (file === undefined) throw new Error(`ENOENT: ${from}`);
    this.files.delete(from);
    this.files.set(to, file);
  }

  freeBytes() {
    return this.capacity - this.used;
  }
}

const SETUP: WriterSetup = {
  path: '/d/cell.mcap',
  profile: 'ros2',
  library: 'test',
  metadata: { seed: '1' },
  compression: 'none',
  minFreeBytes: 0,
  syncMs: 100,
  overwrite: false,
  pendingBytes: 1 << 20,
};

/** Message `i` on channel `i % 2`, a millisecond each. */
function records(from: number, to: number, bytes = 100): Uint8Array {
  const messages = Array.from({ length: to - from }, (_, k) => message(from + k, bytes));
  const all = new Uint8Array(messages.reduce((sum, m) => sum + messageRecordBytes(m), 0));
  const view = new DataView(all.buffer);
  let offset = 0;
  for (const m of messages) {
    writeMessageRecord(all, view, offset, m.sequence % 2, m);
    offset += messageRecordBytes(m);
  }
  return all;
}

function message(i: number, bytes: number): BusMessage {
  const logTime = BigInt(i) * MS;
  return {
    topic: `/t${i % 2}`,
    schemaName: 'a/msg/B',
    schemaEncoding: 'ros2msg',
    schemaData: new TextEncoder().encode('int32 a'),
    messageEncoding: 'cdr',
    data: new Uint8Array(bytes).fill(i),
    logTime,
    publishTime: logTime + 1n,
    sequence: i,
  };
}

function recording(disk: MemoryDisk, options: Partial<WriterSetup> = {}) {
  const parts: RecordedPart[] = [];
  const ends: RecordingEnd[] = [];
  const writer = new RecordingWriter(
    disk,
    { ...SETUP, ...options },
    {
      part: (part) => parts.push(part),
      ended: (end) => ends.push(end),
    },
  );
  const schema = { id: 1, name: 'a/msg/B', encoding: 'ros2msg', data: new TextEncoder().encode('int32 a') };
  for (const id of [0, 1]) {
    const metadata = new Map([['offered_qos_profiles', 'x']]);
    const channel = { id, schemaId: 1, topic: `/t${id}`, messageEncoding: 'cdr', metadata };
    writer.addChannel(
      channel,
      id === 0 ? schema : undefined,
      id === 1 && options.ring === undefined ? false : id === 1,
    );
  }
  return { writer, parts, ends };
}

async function read(bytes: Buffer) {
  const reader = await McapIndexedReader.Initialize({
    readable: {
      size: async () => BigInt(bytes.byteLength),
      read: async (offset, size) => bytes.subarray(Number(offset), Number(offset + size)),
    },
    decompressHandlers,
  });
  const messages: McapTypes.Message[] = [];
  for await (const found of reader.readMessages({ validateCrcs: true })) messages.push(found);
  const metadata: McapTypes.Metadata[] = [];
  for await (const found of reader.readMetadata()) metadata.push(found);
  return { reader, messages, metadata, sequences: messages.map(({ sequence }) => sequence) };
}

const file = (disk: MemoryDisk, name: string) => disk.files.get(`/d/${name}`) as Buffer;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('a part of a recording', () => {
  test.each(['none', 'fast', 'small'] as const)(
    'packed %s is what the reference reader expects, checksums included',
    async (compression) => {
      const disk = new MemoryDisk();
      const { writer } = recording(disk, { compression });
      for (let i = 0; i < 100; i += 10) writer.write(records(i, i + 10));
      const summary = writer.close({ received: '100' });
      const { reader, messages, metadata, sequences } = await read(file(disk, 'cell.mcap'));
      expect(sequences).toEqual(range(0, 100));
      expect(messages[7]).toMatchObject({ channelId: 1, logTime: 7n * MS, publishTime: 7n * MS + 1n });
      expect(Buffer.from(messages[7].data)).toEqual(Buffer.alloc(100, 7));
      expect(reader.header).toMatchObject({ profile: 'ros2', library: 'test' });
      expect(reader.statistics).toMatchObject({
        messageCount: 100n,
        chunkCount: 10,
        channelCount: 2,
        schemaCount: 1,
        metadataCount: 2,
        messageStartTime: 0n,
        messageEndTime: 99n * MS,
      });
      expect(reader.chunkIndexes.every((index) => index.compression === (compression === 'none' ? '' : 'zstd'))).toBe(
        true,
      );
      expect(reader.channelsById.get(1)).toMatchObject({
        topic: '/t1',
        metadata: new Map([['offered_qos_profiles', 'x']]),
      });
      expect(reader.dataSectionCrc).toBeGreaterThan(0);
      expect(reader.footer.summaryCrc).toBeGreaterThan(0);
      expect(metadata.map(({ name }) => name)).toEqual(['voxhand', 'voxhand.recording']);
      expect(summary).toMatchObject({
        end: { reason: 'stopped' },
        unwritten: [],
        parts: [{ whole: true, messages: 100 }],
      });
      expect(summary.written).toEqual([
        { id: 0, messages: 50 },
        { id: 1, messages: 50 },
      ]);
    },
  );

  it('without messages is whole too', async () => {
    const disk = new MemoryDisk();
    recording(disk).writer.close();
    expect((await read(file(disk, 'cell.mcap'))).messages).toEqual([]);
  });

  it('keeps messages that come out of order, in order of log time for its reader', async () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk);
    writer.write(records(10, 20));
    writer.write(records(0, 10));
    writer.close();
    expect((await read(file(disk, 'cell.mcap'))).sequences).toEqual(range(0, 20));
  });

  it('is not packed while too much waits behind it', async () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { compression: 'fast' });
    writer.write(records(0, 10), 0.4);
    writer.write(records(10, 20), 0.6);
    expect(writer.close().unpackedChunks).toBe(1);
    const { reader, sequences } = await read(file(disk, 'cell.mcap'));
    expect(reader.chunkIndexes.map(({ compression }) => compression)).toEqual(['zstd', '']);
    expect(sequences).toEqual(range(0, 20));
  });

  it('survives a disk that takes every write in pieces', async () => {
    const disk = new MemoryDisk();
    disk.mostBytesAWrite = 7;
    const { writer } = recording(disk);
    for (let i = 0; i < 50; i += 10) writer.write(records(i, i + 10));
    writer.close();
    expect((await read(file(disk, 'cell.mcap'))).sequences).toEqual(range(0, 50));
  });
});

describe('a split recording', () => {
  it('begins another part before one is too large, each complete in itself', async () => {
    const disk = new MemoryDisk();
    const { writer, parts } = recording(disk, { splitBytes: 8000 });
    for (let i = 0; i < 200; i += 10) writer.write(records(i, i + 10));
    writer.close();
    expect(parts.length).toBeGreaterThan(3);
    const found: number[] = [];
    for (const [k, part] of parts.entries()) {
      expect(part.path).toBe(`/d/cell_${k}.mcap`);
      const bytes = file(disk, `cell_${k}.mcap`);
      expect(bytes.byteLength).toBe(part.bytes);
      expect(part.bytes).toBeLessThanOrEqual(8000);
      const { sequences, reader, metadata } = await read(bytes);
      expect(reader.channelsById.size).toBe(2);
      expect(metadata[0].metadata).toEqual(
        new Map([
          ['part', String(k)],
          ['seed', '1'],
        ]),
      );
      found.push(...sequences);
    }
    expect(found).toEqual(range(0, 200));
  });

  it('begins another part when one covers its time, and when the clock jumps back', () => {
    const disk = new MemoryDisk();
    const { writer, parts } = recording(disk, { splitNs: 30n * MS });
    for (let i = 0; i < 100; i += 10) writer.write(records(i, i + 10));
    writer.write(records(0, 10));
    writer.close();
    expect(
      parts.map(({ startTime, endTime }) => [Number((startTime ?? 0n) / MS), Number((endTime ?? 0n) / MS)]),
    ).toEqual([
      [0, 29],
      [30, 59],
      [60, 89],
      [90, 99],
      [0, 9],
    ]);
  });

  it('says again at the beginning of each part what is said once', async () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { splitNs: 30n * MS });
    const schemaId = 0;
    writer.addChannel(
      { id: 2, schemaId, topic: '/tf_static', messageEncoding: 'cdr', metadata: new Map() },
      undefined,
      true,
    );
    const said = message(1, 5);
    const once = new Uint8Array(messageRecordBytes(said));
    writeMessageRecord(once, new DataView(once.buffer), 0, 2, said);
    writer.write(once);
    for (let i = 10; i < 100; i += 10) writer.write(records(i, i + 10));
    const { repeated, written } = writer.close();
    expect(repeated).toBe(3);
    expect(written.find(({ id }) => id === 2)).toEqual({ id: 2, messages: 1 });
    const { messages } = await read(file(disk, 'cell_1.mcap'));
    expect(messages[0]).toMatchObject({ channelId: 2, sequence: 1, publishTime: MS + 1n });
    expect(messages[0].logTime).toBe(messages[1].logTime);
  });
});

describe('a limit', () => {
  test.each([5000, 8000, 12_345])('of %d bytes is never passed, and what comes later is counted', (maxBytes) => {
    const disk = new MemoryDisk();
    const { writer, ends } = recording(disk, { maxBytes });
    for (let i = 0; i < 200; i += 10) writer.write(records(i, i + 10));
    const { written, unwritten, end } = writer.close();
    expect(end).toEqual({ reason: 'max-bytes' });
    expect(ends).toEqual([end]);
    expect(disk.used).toBeLessThanOrEqual(maxBytes);
    const count = (list: typeof written) => list.reduce((sum, { messages }) => sum + messages, 0);
    expect(count(written)).toBeGreaterThan(0);
    expect(count(written) + count(unwritten)).toBe(200);
  });

  it('of time is kept to the message', async () => {
    const disk = new MemoryDisk();
    const { writer, ends } = recording(disk, { maxNs: 25n * MS });
    for (let i = 0; i < 200; i += 10) writer.write(records(i, i + 10));
    writer.close();
    expect(ends).toEqual([{ reason: 'max-duration' }]);
    expect((await read(file(disk, 'cell.mcap'))).sequences).toEqual(range(0, 26));
  });

  it('of what the disk must have left ends the recording with a whole file', async () => {
    const disk = new MemoryDisk();
    disk.capacity = 20_000;
    const { writer, ends } = recording(disk, { minFreeBytes: 10_000 });
    for (let i = 0; i < 200; i += 10) {
      writer.write(records(i, i + 10));
      writer.tick();
    }
    expect(writer.close().end).toEqual({ reason: 'min-free' });
    expect(ends).toHaveLength(1);
    expect(disk.freeBytes()).toBeGreaterThan(7000);
    expect((await read(file(disk, 'cell.mcap'))).sequences.length).toBeGreaterThan(20);
  });

  it('of what the disk must have left is looked at before the first file is made', () => {
    const disk = new MemoryDisk();
    disk.capacity = 5000;
    expect(() => recording(disk, { minFreeBytes: 10_000 })).toThrow(expect.objectContaining({ code: 'WRITE_FAILED' }));
    expect(disk.files.size).toBe(0);
  });
});

describe('a failing disk', () => {
  it('that is full, at whatever byte, leaves a file that can be read and accounts for every message', async () => {
    for (const capacity of fc.sample(fc.integer({ min: 300, max: 16_000 }), { numRuns: 200, seed: 5 })) {
      const disk = new MemoryDisk();
      disk.capacity = capacity;
      const { writer, ends } = recording(disk);
      for (let i = 0; i < 200; i += 10) writer.write(records(i, i + 10));
      const { parts, end, written, unwritten } = writer.close();
      expect(end).toMatchObject({
        reason: 'write-failed',
        error: { code: 'WRITE_FAILED', message: /ENOSPC|no more bytes/ },
      });
      expect(ends).toEqual([end]);
      const count = (list: typeof written) => list.reduce((sum, { messages }) => sum + messages, 0);
      expect(count(written) + count(unwritten)).toBe(200);
      expect(parts).toHaveLength(1);
      const bytes = file(disk, parts[0].whole ? 'cell.mcap' : 'cell.mcap.partial');
      const found = parts[0].whole ? (await read(bytes)).sequences : await streamed(bytes);
      expect(found).toEqual(range(0, count(written)));
    }
  });

  it('that cannot bring to its platters what it took ends the recording with one error', () => {
    const disk = new MemoryDisk();
    const { writer, ends } = recording(disk);
    writer.write(records(0, 10));
    disk.syncFailure = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    writer.tick();
    writer.tick();
    writer.write(records(10, 20));
    const { end, parts, unwritten } = writer.close();
    expect(end.error?.message).toMatch(/EIO/);
    expect(ends).toHaveLength(1);
    expect(parts).toMatchObject([{ whole: false, messages: 10 }]);
    expect(unwritten.reduce((sum, { messages }) => sum + messages, 0)).toBe(10);
    expect(disk.exists('/d/cell.mcap')).toBe(false);
  });

  it('that refuses the first byte is said at once', () => {
    const disk = new MemoryDisk();
    disk.failure = new Error('EROFS: read-only file system');
    expect(() => recording(disk)).toThrow(
      expect.objectContaining({ code: 'WRITE_FAILED', where: '/d/cell.mcap.partial' }),
    );
  });

  it('does not let a part that was finished suffer', async () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { splitNs: 30n * MS });
    for (let i = 0; i < 100; i += 10) {
      if (i === 50) disk.failure = new Error('EIO');
      writer.write(records(i, i + 10));
    }
    const { parts, end } = writer.close();
    expect(end.reason).toBe('write-failed');
    expect(parts.map(({ whole }) => whole)).toEqual([true, false]);
    expect((await read(file(disk, 'cell_0.mcap'))).sequences).toEqual(range(0, 30));
  });
});

describe('a snapshot', () => {
  const ring = { ns: 30n * MS, bytes: 1 << 20 };

  it('holds the last of what came, and the next one begins anew', async () => {
    const disk = new MemoryDisk();
    const { writer, parts } = recording(disk, { ring, compression: 'fast' });
    for (let i = 0; i < 100; i += 10) writer.write(records(i, i + 10));
    expect(disk.files.size).toBe(0);
    writer.snapshot('lost hand');
    writer.write(records(100, 110));
    writer.snapshot('signal');
    writer.snapshot('nothing new');
    const { forgotten, written } = writer.close();
    expect(parts.map(({ path, reason }) => [path, reason])).toEqual([
      ['/d/cell_0.mcap', 'lost hand'],
      ['/d/cell_1.mcap', 'signal'],
    ]);
    const first = await read(file(disk, 'cell_0.mcap'));
    // a chunk is kept as long as any of it is new enough; channel 1 is latched, and its past is said again at the beginning
    const own = first.messages.filter(({ logTime, publishTime }) => publishTime === logTime + 1n);
    expect(own.map(({ sequence }) => sequence)).toEqual(range(60, 100));
    expect(first.metadata[0].metadata.get('reason')).toBe('lost hand');
    const count = (list: typeof written) => list.reduce((sum, { messages }) => sum + messages, 0);
    expect([count(forgotten), count(written)]).toEqual([60, 50]);
  });

  it('is bounded in bytes, whatever its time', () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { ring: { ns: 1_000_000n * MS, bytes: 5000 } });
    for (let i = 0; i < 1000; i += 10) writer.write(records(i, i + 10));
    writer.snapshot('a');
    expect(writer.close().parts[0].messages).toBeLessThan(60);
  });

  it('of a clock that jumped back holds nothing from before the jump', async () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { ring });
    for (let i = 500; i < 600; i += 10) writer.write(records(i, i + 10));
    for (let i = 0; i < 20; i += 10) writer.write(records(i, i + 10));
    writer.snapshot('a');
    writer.close();
    expect((await read(file(disk, 'cell_0.mcap'))).sequences).toEqual(range(0, 20));
  });

  it('that the disk has no room for ends the recording, and says so', () => {
    const disk = new MemoryDisk();
    const { writer, ends } = recording(disk, { ring });
    for (let i = 0; i < 100; i += 10) writer.write(records(i, i + 10));
    disk.capacity = 2000;
    writer.snapshot('a');
    expect(ends).toMatchObject([{ reason: 'write-failed' }]);
    const { parts, written, unwritten, forgotten } = writer.close();
    const count = (list: typeof written) => list.reduce((sum, { messages }) => sum + messages, 0);
    expect(count(written) + count(unwritten) + count(forgotten)).toBe(100);
    expect(parts).toHaveLength(1);
  });
});

describe('a name', () => {
  it('that is taken is refused, unless it may be replaced', () => {
    const disk = new MemoryDisk();
    disk.files.set('/d/cell.mcap', Buffer.from('old'));
    expect(() => recording(disk)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(file(disk, 'cell.mcap').toString()).toBe('old');
    const { writer } = recording(disk, { overwrite: true });
    expect(file(disk, 'cell.mcap').toString()).toBe('old');
    writer.close();
    expect(file(disk, 'cell.mcap').toString()).not.toBe('old');
  });

  it('under which a killed recorder has left something keeps that', () => {
    const disk = new MemoryDisk();
    disk.files.set('/d/cell.mcap.partial', Buffer.from('crashed'));
    disk.files.set('/d/cell.mcap.partial.1', Buffer.from('crashed before'));
    recording(disk).writer.close();
    expect(file(disk, 'cell.mcap.partial.1').toString()).toBe('crashed before');
    expect(file(disk, 'cell.mcap.partial.2').toString()).toBe('crashed');
    expect(disk.exists('/d/cell.mcap')).toBe(true);
  });
});

/** Sequences of a file without its end, read from front to back. */
async function streamed(bytes: Buffer): Promise<number[]> {
  const { McapStreamReader } = await import('@mcap/core');
  const reader = new McapStreamReader({ decompressHandlers });
  reader.append(bytes);
  const found: number[] = [];
  for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
    if (record.type === 'Message') found.push(record.sequence);
  }
  expect(reader.bytesRemaining()).toBe(0); // it ends between two records
  return found;
}
