import { parse } from '@foxglove/rosmsg';
import { ros2jazzy } from '@foxglove/rosmsg-msgs-common';
import { VoxhandError } from '../errors/index.js';
import { OWN_DEFINITIONS } from './generated.js';

/** A message definition as `@foxglove/rosmsg` holds it. */
export type DefinedType = (typeof ros2jazzy)[keyof typeof ros2jazzy];

/** One field or constant of a message definition. */
export type DefinedField = DefinedType['definitions'][number];

/** Primitive types with their size in CDR, bytes. `string` is of any size, and `wstring` is not for us. */
export const PRIMITIVE_SIZES: ReadonlyMap<string, number> = new Map([
  ['bool', 1],
  ['int8', 1],
  ['uint8', 1],
  ['int16', 2],
  ['uint16', 2],
  ['int32', 4],
  ['uint32', 4],
  ['int64', 8],
  ['uint64', 8],
  ['float32', 4],
  ['float64', 8],
  ['time', 8],
  ['duration', 8],
]);

/** A message type with all that it is made of, checked: every name is known, and no type contains itself. */
export interface RosDefinition {
  readonly schemaName: string;
  /** The message itself first, then its dependencies. */
  readonly types: readonly DefinedType[];
  /** The fields of the message itself; fields here and in `byName` are those that are sent, without constants. */
  readonly root: readonly DefinedField[];
  readonly byName: ReadonlyMap<string, readonly DefinedField[]>;
  /** The complete ros2msg text. */
  readonly text: string;
}

/** Our own messages, filed like the common ones: `voxhand_msgs/HandJoints`. */
const OWN_TEXTS: ReadonlyMap<string, string> = new Map(
  Object.entries(OWN_DEFINITIONS).map(([name, text]) => [shortName(name), text]),
);

/**
 * The definition of one of our own messages or of ROS 2 Jazzy's common ones.
 *
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for a name that is none of them.
 */
export function knownDefinition(schemaName: string): RosDefinition {
  const root = namedType(shortName(schemaName));
  if (root === undefined || !/^\w+\/msg\/\w+$/.test(schemaName)) {
    throw new VoxhandError('SCHEMA_UNSUPPORTED', 'no definition for this message type', {
      expected: 'package/msg/Type of common_interfaces or voxhand_msgs',
      found: JSON.stringify(schemaName),
    });
  }
  const types = [root];
  for (const type of types) {
    for (const field of type.definitions) {
      const dependency = field.isComplex === true ? namedType(field.type) : undefined;
      if (dependency !== undefined && !types.some(({ name }) => name === dependency.name)) types.push(dependency);
    }
  }
  return checked(schemaName, types, ros2msgText(types));
}

/**
 * The definition that a recording carries with it.
 *
 * @throws VoxhandError `SCHEMA_UNSUPPORTED` for a text that is no complete definition.
 */
export function parseDefinition(
  schemaName: string,
  text: string,
  encoding: 'ros2msg' | 'ros1msg' = 'ros2msg',
): RosDefinition {
  let types: DefinedType[];
  try {
    types = parse(text, { ros2: encoding === 'ros2msg' });
  } catch (cause) {
    throw new VoxhandError('SCHEMA_UNSUPPORTED', `this ${encoding} text does not parse`, { where: schemaName, cause });
  }
  return checked(schemaName, types, text);
}

function dataFields(fields: readonly DefinedField[]): readonly DefinedField[] {
  return fields.filter((field) => field.isConstant !== true);
}

function checked(schemaName: string, types: readonly DefinedType[], text: string): RosDefinition {
  const root = dataFields(types[0]?.definitions ?? []);
  const byName = new Map(types.slice(1).map((type) => [type.name ?? '', dataFields(type.definitions)]));
  const refuse = (expected: string, found: string): never => {
    throw new VoxhandError('SCHEMA_UNSUPPORTED', 'message definition refused', { expected, found, where: schemaName });
  };
  const done = new Set<string>();
  const visit = (fields: readonly DefinedField[], path: readonly string[]): void => {
    for (const { type, isComplex } of fields) {
      if (isComplex !== true) {
        if (type !== 'string' && !PRIMITIVE_SIZES.has(type)) refuse('a primitive type that CDR fixes', type);
      } else if (path.includes(type)) {
        refuse('types that do not contain themselves', [...path, type].join(' > '));
      } else if (!done.has(type)) {
        visit(byName.get(type) ?? refuse('the definition of each type used', `none for ${type}`), [...path, type]);
        done.add(type);
      }
    }
  };
  if (root.length === 0) refuse('at least one field', 'none');
  visit(root, []);
  return { schemaName, types, root, byName, text };
}

function namedType(name: string): DefinedType | undefined {
  const ownText = OWN_TEXTS.get(name);
  if (ownText !== undefined) {
    const [type] = parse(ownText, { ros2: true, skipTypeFixup: true });
    return type && ({ ...type, name } as DefinedType);
  }
  return Object.hasOwn(ros2jazzy, name) ? ros2jazzy[name as keyof typeof ros2jazzy] : undefined;
}

/** `sensor_msgs/msg/Image` is filed as `sensor_msgs/Image`. */
function shortName(schemaName: string): string {
  return schemaName.replace('/msg/', '/');
}

const SEPARATOR = '='.repeat(80);

/** The parser folds these two into primitives; a ros2msg text must spell them out. */
const FOLDED = new Map([
  ['time', { name: 'builtin_interfaces/Time', text: 'int32 sec\nuint32 nanosec\n' }],
  ['duration', { name: 'builtin_interfaces/Duration', text: 'int32 sec\nuint32 nanosec\n' }],
]);

/**
 * Message definitions as the text that MCAP calls `ros2msg`: the message itself, then each dependency under a line of
 * 80 equal signs and its name. The texts of our own messages keep their comments.
 */
function ros2msgText(types: readonly DefinedType[]): string {
  const textOf = (type: DefinedType) => OWN_TEXTS.get(type.name ?? '') ?? typeText(type);
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
