import { add, type Vec3 } from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import { drawHandShape } from '../kinematics/hand-shape.js';
import { SENSORS } from './cameras.js';
import { everydayHand } from './everyday.js';
import { handAt } from './hand-target.js';
import { hangingArm, SHOULDERS, trunk, upperArm } from './people.js';
import { type Performance, type PerformanceStep, performance, type TrueGesture } from './performance.js';
import {
  COMES,
  PERFORMED_INTERACTIONS,
  PERFORMED_MOVEMENTS,
  PERFORMED_POSES,
  type PerformedGesture,
  RESTS,
} from './performed-gestures.js';
import { ADULT, type Preset, type PresetInput, SHAPE_STREAM } from './preset.js';
import { objectsOf } from './preset-two-hands.js';
import type { Primitive } from './primitives.js';
import { TABLE_TOP } from './two-hand-acts.js';

type PerformedPreset = Preset & Required<Pick<Preset, 'performances'>>;

const STREAM = 62;
/** Gestures are made for so long, seconds. */
const LENGTH = 600;
/** The right shoulder of the person, metres, optical frame. */
const SHOULDER: Vec3 = [-SHOULDERS[0] / 2, 0.12, 0.95];

/** All gestures in an order that the seed decides, then in another one, and so on, each in its own way: as many as fit into the time. */
function script(seed: number): PerformanceStep[] {
  const steps: PerformanceStep[] = [];
  const all: readonly PerformedGesture[] = [...PERFORMED_POSES, ...PERFORMED_MOVEMENTS, ...PERFORMED_INTERACTIONS];
  let at = 1.2;
  for (let round = 0; at < LENGTH; round++) {
    const random = new SeededRandom(seed, STREAM, round);
    const order = all.map((gesture) => ({ gesture, draw: random.next() })).sort((a, b) => a.draw - b.draw);
    for (const { gesture } of order) {
      const step = { gesture, at, speed: random.uniform(0.75, 1.35), hold: random.uniform(0.5, 1) };
      steps.push(step);
      at += LONGEST + random.uniform(0, 0.6);
    }
  }
  return steps;
}

/** From one gesture to the next, seconds: a slow wave and the ways around it. */
const LONGEST = 4.2;

/** On a surface the other ways to operate it may answer, too, and so may all of them where no surface is meant. */
function optionalPointers(steps: readonly PerformanceStep[], { id, handedness }: Performance): TrueGesture[] {
  return steps.flatMap(({ gesture, at }, i) => {
    const from = at - COMES - RESTS;
    const to = (steps[i + 1]?.at ?? at + LONGEST) - COMES - RESTS;
    return PERFORMED_INTERACTIONS.filter((name) => name !== gesture).map((name): TrueGesture => {
      return { gesture: name, from, to, handId: id, handedness, optional: true };
    });
  });
}

/**
 * One hand of a person that makes every gesture, and in every second sequence the other hand, which does nothing: the seed decides the
 * order, the speeds, where the hand is and how it is turned.
 */
export const gestures: PerformedPreset = {
  sensor: SENSORS.sr305,
  performances({ seed, shape, handedness }) {
    const random = new SeededRandom(seed, STREAM);
    const side = handedness === 'left' ? -1 : 1;
    const place: Vec3 = [side * -random.uniform(0.06, 0.14), random.uniform(-0.06, 0.03), random.uniform(0.58, 0.66)];
    const fingers: Vec3 = [random.uniform(-0.25, 0.25), -1, random.uniform(-0.4, 0.1)];
    const palm: Vec3 = [random.uniform(-0.3, 0.4), 0, -1];
    const steps = script(seed);
    const common = { seed, shape, shoulder: SHOULDER };
    const acting = performance(steps, { ...common, handedness, place, fingers, palm });
    const events = [...acting.events, ...optionalPointers(steps, acting)].sort((a, b) => a.from - b.from);
    const all: Performance[] = [{ ...acting, events }];
    if (random.integer(2) === 0) return all;
    const other = side === 1 ? 'left' : 'right';
    const low: Vec3 = [side * random.uniform(0.18, 0.24), random.uniform(0.1, 0.16), random.uniform(0.62, 0.7)];
    return [
      ...all,
      performance([], {
        ...common,
        handedness: other,
        id: 1,
        place: low,
        fingers: [0.2, -0.4, -0.8],
        palm: [0.9, 0.3, -0.2],
      }),
    ];
  },
  scene: (input) => sceneOf(gestures.performances(input)),
};

/** Both hands of a person at a table who works, talks and rests: no gesture is meant. */
export const everyday: PerformedPreset = {
  sensor: SENSORS.sr305,
  performances({ seed, shape, handedness }) {
    const hands = handedness === 'left' ? (['left', 'right'] as const) : (['right', 'left'] as const);
    return hands.map((side, id) => everydayHand({ seed, id, handedness: side, shape, shoulder: SHOULDER }));
  },
  scene: (input) => sceneOf(everyday.performances(input), [TABLE_TOP]),
};

function sceneOf(performances: readonly Performance[], table: readonly Primitive[] = []): ReturnType<Preset['scene']> {
  return (time) => {
    const hands = performances.map(({ target, shape, handedness, id }) => handAt(target(time), shape, handedness, id));
    const person = [...trunk(SHOULDER)];
    for (const side of ['right', 'left'] as const) {
      const hand = hands.find(({ handedness }) => handedness === side);
      const shoulder = side === 'right' ? SHOULDER : add(SHOULDER, SHOULDERS);
      if (hand === undefined) person.push(...hangingArm(SHOULDER, side));
      else person.push(upperArm(shoulder, hand.elbow, performances[0]!.shape.scale));
    }
    const things = performances.flatMap(({ things, handedness, id }) => {
      const solids = things?.(time) ?? [];
      return objectsOf([[`thing ${id}`, solids]], handedness);
    });
    return {
      hands,
      objects: [
        ...objectsOf(
          [
            ['body', person],
            ['table', table],
          ],
          'right',
        ),
        ...things,
      ],
    };
  };
}

/** The hands of one of these presets, as `syntheticStream` shows them. */
export function presetPerformances(
  preset: 'gestures' | 'everyday',
  { seed = 0, handedness = 'right' }: { readonly seed?: number; readonly handedness?: PresetInput['handedness'] } = {},
): Performance[] {
  const shape = drawHandShape(new SeededRandom(seed, SHAPE_STREAM), ADULT);
  return { gestures, everyday }[preset].performances({ seed, handedness, shape });
}
