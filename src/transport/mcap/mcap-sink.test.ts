import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { McapIndexedReader, type McapTypes } from '@mcap/core';
import { loadDecompressHandlers } from '@mcap/support';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { HandJoints } from '../../hand/hand-joints.js';
import { JOINT_COUNT } from '../../hand/skeleton.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { toHandJointsMessage } from '../../messages/hand-joints-message.js';
import { toImageMessage } from '../../messages/images.js';
import { jsonCodec } from '../../messages/json-codec.js';
import { toMarkerArray } from '../../messages/marker-array.js';
import { toPointStamped, toPoseArray } from '../../messages/points.js';
import { toSceneUpdate } from '../../messages/scene-update.js';
import { toFrameTransform, toTfMessage } from '../../messages/transforms.js';
import type { BusMessage } from '../port/bus.js';
import { openFileForWriting, type WriteHandle } from './file-writable.js';
import { createMcapSink, type McapSink, type McapSinkOptions } from './mcap-sink.js';
import { openMcap } from './mcap-source.js';

const points = cdrCodec('geometry_msgs/msg/PointStamped');
let folder: string;
let files = 0;
const fresh = () => join(folder, `${files++}.mcap`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-sink-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A message of any size on topic `p`. */
function message(sequence: number, bytes = 100): BusMessage {
  const { schemaName, schemaEncoding, schemaData, messageEncoding } = points;
  const data = new Uint8Array(bytes).fill(sequence);
  const logTime = BigInt(sequence);
  return {
    topic: 'p',
    schemaName,
    schemaEncoding,
    schemaData,
    messageEncoding,
    data,
    logTime,
    publishTime: logTime,
    sequence,
  };
}

/** Read by the reference reader from memory: what others make of our recordings. */
async function oracle(path: string) {
  const bytes = await readFile(path);
  const reader = await McapIndexedReader.Initialize({
    readable: {
      size: async () => BigInt(bytes.byteLength),
      read: async (offset, size) => bytes.subarray(Number(offset), Number(offset + size)),
    },
    decompressHandlers: await loadDecompressHandlers(),
  });
  const messages: McapTypes.Message[] = [];
  for await (const record of reader.readMessages({ validateCrcs: true })) messages.push(record);
  const metadata: McapTypes.Metadata[] = [];
  for await (const record of reader.readMetadata()) metadata.push(record);
  return { reader, messages, metadata };
}

/** A handle whose writes are in the hands of the test. */
function faulty(write: (real: WriteHandle) => WriteHandle['write']): NonNullable<McapSinkOptions['open']> {
  return async (path) => {
    const real = await openFileForWriting(path);
    return {
      write: write(real),
      truncate: (length) => real.truncate(length),
      sync: () => real.sync(),
      close: () => real.close(),
    };
  };
}

/** Bytes that are in use, not only waiting to be collected. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe('a recording that we write', () => {
  it('is what Foxglove and Lichtblick open: ROS 2 by profile, schemas embedded by their full names', async () => {
    const hand: HandJoints = {
      stamp: 5n,
      frameId: 'camera',
      handId: 0,
      handedness: 'right',
      tracked: true,
      positions: new Float64Array(JOINT_COUNT * 3),
      confidences: new Float32Array(JOINT_COUNT),
      lagFrames: 0,
    };
    const path = fresh();
    const sink = await createMcapSink(path, { library: 'voxhand 0.1.0' });
    const image = { ...hand, width: 2, height: 1, encoding: '16UC1', data: new Uint8Array(4) };
    await sink.advertise('hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints')).publish(toHandJointsMessage(hand), 5n);
    await sink.advertise('hand/poses', cdrCodec('geometry_msgs/msg/PoseArray')).publish(toPoseArray(hand), 5n);
    await sink
      .advertise('hand/markers', cdrCodec('visualization_msgs/msg/MarkerArray'))
      .publish(toMarkerArray(hand), 5n);
    await sink.advertise('hand/scene', jsonCodec('foxglove.SceneUpdate')).publish(toSceneUpdate(hand), 5n);
    await sink.advertise('/tf_static', cdrCodec('tf2_msgs/msg/TFMessage')).publish(toTfMessage(hand), 5n);
    await sink.advertise('tf', jsonCodec('foxglove.FrameTransform')).publish(toFrameTransform(hand), 5n);
    await sink.advertise('depth', cdrCodec('sensor_msgs/msg/Image')).publish(toImageMessage(image), 5n);
    await sink.close();

    const { reader, messages } = await oracle(path);
    expect(reader.header).toMatchObject({ profile: 'ros2', library: 'voxhand 0.1.0' });
    expect(messages).toHaveLength(7);
    const channels = [...reader.channelsById.values()].map(({ topic, schemaId, messageEncoding }) => {
      const schema = reader.schemasById.get(schemaId);
      return [topic, messageEncoding, schema?.encoding, schema?.name];
    });
    expect(channels).toEqual([
      ['hand/joints', 'cdr', 'ros2msg', 'voxhand_msgs/msg/HandJoints'],
      ['hand/poses', 'cdr', 'ros2msg', 'geometry_msgs/msg/PoseArray'],
      ['hand/markers', 'cdr', 'ros2msg', 'visualization_msgs/msg/MarkerArray'],
      ['hand/scene', 'json', 'jsonschema', 'foxglove.SceneUpdate'],
      ['/tf_static', 'cdr', 'ros2msg', 'tf2_msgs/msg/TFMessage'],
      ['tf', 'json', 'jsonschema', 'foxglove.FrameTransform'],
      ['depth', 'cdr', 'ros2msg', 'sensor_msgs/msg/Image'],
    ]);
  });

  it('holds each message whole, in order, with checksums and compressed chunks', async () => {
    const path = fresh();
    const sink = await createMcapSink(path, { chunkSize: 1000 });
    for (let i = 0; i < 100; i++) await sink.write(message(i));
    await sink.close();
    const { reader, messages } = await oracle(path);
    expect(messages.map(({ sequence, logTime, data }) => [sequence, logTime, data[0], data.length])).toEqual(
      Array.from({ length: 100 }, (_, i) => [i, BigInt(i), i, 100]),
    );
    expect(reader.chunkIndexes.length).toBeGreaterThan(5);
    expect(new Set(reader.chunkIndexes.map(({ compression }) => compression))).toEqual(new Set(['zstd']));
    expect(reader.dataSectionCrc).toBeGreaterThan(0);
    expect(reader.footer.summaryCrc).toBeGreaterThan(0);
  });

  it('names its origin in front, whatever the order in which the facts are given', async () => {
    const hashes: string[] = [];
    for (const metadata of [
      { seed: '1', model: 'a' },
      { model: 'a', seed: '1' },
    ]) {
      const path = fresh();
      const sink = await createMcapSink(path, { metadata });
      await sink.addMetadata('counts', { in: '3', out: '2' });
      await sink.close();
      hashes.push(
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      );
      expect((await oracle(path)).metadata).toMatchObject([
        {
          name: 'voxhand',
          metadata: new Map([
            ['model', 'a'],
            ['seed', '1'],
          ]),
        },
        {
          name: 'counts',
          metadata: new Map([
            ['in', '3'],
            ['out', '2'],
          ]),
        },
      ]);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('has the same bytes when it is written twice', async () => {
    const hashes = await Promise.all(
      [0, 1].map(async () => {
        const path = fresh();
        const sink = await createMcapSink(path, { chunkSize: 5000, metadata: { seed: '1' } });
        for (let i = 0; i < 300; i++) await sink.write(message(i, 50 + (i % 70)));
        await sink.close();
        return createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
      }),
    );
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('has one schema for topics that share it, and one channel for publishers that share a topic', async () => {
    const path = fresh();
    const sink = await createMcapSink(path);
    for (const topic of ['a', 'b', 'a']) {
      await sink.advertise(topic, points).publish(toPointStamped(1n, 'camera', [0, 0, 1]), 1n);
    }
    await sink.write({ ...message(0), schemaData: points.schemaData.slice() });
    await sink.write({
      ...message(0),
      topic: 'bare',
      schemaName: '',
      schemaEncoding: '',
      schemaData: new Uint8Array(0),
    });
    await sink.close();
    const { reader } = await oracle(path);
    expect(reader.schemasById.size).toBe(1);
    expect([...reader.channelsById.values()].map(({ topic, schemaId }) => [topic, schemaId])).toEqual([
      ['a', 1],
      ['b', 1],
      ['p', 1],
      ['bare', 0],
    ]);
  });

  it('is read in memory that does not grow with its length', async () => {
    const path = fresh();
    const sink = await createMcapSink(path, { chunkSize: 64 << 10 });
    const data = new Uint8Array(4000);
    for (let i = 0; i < 20_000; i++) await sink.write({ ...message(i), data });
    await sink.close();
    const source = await openMcap(path);
    let before = 0;
    let most = 0;
    let count = 0;
    for await (const { sequence } of source.subscribe(['p'])) {
      if (sequence !== count++) throw new Error(`message ${sequence} in place of ${count - 1}`);
      if (count === 2000) before = memoryInUse();
      else if (count % 2000 === 0) most = Math.max(most, memoryInUse() - before);
    }
    expect(count).toBe(20_000);
    expect(most).toBeLessThan(32 << 20); // the rest of the recording holds 72 MB; garbage is not collected on demand
    await source.close();
  });
});

describe('back-pressure', () => {
  it('keeps the order of writes that nobody waits for, and their bytes whole', async () => {
    let waiting = 0;
    let most = 0;
    const open = faulty((real) => async (...args) => {
      most = Math.max(most, ++waiting);
      await new Promise((resolve) => setTimeout(resolve, args[2] % 3));
      waiting--;
      return real.write(...args);
    });
    const path = fresh();
    const sink = await createMcapSink(path, { chunkSize: 500, open });
    const written: number[] = [];
    const writes = Array.from({ length: 100 }, (_, i) => sink.write(message(i)).then(() => written.push(i)));
    await sink.close();
    await Promise.all(writes);
    expect(most).toBe(1);
    expect(written).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect((await oracle(path)).messages.map(({ sequence }) => sequence)).toEqual(written);
  });

  it('refuses what would queue without bound, and goes on when the queue is empty', async () => {
    const path = fresh();
    const sink = await createMcapSink(path, { pendingBytes: 1000 });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => sink.write(message(i))));
    expect(results.map(({ status }) => status)).toEqual([
      ...Array(10).fill('fulfilled'),
      ...Array(10).fill('rejected'),
    ]);
    expect(results[10]).toMatchObject({ reason: { code: 'WRITE_FAILED' } });
    await sink.write(message(20, 5000));
    await sink.close();
    expect((await oracle(path)).messages.map(({ sequence }) => sequence)).toEqual([...Array(10).keys(), 20]);
  });

  it('continues what the disk takes in part', async () => {
    const open = faulty(
      (real) => (buffer, offset, length, position) => real.write(buffer, offset, Math.min(7, length), position),
    );
    const path = fresh();
    const sink = await createMcapSink(path, { chunkSize: 1000, open });
    for (let i = 0; i < 50; i++) await sink.write(message(i));
    await sink.close();
    expect((await oracle(path)).messages).toHaveLength(50);
  });
});

describe('a failing disk', () => {
  /** Full after so many bytes: the last write is taken in part. */
  const full = (capacity: number) =>
    faulty((real) => async (buffer, offset, length, position) => {
      if (position >= capacity) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      return real.write(buffer, offset, Math.min(length, capacity - position), position);
    });

  async function writeUntilFull(sink: McapSink): Promise<number> {
    for (let i = 0; i < 1000; i++) {
      try {
        await sink.write(message(i));
      } catch (error) {
        expect(error).toMatchObject({ code: 'WRITE_FAILED', cause: { code: 'ENOSPC' } });
        return i;
      }
    }
    throw new Error('never full');
  }

  test.each([700, 2000, 3000, 3333])('full at %d bytes, stops the recording with one clear error', async (capacity) => {
    const path = fresh();
    const sink = await createMcapSink(path, { chunkSize: 500, compression: 'none', open: full(capacity) });
    await writeUntilFull(sink);
    await expect(sink.write(message(0))).rejects.toMatchObject({ code: 'WRITE_FAILED', cause: { code: 'ENOSPC' } });
    await expect(sink.close()).rejects.toMatchObject({ code: 'WRITE_FAILED', where: `${path}.partial` });
    expect(await exists(path)).toBe(false);
  });

  it('leaves a file that ends between two records and is readable up to there', async () => {
    const path = fresh();
    const sink = await createMcapSink(path, { chunkSize: 500, compression: 'none', open: full(4000) });
    const written = await writeUntilFull(sink);
    await sink.close().catch(() => undefined);
    const source = await openMcap(`${path}.partial`);
    const { truncated, messageCount, loss } = source.info();
    expect(truncated).toBe(true);
    expect(loss?.lostBytes).toBe(0);
    expect(messageCount).toBeGreaterThan(0);
    // The write that failed may have failed behind its message.
    expect(messageCount).toBeLessThanOrEqual(written + 1);
    await source.close();
  });

  it('that loses what it took is noticed at close', async () => {
    const path = fresh();
    const sink = await createMcapSink(path, {
      open: async (file) => {
        const real = await openFileForWriting(file);
        return {
          write: (...args) => real.write(...args),
          truncate: (length) => real.truncate(length),
          sync: () => Promise.reject(new Error('EIO')),
          close: () => real.close(),
        };
      },
    });
    await sink.write(message(0));
    await expect(sink.close()).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(await exists(path)).toBe(false);
  });

  it('says when there is no place to write to', async () => {
    await expect(createMcapSink(join(folder, 'none', 'a.mcap'))).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      cause: { code: 'ENOENT' },
    });
    const taken = fresh();
    const sink = await createMcapSink(taken);
    await mkdir(taken);
    await expect(sink.close()).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });
});

describe('closing', () => {
  it('gives the file its name only when it is whole, and keeps the old one until then', async () => {
    const path = fresh();
    await writeFile(path, 'old');
    const sink = await createMcapSink(path);
    await sink.write(message(0));
    expect(await readFile(path, 'utf8')).toBe('old');
    await sink.close();
    expect((await oracle(path)).messages).toHaveLength(1);
    expect(await exists(`${path}.partial`)).toBe(false);
  });

  it('happens once, and ends writing', async () => {
    const sink = await createMcapSink(fresh());
    await Promise.all([sink.close(), sink.close()]);
    await expect(sink.write(message(0))).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await expect(sink.addMetadata('a', {})).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });

  it('can be given up without a trace', async () => {
    const path = fresh();
    const sink = await createMcapSink(path);
    await sink.write(message(0));
    await sink.abort();
    expect(await exists(path)).toBe(false);
    expect(await exists(`${path}.partial`)).toBe(false);
    await expect(sink.write(message(1))).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });
});

describe('a message', () => {
  it('of a time that a recording cannot hold is refused, and the recording goes on', async () => {
    const path = fresh();
    const sink = await createMcapSink(path);
    await expect(sink.write({ ...message(0), logTime: -1n })).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await sink.write(message(1));
    await sink.close();
    expect((await oracle(path)).messages).toHaveLength(1);
  });
});

describe('the name of a recording', () => {
  it.each(['a folder', 'a device'])('cannot be that of %s, which would be replaced', async (what) => {
    const path = what === 'a folder' ? folder : '/dev/null';
    await expect(createMcapSink(path, { partialPath: fresh() })).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      found: expect.stringContaining(what === 'a folder' ? 'folder' : 'device'),
    });
  });

  it('with .partial may be that of what a crash left, or of what is read: that is kept', async () => {
    const path = fresh();
    await writeFile(`${path}.partial`, 'crashed');
    await writeFile(`${path}.partial.1`, 'crashed before');
    const sink = await createMcapSink(path);
    await sink.close();
    expect(await readFile(`${path}.partial.1`, 'utf8')).toBe('crashed before');
    expect(await readFile(`${path}.partial.2`, 'utf8')).toBe('crashed');
    expect(await exists(`${path}.partial`)).toBe(false);
    expect(await exists(path)).toBe(true);
  });

  it('is not given to one that was stopped half-way, which is readable all the same', async () => {
    const path = fresh();
    const sink = await createMcapSink(path);
    await sink.write(message(1));
    await sink.leave();
    expect(await exists(path)).toBe(false);
    const source = await openMcap(`${path}.partial`);
    expect(source.info()).toMatchObject({ messageCount: 1, truncated: false, indexed: true });
    await source.close();
  });
});
