import { BufferAttribute, BufferGeometry, Color, DynamicDrawUsage, LineBasicMaterial, LineSegments } from 'three';
import { FINGER_COLORS } from '../../hand/colors.js';
import { FINGER_NAMES } from '../../hand/skeleton.js';
import type { TrailPiece } from '../model/fingertip-trails.js';

const MOST_PIECES = 4096;
const COLORS = FINGER_NAMES.map((finger) => new Color(FINGER_COLORS[finger]));

/** Where the tips of the fingers have been: lines in the fingers' colours that fade. */
export class TrailView {
  readonly object: LineSegments;
  readonly #positions = new BufferAttribute(new Float32Array(MOST_PIECES * 6), 3).setUsage(DynamicDrawUsage);
  readonly #colors = new BufferAttribute(new Float32Array(MOST_PIECES * 8), 4).setUsage(DynamicDrawUsage);

  constructor() {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', this.#positions);
    geometry.setAttribute('color', this.#colors);
    geometry.setDrawRange(0, 0);
    this.object = new LineSegments(geometry, new LineBasicMaterial({ vertexColors: true, transparent: true }));
    this.object.frustumCulled = false;
  }

  show(pieces: readonly TrailPiece[]): void {
    const shown = pieces.slice(-MOST_PIECES);
    shown.forEach(({ tip, from, to, fresh }, i) => {
      const { r, g, b } = COLORS[tip];
      this.#positions.setXYZ(2 * i, from[0], from[1], from[2]);
      this.#positions.setXYZ(2 * i + 1, to[0], to[1], to[2]);
      for (const end of [2 * i, 2 * i + 1]) this.#colors.setXYZW(end, r, g, b, fresh);
    });
    this.#positions.needsUpdate = true;
    this.#colors.needsUpdate = true;
    this.object.geometry.setDrawRange(0, 2 * shown.length);
  }
}
