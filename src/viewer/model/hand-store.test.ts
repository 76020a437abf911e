import { describe, expect, it } from 'vitest';
import { type HandJoints, lostHand } from '../../hand/hand-joints.js';
import { HandStore } from './hand-store.js';

const MS = 1_000_000n;

function hand(stamp: bigint, handId = 0): HandJoints {
  return {
    ...lostHand(stamp, 'cam', 'right', handId),
    tracked: true,
    positions: new Float64Array(63),
    confidences: new Float32Array(21),
  };
}

describe('the hands that are shown', () => {
  it('are gone at once when they are lost', () => {
    const store = new HandStore();
    store.put(hand(0n), 0);
    expect(store.presence(1, true)).toBe('tracked');
    store.put(lostHand(33n * MS, 'cam'), 33);
    expect(store.hands).toEqual([]);
    expect(store.presence(34, true)).toBe('lost');
  });

  it('may be two, each with its own end', () => {
    const store = new HandStore();
    store.put(hand(0n, 1), 0);
    store.put(hand(0n, 0), 0);
    expect(store.hands.map(({ handId }) => handId)).toEqual([0, 1]);
    store.put(lostHand(1n, 'cam', 'right', 1), 1);
    expect(store.hands.map(({ handId }) => handId)).toEqual([0]);
    expect(store.presence(2, true)).toBe('tracked');
  });

  it('leave when others have left them behind, or when time jumps back', () => {
    const store = new HandStore();
    store.put(hand(1000n * MS, 0), 0);
    store.put(hand(1400n * MS, 1), 0);
    expect(store.hands).toHaveLength(2);
    store.put(hand(1600n * MS, 1), 0);
    expect(store.hands.map(({ handId }) => handId)).toEqual([1]);
    store.put(hand(0n, 2), 0);
    expect(store.hands.map(({ handId }) => handId)).toEqual([2]);
  });

  it('are stale after a second of silence, but not while nothing is expected', () => {
    const store = new HandStore();
    expect(store.presence(5000, true)).toBe('waiting');
    store.put(hand(0n), 0);
    expect(store.presence(1000, true)).toBe('tracked');
    expect(store.presence(1001, true)).toBe('stale');
    expect(store.presence(1001, false)).toBe('tracked');
    store.restart(1001);
    expect(store.presence(2001, true)).toBe('tracked');
    expect(store.silence(2001)).toBe(1000);
  });

  it('are no more than eight, whatever comes', () => {
    const store = new HandStore();
    for (let id = 0; id < 1000; id++) store.put(hand(0n, id), 0);
    expect(store.hands).toHaveLength(8);
    store.clear();
    expect(store.presence(0, true)).toBe('waiting');
  });
});
