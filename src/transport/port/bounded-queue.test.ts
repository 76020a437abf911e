import { describe, expect, it } from 'vitest';
import { BoundedQueue } from './bounded-queue.js';
import type { BusMessage } from './bus.js';

const message = (topic: string, sequence: number) => ({ topic, sequence }) as BusMessage;
const label = ({ value }: IteratorResult<BusMessage, undefined>) => value && `${value.topic}${value.sequence}`;

function queue(capacities: Record<string, number>) {
  const dropped: string[] = [];
  const messages = new BoundedQueue<BusMessage>(
    (topic) => capacities[topic],
    'drop-oldest',
    (old) => dropped.push(`${old.topic}${old.sequence}`),
    ({ topic }) => topic,
  );
  return { messages, dropped };
}

describe('the queue of several topics', () => {
  it('keeps the order in which messages came', async () => {
    const { messages } = queue({ a: 9, b: 9 });
    for (const [topic, n] of [
      ['a', 1],
      ['b', 1],
      ['a', 2],
    ] as const)
      void messages.push(message(topic, n));
    expect([label(await messages.next()), label(await messages.next()), label(await messages.next())]).toEqual([
      'a1',
      'b1',
      'a2',
    ]);
  });

  it('bounds each topic by itself, the oldest goes', async () => {
    const { messages, dropped } = queue({ depth: 1, info: 2 });
    void messages.push(message('info', 1));
    for (let i = 1; i <= 4; i++) void messages.push(message('depth', i));
    void messages.push(message('info', 2));
    void messages.push(message('info', 3));
    expect(dropped).toEqual(['depth1', 'depth2', 'depth3', 'info1']);
    messages.close();
    const left: unknown[] = [];
    for await (const { topic, sequence } of { [Symbol.asyncIterator]: () => messages })
      left.push(`${topic}${sequence}`);
    expect(left).toEqual(['depth4', 'info2', 'info3']);
  });

  it('hands a message to a consumer that waits', async () => {
    const { messages, dropped } = queue({ a: 1 });
    const [first, second] = [messages.next(), messages.next()];
    void messages.push(message('a', 1));
    void messages.push(message('a', 2));
    expect([label(await first), label(await second)]).toEqual(['a1', 'a2']);
    expect(dropped).toEqual([]);
  });

  it('ends when closed, after what waits', async () => {
    const { messages } = queue({ a: 1 });
    void messages.push(message('a', 1));
    messages.close();
    void messages.push(message('a', 2));
    expect(label(await messages.next())).toBe('a1');
    expect((await messages.next()).done).toBe(true);
  });

  it('forgets what waits when its consumer leaves, and lets others of its calls end', async () => {
    const { messages } = queue({ a: 5 });
    const waiting = messages.next();
    await messages.return();
    expect((await waiting).done).toBe(true);
    void messages.push(message('a', 1));
    expect((await messages.next()).done).toBe(true);
  });
});
