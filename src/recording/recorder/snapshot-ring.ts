import type { Chunk } from './chunk.js';

/**
 * The newest messages in memory, as chunks that are packed already. Bounded in time and in bytes, whichever is less: the
 * oldest chunk goes when those after it cover the time alone, or when there is no room.
 */
export class SnapshotRing {
  readonly #ns: bigint;
  readonly #mostBytes: number;
  readonly #chunks: Chunk[] = [];
  #bytes = 0;
  #newest = 0n;

  constructor({ ns, bytes }: { readonly ns: bigint; readonly bytes: number }) {
    this.#ns = ns;
    this.#mostBytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes the chunk, which must own its data; gives those that had to go. */
  push(chunk: Chunk): readonly Chunk[] {
    // a clock that jumps back (a looped bag) begins a new ring: what is there is of another time
    const gone = chunk.endTime + this.#ns < this.#newest ? this.takeAll() : [];
    this.#newest = gone.length > 0 || chunk.endTime > this.#newest ? chunk.endTime : this.#newest;
    this.#chunks.push(chunk);
    this.#bytes += sizeOf(chunk);
    const outdated = () => this.#chunks[0].endTime < this.#newest - this.#ns;
    const dropped = [...gone];
    while (this.#chunks.length > 0 && (this.#bytes > this.#mostBytes || outdated())) {
      const oldest = this.#chunks.shift() as Chunk;
      this.#bytes -= sizeOf(oldest);
      dropped.push(oldest);
    }
    return dropped;
  }

  /** What is there, oldest first; the ring is empty then. */
  takeAll(): readonly Chunk[] {
    this.#bytes = 0;
    return this.#chunks.splice(0);
  }
}

/** Bytes that a chunk is held with. */
export function sizeOf({ header, data }: Chunk): number {
  return header.byteLength + data.byteLength;
}
