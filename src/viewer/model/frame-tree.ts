import {
  composeTransforms,
  IDENTITY_TRANSFORM,
  invertTransform,
  type Transform,
  unitQuaternion,
} from '../../geometry/transform.js';

/** Where a frame is in its parent. */
export interface FramePose {
  readonly parent: string;
  readonly child: string;
  readonly transform: Transform;
}

/** No robot has more; a server that names more is not believed. */
const MAX_FRAMES = 2000;
/** Steps from a frame to its root; more would be a circle. */
const MAX_DEPTH = 64;
/** How far off a quaternion's squared length may be before it is no rotation. */
const TOLERANCE = 0.1;

/** The frame of a camera with this behind it is where the camera was before somebody began to calibrate it. */
const BEFORE = ':before';

/** Which frame hangs where, by the newest transform of each: what a picture of this moment needs. */
export class FrameTree {
  readonly #poses = new Map<string, FramePose>();
  /** Counts up with every change. */
  version = 0;

  /** What is no rotation, and what hangs on itself, is left out. */
  set({ parent, child, transform: { translation, rotation } }: FramePose): void {
    const unit = unitQuaternion(rotation, TOLERANCE);
    if (unit === undefined || !translation.every(Number.isFinite) || parent === child) return;
    if (!this.#poses.has(child) && this.#poses.size >= MAX_FRAMES) return;
    this.#poses.set(child, { parent, child, transform: { translation, rotation: unit } });
    this.version++;
  }

  /** Whether places from before a calibration are known. */
  get hasBefore(): boolean {
    return [...this.#poses.keys()].some((frame) => frame.endsWith(BEFORE));
  }

  /**
   * What takes points from one frame to another; undefined where nothing joins the two.
   *
   * @param before from where the first frame was before a calibration, where that is known
   */
  between(from: string, to: string, before = false): Transform | undefined {
    if (from === to) return IDENTITY_TRANSFORM;
    if (before && this.#poses.has(from + BEFORE)) return this.between(from + BEFORE, to);
    const a = this.#toRoot(from);
    const b = this.#toRoot(to);
    return a.root === b.root ? composeTransforms(invertTransform(b.transform), a.transform) : undefined;
  }

  clear(): void {
    this.#poses.clear();
    this.version++;
  }

  #toRoot(frame: string): { readonly root: string; readonly transform: Transform } {
    let root = frame;
    let transform = IDENTITY_TRANSFORM;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const pose = this.#poses.get(root);
      if (pose === undefined) break;
      transform = composeTransforms(pose.transform, transform);
      root = pose.parent;
    }
    return { root, transform };
  }
}
