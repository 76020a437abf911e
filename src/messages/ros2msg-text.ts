import type { ros2jazzy } from '@foxglove/rosmsg-msgs-common';

/** A message definition as `@foxglove/rosmsg` holds it. */
export type DefinedType = (typeof ros2jazzy)[keyof typeof ros2jazzy];

const SEPARATOR = '='.repeat(80);

/** The parser folds these two into primitives; a ros2msg text must spell them out. */
const FOLDED = new Map([
  ['time', { name: 'builtin_interfaces/Time', text: 'int32 sec\nuint32 nanosec\n' }],
  ['duration', { name: 'builtin_interfaces/Duration', text: 'int32 sec\nuint32 nanosec\n' }],
]);

/**
 * Message definitions as the text that MCAP calls `ros2msg`: the message itself, then each dependency under a line of
 * 80 equal signs and its name.
 *
 * @param originals the original texts of types by name, comments and all, in place of ones made from their fields.
 */
export function ros2msgText(types: readonly DefinedType[], originals: ReadonlyMap<string, string> = new Map()): string {
  const textOf = (type: DefinedType) => originals.get(type.name ?? '') ?? typeText(type);
  const folded = [...FOLDED].filter(([type]) =>
    types.some(({ definitions }) => definitions.some((f) => f.type === type)),
  );
  const sections = [
    ...types.slice(1).map((type) => `MSG: ${type.name}\n${textOf(type)}`),
    ...folded.map(([, { name, text }]) => `MSG: ${name}\n${text}`),
  ];
  return [textOf(types[0]), ...sections].join(`${SEPARATOR}\n`);
}

function typeText(type: DefinedType): string {
  return type.definitions.map((field) => `${fieldText(field)}\n`).join('');
}

function fieldText(field: DefinedType['definitions'][number]): string {
  const type = FOLDED.get(field.type)?.name ?? field.type;
  if (field.isConstant === true) return `${type} ${field.name}=${field.valueText}`;
  const array = field.isArray === true ? `[${arrayBound(field)}]` : '';
  const bound = field.upperBound === undefined ? '' : `<=${field.upperBound}`;
  const value = field.defaultValue === undefined ? '' : ` ${JSON.stringify(field.defaultValue)}`;
  return `${type}${bound}${array} ${field.name}${value}`;
}

function arrayBound(field: DefinedType['definitions'][number]): string {
  if (field.arrayLength !== undefined) return String(field.arrayLength);
  return field.arrayUpperBound === undefined ? '' : `<=${field.arrayUpperBound}`;
}
