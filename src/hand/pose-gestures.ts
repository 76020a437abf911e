/** The static poses of a hand that have a name as gestures: what is recognised without teaching, and what synthetic hands perform. */
export const POSE_GESTURES = [
  'open_palm',
  'fist',
  'point',
  'pinch',
  'pinch_middle',
  'grab',
  'thumbs_up',
  'thumbs_down',
  'victory',
  'ok',
  'one',
  'two',
  'three',
  'four',
  'five',
  'call',
] as const;
export type PoseGesture = (typeof POSE_GESTURES)[number];
