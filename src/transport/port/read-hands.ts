import { VoxhandError } from '../../errors/index.js';
import type { HandJoints } from '../../hand/index.js';
import type { HandJointsMessage } from '../../messages/index.js';
import { fromHandJointsMessage, HAND_JOINTS_SCHEMA, recordedCodec } from '../../messages/index.js';
import type { BusSource } from './bus.js';

/**
 * The hands on a topic: results, joints of one decoder, or ground truth. Pulled one by one, in the bus's order.
 *
 * @throws VoxhandError out of the loop: `SCHEMA_UNSUPPORTED` for a topic of another type, `MESSAGE_INVALID`, and
 * whatever the bus throws.
 *
 * @example
 * ```ts
 * for await (const hand of readHands(bus, '/hand/joints')) console.log(hand.stamp, hand.tracked);
 * ```
 */
export async function* readHands(bus: BusSource, topic: string): AsyncGenerator<HandJoints, void, void> {
  for await (const message of bus.subscribe([topic])) {
    requireHands(message.schemaName, topic);
    yield fromHandJointsMessage(recordedCodec(message).decode(message.data) as HandJointsMessage);
  }
}

/** Hands that come one after the other with the same stamp, together: the hands of one moment. */
export async function* handMoments<T extends { readonly stamp: bigint }>(
  hands: AsyncIterable<T>,
): AsyncGenerator<readonly T[], void, void> {
  let moment: T[] = [];
  for await (const hand of hands) {
    if (moment.length > 0 && (moment[0].stamp !== hand.stamp || moment.length === MOST_HANDS)) {
      yield moment;
      moment = [];
    }
    moment.push(hand);
  }
  if (moment.length > 0) yield moment;
}

/** Hands that make up a moment, at most: nobody has so many, but a stamp may be broken. */
const MOST_HANDS = 64;

/** @throws VoxhandError `SCHEMA_UNSUPPORTED` for messages of another type than results */
export function requireHands(schemaName: string, where: string): void {
  if (schemaName === HAND_JOINTS_SCHEMA) return;
  throw new VoxhandError('SCHEMA_UNSUPPORTED', 'not a HandJoints topic', {
    expected: HAND_JOINTS_SCHEMA,
    found: schemaName || 'no schema',
    where,
  });
}

/** Nanoseconds. */
const WIDEST_GAP = 250_000_000n;
/** Moments kept behind the newest one asked for: more than any smoothing window is wide. */
const KEPT = 256;

/**
 * Looks up hands by their stamps in a stream of them that runs alongside, such as ground truth beside results: reads on
 * as far as it is asked for and forgets what is long past, so memory does not grow with the stream.
 *
 * The stream must be in order of stamps, and so, but for 256 moments, must the questions be. One question at a time.
 */
export class HandsByStamp {
  readonly #source: AsyncIterable<HandJoints>;
  #moments: AsyncIterator<readonly HandJoints[]>;
  readonly #known = new Map<bigint, readonly HandJoints[]>();
  #newest: bigint | undefined;
  #forgotten: bigint | undefined;
  #ended = false;

  /** @param hands read again from its beginning where a question is about what was forgotten, if it can be */
  constructor(hands: AsyncIterable<HandJoints>) {
    this.#source = hands;
    this.#moments = handMoments(hands);
  }

  /** The hands of exactly this stamp, tracked or not; undefined where there is nothing of it. Errors of the stream come out here. */
  async at(stamp: bigint): Promise<readonly HandJoints[] | undefined> {
    if (this.#forgotten !== undefined && stamp <= this.#forgotten) await this.#rewind();
    while (!this.#ended && (this.#newest === undefined || this.#newest < stamp)) {
      const step = await this.#moments.next();
      if (step.done === true) this.#ended = true;
      else this.#keep(step.value);
    }
    return this.#known.get(stamp);
  }

  /**
   * The hands of a time that may lie between two moments of the stream: on the straight way from the one to the other. Undefined where no two
   * moments around it are within a quarter of a second of each other.
   */
  async around(stamp: bigint): Promise<readonly HandJoints[] | undefined> {
    const exact = await this.at(stamp);
    if (exact !== undefined) return exact;
    let [before, after]: (bigint | undefined)[] = [];
    for (const known of this.#known.keys()) {
      if (known < stamp && (before === undefined || known > before)) before = known;
      if (known > stamp && (after === undefined || known < after)) after = known;
    }
    if (before === undefined || after === undefined || after - before > WIDEST_GAP) return undefined;
    const [one, other] = [before, after].map((moment) => this.#known.get(moment) ?? []);
    const share = Number(stamp - before) / Number(after - before);
    return one.flatMap((hand) => {
      const next = other.find(({ handId }) => handId === hand.handId);
      if (next === undefined || !hand.tracked || !next.tracked) return [];
      const positions = hand.positions.map((value, i) => value + share * (next.positions[i] - value));
      return [{ ...hand, stamp, positions }];
    });
  }

  /** Leave the stream. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#moments.return?.();
  }

  /** A recording that is replayed again. */
  async #rewind(): Promise<void> {
    const again = this.#source[Symbol.asyncIterator]();
    if (again === (this.#source as unknown)) return; // a stream that can be read once
    await this.#moments.return?.();
    this.#moments = handMoments({ [Symbol.asyncIterator]: () => again });
    this.#known.clear();
    this.#newest = undefined;
    this.#forgotten = undefined;
    this.#ended = false;
  }

  #keep(hands: readonly HandJoints[]): void {
    const [{ stamp }] = hands;
    this.#newest = stamp;
    this.#known.set(stamp, hands);
    if (this.#known.size <= KEPT) return;
    const [oldest] = this.#known.keys();
    this.#known.delete(oldest);
    if (this.#forgotten === undefined || oldest > this.#forgotten) this.#forgotten = oldest;
  }
}
