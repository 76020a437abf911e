import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fakePeer, fakeRcl } from '../../../test/helpers/fake-rcl.js';
import { VoxhandError } from '../../errors/voxhand-error.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { toPointStamped } from '../../messages/points.js';
import { openMcap } from '../../transport/mcap/mcap-source.js';
import { toRclQos } from '../../transport/ros2/qos.js';
import { ros2Bus } from '../../transport/ros2/ros2-bus.js';
import { createRecorder } from './recorder.js';
import type { RecordedPart } from './recorder-protocol.js';
import type { SnapshotOutcome } from './recording-sink.js';
import { snapshotService } from './snapshot-service.js';

const part: RecordedPart = { path: 'cell_0.mcap', bytes: 1, messages: 1, whole: true };

describe('the action of a snapshot service', () => {
  it('gives the absolute path of the file, and the reason to the recorder', async () => {
    const reasons: string[] = [];
    const snapshot = async (reason: string) => {
      reasons.push(reason);
      return { part };
    };
    expect(await snapshotService({ snapshot })()).toBe(resolve('cell_0.mcap'));
    await snapshotService({ snapshot }, { reason: 'button' })();
    expect(reasons).toEqual(['service', 'button']);
  });

  it('throws why there is no whole file', async () => {
    const error = new VoxhandError('WRITE_FAILED', 'ENOSPC');
    for (const outcome of [{ error }, { part: { ...part, whole: false }, error }]) {
      await expect(snapshotService({ snapshot: async () => outcome })()).rejects.toBe(error);
    }
  });

  it('answers in time though the disk is slow, refuses more meanwhile, and serves again afterwards', async () => {
    let finish: (outcome: SnapshotOutcome) => void = () => undefined;
    const snapshot = () => new Promise<SnapshotOutcome>((done) => (finish = done));
    const serve = snapshotService({ snapshot }, { waitSeconds: 0.02 });
    await expect(serve()).rejects.toThrow('still being written; the recorder says when it is there');
    await expect(serve()).rejects.toThrow('a snapshot is still being written');
    finish({ part });
    await new Promise((next) => setImmediate(next));
    const answer = serve();
    finish({ part });
    expect(await answer).toBe(resolve('cell_0.mcap'));
  });
});

describe('a recorder on ROS 2 with ~/snapshot', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('writes its ring when somebody calls, names the file, and says why where it cannot', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'voxhand-service-'));
    closing.push(() => rm(folder, { recursive: true }));
    const runtime = fakeRcl();
    const bus = await ros2Bus({
      node: 'voxhand_recorder',
      load: async () => runtime,
      rosArguments: ['--ros-args', '-r', '__ns:=/cell'],
      watchPeriod: 0.01,
    });
    closing.push(() => bus.close());
    const topics: string[] = [];
    const recorder = await createRecorder({
      output: join(folder, 'ring.mcap'),
      sources: [bus],
      topics: ['/p'],
      ring: { seconds: 10 },
      discoverSeconds: 0.01,
      onTopic: (topic) => topics.push(topic),
    });
    closing.push(() => recorder.stop());
    bus.host.trigger('~/snapshot', snapshotService(recorder));
    const call = () => runtime.graph.call<{ success: boolean; message: string }>('/cell/voxhand_recorder/snapshot', {});
    expect(await call()).toEqual({ success: false, message: expect.stringContaining('nothing has come') });

    const codec = cdrCodec('geometry_msgs/msg/PointStamped');
    const qos = toRclQos({ profile: 'reliable', depth: 10, durability: 'volatile' });
    const publisher = fakePeer(runtime.graph).createPublisher(codec.schemaName as never, '/p', { qos });
    while (topics.length === 0) await new Promise((next) => setTimeout(next, 5));
    await new Promise((next) => setTimeout(next, 50));
    for (let i = 0n; i < 5n; i++) publisher.publish(Buffer.from(codec.encode(toPointStamped(i, 'c', [0, 0, 1]))));
    await new Promise((next) => setTimeout(next, 50));
    const answer = await call();
    expect(answer).toEqual({ success: true, message: join(folder, 'ring_0.mcap') });
    const source = await openMcap(answer.message);
    expect(source.info()).toMatchObject({ messageCount: 5, indexed: true, truncated: false });
    expect(source.info().metadata[0].values).toMatchObject({ reason: 'service' });
    await source.close();
    expect((await recorder.stop()).parts).toHaveLength(1);
    expect(await call()).toEqual({ success: false, message: expect.stringContaining('closed') });
    expect(runtime.graph.aborts).toEqual([]);
  });
});
