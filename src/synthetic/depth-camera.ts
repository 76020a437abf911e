import type { CameraModel, DepthFrame } from '../depth/depth-frame.js';
import { JOINT_COUNT } from '../hand/skeleton.js';
import { drawTriangles, type Picture } from './draw-triangles.js';
import { handMesh } from './hand-mesh.js';
import type { Primitive } from './primitives.js';
import { rayIntersection } from './ray-intersection.js';
import { type PixelBox, type RayTable, rayTable } from './ray-table.js';
import { handsOf, type PlacedHand, type Scene } from './scene.js';
import { type SensorModel, senseDepth } from './sensor-model.js';
import { viewBounds } from './view-bounds.js';

/**
 * Values of a label image; the scene's objects follow from {@link LABEL_OBJECTS} on, in their order. LABEL_HAND and LABEL_FOREARM are the
 * first hand's, see `labelOfHand` for others.
 */
export const LABEL_NONE = 0;
export const LABEL_HAND = 1;
export const LABEL_FOREARM = 2;
export const LABEL_OBJECTS = 3;

/** The label of the scene's hand `index` (0 is the first); its forearm has the next one. Others than the first count down from 254. */
export function labelOfHand(index: number): number {
  return index === 0 ? LABEL_HAND : 256 - 2 * index;
}

/** What is true about a hand of a rendered scene. */
export interface HandTruth {
  /** Of the placed hand. */
  readonly id: number;
  readonly handedness: PlacedHand['handedness'];
  /** 63 numbers: the joints in the optical frame, metres. */
  readonly joints: Float64Array;
  /**
   * 21 numbers: 1 where the joint's pixel is in the image and shows this hand or its forearm right in front of the joint
   * (by no more than the flesh around the joint, `PlacedHand.cover`, plus 3 mm), else 0.
   */
  readonly visible: Uint8Array;
  /** Number of joints whose projection lies in the image, hidden or not. */
  readonly jointsInImage: number;
  /** Share of the hand's pixels in the image that nothing else hides, 0 to 1. */
  readonly visibleShare: number;
}

/** Whether a hand counts as in view: half of its joints are in the image, and nothing else hides more than three quarters of what is. */
export function isInView({ jointsInImage, visibleShare }: HandTruth): boolean {
  return jointsInImage >= Math.ceil(JOINT_COUNT / 2) && visibleShare >= 0.25;
}

export interface Rendering {
  readonly frame: DepthFrame;
  /** What each pixel of the noise-free image shows (`LABEL_...`); only on request. Fresh for each rendering. */
  readonly labels?: Uint8Array;
  /** Of the scene's first hand; absent where it has none. */
  readonly hand?: HandTruth;
  /** Of all hands, in the scene's order. */
  readonly hands: readonly HandTruth[];
}

export interface RenderOptions {
  /** Nanoseconds; 0 unless given. */
  readonly stamp?: bigint;
  readonly frameId?: string;
  /** Number of the frame: with the seed it decides the noise, so that frames can be rendered in any order. */
  readonly index?: number;
  readonly labels?: boolean;
}

export interface DepthCameraOptions {
  /** Without a sensor model the depth is exact. */
  readonly sensor?: SensorModel;
  readonly seed?: number;
}

export interface DepthCamera {
  readonly model: CameraModel;
  render(scene: Scene, options?: RenderOptions): Rendering;
}

/** Optical frame of the synthetic camera unless another is named. */
export const SYNTHETIC_FRAME_ID = 'camera_depth_optical_frame';

/**
 * A depth camera that renders scenes: for the centre of each pixel, hands by their triangles and all else by casting a ray.
 *
 * @throws VoxhandError `CAMERA_INVALID` for intrinsics that cannot be.
 * @example
 * ```ts
 * const camera = depthCamera(CAMERAS.sr305, { sensor: SENSORS.sr305, seed: 1 });
 * const hand = placeHand(kinematicHand(namedPose('open')), { rotation: FACING_CAMERA, translation: [0, 0.05, 0.6] });
 * const { frame, hand: truth } = camera.render({ hand, objects: [] });
 * ```
 */
export function depthCamera(model: CameraModel, { sensor, seed = 0 }: DepthCameraOptions = {}): DepthCamera {
  const table = rayTable(model);
  const { width, height } = model;
  const exact = new Float32Array(width * height);
  const labels = new Uint8Array(width * height);

  return {
    model,
    render(scene, { stamp = 0n, frameId = SYNTHETIC_FRAME_ID, index = 0, labels: wantLabels = false } = {}) {
      exact.fill(Infinity);
      labels.fill(LABEL_NONE);
      const draw = (primitive: Primitive, label: number): void =>
        drawPrimitive(primitive, label, table, width, exact, labels);

      const hands = handsOf(scene);
      const picture = { table, width, depth: exact, labels };
      const shown = hands.map((hand, i) => drawHand(hand, labelOfHand(i), picture));
      scene.objects.forEach(({ primitives }, i) => {
        for (const primitive of primitives) draw(primitive, LABEL_OBJECTS + i);
      });

      const truths = hands.map((hand, i) => handTruth(hand, i, model, exact, labels, shown[i]!));
      const depth = senseDepth(exact, model, sensor, seed, index);
      return {
        frame: { stamp, frameId, width, height, depth, camera: model },
        ...(truths.length === 0 ? {} : { hand: truths[0]! }),
        hands: truths,
        ...(wantLabels ? { labels: labels.slice() } : {}),
      };
    },
  };
}

/** Where a hand (without its forearm) was drawn, and how many pixels show it where nothing else hides it. */
interface ShownHand {
  readonly box: PixelBox;
  readonly pixels: number;
}

function drawHand({ vertices }: PlacedHand, label: number, picture: Picture): ShownHand {
  const { faces, firstForearmFace } = handMesh();
  // counted before anything else hides it: hands after the first are drawn by themselves
  const alone = label === LABEL_HAND ? picture : emptyPicture(picture);
  const box = drawTriangles(vertices, faces.subarray(0, 3 * firstForearmFace), label, alone);
  drawTriangles(vertices, faces.subarray(3 * firstForearmFace), label + 1, alone);
  if (alone !== picture) drawPicture(alone, picture);
  return { box, pixels: handPixels(alone.labels, picture.width, box, label) };
}

function emptyPicture({ table, width, depth }: Picture): Picture {
  return { table, width, depth: new Float32Array(depth.length).fill(Infinity), labels: new Uint8Array(depth.length) };
}

/** Where it is nearer. */
function drawPicture(from: Picture, to: Picture): void {
  from.depth.forEach((z, i) => {
    if (z >= to.depth[i]!) return;
    to.depth[i] = z;
    to.labels[i] = from.labels[i]!;
  });
}

function drawPrimitive(
  primitive: Primitive,
  label: number,
  { rays, pixelBox }: RayTable,
  width: number,
  depth: Float32Array,
  labels: Uint8Array,
): void {
  const bounds = viewBounds(primitive);
  const { left, right, top, bottom } = pixelBox(...bounds.x, ...bounds.y);
  const intersect = rayIntersection(primitive);
  for (let v = top; v < bottom; v++) {
    for (let u = left; u < right; u++) {
      const i = v * width + u;
      const z = intersect(rays[2 * i]!, rays[2 * i + 1]!);
      if (z < depth[i]!) {
        depth[i] = z;
        labels[i] = label;
      }
    }
  }
}

/** Tolerance of a joint's visibility: half a pixel on a slanted surface. */
const VISIBLE_TOLERANCE = 0.003;

function handTruth(
  { joints, cover, handedness, id }: PlacedHand,
  index: number,
  camera: CameraModel,
  exact: Float32Array,
  labels: Uint8Array,
  shown: ShownHand,
): HandTruth {
  const visible = new Uint8Array(JOINT_COUNT);
  const label = labelOfHand(index);
  let jointsInImage = 0;
  for (let j = 0; j < JOINT_COUNT; j++) {
    const z = joints[3 * j + 2]!;
    const pixel = pixelOf(camera, joints[3 * j]! / z, joints[3 * j + 1]! / z);
    if (z <= 0 || pixel < 0) continue;
    jointsInImage++;
    const onHand = labels[pixel] === label || labels[pixel] === label + 1;
    const below = z - exact[pixel]!;
    visible[j] = onHand && below >= -VISIBLE_TOLERANCE && below <= cover[j]! + VISIBLE_TOLERANCE ? 1 : 0;
  }
  const visibleShare = shown.pixels === 0 ? 0 : handPixels(labels, camera.width, shown.box, label) / shown.pixels;
  return { id: id ?? index, handedness, joints, visible, jointsInImage, visibleShare };
}

/** Index of the pixel that sees the ray (x, y, 1), or -1 where none does. */
function pixelOf(camera: CameraModel, x: number, y: number): number {
  const { width, height, fx, fy, cx, cy, rays } = camera;
  let u = Math.round(fx * x + cx);
  let v = Math.round(fy * y + cy);
  if (rays !== undefined) {
    // The lens is smooth and nearly a pinhole: step by what the ray of the pixel lacks until it is the nearest one.
    for (let step = 0; step < 20; step++) {
      const i = 2 * (clamp(v, height) * width + clamp(u, width));
      const du = Math.round(fx * (x - rays[i]!));
      const dv = Math.round(fy * (y - rays[i + 1]!));
      if (du === 0 && dv === 0) break;
      u = clamp(u, width) + du;
      v = clamp(v, height) + dv;
    }
  }
  return u >= 0 && u < width && v >= 0 && v < height ? v * width + u : -1;
}

function clamp(value: number, size: number): number {
  return Math.min(size - 1, Math.max(0, value));
}

function handPixels(labels: Uint8Array, width: number, { left, right, top, bottom }: PixelBox, label: number): number {
  let count = 0;
  for (let v = top; v < bottom; v++) {
    for (let i = v * width + left, end = v * width + right; i < end; i++) if (labels[i] === label) count++;
  }
  return count;
}
