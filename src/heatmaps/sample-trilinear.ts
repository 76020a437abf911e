/**
 * The heat map's value between its cells: trilinear interpolation at the continuous cell position (x, y, z), where
 * cell centres are integers. Beyond the outermost centres the value of the border holds; a cell that is not finite
 * counts as 0.
 *
 * `begin` is the index of the joint's first cell in `data`.
 */
export function sampleTrilinear(
  data: Float32Array,
  begin: number,
  size: number,
  x: number,
  y: number,
  z: number,
): number {
  const px = clampToCells(x, size);
  const py = clampToCells(y, size);
  const pz = clampToCells(z, size);
  const x0 = Math.min(Math.floor(px), Math.max(size - 2, 0));
  const y0 = Math.min(Math.floor(py), Math.max(size - 2, 0));
  const z0 = Math.min(Math.floor(pz), Math.max(size - 2, 0));
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const dx = corner & 1;
    const dy = (corner >> 1) & 1;
    const dz = corner >> 2;
    const weight = (dx ? px - x0 : 1 - (px - x0)) * (dy ? py - y0 : 1 - (py - y0)) * (dz ? pz - z0 : 1 - (pz - z0));
    if (weight === 0) continue; // also keeps a corner beyond the border from being read
    const value = data[begin + ((z0 + dz) * size + (y0 + dy)) * size + x0 + dx];
    if (Number.isFinite(value)) sum += weight * value;
  }
  return sum;
}

function clampToCells(position: number, size: number): number {
  return Math.min(Math.max(position, 0), size - 1);
}
