import { crc32 } from 'node:zlib';

/**
 * Where chunks are and what times they hold, as one number for all of them whatever their order: two of these are equal where both
 * speak of the same chunks. So an index is compared with a file of any size without remembering it.
 */
export class ChunkPlaces {
  readonly #numbers = new BigUint64Array(4);
  #sum = 0n;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(offset: bigint, bytes: bigint, startTime: bigint, endTime: bigint): void {
    this.#numbers.set([offset, bytes, startTime, endTime]);
    this.#sum += BigInt(crc32(new Uint8Array(this.#numbers.buffer)));
    this.#count++;
  }

  equals(other: ChunkPlaces): boolean {
    return this.#count === other.#count && this.#sum === other.#sum;
  }
}
