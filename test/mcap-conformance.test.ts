import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { McapIndexedReader, McapStreamReader, type McapTypes, McapWriter, TempBuffer } from '@mcap/core';
import { loadDecompressHandlers } from '@mcap/support';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { createRecordingSink } from '../src/recording/recorder/recording-sink.js';
import { recoverRecording } from '../src/recording/recover.js';
import { createMcapSink } from '../src/transport/mcap/mcap-sink.js';
import { type McapSource, openMcap } from '../src/transport/mcap/mcap-source.js';
import type { BusMessage } from '../src/transport/port/bus.js';

/** As scripts/make-mcap-cases.mjs lists them. */
interface Case {
  readonly file: string;
  readonly features: readonly string[];
  readonly messages: readonly { sequence: number; logTime: string; publishTime: string; data: readonly number[] }[];
  readonly schema: string;
  readonly attachments: readonly string[];
  readonly metadata: readonly string[];
}

let folder: string;
let cases: Case[];
let decompressHandlers: McapTypes.DecompressHandlers;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-mcap-cases-'));
  const script = fileURLToPath(new URL('../scripts/make-mcap-cases.mjs', import.meta.url));
  await promisify(execFile)(process.execPath, [script, folder]);
  cases = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8'));
  decompressHandlers = await loadDecompressHandlers();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a recording holds, in words that two readers can be compared in. */
interface Held {
  readonly messages: readonly string[];
  readonly metadata: readonly string[];
  readonly attachments: readonly string[];
}

const line = (
  topic: string,
  schema: string,
  { sequence, logTime, publishTime, data }: McapTypes.Message | BusMessage,
) => `${topic} ${schema} ${sequence} ${logTime} ${publishTime} ${Buffer.from(data).toString('hex')}`;

async function byUs(source: McapSource): Promise<Held> {
  const messages: string[] = [];
  if (source.info().messageCount > 0) {
    for await (const message of source.subscribe()) messages.push(line(message.topic, message.schemaName, message));
  }
  const attachments: string[] = [];
  for await (const { name, data } of source.attachments()) attachments.push(`${name} ${data.length}`);
  return {
    messages,
    attachments,
    metadata: source.info().metadata.map(({ name, values }) => `${name} ${JSON.stringify(values)}`),
  };
}

/** By the reference reader, from front to back. */
function byOracle(bytes: Buffer): Held {
  const reader = new McapStreamReader({ decompressHandlers });
  reader.append(bytes);
  const [messages, metadata, attachments]: [string[], string[], string[]] = [[], [], []];
  const channels = new Map<number, McapTypes.Channel>();
  const schemas = new Map<number, McapTypes.Schema>();
  let isSummary = false;
  for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
    if (record.type === 'DataEnd') isSummary = true;
    if (isSummary) continue;
    if (record.type === 'Schema') schemas.set(record.id, record);
    else if (record.type === 'Channel') channels.set(record.id, record);
    else if (record.type === 'Metadata')
      metadata.push(`${record.name} ${JSON.stringify(Object.fromEntries(record.metadata))}`);
    else if (record.type === 'Attachment') attachments.push(`${record.name} ${record.data.length}`);
    else if (record.type === 'Message') {
      const channel = channels.get(record.channelId) as McapTypes.Channel;
      messages.push(line(channel.topic, schemas.get(channel.schemaId)?.name ?? '', record));
    }
  }
  expect(reader.done()).toBe(true);
  return { messages, metadata, attachments };
}

describe('recordings with every combination of features', () => {
  it('are as many as the generator says', () => {
    expect(cases.length).toBeGreaterThan(2500);
    expect(new Set(cases.map(({ features }) => features.join())).size).toBeGreaterThan(1000);
  });

  it('are read by us as by the reference reader, and as they were meant', async () => {
    for (const each of cases) {
      const path = join(folder, each.file);
      const source = await openMcap(path);
      const info = source.info();
      expect({ file: each.file, ...(await byUs(source)) }).toEqual({
        file: each.file,
        ...byOracle(await readFile(path)),
      });
      expect(info).toMatchObject({ truncated: false, messageCount: each.messages.length });
      expect(info.loss, each.file).toBeUndefined();
      expect(info.metadata.map(({ name }) => name)).toEqual(each.metadata);
      const has = (...features: string[]) => features.every((feature) => each.features.includes(feature));
      // read by the index exactly where it leads to everything
      const known = each.schema === '' ? has('rch') : has('rch', 'rsh');
      const toMessages = each.messages.length === 0 || (has('ch', 'mx', 'chx') && known);
      const toRest = (each.metadata.length === 0 || has('mdx')) && (each.attachments.length === 0 || has('ax'));
      expect(info.indexed, each.file).toBe(has('st') && toMessages && toRest);
      await source.close();
    }
  }, 240_000);

  it('are recovered whole: nothing in them is taken for damage', async () => {
    for (const each of cases.filter(
      ({ messages, attachments }, i) => messages.length + attachments.length > 0 && i % 5 === 0,
    )) {
      const path = join(folder, each.file);
      const output = join(folder, 'recovered.mcap');
      const { recovered, lost, whole } = await recoverRecording(path, output);
      expect({ file: each.file, ...lost }).toMatchObject({ messages: 0, bytes: 0, placeCount: 0 });
      // an index with entries for its chunks, if there are chunks
      const on = new Set(each.features);
      const isIndexed = !on.has('ch') || on.has('chx');
      const hasSummary = ['chx', 'st', 'rsh', 'rch', 'ax', 'mdx', 'sum'].some((feature) => on.has(feature));
      expect(whole, each.file).toBe(isIndexed && hasSummary);
      expect(recovered.messages).toBe(each.messages.length);
      const after = byOracle(await readFile(output));
      const before = byOracle(await readFile(path));
      expect(after.messages).toEqual(before.messages);
      expect(after.attachments).toEqual(before.attachments);
    }
  }, 240_000);
});

describe('recordings whose chunks are packed by lz4, as rosbag2 can', () => {
  /** A frame of one block that is stored as it is: nothing here packs lz4. */
  const stored = (data: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE((data.byteLength | 0x80000000) >>> 0);
    const begin = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]);
    return { compression: 'lz4', compressedData: Buffer.concat([begin, length, data, Buffer.alloc(4)]) };
  };

  it('are read, and recovered whole', async () => {
    const buffer = new TempBuffer();
    const writer = new McapWriter({
      chunkSize: 300,
      compressChunk: stored,
      writable: buffer,
    });
    await writer.start({ profile: 'ros2', library: 'other' });
    const metadata = new Map<string, string>();
    const channelId = await writer.registerChannel({ topic: '/a', schemaId: 0, messageEncoding: 'x', metadata });
    for (let sequence = 0; sequence < 60; sequence++) {
      const logTime = BigInt(sequence);
      await writer.addMessage({
        channelId,
        sequence,
        logTime,
        publishTime: 0n,
        data: new Uint8Array(9).fill(sequence),
      });
    }
    await writer.end();
    const path = join(folder, 'lz4.mcap');
    await writeFile(path, buffer.get());
    const expected = byOracle(await readFile(path));
    expect(expected.messages).toHaveLength(60);
    const source = await openMcap(path);
    expect(await byUs(source)).toEqual(expected);
    await source.close();
    const recovered = join(folder, 'lz4-recovered.mcap');
    expect((await recoverRecording(path, recovered)).whole).toBe(true);
    expect(byOracle(await readFile(recovered)).messages).toEqual(expected.messages);
  });
});

describe('recordings that we write', () => {
  /** Of two topics that share a schema, one without, in an order that is not that of time. */
  const messages: BusMessage[] = Array.from({ length: 60 }, (_, i) => ({
    topic: `/t${i % 3}`,
    schemaName: i % 3 === 2 ? '' : 'Example',
    schemaEncoding: i % 3 === 2 ? '' : 'c',
    schemaData: i % 3 === 2 ? new Uint8Array(0) : Uint8Array.of(4, 5, 6),
    messageEncoding: 'a',
    ...(i % 3 === 0 && { channelMetadata: { foo: 'bar' } }),
    data: new Uint8Array(i * 7).fill(i),
    logTime: BigInt((i * 37) % 60),
    publishTime: BigInt(i),
    sequence: i,
  }));
  const expected = messages.map((message) => line(message.topic, message.schemaName, message));

  async function check(path: string, metadata: number, attachments: number): Promise<void> {
    const bytes = await readFile(path);
    const streamed = byOracle(bytes);
    expect(streamed.messages).toEqual(expected);
    expect(streamed.attachments).toHaveLength(attachments);
    const reader = await McapIndexedReader.Initialize({
      readable: {
        size: async () => BigInt(bytes.byteLength),
        read: async (offset, size) => bytes.subarray(Number(offset), Number(offset + size)),
      },
      decompressHandlers,
    });
    const indexed: string[] = [];
    for await (const record of reader.readMessages()) {
      const channel = reader.channelsById.get(record.channelId) as McapTypes.Channel;
      indexed.push(line(channel.topic, reader.schemasById.get(channel.schemaId)?.name ?? '', record));
    }
    expect([...indexed].sort()).toEqual([...expected].sort());
    expect(reader.statistics).toMatchObject({
      messageCount: 60n,
      channelCount: 3,
      schemaCount: 1,
      metadataCount: metadata,
    });
    expect(reader.metadataIndexes).toHaveLength(metadata);
    expect(reader.channelsById.get(0)?.metadata).toEqual(new Map([['foo', 'bar']]));
    expect(reader.dataSectionCrc).toBeGreaterThan(0);
    expect([...reader.summaryOffsetsByOpcode.keys()].length).toBeGreaterThanOrEqual(4);
    for (const { groupStart, groupLength } of reader.summaryOffsetsByOpcode.values()) {
      expect(Number(groupStart + groupLength)).toBeLessThanOrEqual(bytes.length);
    }
  }

  test.each([
    ['zstd', 1 << 20],
    ['zstd', 500],
    ['none', 1 << 20],
    ['none', 500],
  ] as const)(
    'by a replay, %s in chunks of %d bytes, are read by the reference readers',
    async (compression, chunkSize) => {
      const path = join(folder, `sink-${compression}-${chunkSize}.mcap`);
      const sink = await createMcapSink(path, { compression, chunkSize, metadata: { seed: '1' } });
      await sink.addAttachment({ name: 'a', mediaType: 'b', logTime: 1n, createTime: 2n, data: Uint8Array.of(1) });
      for (const message of messages) await sink.write(message);
      await sink.addMetadata('counts', { in: '1' });
      await sink.close();
      await check(path, 2, 1);
    },
  );

  test.each([
    ['none', 1 << 20],
    ['none', 500],
    ['fast', 1 << 20],
    ['fast', 500],
    ['small', 500],
  ] as const)(
    'by a recorder, %s in chunks of %d bytes, are read by the reference readers',
    async (compression, chunkBytes) => {
      const path = join(folder, `recorder-${compression}-${chunkBytes}.mcap`);
      const sink = await createRecordingSink(path, { compression, chunkBytes, metadata: { seed: '1' } });
      for (const message of messages) await sink.write(message);
      await sink.finish();
      await check(path, 2, 0);
    },
  );
});
