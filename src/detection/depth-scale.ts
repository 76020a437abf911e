import type { DepthFrame } from '../depth/index.js';
import { samplesOf } from '../depth/stored-depth.js';

/** Every so many pixels are looked at, both ways. */
const STEP = 8;
/** Depths that a camera for hands sees somewhere in its picture, metres. */
const USUAL = [0.15, 8] as const;

/**
 * Whether the depths of a frame can be metres: `near` or `far` where every one of them is nearer than 0.15 m, or farther than 8 m, as
 * in a picture that is read in a wrong unit; `usual` for any other, `none` without depth.
 */
export function depthScale(frame: DepthFrame): 'near' | 'far' | 'usual' | 'none' {
  const { samples, stride, unit } = samplesOf(frame);
  let near = 0;
  let far = 0;
  for (let v = 0; v < frame.height; v += STEP) {
    for (let u = 0; u < frame.width; u += STEP) {
      const z = unit * samples[v * stride + u];
      if (!(z > 0)) continue;
      if (z < USUAL[0]) near++;
      else if (z > USUAL[1]) far++;
      else return 'usual';
    }
  }
  if (near + far === 0) return 'none';
  return near > far ? 'near' : 'far';
}

/** Where the nearest tenth of a scene with a hand about ends, metres. */
const NEAR_TENTH = 0.6;

/**
 * By which power of ten the depths of a frame without usual ones must be multiplied so that they could be metres; 1 without depth.
 */
export function likelyScale(frame: DepthFrame): number {
  const { samples, stride, unit } = samplesOf(frame);
  const depths: number[] = [];
  for (let v = 0; v < frame.height; v += STEP) {
    for (let u = 0; u < frame.width; u += STEP) {
      const z = unit * samples[v * stride + u];
      if (z > 0) depths.push(z);
    }
  }
  if (depths.length === 0) return 1;
  depths.sort((a, b) => a - b);
  return 10 ** Math.round(Math.log10(NEAR_TENTH / depths[Math.floor(depths.length / 10)]));
}
