import { VoxhandError } from '../errors/index.js';
import type { DefinedField, RosDefinition } from './ros2-definition.js';

type Fields = readonly DefinedField[];

const TYPED_ARRAYS = new Map<string, readonly string[]>([
  ['int8', ['Int8Array']],
  ['uint8', ['Uint8Array', 'Uint8ClampedArray', 'Buffer']],
  ['int16', ['Int16Array']],
  ['uint16', ['Uint16Array']],
  ['int32', ['Int32Array']],
  ['uint32', ['Uint32Array']],
  ['int64', ['BigInt64Array']],
  ['uint64', ['BigUint64Array']],
  ['float32', ['Float32Array']],
  ['float64', ['Float64Array']],
]);

const INTEGER = /^(u?)int(8|16|32|64)$/;

/**
 * A message as the serializer can write it without loss.
 *
 * The serializer replaces a value of the wrong type by a default, wraps integers that are too large, writes a length
 * without content for a typed array of another kind, and cuts strings that are not ASCII. So a message is compared with
 * its definition first. Fields that are left out stay so: they get their defaults.
 *
 * @returns the message itself, or a copy along the way to strings that had to be prepared.
 * @throws VoxhandError `MESSAGE_INVALID` naming the field.
 */
export function conform(definition: RosDefinition, message: unknown): unknown {
  return struct(definition, definition.root, message, definition.schemaName);
}

function struct(definition: RosDefinition, fields: Fields, value: unknown, where: string): unknown {
  if (typeof value !== 'object' || value === null) throw invalid(where, 'an object', value);
  let copy: Record<string, unknown> | undefined;
  for (const field of fields) {
    const before = (value as Record<string, unknown>)[field.name];
    if (before === undefined) continue;
    const after = fieldValue(definition, field, before, `${where}.${field.name}`);
    if (after !== before) {
      copy ??= { ...value };
      copy[field.name] = after;
    }
  }
  return copy ?? value;
}

function fieldValue(definition: RosDefinition, field: DefinedField, value: unknown, where: string): unknown {
  if (field.isArray !== true) return element(definition, field, value, where);
  if (ArrayBuffer.isView(value)) {
    const kinds = TYPED_ARRAYS.get(field.type) ?? [];
    if (!kinds.includes(value.constructor.name)) throw invalid(where, kinds[0] ?? `an array of ${field.type}`, value);
    return value;
  }
  if (!Array.isArray(value)) throw invalid(where, `an array of ${field.type}`, value);
  const items = value.map((item, i) => element(definition, field, item, `${where}[${i}]`));
  return items.some((item, i) => item !== value[i]) ? items : value;
}

function element(definition: RosDefinition, field: DefinedField, value: unknown, where: string): unknown {
  if (field.isComplex === true) return struct(definition, definition.byName.get(field.type) ?? [], value, where);
  switch (field.type) {
    case 'string':
      if (typeof value !== 'string') throw invalid(where, 'a string', value);
      return padded(value);
    case 'bool':
      if (typeof value !== 'boolean') throw invalid(where, 'true or false', value);
      return value;
    case 'float32':
    case 'float64':
      if (typeof value !== 'number') throw invalid(where, 'a number', value);
      return value;
    case 'time':
    case 'duration': {
      const { sec, nanosec } = Object(value) as { sec?: unknown; nanosec?: unknown };
      if (!isInteger('int32', sec) || !isInteger('uint32', nanosec)) throw invalid(where, '{ sec, nanosec }', value);
      return value;
    }
    default:
      if (!isInteger(field.type, value)) throw invalid(where, field.type, value);
      return value;
  }
}

function isInteger(type: string, value: unknown): boolean {
  const [, unsigned, digits] = INTEGER.exec(type) as RegExpExecArray;
  const bits = Number(digits);
  if (typeof value === 'bigint') {
    return bits === 64 && (unsigned === 'u' ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value)) === value;
  }
  if (!Number.isSafeInteger(value)) return false;
  const number = value as number;
  return unsigned === 'u'
    ? number >= 0 && number < 2 ** bits
    : number >= -(2 ** (bits - 1)) && number < 2 ** (bits - 1);
}

/**
 * The serializer takes a string's length in UTF-16 units for its length in bytes and cuts what is longer in UTF-8.
 * Filled up with NULs, the string has as many units as bytes, and it is the NULs that are cut.
 */
function padded(text: string): string {
  const bytes = utf8Length(text);
  return bytes === text.length ? text : text.padEnd(bytes, '\0');
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function invalid(where: string, expected: string, value: unknown): VoxhandError {
  const found =
    value === null ? 'null' : typeof value === 'object' ? (value.constructor?.name ?? 'object') : String(value);
  return new VoxhandError('MESSAGE_INVALID', 'message does not fit its definition', { expected, found, where });
}
