import { cross, dot, subtract, type Transform, transformPoints, type Vec3 } from '../geometry/index.js';

/** A rectangle in space that is operated without touching it, as a profile describes it. */
export interface TouchSurface {
  readonly name: string;
  /** Frame of origin and axes; that of the joints where it is not given. */
  readonly frame?: string | undefined;
  /** The corner at the top left, as the user sees it, metres. */
  readonly origin: Vec3;
  /** Unit vectors along the upper edge to the right, and along the left edge down. */
  readonly xAxis: Vec3;
  readonly yAxis: Vec3;
  /** Metres. */
  readonly width: number;
  readonly height: number;
  /** 0 where it has no pixels. */
  readonly pixelWidth: number;
  readonly pixelHeight: number;
}

/** A box in space, with edges along the axes of its frame. */
export interface BoxZone {
  readonly name: string;
  readonly frame?: string | undefined;
  /** Metres. */
  readonly center: Vec3;
  /** Whole edges, metres. */
  readonly size: Vec3;
}

/** Where a point is with regard to a surface, metres. */
export interface OnSurface {
  /** From the top left corner, to the right and down. */
  readonly x: number;
  readonly y: number;
  /** In front of it, on the user's side; negative behind. */
  readonly distance: number;
}

/** A surface in the frame of the joints. */
export class PlacedSurface {
  readonly #origin: Vec3;
  readonly #x: Vec3;
  readonly #y: Vec3;
  /** Unit vector to the user. */
  readonly normal: Vec3;

  /** @param transform from the surface's frame to that of the joints; none where they are the same */
  constructor({ origin, xAxis, yAxis }: TouchSurface, transform?: Transform) {
    this.#origin = moved(origin, transform);
    this.#x = turned(xAxis, transform);
    this.#y = turned(yAxis, transform);
    this.normal = cross(this.#y, this.#x);
  }

  locate(point: Vec3): OnSurface {
    const way = subtract(point, this.#origin);
    return { x: dot(way, this.#x), y: dot(way, this.#y), distance: dot(way, this.normal) };
  }

  /** The point of the surface at x, y. */
  point(x: number, y: number): Vec3 {
    const at = (axis: 0 | 1 | 2) => this.#origin[axis] + x * this.#x[axis] + y * this.#y[axis];
    return [at(0), at(1), at(2)];
  }
}

/** A zone in the frame of the joints. */
export class PlacedZone {
  readonly #center: Vec3;
  readonly #axes: readonly Vec3[];
  readonly #size: Vec3;

  /** @param transform from the zone's frame to that of the joints; none where they are the same */
  constructor({ center, size }: BoxZone, transform?: Transform) {
    this.#center = moved(center, transform);
    this.#axes = (
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ] as const
    ).map((axis) => turned(axis, transform));
    this.#size = size;
  }

  /** By how much a point is outside, metres; 0 or less inside. */
  outside(point: Vec3): number {
    const way = subtract(point, this.#center);
    return Math.max(...this.#axes.map((axis, i) => Math.abs(dot(way, axis)) - this.#size[i] / 2));
  }
}

function moved(point: Vec3, transform: Transform | undefined): Vec3 {
  return transform === undefined ? point : ([...transformPoints(transform, point)] as unknown as Vec3);
}

function turned(axis: Vec3, transform: Transform | undefined): Vec3 {
  return transform === undefined ? axis : moved(axis, { translation: [0, 0, 0], rotation: transform.rotation });
}
