import { nanoseconds } from '../../timing/index.js';
import type { ComparedEvent } from './compared-hand.js';
import { nearestPairs } from './matched-frames.js';

/** Events of a recording that are kept for a comparison; what is beyond is counted. */
const MOST_EVENTS = 100_000;

/** Differences that are listed one by one; what is beyond is only counted. */
const MOST_LISTED = 50;

/** An event that is not where it was. */
export interface EventDifference {
  readonly kind: 'moved' | 'missing' | 'extra';
  readonly hand: string;
  readonly gesture: string;
  readonly phase: string;
  /** Of the golden event, or of the new one where there is no golden one. */
  readonly stamp: bigint;
  /** New minus golden, seconds; null where there are not both. */
  readonly shiftSeconds: number | null;
}

export interface EventComparison {
  readonly golden: number;
  readonly new: number;
  readonly matched: number;
  /** Matched, and not at the same moment. */
  readonly moved: number;
  readonly missing: number;
  readonly extra: number;
  /** Of the matched ones, seconds; null where there are none. */
  readonly meanShiftSeconds: number | null;
  readonly maxShiftSeconds: number | null;
  /** The first ones, by their stamps. */
  readonly differences: readonly EventDifference[];
  /** Events that came after the first 100,000 of a recording: not compared. */
  readonly notCompared: number;
}

/** Collects the gesture events of two recordings, and says which of them moved, came or went. */
export class EventMeter {
  readonly #golden: ComparedEvent[] = [];
  readonly #new: ComparedEvent[] = [];
  #notCompared = 0;

  addGolden(event: ComparedEvent): void {
    this.#add(this.#golden, event);
  }

  addNew(event: ComparedEvent): void {
    this.#add(this.#new, event);
  }

  /**
   * Each event with the nearest of the same hand, gesture and phase.
   *
   * @param windowSeconds what is farther away is another event
   * @param goldenHand the golden hand that a hand of the new recording belongs to; by default that of the same id
   */
  report(windowSeconds: number, goldenHand = (hand: string) => hand): EventComparison {
    const renamed = this.#new.map((event) => ({ ...event, hand: goldenHand(event.hand) }));
    const [golden, found] = [byKey(this.#golden), byKey(renamed)];
    const differences: EventDifference[] = [];
    let [matched, moved, missing, extra, sum, max] = [0, 0, 0, 0, 0, 0];
    const window = nanoseconds(windowSeconds);
    for (const key of new Set([...golden.keys(), ...found.keys()])) {
      for (const pair of nearestPairs(golden.get(key) ?? [], found.get(key) ?? [], window)) {
        const event = (pair.golden ?? pair.new) as ComparedEvent;
        const { hand, gesture, phase, stamp } = event;
        const difference = (kind: EventDifference['kind'], shiftSeconds: number | null) =>
          differences.push({ kind, hand, gesture, phase, stamp, shiftSeconds });
        if (pair.golden === undefined) {
          extra++;
          difference('extra', null);
        } else if (pair.new === undefined) {
          missing++;
          difference('missing', null);
        } else {
          const shift = Number(pair.new.stamp - pair.golden.stamp) / 1e9;
          matched++;
          sum += Math.abs(shift);
          max = Math.max(max, Math.abs(shift));
          if (shift !== 0) {
            moved++;
            difference('moved', shift);
          }
        }
      }
    }
    differences.sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0));
    return {
      golden: this.#golden.length,
      new: this.#new.length,
      matched,
      moved,
      missing,
      extra,
      meanShiftSeconds: matched === 0 ? null : sum / matched,
      maxShiftSeconds: matched === 0 ? null : max,
      differences: differences.slice(0, MOST_LISTED),
      notCompared: this.#notCompared,
    };
  }

  #add(events: ComparedEvent[], event: ComparedEvent): void {
    if (events.length < MOST_EVENTS) events.push(event);
    else this.#notCompared++;
  }
}

/** By hand, gesture and phase, each list by rising stamps. */
function byKey(events: readonly ComparedEvent[]): Map<string, ComparedEvent[]> {
  const lists = new Map<string, ComparedEvent[]>();
  for (const event of events) {
    const key = JSON.stringify([event.hand, event.gesture, event.phase]);
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [event]);
    else list.push(event);
  }
  for (const list of lists.values()) list.sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0));
  return lists;
}
