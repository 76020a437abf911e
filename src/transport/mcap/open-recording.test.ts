import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zstd from '@foxglove/wasm-zstd';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { cdrCodec, recordedCodec } from '../../messages/index.js';
import { createMcapSink } from './mcap-sink.js';
import { openMcap } from './mcap-source.js';
import { MergedSource } from './merged-source.js';
import { openRecording } from './open-recording.js';
import { RecordingView } from './recording-view.js';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-folder-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fresh = async () => {
  const path = join(folder, String(files++));
  await mkdir(path);
  return path;
};

async function write(path: string, times: readonly number[], topic = '/a'): Promise<void> {
  const sink = await createMcapSink(path, { metadata: { seed: '1' } });
  for (const [sequence, time] of times.entries()) {
    const none = { schemaName: '', schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: 'cdr' };
    const logTime = BigInt(time);
    await sink.write({ ...none, topic, data: Uint8Array.of(sequence), logTime, publishTime: logTime, sequence });
  }
  await sink.close();
}

/** One zstd frame, as rosbag2 makes of a message: its header says the content's size. */
async function compressed(bytes: Uint8Array): Promise<Uint8Array> {
  await zstd.isLoaded;
  return zstd.compress(bytes, 1);
}

/** As rosbag2 of Jazzy writes it, shortened. */
function bagMetadata(paths: readonly string[], more: Record<string, string> = {}): string {
  const { storage = 'mcap', mode = '', format = '' } = more;
  return [
    'rosbag2_bagfile_information:',
    '  version: 9',
    `  storage_identifier: ${storage}`,
    '  duration:',
    '    nanoseconds: 1977733333',
    '  starting_time:',
    '    nanoseconds_since_epoch: 1000',
    '  message_count: 6',
    '  topics_with_message_count:',
    '    - topic_metadata:',
    '        name: /a',
    '        type: std_msgs/msg/String',
    '        serialization_format: cdr',
    '        offered_qos_profiles: []',
    '      message_count: 6',
    `  compression_format: "${format}"`,
    `  compression_mode: "${mode}"`,
    '  relative_file_paths:',
    ...paths.map((path) => `    - ${path}`),
    '  ros_distro: jazzy',
    '',
  ].join('\n');
}

const timesOf = async (path: string, topics?: readonly string[]) => {
  const source = await openRecording(path);
  try {
    const times: number[] = [];
    for await (const { logTime } of source.subscribe(topics)) times.push(Number(logTime));
    return times;
  } finally {
    await source.close();
  }
};

describe('a folder by rosbag2', () => {
  it('is read as one recording, in order of time', async () => {
    const bag = await fresh();
    await write(join(bag, 'bag_0.mcap'), [1, 3, 5]);
    await write(join(bag, 'bag_1.mcap'), [5, 6, 8]);
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['bag_0.mcap', 'bag_1.mcap']));
    expect(await timesOf(bag)).toEqual([1, 3, 5, 5, 6, 8]);
    const source = await openRecording(bag);
    expect(source.info()).toMatchObject({
      path: bag,
      messageCount: 6,
      startTime: 1n,
      endTime: 8n,
      indexed: true,
      topics: [{ topic: '/a', messageCount: 6 }],
      metadata: [{ name: 'voxhand', values: { seed: '1' } }],
    });
    await source.close();
    await expect(source.subscribe()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('says which parts its metadata do not name, which are read too', async () => {
    const bag = await fresh();
    await write(join(bag, 'bag_0.mcap'), [1, 3]);
    await write(join(bag, 'bag_1.mcap'), [5, 6]);
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['bag_0.mcap']));
    expect(await timesOf(bag)).toEqual([1, 3, 5, 6]);
    const source = await openRecording(bag);
    expect(source.info().unlisted).toEqual(['bag_1.mcap']);
    await source.close();
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['bag_0.mcap', 'bag_1.mcap']));
    const whole = await openRecording(bag);
    expect(whole.info()).not.toHaveProperty('unlisted');
    await whole.close();
  });

  test.each([
    ['in another storage', { storage: 'leveldb', mode: '' }, /in leveldb.*ros2 bag convert/],
    ['with files packed as a whole', { mode: 'FILE' }, /zstd -d \S+bag_0.mcap.zstd -o \S+bag_0.mcap;/],
  ])('%s is refused with what can be done', async (_, more, remedy) => {
    const bag = await fresh();
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata([more.mode ? 'bag_0.mcap.zstd' : 'bag_0'], more));
    await expect(openRecording(bag)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(remedy),
    });
  });

  it('with files packed as a whole is read where they were unpacked', async () => {
    const bag = await fresh();
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['bag_0.mcap.zstd', 'bag_1.mcap.zstd'], { mode: 'FILE' }));
    await write(join(bag, 'bag_0.mcap'), [1, 2]);
    await expect(timesOf(bag)).rejects.toMatchObject({ found: `no ${join(bag, 'bag_1.mcap')}` });
    await write(join(bag, 'bag_1.mcap'), [3]);
    expect(await timesOf(bag)).toEqual([1, 2, 3]);
  });

  it('is read after ros2 bag reindex, which leaves its storage unsaid', async () => {
    const bag = await fresh();
    await write(join(bag, 'bag_0.mcap'), [1, 2]);
    await write(join(bag, 'bag_1.mcap'), [3]);
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['bag_0.mcap', 'bag_1.mcap'], { storage: '""' }));
    expect(await timesOf(bag)).toEqual([1, 2, 3]);
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['bag_0'], { storage: '""' }));
    await expect(openRecording(bag)).rejects.toThrow(/another storage than MCAP and sqlite3.*ros2 bag convert/);
  });

  it('is read with later parts of its series, which a killed recorder has not named', async () => {
    const bag = await fresh();
    for (const [i, time] of [1, 2, 3].entries()) await write(join(bag, `bag_${i}.mcap`), [time]);
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['bag_0.mcap']));
    expect(await timesOf(bag)).toEqual([1, 2, 3]);
    await writeFile(join(bag, 'bag_3.mcap.zstd'), '');
    await expect(openRecording(bag)).rejects.toMatchObject({ found: `no ${join(bag, 'bag_3.mcap')}` });
  });

  it('is refused with a recording in it that it does not name, and where a part is missing', async () => {
    const bag = await fresh();
    const metadata = join(bag, 'metadata.yaml');
    await write(join(bag, 'bag_0.mcap'), [1]);
    await write(join(bag, 'hands.mcap'), [2]);
    await writeFile(metadata, bagMetadata(['bag_0.mcap']));
    const other = { code: 'FILE_INVALID', where: metadata, found: 'hands.mcap' };
    await expect(openRecording(bag)).rejects.toMatchObject({ ...other, message: expect.stringMatching(/bag reindex/) });
    await rm(join(bag, 'hands.mcap'));
    await writeFile(metadata, bagMetadata(['bag_0.mcap', 'bag_1.mcap']));
    const missing = { code: 'FILE_NOT_FOUND', where: metadata, found: 'no bag_1.mcap' };
    await expect(openRecording(bag)).rejects.toMatchObject(missing);
  });

  it('whose messages were compressed one by one is read', async () => {
    const bag = await fresh();
    const sink = await createMcapSink(join(bag, 'bag_0.mcap'));
    const codec = cdrCodec('std_msgs/msg/String');
    const texts = ['', 'a', 'b'.repeat(300), 'c'.repeat(100_000)];
    for (const [i, text] of texts.entries()) {
      const { schemaName, schemaEncoding, schemaData, messageEncoding } = codec;
      const schema = { schemaName, schemaEncoding, schemaData, messageEncoding };
      const data = new Uint8Array(await compressed(codec.encode({ data: text })));
      await sink.write({ ...schema, topic: '/a', data, logTime: BigInt(i), publishTime: BigInt(i), sequence: 0 });
    }
    await sink.close();
    const how = { mode: 'MESSAGE', format: 'zstd' };
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['bag_0.mcap'], how));
    const found: unknown[] = [];
    const source = await openRecording(bag);
    for await (const message of source.subscribe()) found.push(recordedCodec(message).decode(message.data));
    await source.close();
    expect(found).toEqual(texts.map((data) => ({ data })));
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['bag_0.mcap'], { ...how, format: 'lz4' }));
    await expect(openRecording(bag)).rejects.toThrow(/messages compressed by lz4.*ros2 bag convert/);
  });

  it('that names files outside of itself, or none, is refused', async () => {
    const bag = await fresh();
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['../../etc/passwd']));
    await expect(openRecording(bag)).rejects.toMatchObject({ code: 'FILE_INVALID' });
    await writeFile(join(bag, 'metadata.yaml'), 'a: [');
    await expect(openRecording(bag)).rejects.toMatchObject({ code: 'FILE_INVALID' });
    await writeFile(join(bag, 'metadata.yaml'), bagMetadata(['bag_0.mcap']));
    await expect(openRecording(bag)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

describe('any other folder', () => {
  it('is read as one recording of its .mcap files', async () => {
    const parts = await fresh();
    for (const [i, times] of [
      [7, 9],
      [1, 2],
      [3, 8],
    ].entries())
      await write(join(parts, `cell_${i}.mcap`), times, `/${i % 2}`);
    expect(await timesOf(parts)).toEqual([1, 2, 3, 7, 8, 9]);
    expect(await timesOf(parts, ['/1'])).toEqual([1, 2]);
    await expect(timesOf(parts, ['/z'])).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
  });

  it('has what a crash left partial too, unless that was recovered', async () => {
    const parts = await fresh();
    await write(join(parts, 'cell_0.mcap'), [1, 2]);
    await write(join(parts, 'whole.mcap'), [3, 4]);
    const bytes = await readFile(join(parts, 'whole.mcap'));
    await rm(join(parts, 'whole.mcap'));
    await writeFile(join(parts, 'cell_1.mcap.partial'), bytes.subarray(0, -20));
    expect(await timesOf(parts)).toEqual([1, 2, 3, 4]);
    const source = await openRecording(parts);
    expect(source.info().loss?.code).toBe('MCAP_TRUNCATED');
    await source.close();
    await writeFile(join(parts, 'cell_1.mcap'), bytes);
    expect(await timesOf(parts)).toEqual([1, 2, 3, 4]);
  });

  it('without one is refused', async () => {
    const other = await fresh();
    await expect(openRecording(other)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});

test.each([
  ['a sqlite3 bag', 'SQLite format 3\0 and so on', /voxhand cut/],
  ['a ROS 1 bag', '#ROSBAG V2.0\n', /mcap convert/],
  ['a packed file', '\x28\xb5\x2f\xfd\x04', /zstd -d/],
])('%s is named, with what can be done', async (_, content, remedy) => {
  const path = join(folder, 'other.bin');
  await writeFile(path, content, 'latin1');
  await expect(openMcap(path)).rejects.toMatchObject({ code: 'FILE_INVALID', message: expect.stringMatching(remedy) });
});

describe('recordings merged', () => {
  it('give every message in order, and open a file no earlier than its turn', async () => {
    const lists = fc.array(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 8 }), { minLength: 1, maxLength: 5 });
    const range = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }));
    for (const [times, [a, b]] of fc.sample(fc.tuple(lists, range), { numRuns: 40, seed: 4 })) {
      const parts = await fresh();
      for (const [i, list] of times.entries()) await write(join(parts, `p_${i}.mcap`), list);
      if (times.flat().length === 0) continue;
      const sources = await Promise.all(times.map((_, i) => openMcap(join(parts, `p_${i}.mcap`))));
      const merged = new MergedSource(parts, sources);
      const found: number[] = [];
      const [start, end] = a < b ? [a, b] : [b, a];
      for await (const { logTime } of merged.subscribe(undefined, { start: BigInt(start), end: BigInt(end) }))
        found.push(Number(logTime));
      expect(found).toEqual(
        times
          .flat()
          .filter((time) => time >= start && time < end)
          .sort((x, y) => x - y),
      );
      await merged.close();
    }
  });

  it('end quietly where they are closed while they are read', async () => {
    const parts = await fresh();
    await write(join(parts, 'p_0.mcap'), [1, 2, 3]);
    await write(join(parts, 'p_1.mcap'), [4, 5]);
    const source = await openRecording(parts);
    const times: bigint[] = [];
    for await (const { logTime } of source.subscribe()) {
      times.push(logTime);
      if (logTime === 3n) void source.close();
    }
    expect(times).toEqual([1n, 2n, 3n]);
  });

  it('can be left at any message', async () => {
    const parts = await fresh();
    await write(join(parts, 'p_0.mcap'), [1, 2, 3]);
    await write(join(parts, 'p_1.mcap'), [1, 2, 3]);
    const source = await openRecording(parts);
    for await (const { logTime } of source.subscribe()) if (logTime === 2n) break;
    await source.close();
  });
});

test('a view gives one topic the name of another: both are there under it', async () => {
  const parts = await fresh();
  await write(join(parts, 'p_0.mcap'), [1, 3], '/a');
  await write(join(parts, 'p_1.mcap'), [2, 4], '/b');
  const view = new RecordingView(await openRecording(parts), { remap: { '/a': '/b' } });
  const found: string[] = [];
  for await (const { topic, logTime } of view.subscribe(['/b'])) found.push(`${topic} ${logTime}`);
  expect(found).toEqual(['/b 1', '/b 2', '/b 3', '/b 4']);
  await view.close();
});

test('of very many topics an error names some', async () => {
  const parts = await fresh();
  for (let i = 0; i < 40; i++) await write(join(parts, `p_${i}.mcap`), [i], `/topic${i}`);
  const source = await openRecording(parts);
  await expect(source.subscribe(['/z'])[Symbol.asyncIterator]().next()).rejects.toThrow(/topic29 \(\) and 10 more;/);
  await source.close();
});
