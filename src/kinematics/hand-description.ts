import type { Vec3 } from '../geometry/matrix.js';
import type { JointName } from '../hand/skeleton.js';

/** Where an end of a round cone lies. `offset` and `forearm` are metres of a hand of scale 1. */
export type PointDescription =
  | { readonly joint: JointName; readonly towards?: JointName; readonly byRadius?: number }
  | { readonly mix: Readonly<Partial<Record<JointName, number>>>; readonly offset: Vec3 }
  | { readonly forearm: Vec3 };

export interface PrimitiveDescription {
  readonly name: string;
  readonly group: 'thumb' | 'index' | 'middle' | 'ring' | 'little' | 'palm' | 'forearm';
  readonly a: PointDescription;
  readonly b: PointDescription;
  /** Metres. */
  readonly radiusA: number;
  readonly radiusB: number;
}

/** The format of `hand.json`; its own `description` says how the frames lie. Lengths in metres, angles in degrees. */
export interface HandDescription<Dof extends string, Pose extends string> {
  readonly format: number;
  readonly name: string;
  readonly description: readonly string[];
  readonly joints: readonly JointName[];
  readonly thumb: { readonly cmc: Vec3; readonly lengths: Vec3 };
  readonly fingers: Readonly<
    Record<'index' | 'middle' | 'ring' | 'little', { readonly mcp: Vec3; readonly lengths: Vec3 }>
  >;
  readonly dofs: readonly {
    readonly name: Dof;
    readonly minDeg: number;
    readonly maxDeg: number;
    readonly restDeg: number;
    /** Between which an angle lies in an open hand with all fingers far apart; none for the wrist. */
    readonly splayedDeg?: readonly [number, number];
  }[];
  readonly poses: Readonly<Record<Pose, Readonly<Record<Dof, number>>>>;
  readonly primitives: readonly PrimitiveDescription[];
  readonly shape: {
    readonly description: string;
    readonly scale: readonly [number, number];
    readonly palmSd: number;
    readonly fingerSd: number;
    readonly boneSd: number;
    readonly thicknessSd: number;
    readonly radiusSd: number;
  };
}

/** The format of `hand-mesh.json`; its own `description` says how the numbers are packed (base64). */
export interface HandMeshDescription<Dof extends string, Bone extends string> {
  readonly format: number;
  readonly description: readonly string[];
  /** Metres per unit of a stored coordinate. */
  readonly unit: number;
  readonly boneNames: readonly Bone[];
  /** Degrees. */
  readonly restPose: Readonly<Record<Dof, number>>;
  readonly vertexCount: number;
  readonly faceCount: number;
  readonly firstForearmVertex: number;
  readonly firstForearmFace: number;
  readonly positions: string;
  readonly bones: string;
  readonly weights: string;
  readonly faces: string;
}
