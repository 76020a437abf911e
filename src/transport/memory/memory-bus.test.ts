import { describe, expect, it } from 'vitest';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { toPointStamped } from '../../messages/points.js';
import { MemoryBus } from './memory-bus.js';

const codec = cdrCodec('geometry_msgs/msg/PointStamped');
const point = (stamp: bigint) => toPointStamped(stamp, 'camera', [0, 0, 1]);
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the memory bus', () => {
  it('holds up the publisher when a subscriber is behind by its capacity', async () => {
    const bus = new MemoryBus({ capacity: 2 });
    const publisher = bus.advertise('p', codec);
    const messages = bus.subscribe(['p'])[Symbol.asyncIterator]();
    let published = 0n;
    const publishing = (async () => {
      for (; published < 10n; published++) await publisher.publish(point(published), published);
    })();
    await settle();
    expect(published).toBe(2n);
    expect((await messages.next()).value).toMatchObject({ logTime: 0n });
    await settle();
    expect(published).toBe(3n);
    for (let stamp = 1n; stamp < 10n; stamp++) expect((await messages.next()).value).toMatchObject({ logTime: stamp });
    await publishing;
    expect(bus.dropped).toBe(0);
  });

  it('keeps the order of publishers that do not wait', async () => {
    const bus = new MemoryBus({ capacity: 1 });
    const publisher = bus.advertise('p', codec);
    const messages = bus.subscribe()[Symbol.asyncIterator]();
    for (let stamp = 0n; stamp < 5n; stamp++) void publisher.publish(point(stamp), stamp);
    for (let stamp = 0n; stamp < 5n; stamp++) expect((await messages.next()).value).toMatchObject({ logTime: stamp });
  });

  it('drops the oldest and counts it when told so', async () => {
    const bus = new MemoryBus({ capacity: 2, policy: 'drop-oldest' });
    const publisher = bus.advertise('p', codec);
    const messages = bus.subscribe(['p'])[Symbol.asyncIterator]();
    for (let stamp = 0n; stamp < 5n; stamp++) await publisher.publish(point(stamp), stamp);
    expect(bus.dropped).toBe(3);
    expect((await messages.next()).value).toMatchObject({ logTime: 3n });
    expect((await messages.next()).value).toMatchObject({ logTime: 4n });
    await messages.return?.();
    expect(bus.dropped).toBe(3);
  });

  it('lets a waiting publisher go when its subscriber leaves', async () => {
    const bus = new MemoryBus({ capacity: 1 });
    const publisher = bus.advertise('p', codec);
    const messages = bus.subscribe()[Symbol.asyncIterator]();
    await publisher.publish(point(0n), 0n);
    const waiting = publisher.publish(point(1n), 1n);
    await messages.return?.();
    await expect(waiting).resolves.toBeUndefined();
    await expect(publisher.publish(point(2n), 2n)).resolves.toBeUndefined();
  });

  it('wants a topic only while somebody listens to it', async () => {
    const bus = new MemoryBus();
    const [p, q] = [bus.advertise('p', codec), bus.advertise('q', codec)];
    expect(p.wanted()).toBe(false);
    const messages = bus.subscribe(['p'])[Symbol.asyncIterator]();
    expect([p.wanted(), q.wanted()]).toEqual([true, false]);
    const all = bus.subscribe()[Symbol.asyncIterator]();
    expect([p.wanted(), q.wanted()]).toEqual([true, true]);
    await messages.return?.();
    await all.return?.();
    expect([p.wanted(), q.wanted()]).toEqual([false, false]);
  });

  it('knows the state of its topics, and takes its time from the newest message unless it has a clock', async () => {
    const bus = new MemoryBus({ capacity: 1, policy: 'drop-oldest' });
    expect(bus.now()).toBe(0n);
    const publisher = bus.advertise('p', codec);
    bus.advertise('q', codec);
    bus.subscribe(['p'])[Symbol.asyncIterator]();
    for (const stamp of [5n, 9n, 7n]) await publisher.publish(point(stamp), stamp);
    expect(bus.states()).toEqual([
      { topic: 'p', subscribers: 1, messages: 3, dropped: { 'queue-full': 2 }, lastMessage: 7n },
      { topic: 'q', subscribers: 0, messages: 0, dropped: {} },
    ]);
    expect(bus.now()).toBe(9n);
    expect(new MemoryBus({ now: () => 42n }).now()).toBe(42n);
  });

  it('takes no more messages when it is closed', async () => {
    const bus = new MemoryBus();
    const publisher = bus.advertise('p', codec);
    await bus.close();
    await expect(publisher.publish(point(0n), 0n)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(await bus.subscribe()[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });
});
