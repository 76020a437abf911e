import { describe, expect, it } from 'vitest';
import { rigPicture } from '../evaluation/rig-picture.js';
import { type Alignment, alignmentVerdict } from '../rig/align-tracks.js';
import { formatRigFile, parseRigFile } from '../rig/rig-file.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { type CalibratedCamera, overlaidClouds, type RigCalibration, rigFileOf } from './calibrate-rig.js';

const place = { translation: [1, 0, 0], rotation: [0, 0, 0, 1] } as const;
const aligned: Alignment & { state: 'aligned' } = {
  ...{ state: 'aligned', place, clockOffset: -0.0145, moments: 110, outliers: 3 },
  residual: { median: 0.0046, p90: 0.009 },
  coverage: { extent: [0.43, 0.2, 0.31], middle: [0, 0, 0.55], speed: 0.3, duration: 8 },
  error: { metres: 0.0012, degrees: 0.4 },
};
const camera = (name: string, more: Partial<CalibratedCamera> = {}): CalibratedCamera => {
  return {
    name,
    depthTopic: `/${name}/depth`,
    frame: `${name}_optical`,
    frames: 120,
    withHand: 118,
    ...{ leftOut: {}, patches: [] },
    ...more,
  };
};
const cloud = (time: number, ...points: number[]) => ({
  ...{ time, points: Float64Array.from([Number.NaN, Number.NaN, Number.NaN, ...points]), width: 2, height: 1 },
  ...{ normals: new Float32Array(6) },
  ...{ camera: CAMERAS.small, left: 0, top: 0, step: 1 },
});

describe('what a calibration found', () => {
  it('is a rig file of the cameras that could be placed', () => {
    const refused = { state: 'refused', reason: 'too short', moments: 3 } as const;
    const found: RigCalibration = {
      ...{ input: 'wave.mcap', frame: 'left_optical', aborted: false },
      cameras: [camera('left'), camera('right', { result: aligned }), camera('top', { result: refused })],
    };
    const file = rigFileOf(found);
    expect([...file.cameras.keys()]).toEqual(['left', 'right']);
    expect(file.cameras.get('right')).toEqual({ frame: 'right_optical', place, clockOffset: -0.0145 });
    expect(parseRigFile(formatRigFile(file), 'rig.yaml')).toEqual(file);
    expect(file.quality?.get('right')).toEqual({ residual: 0.0046, moments: 110 });
  });

  it('is laid over what the first camera saw at the same moments by the clocks that were found', () => {
    const left = camera('left', { patches: [cloud(0, 0, 0, 0.5), cloud(1, 0.1, 0, 0.5)] });
    const right = camera('right', { patches: [cloud(1.03, -0.9, 0, 0.5), cloud(5, 9, 9, 9)] });
    const { first, other } = overlaidClouds(left, right, place, -0.0145);
    expect([...first]).toEqual([0.1, 0, 0.5]);
    expect([...other].map((value) => Number(value.toFixed(9)))).toEqual([0.1, 0, 0.5]);
  });

  it.each([
    ['good', aligned, true, /^good: certain to 1\.2 mm and 0\.40 degrees/],
    [
      'uncertain',
      { ...aligned, error: { metres: 0.009, degrees: 0.4 } },
      false,
      /^uncertain by 9\.0 mm.*more than the 43 x 20 x 31 cm/,
    ],
    ['poor', { ...aligned, residual: { median: 0.034, p90: 0.1 } }, false, /^poor: the palms stay 34 mm apart/],
  ] as const)('is called %s in words', (_, alignment, good, words) => {
    expect(alignmentVerdict(alignment)).toEqual({ good, text: expect.stringMatching(words) });
  });
});

it('a picture shows both clouds, before and after, from two sides', () => {
  const points = (x: number) => Float64Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? x : 0.5) + 0.01 * i);
  const clouds = { first: points(0), other: points(0.02) };
  const options = { title: 'a & b', names: ['left', '<right>'] as const, after: { ...clouds, label: 'after' } };
  const both = rigPicture({ ...options, before: { ...clouds, label: 'before' } });
  expect(both.match(/<path/g)).toHaveLength(8);
  expect(both.match(/<rect/g)).toHaveLength(5);
  expect(both).toContain('a &amp; b');
  expect(both).toContain('&lt;right&gt;');
  expect(both.match(/M[\d.]+ [\d.]+h\.01/g)?.length).toBeGreaterThan(60);
  expect(rigPicture(options).match(/<path/g)).toHaveLength(4);
});
