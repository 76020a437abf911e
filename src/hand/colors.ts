import type { Handedness } from './hand-joints.js';
import { FINGER_NAMES, FINGER_OF_JOINT, type FingerName, WRIST } from './skeleton.js';

/**
 * One colour per finger, `#rrggbb`, told apart with any kind of colour vision (the palette of Okabe and Ito): the same in
 * markers, scenes and contact sheets.
 */
export const FINGER_COLORS: Readonly<Record<FingerName, string>> = {
  thumb: '#e69f00',
  index: '#56b4e9',
  middle: '#009e73',
  ring: '#cc79a7',
  little: '#d55e00',
};

/** One colour per side, for the wrist and the label of a hand where several are drawn: yellow and blue differ with any kind of colour vision. */
export const SIDE_COLORS: Readonly<Record<Handedness, string>> = {
  right: '#f0e442',
  left: '#4c8dff',
  unknown: '#f2f2f2',
};

/** A joint has the colour of its finger, the wrist that of the side. */
export function jointColor(joint: number, handedness: Handedness = 'unknown'): string {
  return joint === WRIST ? SIDE_COLORS[handedness] : FINGER_COLORS[FINGER_NAMES[FINGER_OF_JOINT[joint]]];
}

/** Red, green and blue of a `#rrggbb`, each in [0, 1]. */
export function rgbOf(color: string): readonly [number, number, number] {
  const at = (from: number) => Number.parseInt(color.slice(from, from + 2), 16) / 255;
  return [at(1), at(3), at(5)];
}
