import type { FileReadable } from '../../transport/mcap/file-readable.js';

const BLOCK_BYTES = 1 << 20;

/** Looks into a file at any place, a block at a time: a look into the block that was read last costs nothing. */
export class ByteWindow {
  readonly size: number;
  readonly #file: FileReadable;
  #begin = 0;
  #block: Uint8Array = new Uint8Array(0);
  #mended: readonly [offset: number, byte: number] | undefined;

  private constructor(file: FileReadable, size: number) {
    this.#file = file;
    this.size = size;
  }

  static async open(file: FileReadable): Promise<ByteWindow> {
    return new ByteWindow(file, Number(await file.size()));
  }

  /** Bytes from `offset` on: `length` of them, or fewer at the end of the file. They stay as they are. */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(this.size, offset + length);
    if (offset >= end) return new Uint8Array(0);
    if (offset < this.#begin || end > this.#begin + this.#block.byteLength) {
      const wanted = Math.min(this.size - offset, Math.max(end - offset, BLOCK_BYTES));
      // not needed while the next one is read, which may be large
      this.#block = new Uint8Array(0);
      this.#block = await this.#file.read(BigInt(offset), BigInt(wanted));
      this.#begin = offset;
      this.#apply();
    }
    return this.#block.subarray(offset - this.#begin, end - this.#begin);
  }

  /** Show another byte at `offset` from now on. Of several only the last one is kept. */
  mend(offset: number, byte: number): void {
    this.#mended = [offset, byte];
    this.#apply();
  }

  #apply(): void {
    if (this.#mended === undefined) return;
    const [offset, byte] = this.#mended;
    const i = offset - this.#begin;
    if (i >= 0 && i < this.#block.byteLength) this.#block[i] = byte;
  }

  /** What is in memory from `offset` on, at least `length` bytes where the file has them. */
  async ahead(offset: number, length: number): Promise<Uint8Array> {
    await this.bytes(offset, length);
    return this.#block.subarray(offset - this.#begin);
  }
}
