import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { toFileKey } from '../errors/file-keys.js';
import { parseYaml } from '../errors/parse-yaml.js';
import { type SettingSchema, settingsOf } from '../errors/setting.js';
import { POSE_GESTURES } from '../hand/pose-gestures.js';
import { gestureProfileSchema, parseGestureProfile } from './gesture-profile.js';

const FILE = `
frame_rate: 60
gestures: [fist, swipe_left]
gesture_zone: desk
zones:
  - { name: desk, center: [0, 0, 0.5], size: [1, 1, 0.6] }
surfaces:
  - name: screen
    origin: [0.2, -0.15, 0.3]
    x_axis: [-1, 0, 0]
    y_axis: [0, 1, 0]
    width: 0.4
    height: 0.3
    pixel_width: 1920
    pixel_height: 1080
    targets: [{ name: stop, x: 0.1, y: 0.1, width: 0.05, height: 0.05 }]
enabling: [{ name: move, gesture: pinch, zone: desk }]
pointer: { push_distance: 0.04 }
`;

it('is read from a file, with defaults for what it leaves out', () => {
  const profile = parseGestureProfile(parseYaml(FILE, 'profile.yaml'), 'profile.yaml');
  expect(profile).toMatchObject({
    frameRate: 60,
    gestures: ['fist', 'swipe_left'],
    gestureZone: 'desk',
    surfaces: [{ name: 'screen', pixelWidth: 1920, interaction: 'push', range: 0.4, targets: [{ name: 'stop' }] }],
    enabling: [{ name: 'move', gesture: 'pinch', zone: 'desk', engage: 0.6 }],
    pointer: { pushDistance: 0.04, pushRelease: 0.012 },
    axes: { right: [1, 0, 0], up: [0, -1, 0], forward: [0, 0, -1] },
  });
});

it('may be empty: then five poses give events', () => {
  expect(parseGestureProfile(parseYaml('', 'empty')).gestures).toHaveLength(5);
});

const surface = { name: 's', origin: [0, 0, 0], x_axis: [1, 0, 0], y_axis: [0, 1, 0], width: 1, height: 1 };
test.each<[string, unknown, RegExp]>([
  ['an unknown key', { frame_rat: 30 }, /unknown key frame_rat/],
  ['an unknown gesture', { gestures: ['fisst'] }, /gestures\.0: expected one of open_palm.*found "?fisst/],
  ['a number out of range', { pointer: { snap: -1 } }, /pointer\.snap: expected number to be >=0, found -1/],
  ['an axis that is no unit vector', { axes: { up: [0, 2, 0] } }, /axes\.up: expected a unit vector/],
  [
    'axes of a surface that are not at right angles',
    { surfaces: [{ ...surface, y_axis: [1, 0, 0] }] },
    /surface s.*right angles/,
  ],
  ['a zone that does not exist', { enabling: [{ name: 'a', zone: 'b' }] }, /unknown zone.*found b/],
  [
    'a zone that does not exist, where there are others',
    { gesture_zone: 'b', zones: [{ name: 'c', center: [0, 0, 0], size: [1, 1, 1] }] },
    /expected c; found b/,
  ],
  ['a name twice', { surfaces: [surface, surface] }, /a name is there twice.*found s/],
  ['a list instead of settings', [1], /expected object/],
  [
    'a name with a blank',
    { zones: [{ name: 'a b', center: [0, 0, 0], size: [1, 1, 1] }] },
    /zones\.0\.name: expected 1 to 64 letters/,
  ],
])('%s is refused', (_, value, message) => {
  expect(() => parseGestureProfile(value, 'profile.yaml')).toThrow(message);
  expect(() => parseGestureProfile(value, 'profile.yaml')).toThrow('at profile.yaml');
});

it('names each pose once', () => {
  expect(new Set(POSE_GESTURES).size).toBe(POSE_GESTURES.length);
});

/** A line of the table in docs/gestures.md for each setting, those of lists too. */
function rows(): string[] {
  const value = (fallback: unknown) => {
    if (fallback === undefined) return '';
    return `\`${(typeof fallback === 'string' ? fallback : JSON.stringify(fallback)).replaceAll('"', '')}\``;
  };
  const row = (
    name: string,
    { default: fallback, unit = '', description = '' }: SettingSchema & { default?: unknown },
  ) => `| \`${name}\` | ${value(fallback)} | ${unit} | ${description} |`;
  return settingsOf(gestureProfileSchema).flatMap(([name, , schema]) => [
    row(name, schema),
    ...Object.entries(schema.items?.properties ?? {}).map(([key, inner]) => row(`${name}[].${toFileKey(key)}`, inner)),
  ]);
}

it('has each of its settings in docs/gestures.md, as it is', () => {
  const page = readFileSync('docs/gestures.md', 'utf8').split('\n');
  expect(rows().filter((row) => !page.includes(row))).toEqual([]);
  expect(rows().filter((row) => row.includes('|  |  |  |'))).toEqual([]);
});
