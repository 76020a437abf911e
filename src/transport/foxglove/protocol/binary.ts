import { type Check, oneOf as nameOf, refuse, type Shape } from './fields.js';

/** Where in a binary message the next field lies. */
class Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #what: string;
  #at = 1;

  /** @param what the message's name, for errors. The opcode has been read. */
  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  /** The place of the next so many bytes; never beyond the end. */
  take(bytes: number): number {
    const from = this.#at;
    const left = this.bytes.byteLength - from;
    if (bytes > left) refuse(`${this.#what}, byte ${from}`, `${bytes} bytes`, `${left}`);
    this.#at += bytes;
    return from;
  }

  /** Whatever is left; a view. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.#at);
  }
}

/** A field of a binary message, both ways. */
export interface Field<T> {
  read(from: Cursor, where: string): T;
  write(value: T): Uint8Array;
}

/** A binary message of one kind, both ways. */
export interface Layout<T> {
  readonly opcode: number;
  /** @throws VoxhandError `MESSAGE_INVALID` naming the field; views of the bytes may be in the result */
  read(bytes: Uint8Array, what: string): T;
  write(message: T): Uint8Array<ArrayBuffer>;
}

function scalar<T>(
  bytes: number,
  get: (view: DataView, at: number) => T,
  set: (view: DataView, value: T) => void,
): Field<T> {
  return {
    read: (from) => get(from.view, from.take(bytes)),
    write: (value) => {
      const view = new DataView(new ArrayBuffer(bytes));
      set(view, value);
      return new Uint8Array(view.buffer);
    },
  };
}

/** Another value in the place of what a field holds. */
function mapped<A, B>(field: Field<A>, decode: (value: A, where: string) => B, encode: (value: B) => A): Field<B> {
  return {
    read: (from, where) => decode(field.read(from, where), where),
    write: (value) => field.write(encode(value)),
  };
}

const u8 = scalar<number>(
  1,
  (view, at) => view.getUint8(at),
  (view, value) => view.setUint8(0, value),
);
export const u32 = scalar<number>(
  4,
  (view, at) => view.getUint32(at, true),
  (view, value) => view.setUint32(0, value, true),
);
export const u64 = scalar<bigint>(
  8,
  (view, at) => view.getBigUint64(at, true),
  (view, value) => view.setBigUint64(0, value, true),
);
export const f32 = scalar<number>(
  4,
  (view, at) => view.getFloat32(at, true),
  (view, value) => view.setFloat32(0, value, true),
);
export const flag: Field<boolean> = mapped(u8, (value) => value !== 0, Number);
export const oneOf = <T extends string>(names: readonly T[]): Field<T> =>
  mapped(u8, nameOf(names), (name) => names.indexOf(name));
/** A field whose value is checked as it is read. */
export const checked = <T>(field: Field<T>, check: Check<T>): Field<T> => mapped(field, check, (value) => value);

/** UTF-8 behind its length of 32 bits. */
export const utf8: Field<string> = {
  read: (from, where) => {
    const length = u32.read(from, where);
    const at = from.take(length);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(from.bytes.subarray(at, at + length));
    } catch {
      return refuse(where, 'UTF-8', 'other bytes');
    }
  },
  write: (value) => {
    const bytes = new TextEncoder().encode(value);
    return joined([u32.write(bytes.byteLength), bytes]);
  },
};
/** The same, empty where there is none. */
export const optionalUtf8: Field<string | undefined> = mapped(
  utf8,
  (value) => (value === '' ? undefined : value),
  (value) => value ?? '',
);
/** Whether there is a time, and the time. */
export const optionalU64: Field<bigint | undefined> = {
  read: (from, where) => {
    const isThere = flag.read(from, where);
    const value = u64.read(from, where);
    return isThere ? value : undefined;
  },
  write: (value) => joined([flag.write(value !== undefined), u64.write(value ?? 0n)]),
};
export const rest: Field<Uint8Array> = { read: (from) => from.rest(), write: (value) => value };

/** A binary message of these fields, one after the other behind its opcode. */
export function layout<F extends Readonly<Record<string, Field<unknown>>>>(
  opcode: number,
  fields: F,
): Layout<Shape<F>> {
  const entries = Object.entries(fields);
  return {
    opcode,
    read: (bytes, what) => {
      const from = new Cursor(bytes, what);
      const read = entries.map(([name, field]) => [name, field.read(from, `${what}.${name}`)]);
      return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as Shape<F>;
    },
    write: (message) => {
      const values = message as Readonly<Record<string, unknown>>;
      return joined([u8.write(opcode), ...entries.map(([name, field]) => field.write(values[name]))]);
    },
  };
}

type Layouts = Readonly<Record<string, Layout<unknown>>>;

/** @returns undefined for an opcode that is not in the table */
export function readBinary(layouts: Layouts, bytes: Uint8Array): unknown {
  const found = Object.entries(layouts).find(([, { opcode }]) => opcode === bytes[0]);
  return found && { op: found[0], ...(found[1].read(bytes, found[0]) as object) };
}

/** @returns undefined for a message that is not in the table: one that travels as text */
export function writeBinary(layouts: Layouts, message: { readonly op: string }): Uint8Array<ArrayBuffer> | undefined {
  return Object.hasOwn(layouts, message.op) ? layouts[message.op].write(message) : undefined;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
