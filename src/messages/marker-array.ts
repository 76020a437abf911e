import type { HandJoints } from '../hand/index.js';
import { toStamp } from '../timing/stamp.js';
import {
  type ColorRgba,
  MARKER,
  type MarkerArrayMessage,
  type MarkerMessage,
  type Point,
  type Vector3,
} from './generated.js';
import { DRAWING_DEFAULTS, type DrawingOptions, drawHand, LABEL_SIZE } from './hand-drawing.js';
import { header, ORIGIN } from './parts.js';

const UNUSED_COLOR: ColorRgba = { r: 1, g: 1, b: 1, a: 1 };

/**
 * A hand as `visualization_msgs/msg/MarkerArray`: one SPHERE_LIST of joints, one LINE_LIST of bones, and its side and id as text, in
 * the namespace `hand/<id>`. A marker costs much more to publish and to draw than a point in a list, hence three markers instead of 42.
 *
 * Of a hand that is not tracked all three are deleted.
 */
export function toMarkerArray(hand: HandJoints, options: DrawingOptions = {}): MarkerArrayMessage {
  const { jointDiameter, boneWidth, lifetime } = { ...DRAWING_DEFAULTS, ...options };
  const drawing = drawHand(hand);
  const marker = (id: number, type: number, scale: Vector3, points: readonly Point[], colors: readonly ColorRgba[]) =>
    ({
      header: header(hand.stamp, hand.frameId),
      ns: `hand/${hand.handId}`,
      id,
      type,
      action: hand.tracked ? MARKER.ADD : MARKER.DELETE,
      pose: ORIGIN,
      scale,
      color: UNUSED_COLOR,
      lifetime: toStamp(hand.tracked ? lifetime : 0n),
      frame_locked: false,
      points,
      colors,
      text: '',
    }) satisfies MarkerMessage;
  const sphere = { x: jointDiameter, y: jointDiameter, z: jointDiameter };
  const line = { x: boneWidth, y: 0, z: 0 };
  const { label } = drawing;
  const place = label && { text: label.text, color: label.color, pose: { ...ORIGIN, position: label.position } };
  return {
    markers: [
      marker(0, MARKER.SPHERE_LIST, sphere, drawing.joints, drawing.jointColors),
      marker(1, MARKER.LINE_LIST, line, drawing.boneEnds, drawing.boneColors),
      { ...marker(2, MARKER.TEXT_VIEW_FACING, { x: 0, y: 0, z: LABEL_SIZE }, [], []), ...place },
    ],
  };
}

/** A MarkerArray that clears the topic: for the start and the end of a stream. */
export function clearMarkers(stamp: bigint, frameId: string): MarkerArrayMessage {
  return {
    markers: [
      {
        header: header(stamp, frameId),
        ns: '',
        id: 0,
        type: 0,
        action: MARKER.DELETEALL,
        pose: ORIGIN,
        scale: { x: 0, y: 0, z: 0 },
        color: UNUSED_COLOR,
        lifetime: toStamp(0n),
        frame_locked: false,
        points: [],
        colors: [],
        text: '',
      },
    ],
  };
}
