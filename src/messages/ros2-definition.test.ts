import { readdirSync, readFileSync } from 'node:fs';
import { parse } from '@foxglove/rosmsg';
import { ros2jazzy } from '@foxglove/rosmsg-msgs-common';
import { describe, expect, it, test } from 'vitest';
import { HAND_ARRAY_SCHEMA, HAND_JOINTS_SCHEMA, OWN_DEFINITIONS } from './generated.js';
import { knownDefinition, parseDefinition } from './ros2-definition.js';

const refused = expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED' });

const MSGS = new URL('../../msgs/voxhand_msgs/', import.meta.url);

const MESSAGES = readdirSync(new URL('msg', MSGS)).map((file) => file.replace('.msg', ''));
const TIMES = ['builtin_interfaces/Time', 'builtin_interfaces/Duration'];

/** What a message of ours depends on, in the order of its text. */
const DEPENDENCIES: readonly [string, readonly string[]][] = [
  ['HandVoxels', ['std_msgs/Header', 'builtin_interfaces/Time']],
  ['HandFeedback', ['std_msgs/Header', 'builtin_interfaces/Time']],
  ['HandJoints', ['std_msgs/Header', 'geometry_msgs/Point', ...TIMES]],
  ['HandArray', ['std_msgs/Header', 'voxhand_msgs/HandJoints', 'geometry_msgs/Point', ...TIMES]],
  ['EnablingState', ['std_msgs/Header', ...TIMES]],
  ['GestureEvent', ['std_msgs/Header', 'geometry_msgs/Point', 'geometry_msgs/Vector3', ...TIMES]],
  ['PointerEvent', ['std_msgs/Header', 'geometry_msgs/Point', ...TIMES]],
];

describe.each(MESSAGES)('the definition of %s', (message) => {
  const schemaName = `voxhand_msgs/msg/${message}`;

  it('is built by the interface package', () => {
    expect(readFileSync(new URL('CMakeLists.txt', MSGS), 'utf8')).toContain(`"msg/${message}.msg"`);
  });

  it('is read back from its complete text as it is known', () => {
    const known = knownDefinition(schemaName);
    const { root, byName } = parseDefinition(schemaName, known.text);
    expect(root).toEqual(known.root);
    for (const [name, fields] of known.byName) expect(byName.get(name)).toEqual(fields);
  });
});

describe('the interface package', () => {
  it.each(DEPENDENCIES)('has %s complete with all it depends on, spelt as ROS spells it', (message, dependencies) => {
    const { text } = knownDefinition(`voxhand_msgs/msg/${message}`);
    expect(text.startsWith(readFileSync(new URL(`msg/${message}.msg`, MSGS), 'utf8'))).toBe(true);
    expect([...text.matchAll(/^={80}\nMSG: (.*)$/gm)].map(([, name]) => name)).toEqual(dependencies);
    expect(text).toContain('builtin_interfaces/Time stamp');
  });

  it('keeps the comments of a message inside another', () => {
    expect(knownDefinition(HAND_ARRAY_SCHEMA).text).toContain(
      `MSG: voxhand_msgs/HandJoints\n${OWN_DEFINITIONS[HAND_JOINTS_SCHEMA]}`,
    );
  });
});

describe('ros2msg texts', () => {
  const names = Object.keys(ros2jazzy).filter((name) => !/String$|WString|String(Multi)?Array/.test(name));

  test.each(names)('of %s parses into the fields it was made of', (name) => {
    const definition = () => knownDefinition(name.replace('/', '/msg/'));
    // Messages without fields are not for decoding: they are refused.
    const fields = ros2jazzy[name as keyof typeof ros2jazzy].definitions;
    if (fields.every((field) => field.isConstant === true)) return expect(definition).toThrow(refused);
    const { types, text } = definition();
    const parsed = new Map(
      parse(text, { ros2: true }).map((type, i) => [i === 0 ? name : type.name, type.definitions]),
    );
    for (const type of types) expect(parsed.get(type.name)).toEqual(type.definitions);
  });
});

describe('a definition', () => {
  test.each([
    ['an unknown package', 'nobody_msgs/msg/Nothing'],
    ['a short name', 'sensor_msgs/Image'],
    ['an object method', 'constructor'],
    ['nothing', ''],
  ])('of %s is not known', (_, name) => {
    expect(() => knownDefinition(name)).toThrow(refused);
  });

  test.each([
    ['is empty', ''],
    ['has constants only', 'uint8 A=1'],
    ['is no definition', '<xml/>'],
    ['lacks a dependency', 'std_msgs/Header header'],
    ['contains itself', `a/B b\n${'='.repeat(80)}\nMSG: a/B\na/B b`],
    ['contains itself by a detour', `a/B b\n${'='.repeat(80)}\nMSG: a/B\na/C c\n${'='.repeat(80)}\nMSG: a/C\na/B[] b`],
    ['has wide strings', 'wstring s'],
  ])('that %s is refused', (_, text) => {
    expect(() => parseDefinition('a/msg/A', text)).toThrow(refused);
  });
});
