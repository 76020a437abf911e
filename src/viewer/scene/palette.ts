import { Color } from 'three';

/** Colours of the cameras' points where there are several cameras; away from those of the fingers. */
export const CAMERA_TINTS = ['#7f97b2', '#b39a5b', '#9a7fb8', '#6aa391', '#b37f7f', '#8f9a6a'] as const;

/** The scene's colours in the present theme, from the style sheet. */
export interface ScenePalette {
  readonly background: Color;
  readonly grid: Color;
  readonly cube: Color;
  readonly voxel: Color;
  readonly cloudNear: Color;
  readonly cloudFar: Color;
  /** Brightness of a surface that turns away from the light, 0 to 1. */
  readonly cloudAmbient: number;
  /** What a joint that is not sure fades to. */
  readonly unsure: Color;
  readonly wrist: Color;
  /** Of ground truth, and of what is measured. */
  readonly truth: Color;
  /** Of a hand's surface. */
  readonly skin: Color;
}

export function readPalette(root: HTMLElement = document.documentElement): ScenePalette {
  const style = getComputedStyle(root);
  const color = (name: string) => new Color(style.getPropertyValue(`--scene-${name}`).trim());
  return {
    background: color('background'),
    grid: color('grid'),
    cube: color('cube'),
    voxel: color('voxel'),
    cloudNear: color('cloud-near'),
    cloudFar: color('cloud-far'),
    cloudAmbient: Number(style.getPropertyValue('--scene-cloud-ambient')),
    unsure: color('unsure'),
    wrist: color('wrist'),
    truth: color('truth'),
    skin: color('skin'),
  };
}
