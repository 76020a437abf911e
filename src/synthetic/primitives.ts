import {
  dot,
  IDENTITY,
  type Matrix3,
  mirroredPoint,
  mirroredTransform,
  multiply,
  type RigidTransform,
  rotate,
  subtract,
  transformPoint,
  transposed,
  type Vec3,
} from '../geometry/matrix.js';

/** The spheres of linearly growing radius along a segment: the convex hull of its two end spheres. */
export interface RoundCone {
  readonly kind: 'cone';
  readonly a: Vec3;
  readonly b: Vec3;
  readonly radiusA: number;
  readonly radiusB: number;
}

export interface Ellipsoid {
  readonly kind: 'ellipsoid';
  readonly center: Vec3;
  /** Along the ellipsoid's own axes. */
  readonly radii: Vec3;
  /** Turns the ellipsoid's axes into the frame that it lies in; absent where they are that frame's. */
  readonly rotation?: Matrix3;
}

export interface Box {
  readonly kind: 'box';
  readonly center: Vec3;
  /** Half of the edge lengths along the box's own axes. */
  readonly half: Vec3;
  /** Turns the box's axes into the frame that it lies in. */
  readonly rotation: Matrix3;
}

/** An infinite plane, seen from both sides. */
export interface Plane {
  readonly kind: 'plane';
  readonly point: Vec3;
  readonly normal: Vec3;
}

/** A solid in front of the camera: metres, optical frame (x right, y down, z forward). */
export type Primitive = RoundCone | Ellipsoid | Box | Plane;

export function sphere(center: Vec3, radius: number): RoundCone {
  return { kind: 'cone', a: center, b: center, radiusA: radius, radiusB: radius };
}

export function capsule(a: Vec3, b: Vec3, radiusA: number, radiusB = radiusA): RoundCone {
  return { kind: 'cone', a, b, radiusA, radiusB };
}

export function ellipsoid(center: Vec3, radii: Vec3): Ellipsoid {
  return { kind: 'ellipsoid', center, radii };
}

export function box(center: Vec3, half: Vec3, rotation: Matrix3 = IDENTITY): Box {
  return { kind: 'box', center, half, rotation };
}

export function plane(point: Vec3, normal: Vec3): Plane {
  return { kind: 'plane', point, normal };
}

export function movedCone<T extends RoundCone>(cone: T, transform: RigidTransform): T {
  return { ...cone, a: transformPoint(transform, cone.a), b: transformPoint(transform, cone.b) };
}

/** The same solid in another frame. */
export function movedPrimitive(primitive: Primitive, transform: RigidTransform): Primitive {
  const { rotation } = transform;
  switch (primitive.kind) {
    case 'cone':
      return movedCone(primitive, transform);
    case 'plane':
      return {
        ...primitive,
        point: transformPoint(transform, primitive.point),
        normal: rotate(rotation, primitive.normal),
      };
    case 'ellipsoid':
    case 'box':
      return {
        ...primitive,
        center: transformPoint(transform, primitive.center),
        rotation: multiply(rotation, primitive.rotation ?? IDENTITY),
      };
  }
}

/** The mirror image of a solid in the plane x = 0. */
export function mirrored(primitive: Primitive): Primitive {
  switch (primitive.kind) {
    case 'cone':
      return { ...primitive, a: mirroredPoint(primitive.a), b: mirroredPoint(primitive.b) };
    case 'plane':
      return { ...primitive, point: mirroredPoint(primitive.point), normal: mirroredPoint(primitive.normal) };
    case 'ellipsoid':
      if (primitive.rotation === undefined) return { ...primitive, center: mirroredPoint(primitive.center) };
      return { ...primitive, ...mirroredPlace(primitive.center, primitive.rotation) };
    case 'box':
      return { ...primitive, ...mirroredPlace(primitive.center, primitive.rotation) };
  }
}

function mirroredPlace(translation: Vec3, rotation: Matrix3): Pick<Box, 'center' | 'rotation'> {
  const place = mirroredTransform({ rotation, translation });
  return { center: place.translation, rotation: place.rotation };
}

/**
 * Metres from a point to a solid's surface, negative inside. Of a round cone and an ellipsoid it is an approximation that is right
 * at the surface and has the right sign everywhere.
 */
export function distanceTo(primitive: Primitive, point: Vec3): number {
  switch (primitive.kind) {
    case 'cone': {
      const { a, b, radiusA, radiusB } = primitive;
      const along = subtract(b, a);
      const from = subtract(point, a);
      const share = Math.min(1, Math.max(0, dot(from, along) / (dot(along, along) || 1)));
      const rest = subtract(from, [share * along[0], share * along[1], share * along[2]]);
      return Math.hypot(...rest) - (radiusA + share * (radiusB - radiusA));
    }
    case 'ellipsoid': {
      const { center, rotation = IDENTITY } = primitive;
      const [x, y, z] = rotate(transposed(rotation), subtract(point, center));
      const [a, b, c] = primitive.radii;
      return (Math.hypot(x / a, y / b, z / c) - 1) * Math.min(a, b, c);
    }
    case 'box': {
      const [x, y, z] = rotate(transposed(primitive.rotation), subtract(point, primitive.center));
      const [a, b, c] = primitive.half;
      const beyond: Vec3 = [Math.abs(x) - a, Math.abs(y) - b, Math.abs(z) - c];
      const outside = Math.hypot(...beyond.map((d) => Math.max(0, d)));
      return outside + Math.min(0, Math.max(...beyond));
    }
    case 'plane':
      return dot(subtract(point, primitive.point), primitive.normal);
  }
}
