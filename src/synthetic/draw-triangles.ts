import type { PixelBox, RayTable } from './ray-table.js';

/** What triangles are drawn into: pixels row by row. */
export interface Picture {
  readonly table: RayTable;
  readonly width: number;
  /** Depth z of each pixel, metres; Infinity where nothing is yet. Overwritten where a triangle is nearer. */
  readonly depth: Float32Array;
  readonly labels: Uint8Array;
}

/** Triangles with a corner nearer than this (metres) are not drawn. */
const NEAREST = 0.02;

/**
 * Draw triangles into a depth picture; the nearest wins, front and back alike.
 *
 * With x = X/Z and y = Y/Z straight edges stay straight and 1/Z is linear in x and y, for any lens. The edge from p to q is the
 * function e(x, y) = (p.y - q.y) x + (q.x - p.x) y + p.x q.y - q.x p.y. A pixel whose ray (x, y, 1) has three values of one sign, or
 * zero, is covered. Seen from the other triangle at an edge the three numbers are exactly the negative ones, so that no pixel falls
 * between two neighbours.
 *
 * @param vertices three numbers each, metres, optical frame
 * @param faces three vertices each
 * @returns a box of pixels around all that was drawn
 */
export function drawTriangles(vertices: Float64Array, faces: Uint16Array, label: number, picture: Picture): PixelBox {
  const { table, width, depth, labels } = picture;
  const { rays, pixelBox } = table;
  const count = vertices.length / 3;
  const [xs, ys, inverses] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const z = vertices[3 * i + 2];
    inverses[i] = z >= NEAREST ? 1 / z : Number.NaN;
    xs[i] = vertices[3 * i] / z;
    ys[i] = vertices[3 * i + 1] / z;
  }
  let [first, last, upper, lower] = [width, 0, depth.length / width, 0];
  for (let f = 0; f < faces.length; f += 3) {
    const a = faces[f];
    const b = faces[f + 1];
    const c = faces[f + 2];
    const ax = xs[a];
    const ay = ys[a];
    const bx = xs[b];
    const by = ys[b];
    const cx = xs[c];
    const cy = ys[c];
    // Edge functions px + qy + r opposite to a, b and c; their sum is constant. `side` makes them positive inside.
    const sum = bx * cy - cx * by + (cx * ay - ax * cy) + (ax * by - bx * ay);
    const side = sum > 0 ? 1 : -1;
    const pa = side * (by - cy);
    const qa = side * (cx - bx);
    const ra = side * (bx * cy - cx * by);
    const pb = side * (cy - ay);
    const qb = side * (ax - cx);
    const rb = side * (cx * ay - ax * cy);
    const pc = side * (ay - by);
    const qc = side * (bx - ax);
    const rc = side * (ax * by - bx * ay);
    const ia = inverses[a] / (side * sum);
    const ib = inverses[b] / (side * sum);
    const ic = inverses[c] / (side * sum);
    if (!(ia + ib + ic < Infinity)) continue; // too near, or seen edge-on
    const { left, right, top, bottom } = pixelBox(
      Math.min(ax, bx, cx),
      Math.max(ax, bx, cx),
      Math.min(ay, by, cy),
      Math.max(ay, by, cy),
    );
    if (left < first) first = left;
    if (right > last) last = right;
    if (top < upper) upper = top;
    if (bottom > lower) lower = bottom;
    for (let v = top; v < bottom; v++) {
      const end = v * width + right;
      for (let i = v * width + left; i < end; i++) {
        const x = rays[2 * i];
        const y = rays[2 * i + 1];
        const ea = pa * x + qa * y + ra;
        const eb = pb * x + qb * y + rb;
        const ec = pc * x + qc * y + rc;
        if (ea < 0 || eb < 0 || ec < 0) continue;
        const z = 1 / (ea * ia + eb * ib + ec * ic);
        if (z < depth[i]) {
          depth[i] = z;
          labels[i] = label;
        }
      }
    }
  }
  return { left: first, right: last, top: upper, bottom: lower };
}
