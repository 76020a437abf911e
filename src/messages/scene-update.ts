import type { SceneEntity, SceneUpdate, TextPrimitive } from '@foxglove/schemas';
import type { HandJoints } from '../hand/index.js';
import { toFoxgloveTime } from '../timing/stamp.js';
import type { ColorRgba, Point, Pose } from './generated.js';
import { DRAWING_DEFAULTS, type DrawingOptions, drawHand, type HandLabel, LABEL_SIZE } from './hand-drawing.js';
import { IDENTITY, ORIGIN, xyz } from './parts.js';

/** `foxglove.LineType` and `foxglove.SceneEntityDeletionType`. */
const LINE_LIST = 2;
const MATCHING_ID = 0;

/**
 * A hand as `foxglove.SceneUpdate`, for viewers without ROS: one entity `hand/<id>` of spheres, lines and a text, or the
 * deletion of that entity when the hand is not tracked.
 */
export function toSceneUpdate(hand: HandJoints, options: DrawingOptions = {}): SceneUpdate {
  const id = `hand/${hand.handId}`;
  if (hand.tracked) return { deletions: [], entities: [entity(id, hand, { ...DRAWING_DEFAULTS, ...options })] };
  return { deletions: [{ timestamp: toFoxgloveTime(hand.stamp), type: MATCHING_ID, id }], entities: [] };
}

function entity(id: string, hand: HandJoints, options: Required<DrawingOptions>): SceneEntity {
  const { jointDiameter: diameter, boneWidth, lifetime } = options;
  const drawing = drawHand(hand);
  return {
    timestamp: toFoxgloveTime(hand.stamp),
    frame_id: hand.frameId,
    id,
    lifetime: toFoxgloveTime(lifetime),
    frame_locked: false,
    metadata: [],
    arrows: [],
    cubes: [],
    spheres: drawing.joints.map((position, joint) => ({
      pose: { position, orientation: IDENTITY },
      size: { x: diameter, y: diameter, z: diameter },
      color: drawing.jointColors[joint],
    })),
    cylinders: [],
    lines: [
      {
        type: LINE_LIST,
        pose: ORIGIN,
        thickness: boneWidth,
        scale_invariant: false,
        points: [...drawing.boneEnds],
        color: { r: 1, g: 1, b: 1, a: 1 },
        colors: [...drawing.boneColors],
        indices: [],
      },
    ],
    triangles: [],
    texts: drawing.label === undefined ? [] : [textOf(drawing.label)],
    models: [],
  };
}

function textOf({ text, position, color }: HandLabel): TextPrimitive {
  const pose = { position, orientation: IDENTITY };
  return { pose, billboard: true, font_size: LABEL_SIZE, scale_invariant: false, color, text };
}

/** The reference cube: metres and radians in the frame named, as in `Cube`. */
export interface CubeDrawing {
  readonly stamp: bigint;
  readonly frameId: string;
  readonly handId: number;
  /** Absent where there is none: what was drawn before is deleted. */
  readonly cube?: {
    readonly center: readonly [number, number, number];
    readonly edge: number;
    /** About the optical axis. */
    readonly roll: number;
    readonly mirror: boolean;
  };
  /** After this time a viewer removes a cube that is not drawn again, nanoseconds; half a second by default. */
  readonly lifetime?: bigint;
}

const EDGE_COLOR: ColorRgba = { r: 0.35, g: 0.7, b: 0.9, a: 0.9 };
const FACE_COLOR: ColorRgba = { ...EDGE_COLOR, a: 0.06 };
const EDGE_PIXELS = 1.5;

/** The reference cube as `foxglove.SceneUpdate`: one entity `cube/<hand id>`, twelve edges and faces that hide nothing. */
export function toCubeScene({ stamp, frameId, handId, cube, lifetime }: CubeDrawing): SceneUpdate {
  const id = `cube/${handId}`;
  const timestamp = toFoxgloveTime(stamp);
  if (cube === undefined) return { deletions: [{ timestamp, type: MATCHING_ID, id }], entities: [] };
  // A mirrored cube is turned the other way round.
  const half = (cube.mirror ? -cube.roll : cube.roll) / 2;
  const pose: Pose = {
    position: xyz(cube.center),
    orientation: { x: 0, y: 0, z: Math.sin(half), w: Math.cos(half) },
  };
  return {
    deletions: [],
    entities: [
      {
        timestamp,
        frame_id: frameId,
        id,
        lifetime: toFoxgloveTime(lifetime ?? DRAWING_DEFAULTS.lifetime),
        frame_locked: false,
        metadata: [],
        arrows: [],
        cubes: [{ pose, size: { x: cube.edge, y: cube.edge, z: cube.edge }, color: FACE_COLOR }],
        spheres: [],
        cylinders: [],
        lines: [
          {
            type: LINE_LIST,
            pose,
            thickness: EDGE_PIXELS,
            scale_invariant: true,
            points: edges(cube.edge / 2),
            color: EDGE_COLOR,
            colors: [],
            indices: [],
          },
        ],
        triangles: [],
        texts: [],
        models: [],
      },
    ],
  };
}

/** Both ends of each of the twelve edges of a cube around the origin. */
function edges(half: number): Point[] {
  const corner = (bits: number): Point => ({
    x: bits & 1 ? half : -half,
    y: bits & 2 ? half : -half,
    z: bits & 4 ? half : -half,
  });
  const ends: Point[] = [];
  for (let from = 0; from < 8; from++) {
    for (const axis of [1, 2, 4]) if ((from & axis) === 0) ends.push(corner(from), corner(from | axis));
  }
  return ends;
}
