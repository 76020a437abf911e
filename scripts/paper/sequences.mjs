/**
 * The held-out sequences that docs/paper.md is measured on: synthetic, continuous, made when they are asked for. No seed of them
 * is that of a recording, of a test or of a training run.
 */
import { CAMERAS, drawHandShape, PRESETS, SENSORS, SeededRandom, syntheticStream } from '../../dist/testing.js';

export const FPS = 30;
export const FRAMES = 180;

const FIRST_SEED = 401;
const SHAPE_STREAM = 91;
/** Sizes of hands, as factors of the described one (0.78 a child of about six, 1.16 a large adult). */
const SIZES = {
  child: [0.78, 0.86],
  small: [0.88, 0.96],
  medium: [0.97, 1.05],
  large: [1.07, 1.16],
};

const set = [
  ['demo', 'right', 'medium', 'sr305'],
  ['demo', 'left', 'child', 'd435vga'],
  ['demo', 'right', 'large', 'd435'],
  ['hard', 'right', 'medium', 'sr305'],
  ['hard', 'left', 'large', 'sr305'],
  ['hard', 'right', 'child', 'd435vga'],
  ['hard', 'left', 'small', 'small'],
  ['hard', 'right', 'large', 'd435'],
  ['objects', 'right', 'medium', 'sr305'],
  ['objects', 'left', 'small', 'd435'],
  ['objects', 'right', 'child', 'sr305'],
  ['objects', 'left', 'large', 'd435vga'],
  ['egocentric', 'right', 'medium', 'sr305'],
  ['egocentric', 'left', 'child', 'd435'],
  ['egocentric', 'right', 'large', 'd435vga'],
  ['egocentric', 'left', 'small', 'small'],
];

/** Each with its `name`, its place in the set, and what its hand and camera are. */
export const SEQUENCES = set.map(([preset, handedness, size, camera], index) => ({
  index,
  name: `${preset}-${FIRST_SEED + index}`,
  preset,
  handedness,
  size,
  camera,
  seed: FIRST_SEED + index,
}));

/** One sequence of each preset, by the smallest camera: for a quick look and for the test. */
export const QUICK_SEQUENCES = SEQUENCES.filter(({ index }) => index % 4 === 0).map((sequence) => ({
  ...sequence,
  camera: 'small',
}));
export const QUICK_FRAMES = 25;
/** Of each sequence, for the table of the skeleton fit. */
export const FIT_FRAMES = 60;
export const QUICK_FIT_FRAMES = 10;

export function shapeOf({ size, seed }) {
  return drawHandShape(new SeededRandom(seed, SHAPE_STREAM), SIZES[size]);
}

/** The frames of a sequence, with truth and labels. */
export function streamOf(sequence, frames = FRAMES) {
  const { preset, handedness, camera, seed } = sequence;
  return syntheticStream({
    preset,
    frames,
    fps: FPS,
    camera: CAMERAS[camera],
    seed,
    handedness,
    shape: shapeOf(sequence),
    ...(camera.startsWith('d435') && { sensor: SENSORS.d435 }),
    labels: true,
  });
}

/** Names of the things in frame `index`, in the order of the labels from `LABEL_OBJECTS` on. */
export function thingsOf(sequence) {
  const { preset, handedness, camera, seed } = sequence;
  const scene = PRESETS[preset].scene({ camera: CAMERAS[camera], seed, shape: shapeOf(sequence), handedness });
  return (index) => scene(index / FPS).objects.map(({ name }) => name);
}
