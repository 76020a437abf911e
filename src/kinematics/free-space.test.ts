import { describe, expect, it } from 'vitest';
import { FreeSpace } from './free-space.js';

describe('free space', () => {
  /** A square wall of 10 cm, 0.5 m away. */
  const wall: number[] = [];
  for (let x = -10; x <= 10; x++) for (let y = -10; y <= 10; y++) wall.push(x * 0.005, y * 0.005, 0.5);
  const space = new FreeSpace();
  space.build(Float32Array.from(wall), [0, 0, 0.5], 0.005);
  const at = (x: number, y: number, z: number) => {
    space.query(Float64Array.of(x, y, z, 0.01));
    return { depth: space.depth, way: [...space.way] };
  };

  it('is what lies in front of a seen point: the way out leads back', () => {
    const { depth, way } = at(0, 0, 0.45);
    expect(depth).toBeCloseTo(0.06, 6);
    expect(way).toEqual([0, 0, 1]);
  });

  it('is not what lies behind it, nor what touches it', () => {
    expect(at(0.01, 0.01, 0.55).depth).toBe(0);
    expect(at(0, 0, 0.51).depth).toBe(0);
  });

  it('is what lies beside all seen points: the way out leads to the nearest', () => {
    const { depth, way } = at(0.07, 0, 0.5);
    expect(depth).toBeGreaterThan(0.01);
    expect(way[0]).toBeLessThan(-0.95);
    expect(at(0.14, 0, 0.5).depth).toBe(0); // too far to say
  });
});
