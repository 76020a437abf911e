import { add, rotate, scaled, type Vec3 } from '../geometry/matrix.js';
import { INDEX_TIP } from '../hand/skeleton.js';
import { namedPose } from '../kinematics/hand-pose.js';
import { SENSORS } from './cameras.js';
import { attitude, type HandMotion, minimumJerk } from './hand-motion.js';
import { handScene } from './hand-scene.js';
import { jointPosition, kinematicHand } from './kinematic-hand.js';
import { type Preset, SHOULDER, view } from './preset.js';

/**
 * The surface that is operated: in front of a camera at the upper edge of a screen that looks at its user, who therefore sees x to the left
 * of the picture. Metres, optical frame; as in launch/gestures/contactless.yaml.
 */
const PANEL = { origin: [0.19, -0.16, 0.4] as Vec3, width: 0.38, height: 0.2375 };

/** Where the index finger's tip is at the end of a step: shares of the panel, and metres in front of it. */
interface Step {
  readonly seconds: number;
  readonly at: readonly [number, number];
  readonly distance: number;
}

const [OVER, PRESSED] = [0.16, 0.105];

/** Push at a place and draw back. */
const push = (u: number, v: number): Step[] => [
  { seconds: 0.85, at: [u, v], distance: OVER },
  { seconds: 0.35, at: [u, v], distance: OVER },
  { seconds: 0.4, at: [u, v], distance: PRESSED },
  { seconds: 0.15, at: [u, v], distance: PRESSED },
  { seconds: 0.4, at: [u, v], distance: OVER },
];

/** Push at the first place, move over the others, draw back at the last. */
const drag = (...places: readonly (readonly [number, number])[]): Step[] => {
  const [from, ...to] = places;
  const last = places[places.length - 1];
  return [
    ...push(...from).slice(0, 4),
    ...to.map((at) => ({ seconds: 1.6 / to.length, at, distance: PRESSED })),
    { seconds: 0.2, at: last, distance: PRESSED },
    { seconds: 0.35, at: last, distance: OVER },
  ];
};

/** Places on the contactless page of the viewer (a window about 1.6 times as wide as high). */
const STEPS: readonly Step[] = [
  ...push(0.085, 0.26),
  ...drag([0.175, 0.463], [0.255, 0.463]),
  ...drag([0.49, 0.2], [0.523, 0.185], [0.56, 0.205], [0.595, 0.26]),
  ...drag([0.83, 0.42], [0.83, 0.2]),
  ...push(0.83, 0.31),
  ...drag([0.3, 0.8], [0.4, 0.86]),
  ...push(0.61, 0.82),
  ...push(0.31, 0.26),
  ...push(0.198, 0.26),
];
const DURATION = STEPS.reduce((sum, { seconds }) => sum + seconds, 0);
/** Out of the picture, below. */
const AWAY: Step = { seconds: 1, at: [0.5, 2.6], distance: 0.22 };

/** A hand that points at a screen and operates a panel: pushes, drags, leaves, and comes again. */
export const contactless: Preset = {
  sensor: SENSORS.sr305,
  scene({ shape, handedness }) {
    const pose = namedPose('point');
    const rotation = attitude(view(-6, -16, 8));
    const tip = rotate(rotation, jointPosition(kinematicHand(pose, shape).joints, INDEX_TIP));
    const motion: HandMotion = (time) => {
      const translation = add(pointAt(time), scaled(tip, -1));
      return { pose, placement: { rotation, translation }, excursion: [0, 0, 0], holding: false };
    };
    return handScene({ motion, shape, handedness, shoulder: add([0, 0.02, 0.6], SHOULDER) });
  },
};

const STEPS_AROUND = [...STEPS, { ...AWAY, seconds: 0.9 }, { ...AWAY, seconds: 0.9 }];
const ROUND = DURATION + 1.8;

/** Where the tip is, metres; the steps again and again, each from rest to rest. */
function pointAt(time: number): Vec3 {
  let left = time - ROUND * Math.floor(time / ROUND);
  let before: Step = AWAY;
  for (const step of STEPS_AROUND) {
    if (left <= step.seconds) return place(before, step, minimumJerk(left / step.seconds));
    left -= step.seconds;
    before = step;
  }
  return place(AWAY, AWAY, 0);
}

function place(from: Step, to: Step, share: number): Vec3 {
  const mix = (a: number, b: number) => a + share * (b - a);
  const { origin, width, height } = PANEL;
  return [
    origin[0] - width * mix(from.at[0], to.at[0]),
    origin[1] + height * mix(from.at[1], to.at[1]),
    origin[2] + mix(from.distance, to.distance),
  ];
}
