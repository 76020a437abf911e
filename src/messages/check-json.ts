import { VoxhandError } from '../errors/index.js';

/** As much of a JSON schema as foxglove's schemas use. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly contentEncoding?: string;
}

/**
 * Compare a value with its JSON schema: types, required properties, items. Numbers must be finite, for JSON has no
 * other.
 *
 * @throws VoxhandError `MESSAGE_INVALID` naming the property.
 */
export function checkJson(schema: JsonSchema, value: unknown, where: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(where, 'a finite number', String(value));
  const { type } = schema;
  if (type !== undefined && TYPES.get(type)?.(value) === false) throw invalid(where, type, kindOf(value));
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    for (const [i, item] of value.entries()) checkJson(items, item, `${where}[${i}]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const key of schema.required ?? []) {
      if (!Object.hasOwn(value, key)) throw invalid(where, `property ${key}`, 'none');
    }
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const member = (value as Record<string, unknown>)[key];
      if (member !== undefined) checkJson(property, member, `${where}.${key}`);
    }
  }
}

const TYPES = new Map<string, (value: unknown) => boolean>([
  ['object', (value) => kindOf(value) === 'object'],
  ['array', Array.isArray],
  ['string', (value) => typeof value === 'string'],
  ['number', (value) => typeof value === 'number'],
  ['integer', Number.isInteger],
  ['boolean', (value) => typeof value === 'boolean'],
]);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function invalid(where: string, expected: string, found: string): VoxhandError {
  return new VoxhandError('MESSAGE_INVALID', 'JSON message does not fit its schema', { expected, found, where });
}
