import { describe, expect, it } from 'vitest';
import { mixJointMajor } from './answers/heat-map-answer.js';

/** Numbers that name their place: joint, z, y, x as digits. */
const label = (j: number, z: number, y: number, x: number): number => 1000 * j + 100 * z + 10 * y + x;
const [joints, size] = [3, 2];

function volume(order: (j: number, z: number) => number): Float32Array {
  const data = new Float32Array(joints * size ** 3);
  for (let j = 0; j < joints; j++)
    for (let z = 0; z < size; z++)
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) data[order(j, z) * size ** 2 + y * size + x] = label(j, z, y, x);
  return data;
}

const jdhw = volume((j, z) => j * size + z);
const djhw = volume((j, z) => z * joints + j);

describe('mixJointMajor', () => {
  it.each([
    ['jdhw', jdhw],
    ['djhw', djhw],
  ] as const)('brings %s into joint-major order', (layout, raw) => {
    const out = new Float32Array(raw.length).fill(-1);
    mixJointMajor(raw, { layout, size }, joints, 1, out, false);
    expect(out).toEqual(jdhw);
  });

  it('weighs and adds', () => {
    const out = new Float32Array(djhw.length);
    mixJointMajor(djhw, { layout: 'djhw', size }, joints, 0.5, out, false);
    mixJointMajor(jdhw, { layout: 'jdhw', size }, joints, 1.5, out, true);
    expect(out).toEqual(jdhw.map((value) => 2 * value));
  });
});
