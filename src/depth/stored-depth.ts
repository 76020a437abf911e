import type { DepthFrame } from './depth-frame.js';
import type { DepthImage } from './depth-image.js';
import { metresFromSteps } from './depth-values.js';

/**
 * An image of 16-bit depth as it came, of which not every pixel will be asked for: pixel (u, v) is
 * `samples[v * stride + u] * unit` metres, rounded to a float32.
 */
export interface StoredDepth {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint16Array;
  /** Samples from one row's start to the next. */
  readonly stride: number;
  /** Metres per step. */
  readonly unit: number;
}

/** Where {@link samplesOf} finds pixels: as {@link StoredDepth}, or metres already, whose unit is 1. */
export interface DepthSamples {
  readonly samples: Uint16Array | Float32Array;
  readonly stride: number;
  readonly unit: number;
}

/** By the very frame: a copy of a frame with another depth must not be taken for what was stored. */
const STORED = new WeakMap<DepthFrame, StoredDepth>();

/**
 * A frame whose depth is turned into metres when it is first read as a whole. Code that looks at a part of it only takes
 * {@link samplesOf}, which avoids that.
 *
 * @param stored is only read, and must not change while the frame is in use
 */
export function storedFrame(frame: Omit<DepthFrame, 'depth' | 'width' | 'height'>, stored: StoredDepth): DepthFrame {
  const { stamp, frameId, camera } = frame;
  const { width, height, unit } = stored;
  let metres: Float32Array | undefined;
  const lazy: DepthFrame = {
    stamp,
    frameId,
    width,
    height,
    get depth() {
      metres ??= metresFromSteps(stored, unit);
      return metres;
    },
    camera,
  };
  STORED.set(lazy, stored);
  return lazy;
}

/** In metres, whatever it was. */
export function depthImage(image: DepthImage | StoredDepth): DepthImage {
  if ('depth' in image) return image;
  const { width, height, unit } = image;
  return { width, height, depth: metresFromSteps(image, unit) };
}

/** The frame's pixels without turning them into metres first. They are only to be read. */
export function samplesOf(frame: DepthFrame): DepthSamples {
  return STORED.get(frame) ?? { samples: frame.depth, stride: frame.width, unit: 1 };
}
