import { McapIndexedReader, type McapTypes } from '@mcap/core';
import { loadDecompressHandlers } from '@mcap/support';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { BusMessage } from '../../transport/port/bus.js';
import { compressorReady } from './chunk.js';
import type { Disk } from './disk.js';
import { messageRecordBytes, writeMessageRecord } from './message-record.js';
import type { ChannelCount, RecordedPart, RecordingEnd, SnapshotResult, WriterSetup } from './recorder-protocol.js';
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
  /** Background syncs that wait to be told how they went, where a test wants that. */
  held: ((error: Error | null) => void)[] | undefined;

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
        if (this.held === undefined) done(this.syncFailure ?? null);
        else this.held.push(done);
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
  let wakes = 0;
  const writer = new RecordingWriter(
    disk,
    { ...SETUP, ...options },
    {
      part: (part) => parts.push(part),
      ended: (end) => ends.push(end),
      wake: () => {
        wakes++;
      },
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
  return { writer, parts, ends, wakes: () => wakes };
}

/** Ask for a snapshot; what came of it is in the array as soon as it is known. */
function asked(writer: RecordingWriter, reason: string): SnapshotResult[] {
  const results: SnapshotResult[] = [];
  writer.snapshot(reason, (result) => results.push(result));
  return results;
}

/** A snapshot that is written to its end at once. */
function snapshotOf(writer: RecordingWriter, reason: string): SnapshotResult {
  const results = asked(writer, reason);
  while (writer.step());
  expect(results).toHaveLength(1);
  return results[0];
}

function total(...lists: (readonly ChannelCount[])[]): number {
  return lists.flat().reduce((sum, { messages }) => sum + messages, 0);
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

  it('holds the last of what came, and the next one is empty', async () => {
    const disk = new MemoryDisk();
    const { writer, parts } = recording(disk, { ring, compression: 'fast' });
    for (let i = 0; i < 100; i += 10) writer.write(records(i, i + 10));
    expect(disk.files.size).toBe(0);
    snapshotOf(writer, 'lost hand');
    writer.write(records(100, 110));
    snapshotOf(writer, 'signal');
    snapshotOf(writer, 'nothing new');
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

  it('says which file came of it, or why none did', () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { ring });
    expect(snapshotOf(writer, 'too early')).toEqual({ error: expect.objectContaining({ code: 'RECORDING_EMPTY' }) });
    writer.write(records(0, 10));
    expect(snapshotOf(writer, 'a')).toMatchObject({ part: { path: '/d/cell_0.mcap', messages: 10, whole: true } });
    expect(snapshotOf(writer, 'again').error?.code).toBe('RECORDING_EMPTY');
    expect(snapshotOf(recording(new MemoryDisk()).writer, 'no ring').error?.code).toBe('USAGE');
    writer.close();
    expect(snapshotOf(writer, 'too late').error).toMatchObject({ code: 'WRITE_FAILED', found: 'stopped' });
  });

  it('that the disk does not take, or not all of, says what there is of it', () => {
    const disk = new MemoryDisk();
    const { writer, ends } = recording(disk, { ring });
    for (let i = 0; i < 30; i += 10) writer.write(records(i, i + 10));
    disk.capacity = 4000;
    const { part, error } = snapshotOf(writer, 'full');
    expect(error).toMatchObject({ code: 'WRITE_FAILED', message: expect.stringContaining('ENOSPC') });
    expect(part).toMatchObject({ path: '/d/cell_0.mcap', reason: 'full' });
    expect(part?.messages).toBeLessThan(30);
    expect(ends).toMatchObject([{ reason: 'write-failed' }]);
    expect(snapshotOf(writer, 'after it').error).toEqual(error);

    const limited = recording(new MemoryDisk(), { ring, maxBytes: 5000 });
    for (let i = 0; i < 30; i += 10) limited.writer.write(records(i, i + 10));
    const cut = snapshotOf(limited.writer, 'limited');
    expect(cut).toMatchObject({ part: { whole: true }, error: { code: 'WRITE_FAILED', found: 'max-bytes' } });
    expect(cut.part?.messages).toBeLessThan(30);
  });

  it('is bounded in bytes, whatever its time', () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { ring: { ns: 1_000_000n * MS, bytes: 5000 } });
    for (let i = 0; i < 1000; i += 10) writer.write(records(i, i + 10));
    snapshotOf(writer, 'a');
    expect(writer.close().parts[0].messages).toBeLessThan(60);
  });

  it('of a clock that jumped back holds nothing from before the jump', async () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { ring });
    for (let i = 500; i < 600; i += 10) writer.write(records(i, i + 10));
    for (let i = 0; i < 20; i += 10) writer.write(records(i, i + 10));
    snapshotOf(writer, 'a');
    writer.close();
    expect((await read(file(disk, 'cell_0.mcap'))).sequences).toEqual(range(0, 20));
  });

  it('that the disk has no room for ends the recording, and says so', () => {
    const disk = new MemoryDisk();
    const { writer, ends } = recording(disk, { ring });
    for (let i = 0; i < 100; i += 10) writer.write(records(i, i + 10));
    disk.capacity = 2000;
    snapshotOf(writer, 'a');
    expect(ends).toMatchObject([{ reason: 'write-failed' }]);
    const { parts, written, unwritten, forgotten } = writer.close();
    const count = (list: typeof written) => list.reduce((sum, { messages }) => sum + messages, 0);
    expect(count(written) + count(unwritten) + count(forgotten)).toBe(100);
    expect(parts).toHaveLength(1);
  });
});

describe('a snapshot in pieces', () => {
  const ring = { ns: 1000n * MS, bytes: 1 << 20 };
  const fill = (writer: RecordingWriter, from: number, to: number) => {
    for (let i = from; i < to; i += 10) writer.write(records(i, i + 10));
  };
  const messagesIn = async (disk: MemoryDisk, name: string) =>
    (await read(file(disk, name))).messages
      .filter(({ logTime, publishTime }) => publishTime === logTime + 1n) // but for those that are said again
      .map(({ sequence }) => sequence);

  it('lets messages come in between, which are in the next one', async () => {
    const disk = new MemoryDisk();
    const { writer, wakes } = recording(disk, { ring });
    fill(writer, 0, 100);
    const results = asked(writer, 'a');
    expect([disk.files.size, wakes()]).toEqual([0, 1]);
    let steps = 0;
    for (let i = 100; writer.step(); i += 10, steps++) fill(writer, i, i + 10);
    expect(steps).toBeGreaterThanOrEqual(10);
    expect(results).toMatchObject([{ part: { path: '/d/cell_0.mcap', messages: 100, whole: true } }]);
    snapshotOf(writer, 'b');
    expect(await messagesIn(disk, 'cell_0.mcap')).toEqual(range(0, 100));
    expect(await messagesIn(disk, 'cell_1.mcap')).toEqual(range(100, 100 + 10 * steps));
    const { written, forgotten, unwritten } = writer.close();
    expect([total(written), total(forgotten), total(unwritten)]).toEqual([100 + 10 * steps, 0, 0]);
  });

  it('and the ring that was emptied are together in the bytes of the ring, and nothing is forgotten for it', async () => {
    const disk = new MemoryDisk();
    const bytes = 20_000;
    const { writer } = recording(disk, { ring: { ...ring, bytes } });
    fill(writer, 0, 200);
    asked(writer, 'a');
    // nobody calls step: what comes makes its own room
    for (let i = 200; i < 330; i += 10) {
      fill(writer, i, i + 10);
      const came = (i + 10 - 200) * (100 + 31);
      // the file has a little more than the chunks, by their indexes
      expect(bytes + came - disk.used).toBeLessThan(bytes + 3000);
    }
    while (writer.step());
    snapshotOf(writer, 'b');
    const first = await messagesIn(disk, 'cell_0.mcap');
    expect(first.length).toBeGreaterThan(100);
    expect(await messagesIn(disk, 'cell_1.mcap')).toEqual(range(200, 330));
    expect(total(writer.close().forgotten)).toBe(200 - first.length);
  });

  it('that another is asked for meanwhile: each holds what was there when it was asked for', async () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { ring });
    fill(writer, 0, 50);
    const first = asked(writer, 'a');
    writer.step();
    fill(writer, 50, 80);
    const second = asked(writer, 'b');
    fill(writer, 80, 90);
    expect([first, second]).toEqual([[], []]);
    while (writer.step());
    expect([first[0].part?.reason, second[0].part?.reason]).toEqual(['a', 'b']);
    expect(await messagesIn(disk, 'cell_0.mcap')).toEqual(range(0, 50));
    expect(await messagesIn(disk, 'cell_1.mcap')).toEqual(range(50, 80));
    expect(total(writer.close().forgotten)).toBe(10);
  });

  it('is refused where too many wait, and what it would have had is in the next', async () => {
    const { writer, parts } = recording(new MemoryDisk(), { ring });
    const all = range(0, 17).map((i) => {
      fill(writer, 10 * i, 10 * i + 10);
      return asked(writer, `${i}`);
    });
    expect(all.map((results) => results[0]?.error?.message)).toEqual([
      ...range(0, 16).map(() => undefined),
      expect.stringContaining('too many'),
    ]);
    while (writer.step());
    expect(snapshotOf(writer, 'last').part?.whole).toBe(true);
    const { written, end, refused } = writer.close();
    expect([parts.length, total(written), end.reason, refused]).toEqual([17, 170, 'stopped', 1]);
  });

  it('does not wait for the disk to take what it has, but close does', () => {
    const disk = new MemoryDisk();
    disk.held = [];
    const { writer, wakes } = recording(disk, { ring });
    fill(writer, 0, 50);
    const first = asked(writer, 'a');
    while (writer.step());
    fill(writer, 50, 90);
    const second = asked(writer, 'b');
    expect([first, writer.step(), [...disk.files.keys()]]).toEqual([[], false, ['/d/cell_0.mcap.partial']]);
    const before = wakes();
    disk.held.splice(0)[0](null);
    expect([first[0].part?.whole, wakes() - before, [...disk.files.keys()]]).toEqual([true, 1, ['/d/cell_0.mcap']]);
    while (writer.step());
    expect(second).toEqual([]);
    const { parts, written } = writer.close();
    expect(second[0].part).toEqual(parts[1]);
    expect(parts.map(({ whole }) => whole)).toEqual([true, true]);
    expect(total(written)).toBe(90);
    disk.held[0](new Error('too late to matter'));
    expect(writer.end).toEqual({ reason: 'stopped' });
    expect([second.length, [...disk.files.keys()]]).toEqual([1, ['/d/cell_0.mcap', '/d/cell_1.mcap']]);
  });

  it('and those that wait behind it are finished by close, and by a limit of time', async () => {
    for (const end of ['stopped', 'max-duration']) {
      const disk = new MemoryDisk();
      const { writer } = recording(disk, { ring, ...(end === 'max-duration' && { maxNs: 95n * MS }) });
      fill(writer, 0, 50);
      const results = [...[asked(writer, 'a')]];
      writer.step();
      writer.step();
      fill(writer, 50, 80);
      results.push(asked(writer, 'b'));
      fill(writer, 80, 100);
      const { parts, end: found } = writer.close();
      expect(found.reason).toBe(end);
      expect(results).toEqual(parts.map((part) => [{ part }]));
      expect(await messagesIn(disk, 'cell_0.mcap')).toEqual(range(0, 50));
      expect(await messagesIn(disk, 'cell_1.mcap')).toEqual(range(50, 80));
    }
  });

  it('whose disk fails to take it in the background is not whole, and says so', () => {
    const disk = new MemoryDisk();
    disk.held = [];
    const { writer, ends } = recording(disk, { ring });
    fill(writer, 0, 50);
    const first = asked(writer, 'a');
    while (writer.step());
    fill(writer, 50, 60);
    const second = asked(writer, 'b');
    disk.held.splice(0)[0](Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
    const error = expect.objectContaining({ code: 'WRITE_FAILED', message: expect.stringContaining('EIO') });
    expect(first).toEqual([{ part: expect.objectContaining({ messages: 50, whole: false }), error }]);
    expect(second).toEqual([{ error }]);
    expect(ends).toMatchObject([{ reason: 'write-failed' }]);
    const { written, unwritten, parts } = writer.close();
    expect([total(written), total(unwritten), parts.length]).toEqual([50, 10, 1]);
  });

  it('on a disk that fails at any byte leaves a file that is valid up to there, and every message is accounted for', async () => {
    for (const capacity of fc.sample(fc.integer({ min: 0, max: 25_000 }), { numRuns: 200, seed: 6 })) {
      const disk = new MemoryDisk();
      const { writer, ends, parts } = recording(disk, { ring, metadata: { seed: '1'.repeat(100) } });
      fill(writer, 0, 60);
      disk.capacity = capacity;
      const results = asked(writer, 'a');
      for (let i = 60; i < 120; i += 10) {
        writer.step();
        fill(writer, i, i + 10);
      }
      const more = asked(writer, 'b');
      const { end, written, unwritten, forgotten } = writer.close();
      expect([results.length, more.length]).toEqual([1, 1]);
      expect(total(written, unwritten, forgotten)).toBe(120);
      const found: number[] = [];
      for (const { path, whole, messages } of parts) {
        const bytes = disk.files.get(whole ? path : `${path}.partial`) as Buffer;
        const all = whole ? (await read(bytes)).messages : await streamedMessages(bytes);
        expect(all).toHaveLength(messages);
        found.push(...all.filter((m) => m.publishTime === m.logTime + 1n).map(({ sequence }) => sequence));
      }
      expect(found).toEqual(range(0, total(written)));
      if (end.reason === 'stopped') expect(total(written)).toBe(120);
      else {
        expect(ends).toEqual([end]);
        expect(more[0].error).toMatchObject({ code: 'WRITE_FAILED' });
      }
    }
  });

  it('is accounted for to the message, and told of once, whatever comes in whatever order', () => {
    const op = fc.constantFrom('write', 'write', 'write', 'step', 'step', 'snapshot', 'tick', 'synced');
    fc.assert(
      fc.property(
        fc.array(op, { maxLength: 120 }),
        fc.integer({ min: 2000, max: 40_000 }),
        fc.integer({ min: 1000, max: 12_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.constantFrom(undefined, 9000),
        (ops, capacity, bytes, minFreeBytes, maxBytes) => {
          const disk = new MemoryDisk();
          disk.held = [];
          const limits = maxBytes === undefined ? {} : { maxBytes };
          const { writer, parts } = recording(disk, { ring: { ns: 200n * MS, bytes }, minFreeBytes, ...limits });
          disk.capacity = capacity;
          const results: SnapshotResult[][] = [];
          let messages = 0;
          for (const name of ops) {
            if (name === 'write') {
              fill(writer, messages, messages + 10);
              messages += 10;
            } else if (name === 'snapshot') results.push(asked(writer, `${results.length}`));
            else if (name === 'synced') disk.held.shift()?.(null);
            else writer[name]();
          }
          const { written, unwritten, forgotten, leftOut, parts: all } = writer.close();
          for (const done of disk.held) done(null);
          expect(total(written, unwritten, forgotten, leftOut)).toBe(messages);
          expect(results.map(({ length }) => length)).toEqual(results.map(() => 1));
          expect(results.flat().flatMap(({ part = [] }) => part)).toEqual(all);
          expect(parts).toEqual(all);
          expect([...disk.files.keys()].sort()).toEqual(
            all.map(({ path, whole }) => (whole ? path : `${path}.partial`)).sort(),
          );
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('a ring on a disk that has too little left', () => {
  const ring = { ns: 1000n * MS, bytes: 1 << 20 };
  const onDisk = (capacity: number) => {
    const disk = new MemoryDisk();
    disk.capacity = 1e6;
    const made = recording(disk, { ring, minFreeBytes: 5e5 });
    for (let i = 0; i < 50; i += 10) made.writer.write(records(i, i + 10));
    disk.capacity = capacity;
    return { disk, ...made };
  };

  it.each([
    ['less than it must', 4e5],
    ['enough, but not for what is in the ring', 5.05e5],
  ])('(%s) refuses the snapshot, keeps what is in it and goes on', (_, capacity) => {
    const { disk, writer, ends } = onDisk(capacity);
    const { part, error } = snapshotOf(writer, 'a');
    expect(part).toBeUndefined();
    expect(error).toMatchObject({ code: 'WRITE_FAILED', message: expect.stringMatching(/too little left/) });
    expect(disk.files.size).toBe(0);
    writer.write(records(50, 60));
    disk.capacity = 1e6;
    expect(snapshotOf(writer, 'b').part).toMatchObject({ path: '/d/cell_0.mcap', messages: 60, whole: true });
    expect(writer.close()).toMatchObject({ end: { reason: 'stopped' }, refused: 1, leftOut: [], unwritten: [] });
    expect(ends).toEqual([{ reason: 'stopped' }]);
  });

  it('because others fill it ends a snapshot with a whole file, refuses those that wait, and goes on', async () => {
    const { disk, writer } = onDisk(1e6);
    const first = asked(writer, 'a');
    writer.write(records(50, 60));
    const second = asked(writer, 'b');
    for (let i = 0; i < 3; i++) writer.step();
    disk.capacity = 4e5;
    writer.tick();
    writer.write(records(60, 70));
    while (writer.step());
    const error = expect.objectContaining({ code: 'WRITE_FAILED' });
    expect(first).toEqual([{ part: expect.objectContaining({ whole: true, messages: 20 }), error }]);
    expect(second).toEqual([{ error }]);
    expect((await read(file(disk, 'cell_0.mcap'))).sequences).toEqual(range(0, 20));
    disk.capacity = 1e6;
    expect(snapshotOf(writer, 'c').part?.messages).toBeGreaterThanOrEqual(10);
    const { written, leftOut, end, refused } = writer.close();
    expect([total(written), total(leftOut), end.reason, refused]).toEqual([30, 40, 'stopped', 2]);
  });
});

describe('what is known only later', () => {
  const provenance = async (disk: MemoryDisk, name: string) =>
    (await read(file(disk, name))).metadata
      .filter((record) => record.name === 'voxhand')
      .map(({ metadata }) => Object.fromEntries(metadata));

  it('is said at once in the part in hand, together with what was known, and in front of those to come', async () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { splitNs: 30n * MS });
    writer.write(records(0, 10));
    writer.describe({ model: 'a', provider: 'cpu' });
    writer.describe({ model: 'a' }); // nothing new
    for (let i = 10; i < 40; i += 10) writer.write(records(i, i + 10));
    writer.describe({ model: 'b' });
    for (let i = 40; i < 70; i += 10) writer.write(records(i, i + 10));
    writer.close();
    writer.describe({ model: 'too late' });
    expect(await provenance(disk, 'cell_0.mcap')).toEqual([
      { part: '0', seed: '1' },
      { part: '0', seed: '1', model: 'a', provider: 'cpu' },
    ]);
    expect(await provenance(disk, 'cell_1.mcap')).toEqual([
      { part: '1', seed: '1', model: 'a', provider: 'cpu' },
      { part: '1', seed: '1', model: 'b', provider: 'cpu' },
    ]);
    expect(await provenance(disk, 'cell_2.mcap')).toEqual([{ part: '2', seed: '1', model: 'b', provider: 'cpu' }]);
  });

  it('is said by a snapshot as it was when that was asked for', async () => {
    const disk = new MemoryDisk();
    const { writer } = recording(disk, { ring: { ns: 1000n * MS, bytes: 1 << 20 } });
    writer.describe({ model: 'a' });
    for (const [i, model] of ['b', 'c'].entries()) {
      writer.write(records(10 * i, 10 * i + 10));
      asked(writer, `${i}`);
      writer.describe({ model });
    }
    writer.close();
    expect(await provenance(disk, 'cell_0.mcap')).toEqual([{ part: '0', reason: '0', seed: '1', model: 'a' }]);
    expect(await provenance(disk, 'cell_1.mcap')).toEqual([{ part: '1', reason: '1', seed: '1', model: 'b' }]);
  });

  it('never passes the limit of bytes, and on a disk that fails ends the recording', () => {
    const limited = new MemoryDisk();
    const { writer, ends } = recording(limited, { maxBytes: 3000 });
    for (let i = 0; i < 10; i++) writer.describe({ model: String(i).repeat(300) });
    expect(ends).toEqual([{ reason: 'max-bytes' }]);
    expect(limited.used).toBeLessThanOrEqual(3000);
    const failing = new MemoryDisk();
    const other = recording(failing);
    failing.failure = new Error('EIO');
    other.writer.describe({ model: 'a' });
    expect(other.ends).toMatchObject([{ reason: 'write-failed' }]);
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
  return (await streamedMessages(bytes)).map(({ sequence }) => sequence);
}

async function streamedMessages(bytes: Buffer): Promise<McapTypes.Message[]> {
  const { McapStreamReader } = await import('@mcap/core');
  const reader = new McapStreamReader({ decompressHandlers });
  reader.append(bytes);
  const found: McapTypes.Message[] = [];
  for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
    if (record.type === 'Message') found.push(record);
  }
  expect(reader.bytesRemaining()).toBe(0); // it ends between two records
  return found;
}
