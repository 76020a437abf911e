import type { HandSkin } from './hand-skin.js';
import type { SeenPoints } from './residuals.js';

/** Every so many vertices are looked at where no point nearby is known; the nearest vertex of a point is at most so much nearer, metres. */
const STRIDE = 8;
const BETWEEN = 0.02;
/** So many points before one are looked at for its neighbour, which lies nearer than this, metres. */
const RECENT = 16;
const BESIDE = 0.015;
/** A vertex at this distance is believed to be the nearest, metres. */
const CLOSE = 0.008;
/** Steps from vertex to neighbour at most. */
const MOST_STEPS = 40;

/** Finds the vertices of a skin that are nearest to points. Arrays are made once. */
export class NearestVertices {
  readonly #skin: HandSkin;
  /** Places of every {@link STRIDE}th vertex, x, y, z, and what is added to squared distances; in which update they were taken. */
  readonly #some: Float64Array;
  #taken = 0;
  /** The squared distance of the vertex that was found last. */
  #least = 0;

  constructor(skin: HandSkin) {
    this.#skin = skin;
    this.#some = new Float64Array(4 * Math.ceil(skin.count / STRIDE));
  }

  /**
   * Find the vertex that is nearest to each of the points: {@link walk} from that of a neighbour among the points before; where that ends too
   * far off, from the nearest of some vertices.
   *
   * @param reach points farther off than this are taken out of the list, metres
   */
  nearest(seen: SeenPoints, reach: number): void {
    const skin = this.#skin;
    const { place, vertex } = seen;
    const far = (reach + BETWEEN) * (reach + BETWEEN);
    let kept = 0;
    for (let p = 0; p < seen.count; p++) {
      const x = place[3 * p];
      const y = place[3 * p + 1];
      const z = place[3 * p + 2];
      let best = -1;
      let least = BESIDE * BESIDE;
      for (let q = Math.max(0, kept - RECENT); q < kept; q++) {
        const dx = x - place[3 * q];
        const dy = y - place[3 * q + 1];
        const dz = z - place[3 * q + 2];
        const d = dx * dx + dy * dy + dz * dz;
        if (d < least) {
          least = d;
          best = vertex[q];
        }
      }
      this.#least = Infinity;
      if (best >= 0) best = this.#walk(best, place, 3 * p);
      if (this.#least > CLOSE * CLOSE) {
        best = this.#scan(best, place, 3 * p);
        if (this.#least > far) continue;
        best = this.#walk(best, place, 3 * p);
      }
      if (this.#least - skin.away[best] > reach * reach) continue;
      place[3 * kept] = x;
      place[3 * kept + 1] = y;
      place[3 * kept + 2] = z;
      vertex[kept++] = best;
    }
    seen.count = kept;
  }

  /** Find the nearest vertices again, downhill from vertex to neighbour. */
  walk(seen: SeenPoints): void {
    const { place, vertex } = seen;
    for (let p = 0; p < seen.count; p++) vertex[p] = this.#walk(vertex[p], place, 3 * p);
  }

  #walk(from: number, point: Float64Array, at: number): number {
    const skin = this.#skin;
    const { first, next, inner } = skin.binding;
    const places = skin.places;
    const x = point[at];
    const y = point[at + 1];
    const z = point[at + 2];
    let best = from;
    skin.look(best);
    let dx = x - places[3 * best];
    let dy = y - places[3 * best + 1];
    let dz = z - places[3 * best + 2];
    let least = dx * dx + dy * dy + dz * dz;
    if (skin.away[best] === 0) {
      // nearer to the vertex than to any of its neighbours, if the skin were flat
      const normals = skin.normals;
      const off = dx * normals[3 * best] + dy * normals[3 * best + 1] + dz * normals[3 * best + 2];
      if (least - off * off < inner[best] * skin.thickness * skin.thickness) {
        this.#least = least;
        return best;
      }
    } else least += skin.away[best];
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      let better = -1;
      const end = first[best + 1];
      for (let k = first[best]; k < end; k++) {
        const v = next[k];
        skin.locate(v);
        dx = x - places[3 * v];
        dy = y - places[3 * v + 1];
        dz = z - places[3 * v + 2];
        let d = dx * dx + dy * dy + dz * dz;
        if (d >= least) continue;
        skin.look(v);
        d += skin.away[v];
        if (d >= least) continue;
        least = d;
        better = v;
      }
      if (better < 0) break;
      best = better;
    }
    this.#least = least;
    return best;
  }

  /** The nearest to a point of `best` and every {@link STRIDE}th vertex. */
  #scan(best: number, point: Float64Array, at: number): number {
    const skin = this.#skin;
    if (this.#taken !== skin.now) this.#takeSome();
    const some = this.#some;
    const x = point[at];
    const y = point[at + 1];
    const z = point[at + 2];
    let least = this.#least;
    let found = best;
    for (let k = 0; k < some.length; k += 4) {
      const dx = x - some[k];
      const dy = y - some[k + 1];
      const dz = z - some[k + 2];
      const d = dx * dx + dy * dy + dz * dz + some[k + 3];
      if (d >= least) continue;
      least = d;
      found = (k / 4) * STRIDE;
    }
    this.#least = least;
    return found;
  }

  #takeSome(): void {
    const skin = this.#skin;
    this.#taken = skin.now;
    for (let v = 0; v < skin.count; v += STRIDE) {
      skin.look(v);
      const k = (4 * v) / STRIDE;
      for (let axis = 0; axis < 3; axis++) this.#some[k + axis] = skin.places[3 * v + axis];
      this.#some[k + 3] = skin.away[v];
    }
  }
}
