import { describe, expect, it, test } from 'vitest';
import { parseRosArguments, rosNames } from './ros-arguments.js';

const given = { name: 'hand_tracker', namespace: '/' };
const files: Record<string, string> = {
  'cell.yaml': `
/**:
  ros__parameters:
    policy: latest
    heat_maps:
      min_confidence: 0.3
/cell/hand_tracker:
  ros__parameters: { heat_maps: { min_confidence: 0.5 }, reference: { zone: { z: [0, 1.2] } } }
cell:
  other:
    ros__parameters: { policy: every }
`,
};
const read = (path: string) => {
  const text = files[path];
  if (text === undefined) throw new Error('ENOENT');
  return text;
};
const parse = (args: string[], names = given) => parseRosArguments(args, names, read);
const overrides = (args: string[], names = given) => Object.fromEntries(parse(args, names).overrides);

describe('ROS arguments', () => {
  it('are what stands between --ros-args and --, as often as that comes', () => {
    const { context, node } = parse([
      ...['node', 'main.js', '-r', 'not:=mine', '--ros-args', '-r', 'a:=b', '--', '-p', 'no:=1'],
      ...['--ros-args', '--log-level', 'debug', '--ros-args', '--remap', 'c:=d'],
    ]);
    expect(node).toEqual(['--ros-args', '-r', 'a:=b', '-r', 'c:=d']);
    expect(context).toEqual(['--ros-args', '--log-level', 'debug']);
  });

  it('are none where there is no --ros-args', () => {
    expect(parse(['-r', 'a:=b'])).toEqual({ ...given, context: [], node: [], overrides: new Map() });
  });

  test.each<[string, string[], typeof given]>([
    ['a name', ['-r', '__node:=left'], { name: 'left', namespace: '/' }],
    ['a namespace', ['-r', '__ns:=/cell'], { name: 'hand_tracker', namespace: '/cell' }],
    ['both', ['-r', '__node:=left', '--remap', '__ns:=cell/one/'], { name: 'left', namespace: '/cell/one' }],
    ['the first of two', ['-r', '__node:=left', '-r', '__node:=right'], { name: 'left', namespace: '/' }],
    ['a rule for this node', ['-r', 'hand_tracker:__ns:=/cell'], { name: 'hand_tracker', namespace: '/cell' }],
    ['a rule for another', ['-r', 'other:__node:=left'], given],
    ['a namespace for the new name', ['-r', '__node:=left', '-r', 'left:__ns:=/l'], { name: 'left', namespace: '/l' }],
    ['a topic', ['-r', '/a:=/b'], given],
  ])('rename the node: %s', (_, args, names) => {
    expect(rosNames(['--ros-args', ...args], given)).toEqual(names);
    expect(parse(['--ros-args', ...args])).toMatchObject(names);
  });

  test.each<[string, string[], Record<string, unknown>]>([
    [
      'numbers, words, arrays',
      ['-p', 'a:=1', '-p', 'b:=cuda', '--param', 'c:=[1, 2.5]', '-p', 'd:=true'],
      { a: 1, b: 'cuda', c: [1, 2.5], d: true },
    ],
    ['a value with a colon and =', ['-p', 'file:="a:=b"'], { file: 'a:=b' }],
    ['for this node', ['-p', 'hand_tracker:a:=1', '-p', 'other:b:=2'], { a: 1 }],
    ['the last of two', ['-p', 'a:=1', '-p', 'a:=2'], { a: 2 }],
    ['a file', ['--params-file', 'cell.yaml'], { policy: 'latest', 'heat_maps.min_confidence': 0.3 }],
    [
      'one after a file',
      ['--params-file', 'cell.yaml', '-p', 'policy:=every'],
      { policy: 'every', 'heat_maps.min_confidence': 0.3 },
    ],
  ])('set parameters: %s', (_, args, expected) => {
    expect(overrides(['--ros-args', ...args])).toEqual(expected);
  });

  it('set the parameters of the node by its whole name in a file', () => {
    expect(overrides(['--ros-args', '-r', '__ns:=/cell', '--params-file', 'cell.yaml'])).toEqual({
      policy: 'latest',
      'heat_maps.min_confidence': 0.5,
      'reference.zone.z': [0, 1.2],
    });
  });

  test.each([
    ['/*', '/hand_tracker', true],
    ['/*', '/cell/hand_tracker', false],
    ['/*/hand_tracker', '/cell/hand_tracker', true],
    ['/**/hand_tracker', '/a/b/hand_tracker', true],
    ['/**/hand_tracker', '/hand_tracker', true],
    ['/**', '/a/b/c', true],
    ['hand_tracker', '/hand_tracker', true],
    ['hand_tracker', '/cell/hand_tracker', false],
    ['hand.tracker', '/handXtracker', false],
  ])('a file that names %s fits %s: %s', (pattern, node, fits) => {
    files['pattern.yaml'] = `'${pattern}': {ros__parameters: {a: 1}}`;
    const at = node.lastIndexOf('/');
    const names = { name: node.slice(at + 1), namespace: node.slice(0, at) || '/' };
    expect(overrides(['--ros-args', '--params-file', 'pattern.yaml'], names)).toEqual(fits ? { a: 1 } : {});
  });

  test.each([
    ['a missing value', ['-r'], 'USAGE'],
    ['no assignment', ['-p', 'policy'], 'USAGE'],
    ['bad YAML', ['-p', 'a:=[1'], 'CONFIG_INVALID'],
    ['a value that no parameter holds', ['-p', 'a:=[[1]]'], 'CONFIG_INVALID'],
    ['a mixed array', ['-p', 'a:=[1, b]'], 'CONFIG_INVALID'],
    ['a file that is not there', ['--params-file', 'none.yaml'], 'FILE_NOT_FOUND'],
  ])('are refused with a code: %s', (_, args, code) => {
    expect(() => parse(['--ros-args', ...args])).toThrow(expect.objectContaining({ code }));
  });
});
