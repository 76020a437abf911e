import { BufferGeometry, Float32BufferAttribute, Group, LineBasicMaterial, LineSegments, type Object3D } from 'three';
import type { ScenePalette } from './palette.js';

/** Metres. */
const HALF = 1.2;
const STEP = 0.1;
/** Below the camera. */
const LEVEL = 0.3;
/** Of the frustum that stands for the depth camera. */
const CAMERA_DEPTH = 0.07;
const AXIS = 0.08;

/** The floor's grid in steps of 10 cm, the camera's axes (x red, y green, z blue) and its field of view, in the optical frame. */
export class Ground {
  readonly object = new Group();
  readonly #grid: LineSegments<BufferGeometry, LineBasicMaterial>;
  readonly #camera: LineSegments<BufferGeometry, LineBasicMaterial>;

  constructor() {
    this.#grid = lines(gridLines(), { transparent: true, opacity: 0.55 });
    this.#camera = lines(frustumLines(0.5, 0.375), {});
    this.object.add(this.#grid, this.#camera, axes());
  }

  /** @param tanX, tanY tangents of half the field of view */
  setFieldOfView(tanX: number, tanY: number): void {
    this.#camera.geometry.setAttribute('position', new Float32BufferAttribute(frustumLines(tanX, tanY), 3));
  }

  setPalette({ grid }: ScenePalette): void {
    this.#grid.material.color.copy(grid);
    this.#camera.material.color.copy(grid);
  }
}

function gridLines(): number[] {
  const points: number[] = [];
  const steps = Math.round(HALF / STEP);
  for (let i = -steps; i <= steps; i++) {
    const at = i * STEP;
    points.push(at, LEVEL, 0, at, LEVEL, 2 * HALF);
    points.push(-HALF, LEVEL, at + HALF, HALF, LEVEL, at + HALF);
  }
  return points;
}

export function frustumLines(tanX: number, tanY: number): number[] {
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([x, y]) => [x * tanX * CAMERA_DEPTH, y * tanY * CAMERA_DEPTH, CAMERA_DEPTH]);
  return corners.flatMap((corner, i) => [0, 0, 0, ...corner, ...corner, ...corners[(i + 1) % 4]]);
}

function axes(): Object3D {
  const positions = [0, 0, 0, AXIS, 0, 0, 0, 0, 0, 0, AXIS, 0, 0, 0, 0, 0, 0, AXIS];
  const ends = [
    [0.86, 0.3, 0.28],
    [0.33, 0.66, 0.33],
    [0.28, 0.48, 0.86],
  ];
  const object = lines(positions, { vertexColors: true });
  object.geometry.setAttribute(
    'color',
    new Float32BufferAttribute(
      ends.flatMap((end) => [...end, ...end]),
      3,
    ),
  );
  return object;
}

export function lines(
  positions: readonly number[],
  material: ConstructorParameters<typeof LineBasicMaterial>[0],
): LineSegments<BufferGeometry, LineBasicMaterial> {
  const geometry = new BufferGeometry().setAttribute('position', new Float32BufferAttribute(positions, 3));
  return new LineSegments(geometry, new LineBasicMaterial(material));
}
