import { expect, test } from 'vitest';
import { parseJointLines } from './joint-lines.js';

const numbers = Array.from({ length: 63 }, (_, i) => i - 30);
const metres = Float64Array.from(numbers, (value) => value / 1000);

test.each([
  ['blanks', numbers.join(' ')],
  ['tabs and carriage returns', `${numbers.join('\t')}\r`],
  ['commas', numbers.join(',')],
  ['commas with blanks and one at the end', `${numbers.join(', ')},`],
  ['semicolons', numbers.join(';')],
  ['a name in front, as in HANDS 2017', `image_D00000001.png\t${numbers.join('\t')}`],
])('numbers between %s are read as millimetres', (_, line) => {
  expect(parseJointLines(line)).toEqual([metres]);
});

test('empty lines and comments are no frames', () => {
  expect(parseJointLines(`# wrist x y z ...\n\n${numbers.join(' ')}\n\n${numbers.join(' ')}\n`)).toHaveLength(2);
  expect(parseJointLines('')).toEqual([]);
});

test('a line of nan is a frame without a hand', () => {
  const none = numbers.map(() => 'nan').join(' ');
  expect(parseJointLines(`${none}\n${numbers.join(' ')}`)).toEqual([undefined, metres]);
});

test.each([
  ['too few', numbers.slice(1).join(' '), 'expected 63 numbers; found 62'],
  ['too many', [...numbers, 1, 2].join(' '), 'found 65'],
  ['a word', ['x', ...numbers.slice(1)].join(' '), 'found "x"'],
  ['infinity', ['Infinity', ...numbers.slice(1)].join(' '), 'found "Infinity"'],
  ['some nan', ['nan', ...numbers.slice(1)].join(' '), 'found "nan"'],
])('%s in a line is refused with the number of the line', (_, line, message) => {
  expect(() => parseJointLines(`# head\n${line}`, 'joints.txt')).toThrow(message);
  expect(() => parseJointLines(`# head\n${line}`, 'joints.txt')).toThrow('at joints.txt, line 2');
});
