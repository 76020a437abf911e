import { expect, it, test } from 'vitest';
import { PAIR_DROP_CAUSES } from '../depth/depth-pairer.js';
import { InputProblems, remedyOf } from './input-problems.js';

it('keeps of each cause and topic the first text, and counts', () => {
  const problems = new InputProblems();
  for (const text of ['first', 'second', 'third']) problems.add('DEPTH_SIZE', text, '/depth');
  problems.add('DEPTH_SIZE', 'other', '/other');
  expect(problems.all()).toMatchObject([
    { topic: '/depth', cause: 'DEPTH_SIZE', count: 3, text: 'first', remedy: expect.stringContaining('camera_info') },
    { topic: '/other', cause: 'DEPTH_SIZE', count: 1, text: 'other' },
  ]);
});

test('every cause that a depth message is dropped for has a remedy of its own', () => {
  const codes = ['DEPTH_ENCODING', 'DEPTH_FORMAT', 'DEPTH_SIZE', 'PNG_INVALID', 'RVL_INVALID', 'CAMERA_INVALID'];
  const others = [
    'CAMERA_UNSUPPORTED',
    'MESSAGE_INVALID',
    'SCHEMA_UNSUPPORTED',
    'camera-mismatch',
    ...PAIR_DROP_CAUSES,
  ];
  for (const cause of [...codes, ...others]) expect(remedyOf(cause), cause).not.toMatch(/troubleshooting/);
});
