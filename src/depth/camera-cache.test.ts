import { describe, expect, it } from 'vitest';
import { CameraCache } from './camera-info.js';

const info = {
  width: 32,
  height: 24,
  k: [30, 0, 16, 0, 30, 12, 0, 0, 1],
  d: [0.1, 0, 0, 0],
  distortion_model: 'plumb_bob',
};

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('CameraCache', () => {
  it('gives the same model for equal infos and another for a changed one', () => {
    const cameras = new CameraCache();
    const first = cameras.modelFor(info);
    expect(cameras.modelFor({ ...info, k: Float64Array.from(info.k) })).toBe(first);
    const moved = cameras.modelFor({ ...info, d: [0.2, 0, 0, 0] });
    expect(moved).not.toBe(first);
    expect(moved.rays).not.toEqual(first.rays);
  });

  it('notices a change of every field that matters', () => {
    const cameras = new CameraCache();
    const changes = [
      { width: 31 },
      { height: 23 },
      { k: [31, 0, 16, 0, 30, 12, 0, 0, 1] },
      { distortion_model: 'equidistant' },
      { binning_x: 2 },
      { binning_y: 2 },
      { roi: { x_offset: 1, y_offset: 0, width: 4, height: 4 } },
    ];
    for (const change of changes) {
      const before = cameras.modelFor(info);
      expect(cameras.modelFor({ ...info, ...change })).not.toBe(before);
    }
  });

  it('does not care for D of a rectified image', () => {
    const cameras = new CameraCache({ rectified: true });
    expect(cameras.modelFor({ ...info, d: [0.2, 0, 0, 0] })).toBe(cameras.modelFor(info));
  });

  it('refuses again without computing, and recovers with the next good info', () => {
    const cameras = new CameraCache();
    const folded = { ...info, d: [-1e6, 0, 0, 0] };
    const error = thrownBy(() => cameras.modelFor(folded));
    expect(error).toMatchObject({ code: 'CAMERA_INVALID' });
    expect(thrownBy(() => cameras.modelFor(folded))).toBe(error);
    expect(thrownBy(() => cameras.modelFor({ ...info, k: [] }))).toMatchObject({ code: 'CAMERA_INVALID' });
    expect(cameras.modelFor(info).fx).toBe(30);
  });
});
