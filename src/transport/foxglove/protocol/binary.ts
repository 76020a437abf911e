import { refuse } from './fields.js';

/** Reads the little-endian fields of a binary message in order, and never beyond its end. */
export class BinaryReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 1;

  /** @param what the message's name, for errors. The opcode has been read. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  float32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  /** UTF-8 behind its length of 32 bits. */
  string(field: string): string {
    const length = this.uint32();
    const from = this.#take(length);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.#bytes.subarray(from, from + length));
    } catch {
      return refuse(`${this.#what}.${field}`, 'UTF-8', 'other bytes');
    }
  }

  /** Whatever is left; a view. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  #take(bytes: number): number {
    const from = this.#at;
    const left = this.#bytes.byteLength - from;
    if (bytes > left) refuse(`${this.#what}, byte ${from}`, `${bytes} bytes`, `${left}`);
    this.#at += bytes;
    return from;
  }
}

/** A field of a binary message: how many bytes, and what puts it there. */
type Field = readonly [bytes: number, write: (view: DataView, at: number) => void];

export const u8 = (value: number): Field => [1, (view, at) => view.setUint8(at, value)];
export const u32 = (value: number): Field => [4, (view, at) => view.setUint32(at, value, true)];
export const u64 = (value: bigint): Field => [8, (view, at) => view.setBigUint64(at, BigInt.asUintN(64, value), true)];
export const f32 = (value: number): Field => [4, (view, at) => view.setFloat32(at, value, true)];
export const bytes = (value: Uint8Array): Field => [
  value.byteLength,
  (view, at) => new Uint8Array(view.buffer, view.byteOffset + at, value.byteLength).set(value),
];

/** UTF-8 behind its length of 32 bits. */
export function sized(value: string): readonly Field[] {
  const utf8 = new TextEncoder().encode(value);
  return [u32(utf8.byteLength), bytes(utf8)];
}

/** A binary message of these fields, one after the other; the opcode is the first. */
export function pack(...fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const [size, write] of fields) {
    write(view, at);
    at += size;
  }
  return packed;
}
