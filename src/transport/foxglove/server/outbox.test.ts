import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DataEntry, LARGE_BYTES, Outbox } from './outbox.js';

const HEADER = new Uint8Array(13);
const entry = (topic: string, bytes: number, channelId = topic.charCodeAt(0)): DataEntry => ({
  topic,
  channelId,
  header: HEADER,
  data: new Uint8Array(bytes),
});
const LIMITS = { bytes: 1000, messages: 5, large: 2 };

function drain(outbox: Outbox): unknown[] {
  const all: unknown[] = [];
  for (let next = outbox.next(); next !== undefined; next = outbox.next()) all.push(next);
  return all;
}

describe('an outbox', () => {
  it('gives back data in order, control messages before it, and the newest time between them', () => {
    const outbox = new Outbox(LIMITS);
    const [a, b] = [entry('a', 10), entry('b', 10)];
    outbox.data(a, 0);
    outbox.time(Uint8Array.of(1));
    outbox.control('first', 0);
    outbox.data(b, 0);
    outbox.time(Uint8Array.of(2));
    outbox.control('second', 0);
    expect(outbox.isEmpty).toBe(false);
    expect(drain(outbox)).toEqual(['first', 'second', Uint8Array.of(2), a, b]);
    expect([outbox.isEmpty, outbox.bytes, outbox.messages]).toEqual([true, 0, 0]);
  });

  it('drops the oldest data beyond its number of messages, and counts it by topic', () => {
    const outbox = new Outbox(LIMITS);
    const entries = ['a', 'a', 'b', 'a', 'c', 'c', 'c', 'c'].map((topic) => entry(topic, 1));
    for (const data of entries) outbox.data(data, 0);
    expect(Object.fromEntries(outbox.dropped)).toEqual({ a: 2, b: 1 });
    expect(drain(outbox)).toEqual(entries.slice(3));
  });

  it('drops the oldest data beyond its bytes, with what is in flight', () => {
    const outbox = new Outbox(LIMITS);
    for (const topic of ['a', 'b', 'c']) outbox.data(entry(topic, 287), 0);
    expect(outbox.bytes).toBe(900);
    outbox.data(entry('d', 387), 300);
    expect(Object.fromEntries(outbox.dropped)).toEqual({ a: 1, b: 1 });
    expect(outbox.bytes + 300).toBe(1000);
  });

  it('takes nothing that would not fit alone', () => {
    const outbox = new Outbox(LIMITS);
    outbox.data(entry('a', 988), 0);
    outbox.data(entry('b', 100), 900);
    expect(outbox.isEmpty).toBe(true);
    expect(Object.fromEntries(outbox.dropped)).toEqual({ a: 1, b: 1 });
    outbox.data(entry('a', 987), 0);
    expect(outbox.messages).toBe(1);
  });

  it('makes room for control messages, which are never dropped, and says when they alone do not fit', () => {
    const outbox = new Outbox(LIMITS);
    for (const topic of ['a', 'b']) outbox.data(entry(topic, 187), 0);
    expect(outbox.control('x'.repeat(700), 0)).toBe(true);
    expect(outbox.messages).toBe(1);
    expect(outbox.control(new Uint8Array(300), 0)).toBe(true);
    expect([outbox.messages, outbox.bytes]).toEqual([0, 1000]);
    expect(outbox.control('x', 0)).toBe(false);
    expect(drain(outbox)).toHaveLength(3);
  });

  it('keeps only the newest large messages of a channel', () => {
    const outbox = new Outbox({ bytes: 1e9, messages: 100, large: 2 });
    const images = [1, 2, 3, 4].map((i) => entry('image', LARGE_BYTES + i));
    const others = [entry('image', LARGE_BYTES), entry('small', 1), entry('cloud', LARGE_BYTES + 1)];
    outbox.data(images[0], 0);
    outbox.data(others[0], 0);
    outbox.data(images[1], 0);
    outbox.data(others[1], 0);
    outbox.data(images[2], 0);
    outbox.data(others[2], 0);
    outbox.data(images[3], 0);
    expect(Object.fromEntries(outbox.dropped)).toEqual({ image: 2 });
    expect(drain(outbox)).toEqual([others[0], others[1], images[2], others[2], images[3]]);
  });

  it('forgets what waits of a channel, or all data, uncounted', () => {
    const outbox = new Outbox(LIMITS);
    outbox.control('stays', 0);
    for (const topic of ['a', 'b', 'a', 'c']) outbox.data(entry(topic, 10), 0);
    outbox.forget('a'.charCodeAt(0));
    expect([outbox.messages, outbox.bytes]).toEqual([2, 46 + 5]);
    outbox.forget();
    expect([outbox.messages, outbox.bytes]).toEqual([0, 5]);
    expect(outbox.dropped.size).toBe(0);
    expect(drain(outbox)).toEqual(['stays']);
  });

  it('holds its limits and its order and loses nothing uncounted, whatever happens', () => {
    const limits = { bytes: 400_000, messages: 20, large: 2 };
    const action = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          topic: fc.constantFrom('a', 'b', 'c'),
          bytes: fc.constantFrom(0, 100, 70_000, 200_000, 500_000),
        }),
      },
      { weight: 3, arbitrary: fc.constant('take' as const) },
      { weight: 1, arbitrary: fc.constant('control' as const) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), fc.nat(100_000), (actions, inFlight) => {
        const outbox = new Outbox(limits);
        let number = 0;
        const put = new Map<string, number>();
        const taken: { topic: string; number: number }[] = [];
        const take = () => {
          const next = outbox.next();
          if (next === undefined || typeof next === 'string' || next instanceof Uint8Array) return next;
          taken.push({ topic: next.topic, number: (next as DataEntry & { number: number }).number });
          return next;
        };
        for (const act of actions) {
          if (act === 'take') take();
          else if (act === 'control') outbox.control('xxxx', inFlight);
          else {
            put.set(act.topic, (put.get(act.topic) ?? 0) + 1);
            outbox.data({ ...entry(act.topic, act.bytes), number: number++ } as DataEntry, inFlight);
          }
          expect(outbox.messages).toBeLessThanOrEqual(limits.messages);
          if (outbox.messages > 0) expect(outbox.bytes + inFlight).toBeLessThanOrEqual(limits.bytes);
        }
        while (!outbox.isEmpty) take();
        expect(outbox.bytes).toBe(0);
        const numbers = taken.map((data) => data.number);
        expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
        for (const [topic, count] of put) {
          const got = taken.filter((data) => data.topic === topic).length;
          expect(got + (outbox.dropped.get(topic) ?? 0)).toBe(count);
        }
      }),
    );
  });
});
