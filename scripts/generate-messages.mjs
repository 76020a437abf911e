// Writes src/messages/generated.ts from msgs/voxhand_msgs/msg/*.msg and from the standard ROS messages named below, and the list of
// messages in msgs/voxhand_msgs/CMakeLists.txt. Run: node scripts/generate-messages.mjs; with --source it leaves the list as it is (the
// build), with --check it writes nothing and fails where one of them is stale.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from '@foxglove/rosmsg';
import { ros2jazzy } from '@foxglove/rosmsg-msgs-common';
import { isStale, writeIfStale } from './write-if-stale.mjs';

/** The standard messages that voxhand builds or reads; those that they are made of are added. */
const STANDARD = [
  'diagnostic_msgs/DiagnosticArray',
  'geometry_msgs/PointStamped',
  'geometry_msgs/PoseArray',
  'sensor_msgs/CameraInfo',
  'sensor_msgs/CompressedImage',
  'sensor_msgs/Image',
  'sensor_msgs/JointState',
  'sensor_msgs/PointCloud2',
  'tf2_msgs/TFMessage',
  'trajectory_msgs/JointTrajectory',
  'visualization_msgs/MarkerArray',
];
/** Types inside others that have the name of a message all the same. */
const NAMED_AS_MESSAGE = ['geometry_msgs/TransformStamped', 'visualization_msgs/Marker'];
/** Fields that only meshes and textures need: left out of the types, and of what is sent they get their defaults. */
const LEFT_OUT = /^visualization_msgs\/Marker\.(texture|uv_|mesh_)/;

const MSGS = new URL('../msgs/voxhand_msgs/msg/', import.meta.url);
const SOURCE = new URL('../src/messages/generated.ts', import.meta.url);
const CMAKE = new URL('../msgs/voxhand_msgs/CMakeLists.txt', import.meta.url);
const LINE_WIDTH = 120;

const texts = readdirSync(MSGS)
  .sort()
  .map((file) => [`voxhand_msgs/${file.replace('.msg', '')}`, readFileSync(new URL(file, MSGS), 'utf8')]);
const types = new Map([
  ...texts.map(([name, text]) => [name, ownType(name, text)]),
  ...STANDARD.map((name) => [name, { ...ros2jazzy[name], comments: new Map() }]),
]);
for (const { name, definitions } of types.values()) {
  for (const field of definitions) {
    if (!field.isComplex || LEFT_OUT.test(`${name}.${field.name}`) || types.has(field.type)) continue;
    types.set(field.type, { ...ros2jazzy[field.type], comments: new Map() });
  }
}

/** A message of ours with its comments: by the name of a field or constant, and of the message itself under ''. */
function ownType(name, text) {
  const [{ definitions }] = parse(text, { ros2: true, skipTypeFixup: true });
  const comments = new Map();
  const groups = [[]];
  let comment = [];
  let at = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) comment.push(line.replace(/^# ?/, ''));
    else if (line === '') {
      if (at === 0 && comment.length > 0) comments.set('', comment);
      comment = [];
      groups.push([]);
    } else {
      const field = definitions[at++];
      if (comment.length > 0) comments.set(field.name, comment);
      if (field.isConstant) groups.at(-1).push(field);
      comment = [];
    }
  }
  return { name, definitions, comments, groups };
}

/**
 * The constants of a message of ours that count from 0, as the names of a field's values: a group of them without empty lines between
 * belongs to the field of their type whose comment names two of them.
 */
function enumsOf({ name, definitions, comments, groups = [] }) {
  return groups.flatMap((group) => {
    if (group.length < 2 || group[0].type === 'string') return [];
    const names = group.map((constant) => constant.name);
    const isNamed = (field) =>
      names.filter((each) => new RegExp(`\\b${each}\\b`).test(comments.get(field.name)?.join(' '))).length >= 2;
    const fields = definitions.filter((field) => !field.isConstant && field.type === group[0].type && isNamed(field));
    if (fields.length !== 1 || group.some(({ value }, i) => value !== i)) {
      throw new Error(`${name}: ${names} must count from 0, and the comment of one field must name two of them`);
    }
    return [{ field: fields[0].name, names: names.map((each) => each.toLowerCase().replaceAll('_', '-')) }];
  });
}

/** `sensor_msgs/PointCloud2` is `PointCloud2Message`, `std_msgs/ColorRGBA` is `ColorRgba`. */
function typeName(name) {
  const own = name.split('/')[1].replace(/[A-Z]{2,}(?=[A-Z][a-z]|$)/g, (word) => word[0] + word.slice(1).toLowerCase());
  const isMessage = [...texts.map(([each]) => each), ...STANDARD, ...NAMED_AS_MESSAGE].includes(name);
  return isMessage && !own.endsWith('Message') ? `${own}Message` : own;
}

/** `voxhand_msgs/HandJoints` is `HAND_JOINTS`. */
const constantName = (name) =>
  name
    .split('/')[1]
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase();
const schemaName = (name) => name.replace('/', '/msg/');

function fieldType({ type, isComplex, isArray }) {
  if (isComplex) return isArray ? `readonly ${typeName(type)}[]` : typeName(type);
  const [, unsigned, kind, bits] = /^(u?)(int|float)(\d+)$/.exec(type) ?? [];
  if (kind === undefined) {
    const scalar = { bool: 'boolean', string: 'string', time: 'Stamp', duration: 'Stamp' }[type];
    return isArray ? `readonly ${scalar}[]` : scalar;
  }
  if (!isArray) return kind === 'int' && bits === '64' ? 'bigint' : 'number';
  const numbers = `${bits === '64' && kind === 'int' ? 'Big' : ''}${unsigned ? 'Uint' : kind === 'int' ? 'Int' : 'Float'}${bits}`;
  return `${numbers}Array`;
}

function docComment(lines, indent) {
  if (lines === undefined) return '';
  const one = `${indent}/** ${lines.join(' ')} */\n`;
  if (lines.length === 1 && one.length <= LINE_WIDTH + 1) return one;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

function typeText({ name, definitions, comments }) {
  const fields = definitions
    .filter((field) => !field.isConstant && !LEFT_OUT.test(`${name}.${field.name}`))
    .map((field) => `${docComment(comments.get(field.name), '  ')}  readonly ${field.name}: ${fieldType(field)};\n`);
  const about = comments.has('') ? ['', ...comments.get('')] : [];
  const doc = docComment([`\`${schemaName(name)}\`${about.length > 0 ? '.' : ''}`, ...about], '');
  return `\n${doc}export interface ${typeName(name)} {\n${fields.join('')}}\n`;
}

function constantsText({ name, definitions, comments }) {
  const constants = definitions.filter(({ isConstant }) => isConstant);
  if (constants.length === 0) return '';
  const value = (constant) => (typeof constant === 'string' ? `'${constant}'` : String(constant));
  const lines = constants.map(
    (each) => `${docComment(comments.get(each.name), '  ')}  ${each.name}: ${value(each.value)},\n`,
  );
  return `\n/** Constants of \`${schemaName(name)}\`. */\nexport const ${constantName(name)} = {\n${lines.join('')}} as const;\n`;
}

/** As the formatter wants it. */
const LONGEST_LINE = 120;

/** One list for a field that has the same names in several messages, otherwise one for each. */
function enumTexts() {
  const lists = new Map();
  for (const type of types.values()) {
    for (const { field, names } of enumsOf(type)) {
      const list = `[${names.map((each) => `'${each}'`).join(', ')}]`;
      const of = lists.get(`${field} ${list}`) ?? { field, list, messages: [] };
      of.messages.push(type.name);
      lists.set(`${field} ${list}`, of);
    }
  }
  return [...lists.values()].map(({ field, list, messages }) => {
    const shared = messages.length > 1;
    const name = shared ? field.toUpperCase() : `${constantName(messages[0])}_${field.toUpperCase()}`;
    const where = shared ? messages.map((each) => each.split('/')[1]).join(', ') : schemaName(messages[0]);
    const line = `export const ${name} = ${list} as const;`;
    const text =
      line.length <= LONGEST_LINE ? line : line.replace('[', '[\n  ').replaceAll(', ', ',\n  ').replace(']', ',\n]');
    return `\n/** What the numbers of \`${field}\` in ${where} mean: the constants' names. */\n${text}\n`;
  });
}

const escaped = (text) => text.replace(/[\\`]|\$\{/g, '\\$&');
const generated = [
  `// Generated from msgs/voxhand_msgs/msg/*.msg and ROS 2's standard messages by scripts/generate-messages.mjs (npm run generate).
// Change the .msg file or the script, not this file.
import type { Stamp } from '../timing/stamp.js';
`,
  ...[...types.values()].map(typeText),
  '\n/** Message types by schema name. Others of `common_interfaces` are known to the codec too, untyped. */\nexport interface RosMessages {\n',
  ...[...texts.map(([name]) => name), ...STANDARD].map((name) => `  '${schemaName(name)}': ${typeName(name)};\n`),
  '}\n',
  ...[...types.values()].map(constantsText),
  ...enumTexts(),
  ...texts.map(([name]) => `\nexport const ${constantName(name)}_SCHEMA = '${schemaName(name)}';`),
  '\n\n/** The texts of our own `.msg` files, byte for byte, by schema name. */\nexport const OWN_DEFINITIONS = {\n',
  ...texts.map(([name, text]) => `  [${constantName(name)}_SCHEMA]: \`${escaped(text)}\`,\n`),
  '} as const;\n',
].join('');

const listed = texts.map(([name]) => `  "msg/${name.split('/')[1]}.msg"\n`).join('');
const cmake = readFileSync(CMAKE, 'utf8').replace(/( {2}"msg\/\w+\.msg"\n)+/, listed);

const outputs = [[SOURCE, generated], ...(process.argv.includes('--source') ? [] : [[CMAKE, cmake]])];
for (const [file, text] of outputs) {
  if (!process.argv.includes('--check')) writeIfStale(file, text);
  else if (isStale(file, text)) {
    console.error(`${fileURLToPath(file)} is stale: run npm run generate`);
    process.exitCode = 1;
  }
}
