import { describe, expect, it } from 'vitest';
import { formatRigFile, parseRigFile, type RigFile } from './rig-file.js';

const rig: RigFile = {
  frame: 'left_optical',
  cameras: new Map([
    ['left', { frame: 'left_optical', place: { translation: [0, 0, 0], rotation: [0, 0, 0, 1] }, clockOffset: 0 }],
    [
      'right_2',
      {
        frame: 'right_optical',
        place: { translation: [-0.613, 0.01, 0.41], rotation: [0, 0.6, 0, 0.8] },
        clockOffset: -0.0153,
      },
    ],
  ]),
  quality: new Map([['right_2', { residual: 0.0042, moments: 512 }]]),
};

describe('a rig file', () => {
  it('reads what it wrote', () => {
    expect(parseRigFile(formatRigFile(rig), 'rig.yaml')).toEqual(rig);
  });

  it('takes quaternions that people have rounded, at length 1', () => {
    const text = 'rig: {frame: a, cameras: {left: {translation: [0, 0, 1], rotation: [0, 0.707, 0, 0.707]}}}';
    const { cameras } = parseRigFile(text, 'rig.yaml');
    const { place, clockOffset } = cameras.get('left') as RigFile['cameras'] extends ReadonlyMap<string, infer C>
      ? C
      : never;
    expect(Math.hypot(...place.rotation)).toBeCloseTo(1, 12);
    expect(clockOffset).toBe(0);
  });

  it.each([
    ['no map', '- 1', /not a rig file/],
    ['another file', 'topics: {depth: a}', /rig: .*unknown key topics\.depth/],
    ['no cameras', 'rig: {frame: a, cameras: {}}', /rig\.cameras: at least one camera/],
    [
      'two numbers',
      'rig: {frame: a, cameras: {left: {translation: [0, 1], rotation: [0, 0, 0, 1]}}}',
      /rig\.cameras\.left\.translation/,
    ],
    [
      'no rotation',
      'rig: {frame: a, cameras: {left: {translation: [0, 0, 1], rotation: [0, 0, 0, 2]}}}',
      /length 1.*rig\.cameras\.left/,
    ],
    [
      'a misspelt key',
      'rig: {frame: a, cameras: {left: {translation: [0, 0, 1], rotation: [0, 0, 0, 1], clock: 1}}}',
      /unknown key rig\.cameras\.left\.clock/,
    ],
    ['no YAML', 'rig: [', /rig\.yaml, line 1/],
  ])('of %s is refused, with the place', (_, text, message) => {
    expect(() => parseRigFile(text, 'rig.yaml')).toThrow(message);
    expect(() => parseRigFile(text, 'rig.yaml')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
