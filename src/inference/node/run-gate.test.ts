import { describe, expect, it } from 'vitest';
import { RunGate, unwatchGate, watchGate } from './run-gate.js';

describe('RunGate', () => {
  it('is busy at first, then lets one in at a time, and nobody once it is shut', () => {
    const [main, worker] = ((gate) => [gate, new RunGate(gate.memory)])(new RunGate());
    expect(worker.enter()).toBe(false);
    worker.leave();
    expect(worker.enter()).toBe(true);
    expect(worker.enter()).toBe(false);
    worker.leave();
    main.shut(0);
    expect(worker.enter()).toBe(false);
    worker.leave();
    expect(worker.enter()).toBe(false);
  });

  it('waits for who is inside no longer than it is told', () => {
    const gate = new RunGate();
    gate.shut(1);
    gate.leave();
    expect(gate.enter()).toBe(true);
  });

  it('listens to the process only while there is a gate', () => {
    const before = process.listenerCount('exit');
    const gates = [new RunGate(), new RunGate()];
    gates.forEach(watchGate);
    expect(process.listenerCount('exit')).toBe(before + 1);
    gates.forEach(unwatchGate);
    expect(process.listenerCount('exit')).toBe(before);
  });
});
