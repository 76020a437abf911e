import { Counts } from '../../../timing/index.js';
/** One message of a topic for one client: a few bytes of its own, and the message's bytes that all clients share. */
export interface DataEntry {
  readonly topic: string;
  readonly channelId: number;
  readonly header: Uint8Array;
  readonly data: Uint8Array;
}

/** A text or binary message that a client must not miss. */
export type ControlEntry = string | Uint8Array;

export interface OutboxLimits {
  /** Bytes of data messages that wait, those that are being sent included. */
  readonly bytes: number;
  /** Data messages that wait. */
  readonly messages: number;
  /** Of these, messages of one channel that are larger than {@link LARGE_BYTES}: images, of which old ones are of no use. */
  readonly large: number;
}

export const LARGE_BYTES = 64 << 10;

/**
 * What waits to be sent to one client: control messages, which go first and are never dropped, and data, of which the oldest
 * is dropped, and counted by topic, where the client does not keep up.
 *
 * It holds no more than its limits say, whatever is put into it: where control messages alone exceed them, the client is
 * beyond help, and {@link Outbox.control} says so.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #control: ControlEntry[] = [];
  #controlBytes = 0;
  /** A queue: those before `#first` are gone. */
  #data: DataEntry[] = [];
  #first = 0;
  #dataBytes = 0;
  #time: Uint8Array | undefined;
  /** Large messages that wait, by channel. */
  readonly #large = new Counts<number>();
  readonly #dropped = new Counts();

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /** Data messages that wait. */
  get messages(): number {
    return this.#data.length - this.#first;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#controlBytes + this.#dataBytes;
  }

  get isEmpty(): boolean {
    return this.#control.length === 0 && this.messages === 0 && this.#time === undefined;
  }

  /** Data messages that were dropped because the client was too slow, by topic. */
  get dropped(): Counts {
    return this.#dropped;
  }

  /**
   * @param inFlight bytes that were taken out and are still being sent
   * @returns false where control messages alone fill the outbox: the client reads nothing and must go.
   */
  control(entry: ControlEntry, inFlight: number): boolean {
    this.#control.push(entry);
    this.#controlBytes += sizeOf(entry);
    while (this.messages > 0 && this.bytes + inFlight > this.#limits.bytes) this.#dropOldest();
    return this.#controlBytes <= this.#limits.bytes;
  }

  /** Data that waits; the oldest goes where there is no room, and a message that is larger than all room itself. */
  data(entry: DataEntry, inFlight: number): void {
    const { bytes, messages, large } = this.#limits;
    const size = sizeOfData(entry);
    if (isLarge(entry) && this.#large.of(entry.channelId) >= large) this.#dropLarge(entry.channelId);
    while (this.messages > 0 && (this.messages >= messages || this.bytes + inFlight + size > bytes)) this.#dropOldest();
    if (this.bytes + inFlight + size > bytes) {
      this.#count(entry.topic);
      return;
    }
    this.#data.push(entry);
    this.#dataBytes += size;
    this.#countLarge(entry, 1);
  }

  /** The newest time is enough: one that waits is replaced. */
  time(entry: Uint8Array): void {
    this.#time = entry;
  }

  /** What to send next; undefined when nothing waits. */
  next(): ControlEntry | DataEntry | undefined {
    const control = this.#control.shift();
    if (control !== undefined) {
      this.#controlBytes -= sizeOf(control);
      return control;
    }
    if (this.#time !== undefined) {
      const time = this.#time;
      this.#time = undefined;
      return time;
    }
    return this.#takeOldest();
  }

  /**
   * Forget data that waits, uncounted: of a channel that is gone or unsubscribed, or all of it where what comes next does
   * not continue it.
   */
  forget(channelId?: number): void {
    const kept = channelId === undefined ? [] : this.#waiting().filter((entry) => entry.channelId !== channelId);
    this.#data = kept;
    this.#first = 0;
    this.#dataBytes = kept.reduce((sum, entry) => sum + sizeOfData(entry), 0);
    if (channelId === undefined) this.#large.clear();
    else this.#large.delete(channelId);
  }

  #waiting(): DataEntry[] {
    return this.#data.slice(this.#first);
  }

  #takeOldest(): DataEntry | undefined {
    if (this.messages === 0) return undefined;
    const entry = this.#data[this.#first++];
    this.#dataBytes -= sizeOfData(entry);
    this.#countLarge(entry, -1);
    // What was taken is let go of before it adds up.
    if (this.messages === 0) this.forget();
    else if (this.#first >= 64) {
      this.#data = this.#waiting();
      this.#first = 0;
    }
    return entry;
  }

  /** The oldest large one of a channel. */
  #dropLarge(channelId: number): void {
    const at = this.#data.findIndex((entry, i) => i >= this.#first && entry.channelId === channelId && isLarge(entry));
    const [entry] = this.#data.splice(at, 1);
    this.#dataBytes -= sizeOfData(entry);
    this.#countLarge(entry, -1);
    this.#count(entry.topic);
  }

  #countLarge(entry: DataEntry, by: number): void {
    if (isLarge(entry)) this.#large.add(entry.channelId, by);
  }

  #dropOldest(): void {
    this.#count((this.#takeOldest() as DataEntry).topic);
  }

  #count(topic: string): void {
    this.#dropped.add(topic);
  }
}

/** Of text: at least as many bytes as it has characters; more is not worth counting. */
function sizeOf(entry: ControlEntry): number {
  return typeof entry === 'string' ? entry.length : entry.byteLength;
}

function isLarge({ data }: DataEntry): boolean {
  return data.byteLength > LARGE_BYTES;
}

function sizeOfData({ header, data }: DataEntry): number {
  return header.byteLength + data.byteLength;
}
