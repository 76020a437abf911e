import { type DepthFrame, project } from '../../depth/depth-frame.js';
import { transformPoints } from '../../geometry/transform.js';
import { FINGER_COLORS } from '../../hand/colors.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { BONES, FINGER_NAMES } from '../../hand/skeleton.js';
import { RAMP_SIZE, rampTable } from '../model/color-ramp.js';
import type { DepthRange } from '../model/depth-range.js';
import type { FrameTree } from '../model/frame-tree.js';
import { byId, setText } from '../ui/element.js';

/** Widths on the screen, CSS pixels. */
const BONE = 2.4;
const CASING = 4.6;
const JOINT = 3;

const COLORS = ['#ffffff', ...FINGER_NAMES.flatMap((finger) => Array(4).fill(FINGER_COLORS[finger]) as string[])];

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

  /** @param stale pale: the hand may no longer be there */
  draw(hands: readonly HandJoints[], frames: FrameTree, stale: boolean): void {
    this.#resized = false;
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
    context.globalAlpha = stale ? 0.35 : 1;
    for (const hand of hands) {
      const transform = frames.between(hand.frameId, depth.frameId);
      const positions = transform === undefined ? hand.positions : transformPoints(transform, hand.positions);
      const points = Array.from(COLORS, (_, joint) => {
        const [x, y, z] = positions.subarray(joint * 3, joint * 3 + 3);
        const pixel = project(depth.camera, x, y, z);
        // A pixel's centre is half a pixel from its corner.
        return (
          pixel && ([((pixel[0] + 0.5) * width) / depth.width, ((pixel[1] + 0.5) * height) / depth.height] as const)
        );
      });
      drawSkeleton(context, points, ratio);
    }
    context.globalAlpha = 1;
  }
}

type Point = readonly [number, number] | undefined;

function drawSkeleton(context: CanvasRenderingContext2D, points: readonly Point[], ratio: number): void {
  context.lineCap = 'round';
  // A dark edge under all bones first, so that they stand out from any depth.
  for (const pass of ['casing', 'bone'] as const) {
    for (const [from, to] of BONES) {
      const a = points[from];
      const b = points[to];
      if (a === undefined || b === undefined) continue;
      context.beginPath();
      context.moveTo(...a);
      context.lineTo(...b);
      context.lineWidth = (pass === 'casing' ? CASING : BONE) * ratio;
      context.strokeStyle = pass === 'casing' ? 'rgb(12 16 22 / 75%)' : COLORS[to];
      context.stroke();
    }
  }
  points.forEach((point, joint) => {
    if (point === undefined) return;
    context.beginPath();
    context.arc(...point, JOINT * ratio, 0, 2 * Math.PI);
    context.fillStyle = COLORS[joint];
    context.fill();
    context.lineWidth = ratio;
    context.strokeStyle = 'rgb(12 16 22 / 80%)';
    context.stroke();
  });
}
