import type { ImageAnnotations, Point2, PointsAnnotation, TextAnnotation } from '@foxglove/schemas';
import { BONES, type HandJoints } from '../hand/index.js';
import { toFoxgloveTime } from '../timing/stamp.js';
import type { ColorRgba, Point } from './generated.js';
import { drawHand, type HandLabel } from './hand-drawing.js';

/** `foxglove.PointsAnnotationType`. */
const POINTS = 1;
const LINE_LIST = 4;
const NO_COLOR: ColorRgba = { r: 0, g: 0, b: 0, a: 0 };
/** Behind the letters of a label, so that they are read over any depth. */
const LABEL_GROUND: ColorRgba = { r: 0, g: 0, b: 0, a: 0.6 };

/**
 * Where a point, metres in the frame of the joints, lies in the image, pixels with integers at pixel centres; undefined for a
 * point that the camera cannot see.
 */
export type ProjectPoint = (x: number, y: number, z: number) => readonly [number, number] | undefined;

/** How a skeleton is drawn over an image; pixels. */
export interface AnnotationOptions {
  /** Diameter of a joint; 6 by default. */
  readonly jointDiameter?: number;
  /** Width of a bone; 3 by default. */
  readonly boneWidth?: number;
  /** Height of a label's letters; 14 by default. */
  readonly labelHeight?: number;
}

/**
 * A hand's skeleton over the camera's image, as `foxglove.ImageAnnotations`: bones as a list of lines, joints as points,
 * coloured as in 3D, with its side and id as text. A joint that does not lie before the camera is left out with its bones; nothing is drawn of a hand that
 * is not tracked, which takes away what was drawn before.
 *
 * Foxglove counts pixels from the image's corner, so that a pixel's centre is at half.
 *
 * @example
 * ```ts
 * toImageAnnotations(hand, (x, y, z) => (z > 0 ? [(fx * x) / z + cx, (fy * y) / z + cy] : undefined));
 * ```
 */
export function toImageAnnotations(
  hand: HandJoints,
  project: ProjectPoint,
  { jointDiameter = 6, boneWidth = 3, labelHeight = 14 }: AnnotationOptions = {},
): ImageAnnotations {
  if (!hand.tracked) return { circles: [], points: [], texts: [] };
  const drawing = drawHand(hand);
  const pixels = drawing.joints.map((joint) => pixelOf(joint, project));
  const timestamp = toFoxgloveTime(hand.stamp);
  const annotation = (type: number, thickness: number, drawn: readonly Drawn[]): PointsAnnotation[] => {
    if (drawn.length === 0) return [];
    const points = drawn.flatMap((one) => one.points);
    const colors = drawn.map(({ color }) => color);
    const none = { outline_color: NO_COLOR, fill_color: NO_COLOR };
    return [{ timestamp, type, points, outline_colors: colors, thickness, ...none }];
  };
  const bones = BONES.flatMap(([from, to], bone): Drawn[] => {
    const [begin, end] = [pixels[from], pixels[to]];
    return begin && end ? [{ points: [begin, end], color: drawing.boneColors[2 * bone + 1] }] : [];
  });
  const joints = pixels.flatMap((pixel, joint): Drawn[] =>
    pixel ? [{ points: [pixel], color: drawing.jointColors[joint] }] : [],
  );
  return {
    circles: [],
    points: [...annotation(LINE_LIST, boneWidth, bones), ...annotation(POINTS, jointDiameter, joints)],
    texts: drawing.label === undefined ? [] : labelText(drawing.label, labelHeight, timestamp, project),
  };
}

/** An annotation that draws nothing, of the image of this stamp. */
export function emptyAnnotation(stamp: bigint): PointsAnnotation {
  const none = { outline_color: NO_COLOR, fill_color: NO_COLOR };
  return { timestamp: toFoxgloveTime(stamp), type: POINTS, points: [], outline_colors: [], thickness: 1, ...none };
}

function labelText(
  { text, position: at, color }: HandLabel,
  height: number,
  timestamp: ReturnType<typeof toFoxgloveTime>,
  project: ProjectPoint,
): TextAnnotation[] {
  const position = pixelOf(at, project);
  if (position === undefined) return [];
  return [{ timestamp, position, text, font_size: height, text_color: color, background_color: LABEL_GROUND }];
}

interface Drawn {
  readonly points: readonly Point2[];
  readonly color: ColorRgba;
}

function pixelOf({ x, y, z }: Point, project: ProjectPoint): Point2 | undefined {
  const pixel = project(x, y, z);
  return pixel && { x: pixel[0] + 0.5, y: pixel[1] + 0.5 };
}
