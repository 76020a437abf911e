import {
  IDENTITY,
  type Matrix3,
  mirroredPoint,
  mirroredTransform,
  type RigidTransform,
  transformPoint,
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

/** An ellipsoid whose axes are those of the frame that it lies in. */
export interface Ellipsoid {
  readonly kind: 'ellipsoid';
  readonly center: Vec3;
  readonly radii: Vec3;
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

/** The mirror image of a solid in the plane x = 0. */
export function mirrored(primitive: Primitive): Primitive {
  switch (primitive.kind) {
    case 'cone':
      return { ...primitive, a: mirroredPoint(primitive.a), b: mirroredPoint(primitive.b) };
    case 'plane':
      return { ...primitive, point: mirroredPoint(primitive.point), normal: mirroredPoint(primitive.normal) };
    case 'ellipsoid':
      return { ...primitive, center: mirroredPoint(primitive.center) };
    case 'box': {
      const { rotation, translation } = mirroredTransform({
        rotation: primitive.rotation,
        translation: primitive.center,
      });
      return { ...primitive, center: translation, rotation };
    }
  }
}
