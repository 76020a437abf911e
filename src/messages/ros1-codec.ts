import { VoxhandError } from '../errors/index.js';
import { checkRos1 } from './check-cdr.js';
import type { Codec } from './codec.js';
import { type DefinedField, parseDefinition, type RosDefinition } from './ros2-definition.js';

/**
 * The codec of a message of ROS 1, as MCAP files made of ROS 1 bags hold them, by the ros1msg text that came with it. It reads
 * only: we write ROS 2. Times have the fields `sec` and `nsec`, a CameraInfo has `K` and `D`, as in ROS 1.
 *
 * The serializer that there is for ROS 1 makes code of the definition and runs it; a recording's definitions must not become
 * code, and the page forbids it.
 *
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for a text that is no complete definition, and from `encode`.
 */
export function ros1CodecFromText(schemaName: string, text: string): Codec<unknown> {
  const definition = parseDefinition(schemaName, text, 'ros1msg');
  return {
    schemaName,
    schemaEncoding: 'ros1msg',
    schemaData: new TextEncoder().encode(text),
    messageEncoding: 'ros1',
    encode: () => {
      throw new VoxhandError('SCHEMA_UNSUPPORTED', 'messages of ROS 1 are read and not written', { where: schemaName });
    },
    decode: (bytes) => {
      checkRos1(definition, bytes);
      return new Reader(definition, bytes).struct(definition.root);
    },
  };
}

type Numeric = (view: DataView, at: number) => unknown;

/** Little-endian, by type; the sizes are those of `PRIMITIVE_SIZES`. */
const NUMBERS: ReadonlyMap<string, readonly [size: number, read: Numeric]> = new Map<string, [number, Numeric]>([
  ['bool', [1, (view, at) => view.getUint8(at) !== 0]],
  ['int8', [1, (view, at) => view.getInt8(at)]],
  ['uint8', [1, (view, at) => view.getUint8(at)]],
  ['int16', [2, (view, at) => view.getInt16(at, true)]],
  ['uint16', [2, (view, at) => view.getUint16(at, true)]],
  ['int32', [4, (view, at) => view.getInt32(at, true)]],
  ['uint32', [4, (view, at) => view.getUint32(at, true)]],
  ['int64', [8, (view, at) => view.getBigInt64(at, true)]],
  ['uint64', [8, (view, at) => view.getBigUint64(at, true)]],
  ['float32', [4, (view, at) => view.getFloat32(at, true)]],
  ['float64', [8, (view, at) => view.getFloat64(at, true)]],
  ['time', [8, (view, at) => ({ sec: view.getUint32(at, true), nsec: view.getUint32(at + 4, true) })]],
  ['duration', [8, (view, at) => ({ sec: view.getInt32(at, true), nsec: view.getInt32(at + 4, true) })]],
]);

/** Reads a message whose lengths were checked. */
class Reader {
  readonly #definition: RosDefinition;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(definition: RosDefinition, bytes: Uint8Array) {
    this.#definition = definition;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  struct(fields: readonly DefinedField[]): Record<string, unknown> {
    return Object.fromEntries(fields.map((field) => [field.name, this.#field(field)]));
  }

  #field({ type, isArray, arrayLength }: DefinedField): unknown {
    if (isArray !== true) return this.#element(type);
    const count = arrayLength ?? this.#uint32();
    if (type === 'uint8') return this.#take(count);
    return Array.from({ length: count }, () => this.#element(type));
  }

  #element(type: string): unknown {
    const [size, read] = NUMBERS.get(type) ?? [];
    if (size !== undefined && read !== undefined) {
      this.#at += size;
      return read(this.#view, this.#at - size);
    }
    if (type === 'string') return new TextDecoder().decode(this.#take(this.#uint32()));
    return this.struct(this.#definition.byName.get(type) ?? []);
  }

  #uint32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  /** A part of the message's own bytes. */
  #take(count: number): Uint8Array {
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}
