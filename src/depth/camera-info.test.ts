import { describe, expect, it } from 'vitest';
import { type CameraInfo, cameraFromCalibration, cameraFromInfo } from './camera-info.js';

const K = [600, 0, 320.5, 0, 610, 240.25, 0, 0, 1];
const P = [500, 0, 310, 0, 0, 505, 235, 0, 0, 0, 1, 0];
const info = (more: Partial<CameraInfo> = {}): CameraInfo => ({ width: 640, height: 480, k: K, ...more });
const full = { width: 640, height: 480, fx: 600, fy: 610, cx: 320.5, cy: 240.25 };
const roi = (x_offset: number, y_offset: number, width: number, height: number) => ({
  x_offset,
  y_offset,
  width,
  height,
});

describe('cameraFromInfo', () => {
  // Expected values follow image_geometry's PinholeCameraModel::fromCameraInfo and reducedResolution.
  it.each<[string, CameraInfo, object]>([
    ['reads K', info(), full],
    ['reads K in a typed array, as decoded messages have it', info({ k: Float64Array.from(K) }), full],
    ["reads ROS 1's capital names", { width: 640, height: 480, K, D: [0, 0, 0, 0, 0] }, full],
    ['takes binning 0 and 1 as none', info({ binning_x: 0, binning_y: 1 }), full],
    ['takes an all-zero ROI as the whole image', info({ roi: roi(0, 0, 0, 0) }), full],
    ['takes an all-zero D as no distortion', info({ d: [0, 0, 0, 0, 0], distortion_model: 'plumb_bob' }), full],
    ['takes an all-zero D as none even of a model it does not know', info({ d: [0], distortion_model: 'magic' }), full],
    [
      'divides focal length, centre and size by the binning',
      info({ binning_x: 2, binning_y: 4 }),
      { width: 320, height: 120, fx: 300, fy: 152.5, cx: 160.25, cy: 60.0625 },
    ],
    ['rounds a binned size down', info({ binning_x: 3 }), { ...full, width: 213, fx: 200, cx: 320.5 / 3 }],
    [
      'moves the centre by the ROI',
      info({ roi: roi(100, 40, 200, 150) }),
      { ...full, width: 200, height: 150, cx: 220.5, cy: 200.25 },
    ],
    [
      'takes the ROI in full pixels before binning',
      info({ roi: roi(100, 40, 200, 150), binning_x: 2, binning_y: 2 }),
      { width: 100, height: 75, fx: 300, fy: 305, cx: 110.25, cy: 100.125 },
    ],
    ['takes K where P is filled in but the image is not rectified', info({ p: P }), full],
  ])('%s', (_, message, expected) => {
    expect(cameraFromInfo(message)).toEqual(expected);
  });

  it.each<[string, CameraInfo, object]>([
    [
      'takes P and ignores D',
      info({ p: P, d: [1], distortion_model: 'magic' }),
      { ...full, fx: 500, fy: 505, cx: 310, cy: 235 },
    ],
    ['takes P without K', info({ p: P, k: [] }), { ...full, fx: 500, fy: 505, cx: 310, cy: 235 }],
    ['falls back to K where P is all zero', info({ p: Array(12).fill(0) }), full],
    ['falls back to K without P', info(), full],
    ['bins P too', info({ p: P, binning_x: 2 }), { ...full, width: 320, fx: 250, fy: 505, cx: 155, cy: 235 }],
  ])('of a rectified image %s', (_, message, expected) => {
    expect(cameraFromInfo(message, { rectified: true })).toEqual(expected);
  });

  it('computes rays for a distorted lens', () => {
    const camera = cameraFromInfo(info({ d: [0.1, 0, 0, 0, 0], distortion_model: 'plumb_bob' }));
    expect(camera).toMatchObject(full);
    expect(camera.rays).toHaveLength(640 * 480 * 2);
    expect(camera.blind).toBeUndefined();
  });

  it.each<[string, unknown, string, RegExp]>([
    ['no object', null, 'CAMERA_INVALID', /found null/],
    ['no K', { width: 640, height: 480 }, 'CAMERA_INVALID', /expected 9 numbers; found 0; at K/],
    ['a K that is too short', info({ k: K.slice(1) }), 'CAMERA_INVALID', /found 8/],
    ['a K of strings', info({ k: ['600', ...K.slice(1)] as never }), 'CAMERA_INVALID', /K\[0\]/],
    ['a K that is no list', info({ k: { length: 1e9 } as never }), 'CAMERA_INVALID', /a list of numbers; found object/],
    ['a K of absurd length', info({ k: new Float64Array(1e6) }), 'CAMERA_INVALID', /at most 64 numbers; found 1000000/],
    [
      'a zero focal length',
      info({ k: Array(9).fill(0) }),
      'CAMERA_INVALID',
      /fx 0, fy 0 \(zero means not calibrated\)/,
    ],
    ['a negative focal length', info({ k: [600, 0, 320, 0, -1, 240, 0, 0, 1] }), 'CAMERA_INVALID', /fy -1/],
    ['a NaN focal length', info({ k: [NaN, 0, 320, 0, 600, 240, 0, 0, 1] }), 'CAMERA_INVALID', /fx NaN/],
    [
      'an infinite focal length',
      info({ k: [Infinity, 0, 320, 0, 600, 240, 0, 0, 1] }),
      'CAMERA_INVALID',
      /fx Infinity/,
    ],
    ['a NaN principal point', info({ k: [600, 0, NaN, 0, 600, 240, 0, 0, 1] }), 'CAMERA_INVALID', /cx NaN/],
    ['skew', info({ k: [600, 2, 320, 0, 600, 240, 0, 0, 1] }), 'CAMERA_INVALID', /no skew.*found 2/],
    ['a width of 0', info({ width: 0 }), 'CAMERA_INVALID', /0 x 480/],
    ['an absurd size', info({ width: 100_000, height: 100_000 }), 'CAMERA_INVALID', /100000 x 100000/],
    ['a size that is no number', info({ width: '640' as never }), 'CAMERA_INVALID', /"640" x 480/],
    ['an ROI beyond the image', info({ roi: roi(600, 0, 41, 480) }), 'CAMERA_INVALID', /41 x 480 at 600, 0; at roi/],
    ['an ROI with an offset and no size', info({ roi: roi(10, 0, 0, 0) }), 'CAMERA_INVALID', /0 x 0 at 10, 0/],
    ['a negative ROI', info({ roi: roi(-1, 0, 10, 10) }), 'CAMERA_INVALID', /at -1, 0/],
    ['binning that leaves no image', info({ binning_x: 641 }), 'CAMERA_INVALID', /0 x 480/],
    ['fractional binning', info({ binning_x: 1.5 }), 'CAMERA_INVALID', /1.5; at binning_x/],
    ['a NaN distortion', info({ d: [NaN, 0, 0, 0, 0], distortion_model: 'plumb_bob' }), 'CAMERA_INVALID', /NaN.*at D/],
    [
      'a distortion model that it does not know',
      info({ d: [1], distortion_model: 'thin_prism' }),
      'CAMERA_UNSUPPORTED',
      /found "thin_prism"/,
    ],
    ['a distortion without a model', info({ d: [1, 0, 0, 0, 0] }), 'CAMERA_UNSUPPORTED', /distortion_model/],
    [
      'plumb_bob with three coefficients',
      info({ d: [1, 0, 0], distortion_model: 'plumb_bob' }),
      'CAMERA_UNSUPPORTED',
      /plumb_bob with 4 or 5; found 3/,
    ],
    [
      'rational_polynomial with five',
      info({ d: [1, 0, 0, 0, 0], distortion_model: 'rational_polynomial' }),
      'CAMERA_UNSUPPORTED',
      /with 8; found 5/,
    ],
    [
      'plumb_bob with a sixth coefficient',
      info({ d: [1, 0, 0, 0, 0, 1], distortion_model: 'plumb_bob' }),
      'CAMERA_UNSUPPORTED',
      /found 6/,
    ],
    [
      'a distortion that folds most of the image',
      info({ d: [-1e6, 0, 0, 0, 0], distortion_model: 'plumb_bob' }),
      'CAMERA_INVALID',
      /cannot be inverted/,
    ],
  ])('refuses %s', (_, message, code, text) => {
    const reading = () => cameraFromInfo(message as CameraInfo);
    expect(reading).toThrow(expect.objectContaining({ code, message: expect.stringMatching(text) }));
  });
});

describe('cameraFromCalibration', () => {
  it("reads foxglove's field names", () => {
    expect(cameraFromCalibration({ width: 640, height: 480, distortion_model: '', D: [], K, P })).toEqual(full);
  });

  it('honours its distortion', () => {
    const calibration = { width: 64, height: 48, distortion_model: 'kannala_brandt', D: [0.1, 0, 0, 0], K, P };
    expect(cameraFromCalibration(calibration).rays).toHaveLength(64 * 48 * 2);
  });
});
