import { describe, expect, it } from 'vitest';
import type { CameraModel, DepthFrame } from '../depth/depth-frame.js';
import { storedFrame } from '../depth/stored-depth.js';
import { PictureSampler } from './picture.js';

const FORMAT = { focal: 120, multiple: 16, maxSize: 320 };

type Depth = (x: number, y: number) => number;

function pinhole(width: number, height: number, f: number, cx = (width - 1) / 2, cy = (height - 1) / 2): CameraModel {
  return { width, height, fx: f, fy: f, cx, cy };
}

/** A frame whose depth is a function of the ray, x / z and y / z. */
function frameOf(camera: CameraModel, depth: Depth): DepthFrame {
  const { width, height, fx, fy, cx, cy, rays } = camera;
  const values = Float32Array.from({ length: width * height }, (_, i) => {
    const [u, v] = [i % width, Math.floor(i / width)];
    return rays ? depth(rays[2 * i], rays[2 * i + 1]) || 0 : depth((u - cx) / fx, (v - cy) / fy);
  });
  return { stamp: 1n, frameId: 'camera', width, height, depth: values, camera };
}

/** Depth at the ray of the picture's pixel (i, j), and that ray. */
function at({ width, focal, cx, cy, depth }: ReturnType<PictureSampler['sample']>, i: number, j: number) {
  return { z: depth[j * width + i], x: (i - cx) / focal, y: (j - cy) / focal };
}

const ramp: Depth = (x, y) => 1 + 0.5 * x + 0.25 * y;

describe('the picture that a detector wants', () => {
  it.each([
    ['640x480 of 600 px', pinhole(640, 480, 600), 128, 96],
    ['a principal point off the centre', pinhole(640, 480, 600, 300.25, 251.5), 128, 96],
    ['portrait', pinhole(480, 640, 600), 96, 128],
    ['160x120, coarser than the picture', pinhole(160, 120, 80), 240, 192],
    ['1280x1024', pinhole(1280, 1024, 1050), 160, 128],
    ['a wide 512x512', pinhole(512, 512, 250), 256, 256],
    ['wider than the picture may be', pinhole(640, 480, 180), 320, 320],
  ] as const)('has depth where the camera sees it along the same ray: %s', (_, camera, width, height) => {
    const picture = new PictureSampler(FORMAT).sample(frameOf(camera, ramp));
    expect(picture).toMatchObject({ width, height, focal: 120 });
    // the nearest pixel's ray is at most half a pixel of the camera away, both ways
    const most = (0.5 + 0.25) * (0.5 / camera.fx) + 1e-6;
    let seen = 0;
    let wrong = 0;
    for (let j = 0; j < height; j++) {
      for (let i = 0; i < width; i++) {
        const { x, y, z } = at(picture, i, j);
        const inside =
          Math.abs(x - (camera.width / 2 - 0.5 - camera.cx) / camera.fx) < camera.width / 2 / camera.fx - 1e-9 &&
          Math.abs(y - (camera.height / 2 - 0.5 - camera.cy) / camera.fy) < camera.height / 2 / camera.fy - 1e-9;
        if (inside) seen++;
        if (inside ? Math.abs(z - ramp(x, y)) > most : z !== 0) wrong++;
      }
    }
    expect(wrong).toBe(0);
    expect(seen).toBeGreaterThan(0.6 * width * height);
  });

  it('puts the middle of what the camera sees into its middle', () => {
    const picture = new PictureSampler(FORMAT).sample(frameOf(pinhole(640, 480, 600, 300, 250), ramp));
    const middle = at(picture, 63.5, 47.5);
    expect(middle.x).toBeCloseTo((319.5 - 300) / 600, 9);
    expect(middle.y).toBeCloseTo((239.5 - 250) / 600, 9);
  });

  it('gives a window of the whole, along the same rays', () => {
    const sampler = new PictureSampler(FORMAT);
    const frame = frameOf(pinhole(640, 480, 600, 300, 250), ramp);
    const whole = sampler.sample(frame);
    const { depth: _, ...layout } = whole;
    expect(sampler.layout(frame)).toMatchObject(layout);
    const window = { left: 16, top: 40, width: 48, height: 32 };
    const part = sampler.sample(frame, 0.5, undefined, window);
    expect(part).toMatchObject({ width: 48, height: 32, focal: 120, cx: whole.cx - 16, cy: whole.cy - 40 });
    for (let j = 0; j < 32; j++) {
      const row = whole.depth.subarray((40 + j) * whole.width + 16, (40 + j) * whole.width + 64);
      expect(part.depth.subarray(48 * j, 48 * (j + 1))).toEqual(row.map((z) => z / 2));
    }
  });

  it('takes the nearest pixel with depth within half a pixel of the picture where one is missing, and none beyond', () => {
    const camera = pinhole(640, 480, 600); // five pixels of the camera for one of the picture: two on each side
    const whole = frameOf(camera, () => 2);
    const sampler = new PictureSampler(FORMAT);
    // the pixel (64, 48) of the picture looks at (322, 242) of the camera, by rounding of 322.0 and 242.0
    const [u, v] = [322, 242];
    const missing = (radius: number, value: number, at: readonly [number, number]) => {
      const depth = whole.depth.slice();
      for (let y = v - radius; y <= v + radius; y++)
        for (let x = u - radius; x <= u + radius; x++) depth[y * 640 + x] = 0;
      depth[at[1] * 640 + at[0]] = value;
      return sampler.sample({ ...whole, depth }).depth[48 * 128 + 64];
    };
    expect(missing(0, 0, [u, v])).toBe(2);
    expect(missing(2, 3, [u + 2, v - 1])).toBe(3);
    expect(missing(3, 3, [u + 3, v])).toBe(0);
  });

  it('reads depth as it is stored, with any stride, and scales it where asked', () => {
    const camera = pinhole(64, 48, 60);
    const samples = new Uint16Array(70 * 48);
    for (let i = 0; i < samples.length; i++) samples[i] = i % 70 < 64 ? 500 + (i % 70) : 9999;
    const frame = storedFrame(
      { stamp: 1n, frameId: 'c', camera },
      { width: 64, height: 48, samples, stride: 70, unit: 0.001 },
    );
    const sampler = new PictureSampler(FORMAT);
    const { depth } = sampler.sample(frame);
    expect(Math.min(...depth)).toBeCloseTo(0.5, 6);
    expect(Math.max(...depth)).toBeCloseTo(0.563, 6);
    expect(Math.max(...sampler.sample(frame, 10).depth)).toBeCloseTo(5.63, 5);
  });

  it('follows the rays of a distorted lens', () => {
    const [width, height, f] = [320, 240, 200];
    const rays = new Float32Array(2 * width * height);
    for (let i = 0; i < width * height; i++) {
      const x = ((i % width) - 159.5) / f;
      const y = (Math.floor(i / width) - 119.5) / f;
      const bent = 1 + 0.1 * (x * x + y * y);
      rays.set([x * bent, y * bent], 2 * i);
    }
    rays[0] = Number.NaN; // a blind corner
    const camera = { ...pinhole(width, height, f), rays };
    const picture = new PictureSampler(FORMAT).sample(frameOf(camera, ramp));
    let [seen, worst, sum] = [0, 0, 0];
    for (let j = 0; j < picture.height; j++) {
      for (let i = 0; i < picture.width; i++) {
        const { x, y, z } = at(picture, i, j);
        if (z === 0) continue;
        seen++;
        // a ray that falls into the pixel is at most half a pixel of the picture away, both ways
        worst = Math.max(worst, Math.abs(z - ramp(x, y)));
        sum += Math.abs(z - ramp(x, y));
      }
    }
    expect(worst).toBeLessThan((0.75 * 0.5) / 120 + 1e-6);
    expect(sum / seen).toBeLessThan((0.75 * 0.5 * 1.3) / f / 1.5);
    expect(seen).toBeGreaterThan(0.9 * ((320 / 200) * 120 * (240 / 200) * 120));
  });

  it('fills a picture finer than a distorted lens without gaps', () => {
    const [width, height, f] = [80, 60, 50];
    const rays = Float32Array.from({ length: 2 * width * height }, (_, k) => {
      const i = k >> 1;
      return k % 2 === 0 ? ((i % width) - 39.5) / f : (Math.floor(i / width) - 29.5) / f;
    });
    const picture = new PictureSampler(FORMAT).sample(frameOf({ ...pinhole(width, height, f), rays }, () => 1));
    let gaps = 0;
    for (let j = 10; j < picture.height - 10; j++) {
      for (let i = 10; i < picture.width - 10; i++) if (picture.depth[j * picture.width + i] !== 1) gaps++;
    }
    expect(gaps).toBe(0);
  });

  it.each([
    ['empty', () => 0],
    ['constant', () => 1],
    ['at infinity', () => Number.MAX_VALUE],
  ] as [string, Depth][])('never throws: %s', (_, depth) => {
    for (const camera of [
      pinhole(1, 1, 1),
      pinhole(640, 480, 5000),
      pinhole(3, 2000, 10),
      pinhole(640, 480, 600, -900),
    ]) {
      const { width, height, depth: values } = new PictureSampler(FORMAT).sample(frameOf(camera, depth));
      expect(width % 16 === 0 && height % 16 === 0 && width <= 320 && height <= 320).toBe(true);
      expect(values).toHaveLength(width * height);
    }
  });

  it('writes into memory that it is given, where that is large enough, and is reset with another camera', () => {
    const sampler = new PictureSampler(FORMAT);
    const first = sampler.sample(frameOf(pinhole(640, 480, 600), () => 1)).depth;
    expect(
      sampler.sample(
        frameOf(pinhole(640, 480, 600), () => 2),
        1,
        first,
      ).depth,
    ).toBe(first);
    const other = sampler.sample(
      frameOf(pinhole(480, 640, 600), () => 3),
      1,
      first.subarray(1),
    );
    expect(other).toMatchObject({ width: 96, height: 128 });
    expect(other.depth[96 * 64 + 48]).toBe(3);
  });

  it.each([
    ['less depth than pixels', (f: DepthFrame) => ({ ...f, depth: f.depth.subarray(1) }), 'DEPTH_SIZE'],
    ['another camera', (f: DepthFrame) => ({ ...f, camera: pinhole(63, 48, 60) }), 'DEPTH_SIZE'],
    ['no focal length', (f: DepthFrame) => ({ ...f, camera: { ...f.camera, fx: 0 } }), 'CAMERA_INVALID'],
    ['no principal point', (f: DepthFrame) => ({ ...f, camera: { ...f.camera, cx: Number.NaN } }), 'CAMERA_INVALID'],
  ])('refuses %s', (_, broken, code) => {
    const frame = frameOf(pinhole(64, 48, 60), () => 1);
    expect(() => new PictureSampler(FORMAT).sample(broken(frame))).toThrow(expect.objectContaining({ code }));
  });
});
