/** Cells along an edge of the picture. */
const SIZE = 64;
/** Cells farther from any seen point than this say nothing: the model is somewhere else altogether. */
const REACH = 7;
const NONE = -1;

/**
 * Where a camera at the origin saw through: a coarse picture of the nearest seen points. {@link build} and {@link query} allocate nothing.
 */
export class FreeSpace {
  /** What {@link query} found: by how much a sphere stands in seen free space, metres (0: it does not), and the way out, a unit vector. */
  depth = 0;
  readonly way = new Float64Array(3);
  readonly #front = new Float32Array(SIZE * SIZE);
  #u = 0;
  #v = 0;
  #cell = 1;

  /**
   * @param points x, y, z of all seen points about the hand, metres
   * @param center of the picture; metres
   * @param pitch distance between neighbouring points there, metres: the size of a cell
   */
  build(points: Float32Array, center: ArrayLike<number>, pitch: number): void {
    const front = this.#front;
    front.fill(Infinity);
    this.#cell = pitch / center[2];
    this.#u = center[0] / center[2] - (SIZE / 2) * this.#cell;
    this.#v = center[1] / center[2] - (SIZE / 2) * this.#cell;
    for (let i = 0; i < points.length; i += 3) {
      const z = points[i + 2];
      const cell = this.#cellOf(points[i] / z, points[i + 1] / z);
      if (cell !== NONE && z < front[cell]) front[cell] = z;
    }
  }

  #cellOf(u: number, v: number): number {
    const x = Math.floor((u - this.#u) / this.#cell);
    const y = Math.floor((v - this.#v) / this.#cell);
    return x < 0 || y < 0 || x >= SIZE || y >= SIZE ? NONE : y * SIZE + x;
  }

  /**
   * How far a sphere stands in front of what was seen, or beside it; the answer lies in the fields.
   *
   * @param sphere x, y, z and radius, metres
   */
  query(sphere: Float64Array): void {
    this.depth = 0;
    const px = sphere[0];
    const py = sphere[1];
    const pz = sphere[2];
    const radius = sphere[3];
    const u = px / pz;
    const v = py / pz;
    const cell = this.#cellOf(u, v);
    if (cell === NONE) return;
    const x = cell % SIZE;
    const y = (cell - x) / SIZE;
    let seen = Infinity;
    for (let cy = Math.max(0, y - 1); cy <= Math.min(SIZE - 1, y + 1); cy++) {
      for (let cx = Math.max(0, x - 1); cx <= Math.min(SIZE - 1, x + 1); cx++) {
        seen = Math.min(seen, this.#front[cy * SIZE + cx]);
      }
    }
    const { way } = this;
    if (seen < Infinity) {
      const length = Math.sqrt(u * u + v * v + 1);
      this.depth = Math.max(0, (seen - pz) * length + radius);
      way[0] = u / length;
      way[1] = v / length;
      way[2] = 1 / length;
      return;
    }
    let least = (REACH + 1) ** 2;
    let source = NONE;
    for (let cy = Math.max(0, y - REACH); cy <= Math.min(SIZE - 1, y + REACH); cy++) {
      for (let cx = Math.max(0, x - REACH); cx <= Math.min(SIZE - 1, x + REACH); cx++) {
        const squared = (cx - x) ** 2 + (cy - y) ** 2;
        if (squared >= least || this.#front[cy * SIZE + cx] === Infinity) continue;
        least = squared;
        source = cy * SIZE + cx;
      }
    }
    if (source === NONE) return;
    const sx = source % SIZE;
    const dx = (this.#u + (sx + 0.5) * this.#cell - u) * pz;
    const dy = (this.#v + ((source - sx) / SIZE + 0.5) * this.#cell - v) * pz;
    const length = Math.sqrt(dx * dx + dy * dy);
    const size = this.#cell * pz;
    if (length > REACH * size) return;
    this.depth = Math.max(0, length - size);
    way[0] = dx / length;
    way[1] = dy / length;
    way[2] = 0;
  }
}
