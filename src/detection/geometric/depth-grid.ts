import type { DepthFrame } from '../../depth/depth-frame.js';
import { samplesOf } from '../../depth/stored-depth.js';
import type { InteractionZone } from './reference-config.js';

/** A rectangle of pixels: left, top, one past right, one past bottom. */
export type PixelWindow = readonly [number, number, number, number];

/** Samples of one cell belong together when they lie within this of the nearest, metres. */
const SAMPLE_SPREAD = 0.012;
/** The jump between surfaces is at least this many cell pitches: a surface turned away by 70 degrees stays whole. */
const JUMP_PITCHES = 3;

/**
 * A window of a depth image, sub-sampled to cells of `step * step` pixels, as 3D points of the interaction zone.
 *
 * Two neighbouring cells are linked, that is, on one surface, when their depths differ by less than the jump. All that
 * detection/geometric computes (thickness, geodesic distance, components) walks along these links.
 *
 * Cell `row * cols + col` holds `x, y, z` in metres; `z` 0 means no point. The arrays are reused by the next `sample`.
 */
export class DepthGrid {
  cols = 0;
  rows = 0;
  step = 1;
  /** Cells that hold a point. */
  filled = 0;
  /** Pixels of the window with any depth, in the zone or not, among those looked at. */
  seen = 0;
  x = new Float32Array(0);
  y = new Float32Array(0);
  z = new Float32Array(0);
  /** 1 where a cell lies at the edge of what is looked at, so that its surface may go on unseen. */
  edge = new Uint8Array(0);
  /** Index offsets of the eight neighbours, straight ones first. Cells of the outermost ring never hold a point. */
  readonly neighbours = new Int32Array(8);
  /** Metres of surface (facing the camera) per metre of depth and cell. */
  pitchPerDepth = 0;
  #depthJump = 0;

  /** Fill the grid from the frame's pixels in `window`, a cell every `step` pixels. */
  sample(frame: DepthFrame, window: PixelWindow, step: number, zone: InteractionZone, depthJump: number): void {
    const { camera, width, height } = frame;
    const { samples, stride, unit } = samplesOf(frame);
    const u0 = Math.max(0, Math.floor(window[0]));
    const v0 = Math.max(0, Math.floor(window[1]));
    const u1 = Math.min(width, Math.ceil(window[2]));
    const v1 = Math.min(height, Math.ceil(window[3]));
    const innerCols = Math.max(0, Math.ceil((u1 - u0) / step));
    const innerRows = Math.max(0, Math.ceil((v1 - v0) / step));
    this.#resize(innerCols + 2, innerRows + 2);
    this.step = step;
    this.#depthJump = depthJump;
    this.pitchPerDepth = step / Math.sqrt(camera.fx * camera.fy);

    const { x, y, z, cols } = this;
    const [zNear, zFar] = zone.z;
    const rays = camera.rays;
    const near = (step - 1) >> 1;
    const far = step >> 1;
    const boxed = zone.x !== undefined || zone.y !== undefined;
    let filled = 0;
    let seen = 0;
    for (let row = 0; row < innerRows; row++) {
      const v = v0 + row * step;
      const top = Math.min(v + near, height - 1);
      const bottom = Math.min(v + far, height - 1);
      const line0 = top * stride;
      const line1 = bottom * stride;
      for (let col = 0; col < innerCols; col++) {
        const u = u0 + col * step;
        const ua = Math.min(u + near, width - 1);
        const ub = Math.min(u + far, width - 1);
        const a = Math.fround(samples[line0 + ua] * unit);
        const b = Math.fround(samples[line0 + ub] * unit);
        const c = Math.fround(samples[line1 + ua] * unit);
        const d = Math.fround(samples[line1 + ub] * unit);
        if (a > 0 || b > 0 || c > 0 || d > 0) seen++;
        const depthHere = nearestSurface(a, b, c, d, zNear, zFar);
        if (depthHere === 0) continue;
        let rayX: number;
        let rayY: number;
        if (rays !== undefined) {
          rayX = rays[2 * (top * width + ua)];
          rayY = rays[2 * (top * width + ua) + 1];
        } else {
          rayX = (u + (near + far) / 2 - camera.cx) / camera.fx;
          rayY = (v + (near + far) / 2 - camera.cy) / camera.fy;
        }
        const px = rayX * depthHere;
        const py = rayY * depthHere;
        if (boxed && !(within(px, zone.x) && within(py, zone.y))) continue;
        const cell = (row + 1) * cols + col + 1;
        x[cell] = px;
        y[cell] = py;
        z[cell] = depthHere;
        filled++;
      }
    }
    this.filled = filled + this.#bridgeCracks();
    this.seen = seen;
  }

  /**
   * Fill gaps that are a single cell wide and have the same surface on both sides: sensors lose the pixels along the
   * outline of a finger that lies before the palm.
   */
  #bridgeCracks(): number {
    const { x, y, z, cols, rows } = this;
    const cracks: number[] = [];
    for (let row = 1; row < rows - 1; row++) {
      for (let cell = row * cols + 1, end = cell + cols - 2; cell < end; cell++) {
        if (z[cell] > 0) continue;
        const across = this.#sameSurface(cell - 1, cell + 1)
          ? 1
          : this.#sameSurface(cell - cols, cell + cols)
            ? cols
            : 0;
        if (across > 0) cracks.push(cell, across);
      }
    }
    for (let i = 0; i < cracks.length; i += 2) {
      const a = cracks[i] - cracks[i + 1];
      const b = cracks[i] + cracks[i + 1];
      x[cracks[i]] = (x[a] + x[b]) / 2;
      y[cracks[i]] = (y[a] + y[b]) / 2;
      z[cracks[i]] = (z[a] + z[b]) / 2;
    }
    return cracks.length / 2;
  }

  #sameSurface(a: number, b: number): boolean {
    const { z } = this;
    return z[a] > 0 && z[b] > 0 && Math.abs(z[a] - z[b]) < this.jumpAt(z[a]);
  }

  /** Depth difference from which on neighbours at about depth `z` belong to different surfaces. */
  jumpAt(z: number): number {
    return Math.max(this.#depthJump, JUMP_PITCHES * this.pitchPerDepth * z);
  }

  /** Edge of a cell at depth `z`, metres. */
  pitchAt(z: number): number {
    return this.pitchPerDepth * z;
  }

  #resize(cols: number, rows: number): void {
    const cells = cols * rows;
    if (this.z.length < cells) {
      this.x = new Float32Array(cells);
      this.y = new Float32Array(cells);
      this.z = new Float32Array(cells);
      this.edge = new Uint8Array(cells);
    } else {
      this.z.fill(0, 0, cells);
    }
    this.cols = cols;
    this.rows = rows;
    const { edge } = this;
    edge.fill(0, 0, cells);
    edge.fill(1, cols + 1, 2 * cols - 1);
    edge.fill(1, (rows - 2) * cols + 1, (rows - 1) * cols - 1);
    for (let row = 1; row < rows - 1; row++) edge[row * cols + 1] = edge[row * cols + cols - 2] = 1;
    this.neighbours.set([-1, 1, -cols, cols, -cols - 1, -cols + 1, cols - 1, cols + 1]);
  }

  get cells(): number {
    return this.cols * this.rows;
  }
}

/** Mean of those samples that lie on the nearest surface of the zone; 0 where there are not at least two. */
function nearestSurface(a: number, b: number, c: number, d: number, zNear: number, zFar: number): number {
  let nearest = Infinity;
  if (a >= zNear && a < nearest) nearest = a;
  if (b >= zNear && b < nearest) nearest = b;
  if (c >= zNear && c < nearest) nearest = c;
  if (d >= zNear && d < nearest) nearest = d;
  if (!(nearest <= zFar)) return 0;
  const limit = nearest + SAMPLE_SPREAD;
  const onA = a >= nearest && a <= limit ? 1 : 0;
  const onB = b >= nearest && b <= limit ? 1 : 0;
  const onC = c >= nearest && c <= limit ? 1 : 0;
  const onD = d >= nearest && d <= limit ? 1 : 0;
  const count = onA + onB + onC + onD;
  return count < 2 ? 0 : (onA * a + onB * b + onC * c + onD * d) / count;
}

function within(value: number, range: readonly [number, number] | undefined): boolean {
  return range === undefined || (value >= range[0] && value <= range[1]);
}
