import { describe, expect, it } from 'vitest';
import { cloudPoints } from './point-cloud.js';

const FLOAT32 = 7;

function cloud(count: number, { stride = 16, bigEndian = false } = {}) {
  const view = new DataView(new ArrayBuffer(count * stride));
  for (let i = 0; i < count; i++) {
    for (const axis of [0, 1, 2]) view.setFloat32(i * stride + 4 * axis, i + axis / 4, !bigEndian);
  }
  const fields = ['x', 'y', 'z'].map((name, axis) => ({ name, offset: 4 * axis, datatype: FLOAT32 }));
  return { fields, point_step: stride, is_bigendian: bigEndian, data: new Uint8Array(view.buffer) };
}

describe('a point cloud', () => {
  it.each([false, true])('is read with its padding, big endian: %s', (bigEndian) => {
    expect([...cloudPoints(cloud(2, { bigEndian }), 10)]).toEqual([0, 0.25, 0.5, 1, 1.25, 1.5]);
  });

  it("is read under Foxglove's names", () => {
    const { fields, data } = cloud(1);
    const message = {
      fields: fields.map(({ name, offset }) => ({ name, offset, type: FLOAT32 })),
      point_stride: 16,
      data,
    };
    expect([...cloudPoints(message, 10)]).toEqual([0, 0.25, 0.5]);
  });

  it('is thinned out evenly to what can be shown', () => {
    const points = cloudPoints(cloud(100), 30);
    expect(points.length / 3).toBe(25);
    expect([...points.subarray(0, 9)]).toEqual([0, 0.25, 0.5, 4, 4.25, 4.5, 8, 8.25, 8.5]);
  });

  it('may be empty, and may end in the middle of a point', () => {
    expect(cloudPoints(cloud(0), 10)).toHaveLength(0);
    const cut = cloud(3);
    expect(cloudPoints({ ...cut, data: cut.data.subarray(0, 40) }, 10)).toHaveLength(6);
  });

  it.each([
    ['no z', { fields: cloud(1).fields.slice(0, 2) }],
    ['z as something else', { fields: cloud(1).fields.map((field) => ({ ...field, datatype: 8 })) }],
    ['a field outside its point', { point_step: 8 }],
    ['points of no size', { point_step: 0 }],
  ])('with %s is refused', (_, change) => {
    expect(() => cloudPoints({ ...cloud(1), ...change }, 10)).toThrow(RangeError);
  });
});
