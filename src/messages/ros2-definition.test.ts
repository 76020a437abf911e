import { readFileSync } from 'node:fs';
import { parse } from '@foxglove/rosmsg';
import { ros2jazzy } from '@foxglove/rosmsg-msgs-common';
import { describe, expect, it, test } from 'vitest';
import { HAND_JOINTS_DEFINITION, HAND_JOINTS_SCHEMA } from './hand-joints-definition.js';
import { knownDefinition, parseDefinition } from './ros2-definition.js';

const refused = expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED' });

describe('the definition of HandJoints', () => {
  it('is the one of the interface package, byte for byte', () => {
    const file = new URL('../../msgs/voxhand_msgs/msg/HandJoints.msg', import.meta.url);
    expect(HAND_JOINTS_DEFINITION).toBe(readFileSync(file, 'utf8'));
  });

  it('is complete with all it depends on, spelt as ROS spells it', () => {
    const { text } = knownDefinition(HAND_JOINTS_SCHEMA);
    expect(text.startsWith(HAND_JOINTS_DEFINITION)).toBe(true);
    const sections = [...text.matchAll(/^={80}\nMSG: (.*)$/gm)].map(([, name]) => name);
    expect(sections).toEqual([
      'std_msgs/Header',
      'geometry_msgs/Point',
      'builtin_interfaces/Time',
      'builtin_interfaces/Duration',
    ]);
    expect(text).toContain('builtin_interfaces/Time stamp');
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
