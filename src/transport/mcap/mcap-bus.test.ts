import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { toPointStamped } from '../../messages/points.js';
import { MemoryBus } from '../memory/memory-bus.js';
import { mcapBus } from './mcap-bus.js';
import { createMcapSink } from './mcap-sink.js';
import { openMcap } from './mcap-source.js';

const codec = cdrCodec('geometry_msgs/msg/PointStamped');
let folder: string;
let input: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-mcap-bus-'));
  input = join(folder, 'in.mcap');
  const sink = await createMcapSink(input);
  const publisher = sink.advertise('in', codec);
  for (let i = 0n; i < 3n; i++) await publisher.publish(toPointStamped(i, 'camera', [0, 0, 1]), i);
  await sink.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the MCAP bus', () => {
  it('reads one recording and writes another', async () => {
    const output = join(folder, 'out.mcap');
    const bus = await mcapBus(input, { output, library: 'test' });
    const publisher = bus.advertise('out', codec);
    for await (const { logTime } of bus.subscribe(['in'])) {
      await publisher.publish(toPointStamped(logTime, 'camera', [0, 0, 2]), logTime);
    }
    await bus.close();
    const written = await openMcap(output);
    expect(written.info()).toMatchObject({ library: 'test', messageCount: 3, topics: [{ topic: 'out' }] });
    await written.close();
  });

  it('writes to any other sink', async () => {
    const output = new MemoryBus();
    const messages = output.subscribe()[Symbol.asyncIterator]();
    const bus = await mcapBus(input, { output });
    await bus.advertise('out', codec).publish(toPointStamped(1n, 'camera', [0, 0, 2]), 1n);
    expect((await messages.next()).value).toMatchObject({ topic: 'out' });
    await bus.close();
    expect((await messages.next()).done).toBe(true);
  });

  it('does not pretend to publish without an output', async () => {
    const bus = await mcapBus(input);
    expect(bus.info().messageCount).toBe(3);
    expect(() => bus.advertise('out', codec)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    await bus.close();
  });

  it('leaves nothing open when its output cannot be made', async () => {
    await expect(mcapBus(input, { output: join(folder, 'none', 'out.mcap') })).rejects.toMatchObject({
      code: 'WRITE_FAILED',
    });
  });
});
