import { VoxhandError } from '../errors/index.js';
import { SeededRandom } from '../geometry/random.js';
import { later, nanoseconds } from '../timing/index.js';
import { type FaultSettings, type FaultSpec, faultSettings } from './fault-spec.js';

/** How faults are applied to values of one kind. */
export interface FaultTools<T> {
  /** A damaged copy of a value; needed where `corrupt` is among the faults. */
  readonly corrupt?: (value: T, random: SeededRandom) => T;
  /** A copy whose own stamps are moved by so many nanoseconds; needed where `jump` is among the faults. */
  readonly shift?: (value: T, nanoseconds: bigint) => T;
}

export interface FaultCounts {
  /** Values that came. */
  readonly in: number;
  /** Values that went out; `in - dropped - queueFull + duplicated` once nothing waits. */
  readonly out: number;
  readonly dropped: number;
  readonly duplicated: number;
  readonly corrupted: number;
  readonly reordered: number;
  /** Came later than they should, by more than nothing. */
  readonly delayed: number;
  readonly stalls: number;
  readonly jumps: number;
  /** Lost because too many waited. */
  readonly queueFull: number;
}

/** A value and when it comes out, nanoseconds. */
export interface Delivery<T> {
  readonly value: T;
  readonly at: bigint;
}

/** Values that wait at most. */
const MOST_WAITING = 10_000;

/**
 * A line on which things go wrong, in time that the caller counts: what goes in at one time comes out at another, damaged,
 * twice, out of order or never. The same values at the same times, with the same settings, come out the same.
 *
 * @example
 * ```ts
 * const line = new FaultLine<string>({ drop: 0.1, delay: 0.02, seed: 3 });
 * line.push('a', 0n);
 * line.due(20_000_000n); // [{ value: 'a', at: 20_000_000n }]
 * ```
 */
export class FaultLine<T> {
  readonly #settings: FaultSettings;
  readonly #tools: FaultTools<T>;
  readonly #waiting: Delivery<T>[] = [];
  readonly #counts = {
    in: 0,
    out: 0,
    dropped: 0,
    duplicated: 0,
    corrupted: 0,
    reordered: 0,
    delayed: 0,
    stalls: 0,
    jumps: 0,
    queueFull: 0,
  };
  /** The value that the next one overtakes. */
  #overtaken: Delivery<T> | undefined;
  #now: bigint | undefined;
  #last = 0n;
  #stalledUntil = 0n;
  #shift = 0n;

  /** @throws VoxhandError `USAGE` for settings that cannot be, or that need a tool which is not there */
  constructor(faults: FaultSpec, tools: FaultTools<T> = {}) {
    this.#settings = faultSettings(faults);
    this.#tools = tools;
    const { corrupt, jump } = this.#settings;
    if (corrupt > 0 && tools.corrupt === undefined) throw needs('corrupt', 'a function that damages a value');
    if (jump > 0 && tools.shift === undefined) throw needs('jump', "a function that moves a value's stamps");
  }

  get counts(): FaultCounts {
    return { ...this.#counts };
  }

  /** Values that wait for their time. */
  get waiting(): number {
    return this.#waiting.length + (this.#overtaken === undefined ? 0 : 1);
  }

  /**
   * A value comes, at a time that is not before that of the one before: one that is resets the line, and what waits is due at once.
   */
  push(value: T, now: bigint): void {
    const settings = this.#settings;
    if (this.#now !== undefined && now < this.#now) this.#beginAnew(now);
    this.#now = now;
    // a stream of numbers for each value: one kind of fault does not change which values get another
    const draw = new SeededRandom(settings.seed, this.#counts.in++);
    const [drop, stall, jump, corrupt, jitter, reorder, duplicate] = Array.from({ length: 7 }, () => draw.next());
    if (stall < settings.stall) {
      this.#counts.stalls++;
      this.#stalledUntil = later(this.#stalledUntil, now + nanoseconds(settings.stallFor));
    }
    if (jump < settings.jump) {
      this.#counts.jumps++;
      this.#shift += nanoseconds(settings.jumpBy);
    }
    if (drop < settings.drop) {
      this.#counts.dropped++;
      return;
    }
    if (this.waiting >= MOST_WAITING) {
      this.#counts.queueFull++;
      return;
    }
    let faulty = this.#shift === 0n ? value : (this.#tools.shift?.(value, this.#shift) ?? value);
    if (corrupt < settings.corrupt) {
      this.#counts.corrupted++;
      faulty = this.#tools.corrupt?.(faulty, draw) ?? faulty;
    }
    const due = now + nanoseconds(settings.delay + settings.jitter * jitter);
    const at = later(later(due, this.#stalledUntil), this.#last);
    this.#last = at;
    if (at > now) this.#counts.delayed++;
    const delivery = { value: faulty, at };
    const overtaken = this.#overtaken;
    this.#overtaken = undefined;
    if (reorder < settings.reorder && overtaken === undefined) {
      this.#overtaken = delivery;
      return;
    }
    this.#waiting.push(delivery);
    if (duplicate < settings.duplicate) {
      this.#counts.duplicated++;
      this.#waiting.push(delivery);
    }
    if (overtaken !== undefined) {
      this.#counts.reordered++;
      this.#waiting.push({ value: overtaken.value, at });
    }
  }

  /** What comes out up to this time, in order. */
  due(now: bigint): Delivery<T>[] {
    let count = 0;
    while (count < this.#waiting.length && this.#waiting[count].at <= now) count++;
    this.#counts.out += count;
    return this.#waiting.splice(0, count);
  }

  /** When the next one comes out; undefined where none does before another value comes, or {@link end}. */
  next(): bigint | undefined {
    return this.#waiting[0]?.at;
  }

  /** No more values come: what waits to be overtaken is not. The rest still comes out at its time. */
  end(): void {
    if (this.#overtaken !== undefined) this.#waiting.push(this.#overtaken);
    this.#overtaken = undefined;
  }

  #beginAnew(now: bigint): void {
    this.end();
    for (const [i, { value }] of this.#waiting.entries()) this.#waiting[i] = { value, at: now };
    this.#last = now;
    this.#stalledUntil = now;
  }
}

function needs(fault: string, expected: string): VoxhandError {
  return new VoxhandError('USAGE', `${fault} needs to know what values are`, { expected, found: 'none' });
}
