import { VoxhandError } from '../errors/index.js';
import { type DefinedField, PRIMITIVE_SIZES, type RosDefinition } from './ros2-definition.js';

/** Bytes before the message: representation identifier and options. */
const HEADER_BYTES = 4;

/**
 * Walk a CDR message by its definition and see that all it declares is really there.
 *
 * The deserializer trusts lengths: it would allocate what a length field says, and read on into neighbouring messages
 * of the same buffer. So every message is walked first; arrays of numbers are stepped over, not read, which costs
 * nothing for an image.
 *
 * @throws VoxhandError `MESSAGE_INVALID` naming the field that does not fit.
 */
export function checkCdr(definition: RosDefinition, bytes: Uint8Array): void {
  if (bytes.byteLength < HEADER_BYTES) {
    throw invalid(definition.schemaName, 'a CDR header of 4 bytes', `${bytes.byteLength} bytes`);
  }
  if (bytes[0] !== 0 || bytes[1] > 1) {
    throw invalid(definition.schemaName, 'plain CDR (00 00 or 00 01)', `representation ${bytes[0]} ${bytes[1]}`);
  }
  new Walk(definition, bytes, HEADER_BYTES, bytes[1] === 1).struct(definition.root, definition.schemaName);
}

/**
 * The same for a message of ROS 1: little-endian, without header and without padding.
 *
 * @throws VoxhandError `MESSAGE_INVALID` naming the field that does not fit.
 */
export function checkRos1(definition: RosDefinition, bytes: Uint8Array): void {
  new Walk(definition, bytes).struct(definition.root, definition.schemaName);
}

class Walk {
  readonly #definition: RosDefinition;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  /** Bytes of a CDR header, behind which fields are aligned to their size; 0 for ROS 1, which aligns nothing. */
  readonly #start: number;
  #at: number;

  constructor(definition: RosDefinition, bytes: Uint8Array, start = 0, littleEndian = true) {
    this.#definition = definition;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
    this.#start = start;
    this.#at = start;
  }

  struct(fields: readonly DefinedField[], where: string): void {
    // IDL knows no empty struct: ROS 2 gives it one byte.
    if (fields.length === 0 && this.#start > 0) this.#skip(1, where);
    for (const field of fields) this.#field(field, `${where}.${field.name}`);
  }

  #field(field: DefinedField, where: string): void {
    const count = field.isArray !== true ? undefined : (field.arrayLength ?? this.#uint32(where));
    const size = PRIMITIVE_SIZES.get(field.type);
    if (field.isComplex === true) {
      const nested = this.#definition.byName.get(field.type) ?? [];
      this.#repeat(count ?? 1, where, () => this.struct(nested, where));
    } else if (size === undefined) {
      this.#repeat(count ?? 1, where, () => this.#skip(this.#uint32(where), where));
    } else if (count !== 0) {
      // Times are two numbers of 4 bytes; an empty sequence is followed by no padding.
      this.#align(field.type === 'time' || field.type === 'duration' ? 4 : size);
      this.#skip(size * (count ?? 1), where);
    }
  }

  /** Each element takes a byte at least, so a count beyond the bytes left is refused before it is walked. */
  #repeat(count: number, where: string, element: () => void): void {
    if (count > this.#view.byteLength - this.#at) throw this.#tooShort(`${count} elements`, where);
    for (let i = 0; i < count; i++) element();
  }

  #uint32(where: string): number {
    this.#align(4);
    this.#skip(4, where);
    return this.#view.getUint32(this.#at - 4, this.#littleEndian);
  }

  #align(size: number): void {
    if (this.#start > 0) this.#at += (size - ((this.#at - this.#start) % size)) % size;
  }

  #skip(count: number, where: string): void {
    if (count > this.#view.byteLength - this.#at) throw this.#tooShort(`${count} bytes`, where);
    this.#at += count;
  }

  #tooShort(expected: string, where: string): VoxhandError {
    const left = Math.max(0, this.#view.byteLength - this.#at);
    return invalid(where, expected, `${left} bytes left of ${this.#view.byteLength}`);
  }
}

function invalid(where: string, expected: string, found: string): VoxhandError {
  return new VoxhandError('MESSAGE_INVALID', 'message does not fit its definition', { expected, found, where });
}
