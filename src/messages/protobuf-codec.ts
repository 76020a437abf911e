import { VoxhandError } from '../errors/index.js';
import type { Codec } from './codec.js';

/** Of a FileDescriptorSet, the numbers of the fields that we read (google/protobuf/descriptor.proto). */
const SET = { file: 1 };
const FILE = { package: 2, messageType: 4 };
const MESSAGE = { name: 1, field: 2, nestedType: 3 };
const FIELD = { name: 1, number: 3, label: 4, type: 5, typeName: 6 };
const REPEATED = 3n;
/** Messages lie in messages at most so deep. */
const DEEPEST = 16;

interface Field {
  readonly name: string;
  readonly repeated: boolean;
  readonly type: number;
  /** Of a message or an enum: `.foxglove.Point3`; without the first dot, relative to the message itself. */
  readonly typeName: string;
}

type MessageFields = ReadonlyMap<number, Field>;

/** One field as it lies on the wire: a number, or bytes. */
interface WireField {
  readonly number: number;
  /** 0 varint, 1 of 8 bytes, 2 bytes with their length, 5 of 4 bytes. */
  readonly wire: number;
  readonly value: bigint;
  readonly bytes: Uint8Array;
}

/** How a value of a scalar type is read: its wire type, and what its bits mean. */
const SCALARS = new Map<number, { readonly wire: number; readonly read: (field: WireField) => unknown }>([
  [1, { wire: 1, read: ({ bytes }) => viewOf(bytes).getFloat64(0, true) }],
  [2, { wire: 5, read: ({ bytes }) => viewOf(bytes).getFloat32(0, true) }],
  [3, { wire: 0, read: ({ value }) => BigInt.asIntN(64, value) }],
  [4, { wire: 0, read: ({ value }) => value }],
  [5, { wire: 0, read: ({ value }) => Number(BigInt.asIntN(32, value)) }],
  [6, { wire: 1, read: ({ bytes }) => viewOf(bytes).getBigUint64(0, true) }],
  [7, { wire: 5, read: ({ bytes }) => viewOf(bytes).getUint32(0, true) }],
  [8, { wire: 0, read: ({ value }) => value !== 0n }],
  [9, { wire: 2, read: ({ bytes }) => textOf(bytes) }],
  [12, { wire: 2, read: ({ bytes }) => bytes }],
  [13, { wire: 0, read: ({ value }) => Number(BigInt.asUintN(32, value)) }],
  [14, { wire: 0, read: ({ value }) => Number(BigInt.asIntN(32, value)) }],
  [15, { wire: 5, read: ({ bytes }) => viewOf(bytes).getInt32(0, true) }],
  [16, { wire: 1, read: ({ bytes }) => viewOf(bytes).getBigInt64(0, true) }],
  [17, { wire: 0, read: ({ value }) => Number(BigInt.asIntN(32, (value >> 1n) ^ -(value & 1n))) }],
  [18, { wire: 0, read: ({ value }) => BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)) }],
]);
const MESSAGE_TYPE = 11;
/** What a field is that was not sent (proto3): 0, nothing. */
const ZERO: WireField = { number: 0, wire: 0, value: 0n, bytes: new Uint8Array(8) };

/**
 * The codec of protobuf messages by the FileDescriptorSet that came with them, as in MCAP and Foxglove. It only decodes.
 *
 * Fields keep the names of their .proto file; those that were not sent have proto3's defaults. Times (google.protobuf.Timestamp and
 * Duration) become `{ sec, nsec }`, as in Foxglove's JSON; bytes are views of the message.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 *
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for bytes that are no FileDescriptorSet, or one without the type.
 */
export function protobufCodec(schemaName: string, schemaData: Uint8Array): Codec<unknown> {
  let types: ReadonlyMap<string, MessageFields>;
  try {
    types = typesOf(schemaData);
  } catch (cause) {
    throw new VoxhandError('SCHEMA_UNSUPPORTED', 'this protobuf schema is no FileDescriptorSet', {
      where: schemaName,
      cause,
    });
  }
  if (!types.has(schemaName)) {
    throw new VoxhandError('SCHEMA_UNSUPPORTED', 'this protobuf schema does not describe its own type', {
      expected: schemaName,
      found: [...types.keys()].slice(0, 10).join(', ') || 'no message type',
    });
  }
  return {
    schemaName,
    schemaEncoding: 'protobuf',
    schemaData,
    messageEncoding: 'protobuf',
    encode: () => {
      throw new VoxhandError('SCHEMA_UNSUPPORTED', 'protobuf messages are only read', { where: schemaName });
    },
    decode: (bytes) => {
      try {
        return decoded(types, schemaName, bytes, 0);
      } catch (cause) {
        throw new VoxhandError('MESSAGE_INVALID', `no protobuf message: ${(cause as Error).message}`, {
          where: schemaName,
          cause,
        });
      }
    },
  };
}

/** The fields of all messages of a FileDescriptorSet, by full name. */
function typesOf(set: Uint8Array): ReadonlyMap<string, MessageFields> {
  const types = new Map<string, MessageFields>();
  const add = (message: Uint8Array, scope: string, depth: number): void => {
    if (depth > DEEPEST) throw new RangeError('types lie too deep in each other');
    const parts = [...wireFields(message)];
    const name = `${scope}${textIn(parts, MESSAGE.name)}`;
    const fields = new Map<number, Field>();
    for (const part of parts) {
      if (part.number === MESSAGE.nestedType) add(part.bytes, `${name}.`, depth + 1);
      if (part.number !== MESSAGE.field) continue;
      const of = [...wireFields(part.bytes)];
      const numberIn = (number: number) => of.findLast((each) => each.number === number)?.value ?? 0n;
      fields.set(Number(numberIn(FIELD.number)), {
        name: textIn(of, FIELD.name),
        repeated: numberIn(FIELD.label) === REPEATED,
        type: Number(numberIn(FIELD.type)),
        typeName: textIn(of, FIELD.typeName),
      });
    }
    types.set(name, fields);
  };
  for (const file of wireFields(set)) {
    if (file.number !== SET.file) continue;
    const parts = [...wireFields(file.bytes)];
    const scope = textIn(parts, FILE.package);
    for (const part of parts) {
      if (part.number === FILE.messageType) add(part.bytes, scope === '' ? '' : `${scope}.`, 0);
    }
  }
  return types;
}

function decoded(types: ReadonlyMap<string, MessageFields>, name: string, bytes: Uint8Array, depth: number): unknown {
  if (depth > DEEPEST) throw new RangeError('messages lie too deep in each other');
  if (name === 'google.protobuf.Timestamp' || name === 'google.protobuf.Duration') return timeOf(bytes);
  const fields = types.get(name);
  if (fields === undefined) throw new RangeError(`the schema does not describe ${name}`);
  const lists = new Map<number, unknown[]>();
  const values = new Map<number, unknown>();
  for (const part of wireFields(bytes)) {
    const field = fields.get(part.number);
    if (field === undefined) continue; // of a newer schema
    const found = valuesOf(types, name, field, part, depth);
    if (field.repeated) lists.set(part.number, (lists.get(part.number) ?? []).concat(found));
    else values.set(part.number, found.at(-1));
  }
  const entries = [...fields].map(([number, field]) => {
    if (field.repeated) return [field.name, lists.get(number) ?? []];
    const unset = field.type === 9 ? '' : field.type === 12 ? new Uint8Array(0) : SCALARS.get(field.type)?.read(ZERO);
    return [field.name, values.get(number) ?? unset];
  });
  return Object.fromEntries(entries);
}

/** Several for a packed field, else one. */
function valuesOf(
  types: ReadonlyMap<string, MessageFields>,
  within: string,
  field: Field,
  part: WireField,
  depth: number,
): readonly unknown[] {
  if (field.type === MESSAGE_TYPE && part.wire === 2) {
    return [decoded(types, fullName(types, within, field.typeName), part.bytes, depth + 1)];
  }
  const scalar = SCALARS.get(field.type);
  if (scalar !== undefined && scalar.wire === part.wire) return [scalar.read(part)];
  if (scalar !== undefined && field.repeated && part.wire === 2) {
    return [...wireFields(part.bytes, scalar.wire)].map((each) => scalar.read(each));
  }
  throw new RangeError(`field ${field.name} has the wire type ${part.wire}`);
}

function fullName(types: ReadonlyMap<string, MessageFields>, within: string, typeName: string): string {
  if (typeName.startsWith('.')) return typeName.slice(1);
  for (let scope = within; scope !== ''; scope = scope.replace(/\.?[^.]*$/, '')) {
    if (types.has(`${scope}.${typeName}`)) return `${scope}.${typeName}`;
  }
  return typeName;
}

function timeOf(bytes: Uint8Array): { readonly sec: number; readonly nsec: number } {
  const parts = [...wireFields(bytes)];
  const of = (number: number) => parts.findLast((part) => part.number === number && part.wire === 0)?.value ?? 0n;
  return { sec: Number(BigInt.asIntN(64, of(1))), nsec: Number(BigInt.asIntN(32, of(2))) };
}

/** @param packed the wire type of values that lie one after another without a key, as those of a list do */
function* wireFields(bytes: Uint8Array, packed?: number): Generator<WireField, void, void> {
  for (let at = 0; at < bytes.length; ) {
    const key = packed === undefined ? varint(bytes, at) : { value: BigInt(packed), next: at };
    const { field, next } = wireValue(bytes, key.next, Number(key.value & 7n), Number(key.value >> 3n));
    yield field;
    at = next;
  }
}

function wireValue(bytes: Uint8Array, at: number, wire: number, number: number) {
  if (wire === 0) {
    const { value, next } = varint(bytes, at);
    return { field: { ...ZERO, number, wire, value }, next };
  }
  const length = wire === 2 ? varint(bytes, at) : { value: wire === 1 ? 8n : 4n, next: at };
  if (wire !== 1 && wire !== 2 && wire !== 5) throw new RangeError(`wire type ${wire}`);
  const end = length.next + Number(length.value);
  if (end > bytes.length) throw new RangeError(`${end - bytes.length} bytes are missing`);
  return { field: { ...ZERO, number, wire, bytes: bytes.subarray(length.next, end) }, next: end };
}

function varint(bytes: Uint8Array, from: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let at = from, shift = 0n; shift < 70n; at++, shift += 7n) {
    if (at >= bytes.length) throw new RangeError('a number is cut off');
    value |= BigInt(bytes[at] & 0x7f) << shift;
    if (bytes[at] < 0x80) return { value: BigInt.asUintN(64, value), next: at + 1 };
  }
  throw new RangeError('a number of more than 64 bits');
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function textIn(parts: readonly WireField[], number: number): string {
  const part = parts.findLast((each) => each.number === number);
  return part === undefined ? '' : textOf(part.bytes);
}
