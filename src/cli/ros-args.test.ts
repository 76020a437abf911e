import { describe, expect, it, test } from 'vitest';
import { foldRosArgs, unfoldRosArgs } from './ros-args.js';

describe('ROS arguments on a command line', () => {
  test.each<[string, string[], string[], string[]]>([
    ['none', ['run', '--json'], ['run', '--json'], []],
    ['at the end', ['run', '--json', '--ros-args', '-r', 'a:=b'], ['run', '--json'], ['-r', 'a:=b']],
    ['none in them', ['run', '--ros-args'], ['run'], []],
    ['in the middle', ['run', '--ros-args', '-p', 'x:=1', '--', '--json'], ['run', '--json'], ['-p', 'x:=1']],
    [
      'twice',
      ['--ros-args', '-r', 'a:=b', '--', '-v', '--ros-args', '-r', 'c:=d'],
      ['-v'],
      ['-r', 'a:=b', '-r', 'c:=d'],
    ],
    ['twice without an end', ['--ros-args', 'x', '--ros-args', 'y'], [], ['x', 'y']],
    [
      'with options that commander knows',
      ['run', '--ros-args', '--json', '--set', 'a=b'],
      ['run'],
      ['--json', '--set', 'a=b'],
    ],
    ['with quotes and spaces', ['--ros-args', '-p', 'frame:="a b"'], [], ['-p', 'frame:="a b"']],
  ])('%s', (_, args, own, ros) => {
    const folded = foldRosArgs(args);
    const option = folded.find((arg) => arg.startsWith('--ros-args='));
    expect(folded.filter((arg) => arg !== option)).toEqual(own);
    expect(unfoldRosArgs(option?.slice('--ros-args='.length))).toEqual(
      args.includes('--ros-args') ? ['--ros-args', ...ros] : [],
    );
  });

  it('leave a lone -- to the command', () => {
    expect(foldRosArgs(['run', '--', 'x'])).toEqual(['run', '--', 'x']);
  });
});
