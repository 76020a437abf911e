import { lastValueFrom, Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { inStep, observe } from './in-step.js';

/** Counts to `end`, and what was pulled and whether it was closed. */
function counter(end = Number.POSITIVE_INFINITY) {
  const state = { pulled: 0, closed: false };
  async function* count() {
    try {
      while (state.pulled < end) yield state.pulled++;
    } finally {
      state.closed = true;
    }
  }
  return { state, values: count() };
}

/** Let everything run that is not waiting for us. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('inStep', () => {
  it('pulls the next value only when the work on this one has completed', async () => {
    const { state, values } = counter();
    const work: Subject<string>[] = [];
    const seen: string[] = [];
    const subscription = inStep(values, () => {
      const next = new Subject<string>();
      work.push(next);
      return next;
    }).subscribe((value) => seen.push(value));
    await settle();
    expect(state.pulled).toBe(1);
    work[0].next('a');
    work[0].next('b');
    await settle();
    expect(state.pulled).toBe(1);
    work[0].complete();
    await settle();
    expect(state.pulled).toBe(2);
    expect(seen).toEqual(['a', 'b']);
    subscription.unsubscribe();
  });

  it('waits for promises as for observables', async () => {
    const { values } = counter(3);
    const seen: number[] = [];
    await inStep(values, async (value) => value * 10).forEach((value) => void seen.push(value));
    expect(seen).toEqual([0, 10, 20]);
  });

  it('stops the work in hand and closes the source when unsubscribed', async () => {
    const { state, values } = counter();
    let stopped = false;
    const endless = new Observable<never>(() => () => {
      stopped = true;
    });
    const subscription = inStep(values, () => endless).subscribe();
    await settle();
    subscription.unsubscribe();
    await settle();
    expect(stopped).toBe(true);
    expect(state).toEqual({ pulled: 1, closed: true });
  });

  it('hands on an error of the work and closes the source', async () => {
    const { state, values } = counter();
    const failing = inStep(values, () => throwError(() => new Error('work')));
    await expect(lastValueFrom(failing)).rejects.toThrow('work');
    await settle();
    expect(state).toEqual({ pulled: 1, closed: true });
  });

  it('hands on an error thrown in place of work', async () => {
    const { values } = counter();
    const failing = inStep(values, (): Observable<never> => {
      throw new Error('at once');
    });
    await expect(lastValueFrom(failing)).rejects.toThrow('at once');
  });

  it('hands on an error of the source after its values', async () => {
    async function* breaks() {
      yield 1;
      throw new Error('source');
    }
    const seen: number[] = [];
    await expect(observe(breaks()).forEach((value) => void seen.push(value))).rejects.toThrow('source');
    expect(seen).toEqual([1]);
  });

  it('works through a long source without growing', async () => {
    const { values } = counter(100_000);
    let sum = 0;
    await inStep(values, (value) => of(value)).forEach((value) => {
      sum += value;
    });
    expect(sum).toBe((100_000 * 99_999) / 2);
  });
});
