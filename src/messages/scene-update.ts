import type { SceneEntity, SceneUpdate } from '@foxglove/schemas';
import type { HandJoints } from '../hand/index.js';
import { toFoxgloveTime } from '../timing/stamp.js';
import { DRAWING_DEFAULTS, type DrawingOptions, drawHand } from './hand-drawing.js';
import { IDENTITY, ORIGIN } from './parts.js';

/** `foxglove.LineType` and `foxglove.SceneEntityDeletionType`. */
const LINE_LIST = 2;
const MATCHING_ID = 0;

/**
 * A hand as `foxglove.SceneUpdate`, for viewers without ROS: one entity `hand/<id>` of spheres and lines, or the
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
    texts: [],
    models: [],
  };
}
