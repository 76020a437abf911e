import { Counts } from '../../timing/index.js';
import type { BusMessage } from '../../transport/port/index.js';
import { messageRecordBytes, writeMessageRecord } from './message-record.js';

/** Buffers kept for later use; more are left to the garbage collector. */
const MOST_SPARES = 16;

/** Messages of each channel in a slab. */
export type SlabCounts = ReadonlyMap<number, number>;

export interface SlabQueueOptions {
  /** Bytes of a slab, and so of a chunk. A larger message has a slab of its own. */
  readonly slabBytes: number;
  /** Bytes that slabs may hold together, those with the worker included. */
  readonly pendingBytes: number;
  /** Hands a full slab to the worker; its buffer must be moved, not copied. */
  readonly send: (buffer: ArrayBuffer, length: number) => void;
}

/**
 * Copies messages into slabs as the records that a chunk is made of, and hands over those that are full: one copy and no
 * allocation for a message. What waits is bounded in bytes.
 */
export class SlabQueue {
  readonly #slabBytes: number;
  readonly #pendingBytes: number;
  readonly #send: SlabQueueOptions['send'];
  readonly #spares: ArrayBuffer[] = [];
  /** Of slabs that are with the worker, in order. */
  readonly #sent: { readonly bytes: number; readonly counts: SlabCounts }[] = [];
  #heldBytes = 0;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #view = new DataView(new ArrayBuffer(0));
  #length = 0;
  #counts = new Counts<number>();

  constructor({ slabBytes, pendingBytes, send }: SlabQueueOptions) {
    this.#slabBytes = slabBytes;
    this.#pendingBytes = pendingBytes;
    this.#send = send;
  }

  /** Whether a message of this size could ever be taken. */
  fits(message: BusMessage): boolean {
    return messageRecordBytes(message) <= this.#pendingBytes;
  }

  /** Take a message; gives false, and does nothing, where there is no room for it now. */
  push(channelId: number, message: BusMessage): boolean {
    const bytes = messageRecordBytes(message);
    if (this.#bytes === undefined || this.#length + bytes > this.#bytes.byteLength) {
      const size = Math.max(bytes, this.#slabBytes);
      if (this.#heldBytes + size > this.#pendingBytes) return false;
      this.flush();
      this.#open(size);
    }
    const slab = this.#bytes as Uint8Array<ArrayBuffer>;
    writeMessageRecord(slab, this.#view, this.#length, channelId, message);
    this.#length += bytes;
    this.#counts.add(channelId);
    return true;
  }

  /** Send what there is. */
  flush(): void {
    if (this.#bytes === undefined || this.#length === 0) return;
    const { buffer } = this.#bytes;
    const length = this.#length;
    this.#sent.push({ bytes: buffer.byteLength, counts: this.#counts });
    this.#bytes = undefined;
    this.#length = 0;
    this.#counts = new Counts();
    this.#send(buffer, length);
  }

  /** The worker is done with the oldest slab that it has. */
  returned(buffer: ArrayBuffer): void {
    const { bytes = 0 } = this.#sent.shift() ?? {};
    this.#heldBytes -= bytes;
    if (buffer.byteLength === this.#slabBytes && this.#spares.length < MOST_SPARES) this.#spares.push(buffer);
  }

  /** The worker is gone: the counts of what it had not given back, and of what waited for it. Nothing is taken afterwards. */
  abandon(): readonly SlabCounts[] {
    const lost = [...this.#sent.map(({ counts }) => counts), this.#counts];
    this.#sent.length = 0;
    this.#spares.length = 0;
    this.#bytes = undefined;
    this.#length = 0;
    this.#counts = new Counts();
    this.#heldBytes = Number.POSITIVE_INFINITY;
    return lost;
  }

  #open(size: number): void {
    const spare = size === this.#slabBytes ? this.#spares.pop() : undefined;
    const buffer = spare ?? new ArrayBuffer(size);
    this.#heldBytes += size;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }
}
