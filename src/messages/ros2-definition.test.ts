import { readdirSync, readFileSync } from 'node:fs';
import { parse } from '@foxglove/rosmsg';
import { ros2jazzy } from '@foxglove/rosmsg-msgs-common';
import { describe, expect, it, test } from 'vitest';
import { GESTURE_EVENT_DEFINITION, GESTURE_EVENT_SCHEMA } from './gesture-event-definition.js';
import { HAND_ARRAY_DEFINITION, HAND_ARRAY_SCHEMA } from './hand-array-definition.js';
import { HAND_FEEDBACK_DEFINITION, HAND_FEEDBACK_SCHEMA } from './hand-feedback-definition.js';
import { HAND_JOINTS_DEFINITION, HAND_JOINTS_SCHEMA } from './hand-joints-definition.js';
import { HAND_VOXELS_DEFINITION, HAND_VOXELS_SCHEMA } from './hand-voxels-definition.js';
import { knownDefinition, parseDefinition } from './ros2-definition.js';

const refused = expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED' });

const MSGS = new URL('../../msgs/voxhand_msgs/', import.meta.url);

/** Schema name, embedded text, what it depends on in the order of its text. */
const OWN: readonly [string, string, readonly string[]][] = [
  [HAND_VOXELS_SCHEMA, HAND_VOXELS_DEFINITION, ['std_msgs/Header', 'builtin_interfaces/Time']],
  [HAND_FEEDBACK_SCHEMA, HAND_FEEDBACK_DEFINITION, ['std_msgs/Header', 'builtin_interfaces/Time']],
  [
    HAND_JOINTS_SCHEMA,
    HAND_JOINTS_DEFINITION,
    ['std_msgs/Header', 'geometry_msgs/Point', 'builtin_interfaces/Time', 'builtin_interfaces/Duration'],
  ],
  [
    HAND_ARRAY_SCHEMA,
    HAND_ARRAY_DEFINITION,
    [
      'std_msgs/Header',
      'voxhand_msgs/HandJoints',
      'geometry_msgs/Point',
      'builtin_interfaces/Time',
      'builtin_interfaces/Duration',
    ],
  ],
  [
    GESTURE_EVENT_SCHEMA,
    GESTURE_EVENT_DEFINITION,
    [
      'std_msgs/Header',
      'geometry_msgs/Point',
      'geometry_msgs/Vector3',
      'builtin_interfaces/Time',
      'builtin_interfaces/Duration',
    ],
  ],
];

describe.each(OWN)('the definition of %s', (schemaName, definition, dependencies) => {
  const file = `msg/${schemaName.split('/')[2]}.msg`;

  it('is the one of the interface package, byte for byte', () => {
    expect(definition).toBe(readFileSync(new URL(file, MSGS), 'utf8'));
  });

  it('is built by the interface package', () => {
    expect(readFileSync(new URL('CMakeLists.txt', MSGS), 'utf8')).toContain(`"${file}"`);
  });

  it('is complete with all it depends on, spelt as ROS spells it', () => {
    const { text } = knownDefinition(schemaName);
    expect(text.startsWith(definition)).toBe(true);
    const sections = [...text.matchAll(/^={80}\nMSG: (.*)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(dependencies);
    expect(text).toContain('builtin_interfaces/Time stamp');
  });

  it('is read back from its complete text as it is known', () => {
    const known = knownDefinition(schemaName);
    const { root, byName } = parseDefinition(schemaName, known.text);
    expect(root).toEqual(known.root);
    for (const [name, fields] of known.byName) expect(byName.get(name)).toEqual(fields);
  });
});

describe('the interface package', () => {
  it('has no message that is not embedded here', () => {
    const files = readdirSync(new URL('msg', MSGS)).map((name) => `voxhand_msgs/msg/${name.replace(/\.msg$/, '')}`);
    expect(files.sort()).toEqual(OWN.map(([name]) => name).sort());
  });

  it('keeps the comments of a message inside another', () => {
    expect(knownDefinition(HAND_ARRAY_SCHEMA).text).toContain(
      `MSG: voxhand_msgs/HandJoints\n${HAND_JOINTS_DEFINITION}`,
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
