import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McapWriter } from '@mcap/core';
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { cutRecording } from '../../recording/cut.js';
import type { BusMessage } from '../port/index.js';
import { FileWritable, openFileForWriting } from './file-writable.js';
import type { McapInfo } from './info.js';
import { provenanceOf } from './info.js';
import { createMcapSink } from './mcap-sink.js';
import { openMcap } from './mcap-source.js';
import { checkSubscription } from './recording-source.js';
import { RecordingView } from './recording-view.js';

const NAMES = ['constructor', '__proto__', 'hasOwnProperty', 'toString'];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-hostile-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

function message(topic: string, logTime: bigint, data = new Uint8Array(8)): BusMessage {
  const schema = { schemaName: topic, schemaEncoding: topic, schemaData: new Uint8Array(0), messageEncoding: topic };
  return {
    topic,
    ...schema,
    data,
    logTime,
    publishTime: logTime,
    sequence: 0,
    channelMetadata: { constructor: topic },
  };
}

async function topicsOf(messages: AsyncIterable<BusMessage>): Promise<string[]> {
  const topics: string[] = [];
  for await (const { topic } of messages) topics.push(topic);
  return topics;
}

describe('a recording whose names are those of objects', () => {
  it('is read, shown under other names and cut like any other', async () => {
    const path = join(folder, 'names.mcap');
    const sink = await createMcapSink(path, { metadata: Object.fromEntries(NAMES.map((name) => [name, name])) });
    for (const [i, name] of NAMES.entries()) await sink.write(message(name, BigInt(i + 1)));
    await sink.close();
    const recording = await openMcap(path);
    expect(await topicsOf(recording.subscribe())).toEqual(NAMES);
    expect(await topicsOf(new RecordingView(recording).subscribe(NAMES))).toEqual(NAMES);
    const view = new RecordingView(recording, { remap: { constructor: '/a' } });
    expect(await topicsOf(view.subscribe(['/a', 'toString']))).toEqual(['/a', 'toString']);
    const provenance = provenanceOf(recording.info());
    expect(Object.keys(provenance).sort()).toEqual([...NAMES].sort());
    expect('valueOf' in provenance).toBe(false);
    await recording.close();
    expect(await cutRecording(path, join(folder, 'names-cut.mcap'))).toMatchObject({ messages: 4, topics: NAMES });
  });

  test.each(NAMES)('is refused as damaged where a chunk says that it is packed by %s', async (compression) => {
    for (const isIndexed of [true, false]) {
      const path = join(folder, `packed-${compression}-${isIndexed}.mcap`);
      const file = new FileWritable(await openFileForWriting(path));
      const compressChunk = (data: Uint8Array) => ({ compression, compressedData: data });
      const writer = new McapWriter({ writable: file, compressChunk, useChunkIndex: isIndexed });
      await writer.start({ profile: '', library: '' });
      const channelId = await writer.registerChannel({
        schemaId: 0,
        topic: '/a',
        messageEncoding: 'x',
        metadata: new Map(),
      });
      await writer.addMessage({ channelId, sequence: 0, logTime: 1n, publishTime: 1n, data: new Uint8Array(8) });
      await writer.end();
      await file.close();
      const recording = await openMcap(path);
      const read = topicsOf(recording.subscribe());
      await expect(read).rejects.toMatchObject({ message: expect.stringMatching(/packed by|Unsupported compression/) });
      await recording.close();
    }
  });
});

test('what is subscribed to is looked up in linear time: 60,000 of 60,000 topics in less than a second', () => {
  const topics = Array.from({ length: 60_000 }, (_, i) => message(`/camera_with_a_long_name/topic_${i}`, 1n));
  const before = process.cpuUsage();
  checkSubscription(
    { path: 'x', messageCount: 1, topics } as unknown as McapInfo,
    false,
    topics.map(({ topic }) => topic),
  );
  const { user } = process.cpuUsage(before);
  expect(user).toBeLessThan(1e6);
});

describe('a recording that unpacks to much more than its size', () => {
  const write = async (name: string) => {
    const path = join(folder, name);
    const sink = await createMcapSink(path);
    for (let i = 0; i < 40; i++) await sink.write(message('/zeros', BigInt(i + 1), new Uint8Array(1 << 20)));
    await sink.close();
    return path;
  };

  test.each([true, false])(
    'is read by default, and refused by its index or without (%s) beyond VOXHAND_MAX_UNPACKED',
    async (isIndexed) => {
      const path = await write(`zeros-${isIndexed}.mcap`);
      expect((await stat(path)).size).toBeLessThan(100_000);
      if (!isIndexed) {
        await truncate(path, (await stat(path)).size - 8);
      }
      const whole = await openMcap(path);
      expect(await topicsOf(whole.subscribe())).toHaveLength(40);
      await whole.close();
      vi.stubEnv('VOXHAND_MAX_UNPACKED', String(30 << 20));
      await expect(openMcap(path)).rejects.toMatchObject({
        code: 'FILE_INVALID',
        expected: expect.stringContaining('31457280 bytes in all; set VOXHAND_MAX_UNPACKED'),
        where: path,
      });
    },
  );
});
