import { type DepthFrame, project, unproject } from '../../depth/depth-frame.js';
import { transformPoints } from '../../geometry/transform.js';
import { jointColor, SIDE_COLORS } from '../../hand/colors.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { BONES, JOINT_NAMES, ROOT_OF_MIDDLE, WRIST } from '../../hand/skeleton.js';
import { RAMP_SIZE, rampTable } from '../model/color-ramp.js';
import type { DepthRange } from '../model/depth-range.js';
import type { FrameTree } from '../model/frame-tree.js';
import { handName, type JointOnScreen, type Measurement, pointText } from '../model/joint-probe.js';
import { byId, setText } from '../ui/element.js';

/** Widths on the screen, CSS pixels. */
const BONE = 2.4;
const CASING = 4.6;
const JOINT = 3;

/** The depth image in colours, with the skeleton over it. */
export class DepthPanel {
  readonly #canvas = byId<HTMLCanvasElement>('depth-canvas');
  readonly #empty = byId('depth-empty');
  readonly #frame = byId('panel-depth').querySelector('.depth-frame') as HTMLElement;
  readonly #table = rampTable();
  readonly #image = document.createElement('canvas');
  #pixels: ImageData | undefined;
  #depth: DepthFrame | undefined;
  #size = { width: 0, height: 0 };
  #resized = false;
  #joints: JointOnScreen[] = [];

  constructor() {
    const ramp = byId<HTMLCanvasElement>('ramp-canvas');
    const pixels = new ImageData(RAMP_SIZE, 1);
    new Uint32Array(pixels.data.buffer).set(this.#table);
    ramp.getContext('2d')?.putImageData(pixels, 0, 0);
    new ResizeObserver(([entry]) => {
      this.#size = { width: entry.contentRect.width, height: entry.contentRect.height };
      this.#resized = true;
    }).observe(this.#frame);
  }

  /** Whether it must be drawn again, though nothing in it has changed. */
  get isResized(): boolean {
    return this.#resized;
  }

  /** The same frame again costs nothing. */
  setDepth(frame: DepthFrame, { near, far }: DepthRange): void {
    if (frame === this.#depth) return;
    const { width, height, depth } = frame;
    if (this.#pixels?.width !== width || this.#pixels.height !== height) {
      this.#pixels = new ImageData(width, height);
      this.#image.width = width;
      this.#image.height = height;
      this.#frame.style.setProperty('aspect-ratio', `${width} / ${height}`);
    }
    const words = new Uint32Array(this.#pixels.data.buffer);
    const table = this.#table;
    const scale = (RAMP_SIZE - 1) / (far - near);
    for (let i = 0; i < words.length; i++) {
      const z = depth[i];
      const at = (z - near) * scale;
      words[i] = z > 0 ? table[at < 0 ? 0 : at > RAMP_SIZE - 1 ? RAMP_SIZE - 1 : at | 0] : 0;
    }
    this.#image.getContext('2d')?.putImageData(this.#pixels, 0, 0);
    this.#depth = frame;
    setText(byId('depth-near'), `${near.toFixed(2)} m`);
    setText(byId('depth-far'), `${far.toFixed(2)} m`);
    setText(byId('depth-value'), `${width} × ${height}`);
    this.#empty.hidden = true;
  }

  clear(text = 'No depth image yet'): void {
    this.#depth = undefined;
    this.#empty.hidden = false;
    setText(this.#empty, text);
    setText(byId('depth-value'), '');
    setText(byId('depth-near'), 'near');
    setText(byId('depth-far'), 'far');
    const { width, height } = this.#canvas;
    this.#canvas.getContext('2d')?.clearRect(0, 0, width, height);
  }

  get canvas(): HTMLCanvasElement {
    return this.#canvas;
  }

  /** Where the joints were drawn last, CSS pixels. */
  jointsOnScreen(): readonly JointOnScreen[] {
    return this.#joints;
  }

  /** What the depth image says there. */
  depthText(x: number, y: number): string | undefined {
    const depth = this.#depth;
    if (depth === undefined || this.#size.width === 0) return undefined;
    const u = Math.floor((x / this.#size.width) * depth.width);
    const v = Math.floor((y / this.#size.height) * depth.height);
    const point = unproject(depth, u, v);
    return `pixel ${u}, ${v}: ${point === undefined ? 'no depth' : pointText(point)}`;
  }

  /**
   * @param truth drawn thin and white under the hands
   * @param measurement two joints, between which a line is drawn
   * @param stale pale: the hands may no longer be there
   */
  draw(hands: readonly HandJoints[], { truth, measurement, frames, stale }: DrawnWithHands): void {
    this.#resized = false;
    this.#joints = [];
    const depth = this.#depth;
    const context = this.#canvas.getContext('2d');
    if (depth === undefined || context === null || this.#size.width === 0) return;
    const ratio = Math.min(2, window.devicePixelRatio);
    const width = Math.round(this.#size.width * ratio);
    const height = Math.round(this.#size.height * ratio);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    context.clearRect(0, 0, width, height);
    context.drawImage(this.#image, 0, 0, width, height);
    const pixelsOf = ({ frameId, positions: given }: HandJoints): Point[] => {
      const transform = frames.between(frameId, depth.frameId);
      const positions = transform === undefined ? given : transformPoints(transform, given);
      return JOINT_NAMES.map((_, joint) => {
        const [x, y, z] = positions.subarray(joint * 3, joint * 3 + 3);
        const pixel = project(depth.camera, x, y, z);
        // A pixel's centre is half a pixel from its corner.
        return pixel && [((pixel[0] + 0.5) * width) / depth.width, ((pixel[1] + 0.5) * height) / depth.height];
      });
    };
    for (const hand of truth) drawBones(context, pixelsOf(hand), () => 'rgb(255 255 255 / 85%)', 1.2 * ratio);
    context.globalAlpha = stale ? 0.35 : 1;
    for (const hand of hands) {
      const points = pixelsOf(hand);
      const wrist = SIDE_COLORS[hand.handedness];
      drawSkeleton(context, points, wrist, ratio);
      if (hands.length > 1) drawLabel(context, points, handName(hand, true), wrist, ratio);
      points.forEach((point, joint) => {
        if (point) this.#joints.push({ handId: hand.handId, joint, x: point[0] / ratio, y: point[1] / ratio });
      });
    }
    context.globalAlpha = 1;
    const [a, b] = measurement.ends.map((end) =>
      this.#joints.find(({ handId, joint }) => handId === end.handId && joint === end.joint),
    );
    if (a === undefined || b === undefined) return;
    context.strokeStyle = '#ffffff';
    context.lineWidth = 1.5 * ratio;
    context.beginPath();
    context.moveTo(a.x * ratio, a.y * ratio);
    context.lineTo(b.x * ratio, b.y * ratio);
    context.stroke();
  }
}

/** What is drawn beside the hands, and how. */
export interface DrawnWithHands {
  readonly truth: readonly HandJoints[];
  readonly measurement: Measurement;
  readonly frames: FrameTree;
  readonly stale: boolean;
}

type Point = readonly [number, number] | undefined;

function drawBones(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  colorOf: (joint: number) => string,
  width: number,
): void {
  context.lineCap = 'round';
  context.lineWidth = width;
  for (const [from, to] of BONES) {
    const a = points[from];
    const b = points[to];
    if (a === undefined || b === undefined) continue;
    context.beginPath();
    context.moveTo(...a);
    context.lineTo(...b);
    context.strokeStyle = colorOf(to);
    context.stroke();
  }
}

/** Behind the wrist, on a dark ground. */
function drawLabel(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  text: string,
  color: string,
  ratio: number,
): void {
  const [wrist, root] = [points[WRIST], points[ROOT_OF_MIDDLE]];
  if (wrist === undefined || root === undefined) return;
  const away = Math.max(1, Math.hypot(wrist[0] - root[0], wrist[1] - root[1]));
  const [x, y] = [0, 1].map((axis) => wrist[axis] + (16 * ratio * (wrist[axis] - root[axis])) / away);
  context.font = `600 ${11 * ratio}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const width = context.measureText(text).width + 8 * ratio;
  context.fillStyle = 'rgb(12 16 22 / 70%)';
  context.fillRect(x - width / 2, y - 8 * ratio, width, 16 * ratio);
  context.fillStyle = color;
  context.fillText(text, x, y);
}

function drawSkeleton(context: CanvasRenderingContext2D, points: readonly Point[], wrist: string, ratio: number): void {
  // A dark edge under all bones first, so that they stand out from any depth.
  drawBones(context, points, () => 'rgb(12 16 22 / 75%)', CASING * ratio);
  drawBones(context, points, (joint) => jointColor(joint), BONE * ratio);
  points.forEach((point, joint) => {
    if (point === undefined) return;
    context.beginPath();
    context.arc(...point, JOINT * ratio, 0, 2 * Math.PI);
    context.fillStyle = joint === WRIST ? wrist : jointColor(joint);
    context.fill();
    context.lineWidth = ratio;
    context.strokeStyle = 'rgb(12 16 22 / 80%)';
    context.stroke();
  });
}
