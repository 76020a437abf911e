#!/usr/bin/env node
/**
 * What the reference room gives the voxels: where its point lies about the hand's true centre, and how well the cube is rolled.
 * The training's sampler imitates both; `python3 training/measure_reference.py` says the same of the sampler.
 *
 *   npm run build && node scripts/measure-reference.mjs [--frames 300] [--seeds 1,2,3] [--presets demo,hard]
 *       [--cameras sr305,d435vga,small] [--rows frames.jsonl]
 *
 * JSON on stdout, a short table on stderr. Offsets are reference minus centre, millimetres, in the frame of the rolled (and for a
 * left hand mirrored) cube: x right, y down the forearm, z away from the camera. The roll error is the angle in the image from the
 * cube's +y to where the forearm really goes, and to where the wrist lies as seen from the middle finger's root.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cameraToCube, createReferenceTracker, cubeFor, JOINT_COUNT, JOINT_NAMES } from '../dist/index.js';
import {
  CAMERAS,
  drawHandShape,
  LABEL_FOREARM,
  LABEL_HAND,
  LABEL_OBJECTS,
  PRESETS,
  SENSORS,
  SeededRandom,
  syntheticStream,
} from '../dist/testing.js';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '300' },
    seeds: { type: 'string', default: '1,2,3' },
    presets: { type: 'string', default: 'demo,hard' },
    cameras: { type: 'string', default: 'sr305,d435vga,small' },
    rows: { type: 'string' },
  },
});
const list = (text) => text.split(',').filter((part) => part !== '');
for (const [option, known] of Object.entries({ presets: PRESETS, cameras: CAMERAS })) {
  const unknown = list(values[option]).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) refuse(option, Object.keys(known).join(', '), unknown.join(', '));
}
if (!list(`${values.frames},${values.seeds}`).every((text) => /^\d+$/.test(text)) || Number(values.frames) < 1) {
  refuse('frames, seeds', 'whole numbers, at least one frame', `${values.frames}; ${values.seeds}`);
}

function refuse(option, expected, found) {
  process.stderr.write(`--${option}: expected ${expected}; found ${found}\n`);
  process.exit(2);
}

const EDGE = 0.26;
const FPS = 30;
const WRIST = 0;
const ROOT_OF_MIDDLE = JOINT_NAMES.indexOf('middle_mcp');
/** As the hand tracker does it: palm's joints, least length of a palm in the image, confidence from which on joints count. */
const PALM = [0, 5, 9, 13, 17];
const SHORTEST_PALM = 0.035;
/** Joints as a good network gives them: an error of the whole hand and one of each joint, standard deviation by axis, metres. */
const HAND_ERROR = 0.003;
const JOINT_ERROR = 0.004;
const SURE = 0.8;
const UNSURE = 0.2;
/** A network that sees fewer of the joints in its cube is not sure. */
const JOINTS_IN_CUBE = 16;
/** Of the sampler's stand-in: radius of the ball, from the palm's middle to the cut at the wrist, metres, and the rounds. */
const BALL = 0.09;
const CUT = 0.06;
const ROUNDS = 4;

/** Sizes of the hands. */
const SCALES = [0.85, 1.12];
/** The whole-frame search is asked in every so many frames: what it says does not depend on the others. */
const ALONE_EVERY = 3;

const joint = (positions, j) => [positions[3 * j], positions[3 * j + 1], positions[3 * j + 2]];
const minus = (a, b) => a.map((v, i) => v - b[i]);
const mean = (points) => [0, 1, 2].map((axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length);
const centres = (positions) => ({
  palm: joint(positions, ROOT_OF_MIDDLE).map((v, i) => 0.7 * v + 0.3 * joint(positions, WRIST)[i]),
  joints: mean(Array.from({ length: JOINT_COUNT }, (_, j) => joint(positions, j))),
});

function inImage([x, y], shortest = 1e-6) {
  const length = Math.hypot(x, y);
  return length < shortest ? undefined : [x / length, y / length];
}

/** Degrees in the cube from +y to a direction of the camera's image; positive towards -x. */
function fromDown(cube, direction) {
  if (direction === undefined) return undefined;
  const [x, y] = minus(cameraToCube({ ...cube, center: [0, 0, 0] }, [...direction, 0]), [0.5, 0.5, 0.5]);
  return (Math.atan2(-x, y) * 180) / Math.PI;
}

/** The cube's centre minus a point, in the cube's axes, millimetres. */
function offset(cube, point) {
  return Array.from(cameraToCube(cube, point), (v) => (0.5 - v) * cube.edge * 1000);
}

function jointsInside(cube, positions) {
  const inCube = cameraToCube(cube, positions);
  return Array.from({ length: JOINT_COUNT }, (_, j) => joint(inCube, j)).filter((p) => p.every((v) => v >= 0 && v < 1))
    .length;
}

/** The sampler's stand-in on this frame, without its jitter: the mean around the palm's middle of what is not beyond the wrist. */
function standIn({ width, height, depth, camera }, labels, own, palm, arm) {
  const along = arm.map((v) => v / Math.hypot(...arm));
  const cut = along[0] * palm[0] + along[1] * palm[1] + along[2] * palm[2] + CUT;
  let c = palm;
  for (let round = 0; round < ROUNDS; round++) {
    const u0 = Math.max(0, Math.floor(((c[0] - BALL) / c[2]) * camera.fx + camera.cx) - 20);
    const u1 = Math.min(width, Math.ceil(((c[0] + BALL) / c[2]) * camera.fx + camera.cx) + 20);
    const v0 = Math.max(0, Math.floor(((c[1] - BALL) / c[2]) * camera.fy + camera.cy) - 20);
    const v1 = Math.min(height, Math.ceil(((c[1] + BALL) / c[2]) * camera.fy + camera.cy) + 20);
    const sum = [0, 0, 0];
    let count = 0;
    for (let v = v0; v < v1; v++) {
      for (let u = u0; u < u1; u++) {
        const z = depth[v * width + u];
        if (!(z > 0) || !own.has(labels[v * width + u])) continue;
        const p = [((u - camera.cx) / camera.fx) * z, ((v - camera.cy) / camera.fy) * z, z];
        if (Math.hypot(...minus(p, c)) >= BALL || along[0] * p[0] + along[1] * p[1] + along[2] * p[2] >= cut) continue;
        for (let i = 0; i < 3; i++) sum[i] += p[i];
        count++;
      }
    }
    if (count > 20) c = sum.map((s) => s / count);
  }
  return c;
}

/** One tracker along a stream, fed back as by a good network; `alone` forgets everything before each frame. */
class Follower {
  #tracker = createReferenceTracker();
  #lastArm;
  #random;

  constructor(seed, alone) {
    this.alone = alone;
    this.#random = new SeededRandom(seed, 78);
  }

  /** @returns what can be said of this frame */
  follow({ frame, truth, labels }, { hand, objects }, handedness) {
    if (this.alone) {
      this.#tracker.reset();
      this.#lastArm = undefined;
    }
    const result = this.#tracker.track(frame);
    const base = { tracked: truth.tracked, found: result.state === 'found' };
    if (result.state === 'lost') {
      this.#lastArm = undefined;
      return { ...base, reason: result.reason };
    }
    const { point } = result;
    if (!truth.tracked) {
      this.#tracker.feedback(point.position, UNSURE);
      this.#lastArm = undefined;
      return base;
    }
    const armFrom = point.arm !== undefined ? 'seen' : this.#lastArm !== undefined ? 'joints' : 'none';
    const cube = cubeFor(armFrom === 'joints' ? { ...point, arm: this.#lastArm } : point, {
      edge: EDGE,
      roll: 'forearm-down',
      handedness,
      modelHandedness: 'right',
    });
    const { positions } = truth;
    const wrist = joint(positions, WRIST);
    const arm = minus(hand.elbow, wrist);
    const palm = minus(wrist, joint(positions, ROOT_OF_MIDDLE));
    const centre = centres(positions);
    const held = objects.findIndex(({ name }) => name === 'held');
    const own = new Set([LABEL_HAND, LABEL_FOREARM, ...(held < 0 ? [] : [LABEL_OBJECTS + held])]);
    const inside = jointsInside(cube, positions);
    this.#feedBack(positions, inside >= JOINTS_IN_CUBE);
    return {
      ...base,
      source: point.source,
      confidence: point.confidence,
      armFrom,
      inside,
      held: held >= 0,
      distance: centre.palm[2],
      offset: { palm: offset(cube, centre.palm), joints: offset(cube, centre.joints) },
      apart: offset(cube, standIn(frame, labels, own, mean(PALM.map((j) => joint(positions, j))), arm)),
      armLength: Math.hypot(arm[0], arm[1]) / Math.hypot(...arm),
      palmLength: Math.hypot(palm[0], palm[1]) / Math.hypot(...palm),
      roll: { arm: fromDown(cube, inImage(arm)), palm: fromDown(cube, inImage(palm)) },
    };
  }

  #feedBack(positions, sure) {
    const whole = [0, 1, 2].map(() => HAND_ERROR * this.#random.normal());
    const noisy = Float64Array.from(positions, (v, i) => v + whole[i % 3] + JOINT_ERROR * this.#random.normal());
    this.#tracker.feedback(mean(PALM.map((j) => joint(noisy, j))), sure ? SURE : UNSURE);
    const seen = inImage(minus(joint(noisy, WRIST), joint(noisy, ROOT_OF_MIDDLE)), SHORTEST_PALM);
    this.#lastArm = sure ? (seen ?? this.#lastArm) : undefined;
  }
}

function measure(preset, seed, cameraName, handedness, row) {
  const camera = CAMERAS[cameraName];
  const frames = Number(values.frames);
  const shape = drawHandShape(new SeededRandom(seed, 77), SCALES);
  const sensor = cameraName.startsWith('d435') ? { sensor: SENSORS.d435 } : {};
  const stream = syntheticStream({
    preset,
    frames,
    fps: FPS,
    camera,
    seed,
    handedness,
    shape,
    labels: true,
    ...sensor,
  });
  const scene = PRESETS[preset].scene({ camera, seed, shape, handedness });
  const followers = [new Follower(seed, false), new Follower(seed, true)];
  for (let index = 0; index < frames; index++) {
    const made = stream.at(index);
    const there = scene(index / FPS);
    for (const follower of followers) {
      const { alone } = follower;
      if (alone && index % ALONE_EVERY !== 0) continue;
      const what = follower.follow(made, there, handedness);
      row({ preset, seed, camera: cameraName, handedness, alone, index, ...what });
    }
  }
}

const rounded = (v) => Math.round(v * 100) / 100;
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];

function quantiles(numbers, shares = SHARES) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
  return Object.fromEntries(shares.map((share) => [`p${share * 100}`, at(share)]));
}

function spread(numbers) {
  const m = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  return { mean: rounded(m), sd: rounded(Math.sqrt(numbers.reduce((s, v) => s + (v - m) ** 2, 0) / numbers.length)) };
}

/** Of offsets (millimetres by axis): mean and deviation of each axis, quantiles of each and of the length. */
function offsets(vectors) {
  const lengths = vectors.map((v) => Math.hypot(...v));
  const axis = (i) => ({ ...spread(vectors.map((v) => v[i])), ...quantiles(vectors.map((v) => v[i])) });
  return { x: axis(0), y: axis(1), z: axis(2), length: { ...spread(lengths), ...quantiles(lengths) } };
}

function angles(degrees) {
  const shares = Object.fromEntries(
    [10, 20, 30, 60].map((l) => [`over${l}`, rounded(degrees.filter((d) => Math.abs(d) > l).length / degrees.length)]),
  );
  return {
    count: degrees.length,
    ...spread(degrees),
    ...quantiles(degrees),
    absolute: quantiles(degrees.map(Math.abs)),
    ...shares,
  };
}

function figures(rows) {
  const there = rows.filter((r) => r.tracked);
  const found = there.filter((r) => r.found);
  const gone = rows.filter((r) => !r.tracked);
  const share = (part, all) => rounded(part.length / Math.max(1, all.length));
  /** On the hand: what a network can do anything with. */
  const on = found.filter((r) => Math.hypot(...r.offset.palm) < 100);
  const rolls = (which, from) =>
    angles(on.filter((r) => r.armFrom === from && r.roll[which] !== undefined).map((r) => r.roll[which]));
  return {
    frames: rows.length,
    handThere: there.length,
    notFound: share(
      there.filter((r) => !r.found),
      there,
    ),
    elsewhere: share(
      found.filter((r) => !on.includes(r)),
      there,
    ),
    foundWhereGone: share(
      gone.filter((r) => r.found),
      gone,
    ),
    distanceMetres: quantiles(found.map((r) => r.distance)),
    offsetMm: { palm: offsets(on.map((r) => r.offset.palm)), joints: offsets(on.map((r) => r.offset.joints)) },
    fromStandInMm: offsets(on.map((r) => r.apart)),
    armFrom: Object.fromEntries(
      ['seen', 'joints', 'none'].map((from) => [
        from,
        share(
          on.filter((r) => r.armFrom === from),
          on,
        ),
      ]),
    ),
    rollDegrees: {
      all: { arm: angles(on.map((r) => r.roll.arm)), palm: angles(on.map((r) => r.roll.palm)) },
      ...Object.fromEntries(
        ['seen', 'joints', 'none'].map((from) => [from, { arm: rolls('arm', from), palm: rolls('palm', from) }]),
      ),
    },
  };
}

const rows = [];
if (values.rows !== undefined) writeFileSync(values.rows, '');
const row = (r) => {
  rows.push(r);
  if (values.rows !== undefined) appendFileSync(values.rows, `${JSON.stringify(r)}\n`);
};
for (const preset of list(values.presets)) {
  for (const camera of list(values.cameras)) {
    for (const seed of list(values.seeds).map(Number)) {
      for (const handedness of ['right', 'left']) {
        measure(preset, seed, camera, handedness, row);
        process.stderr.write(`${preset} ${camera} seed ${seed} ${handedness}\n`);
      }
    }
  }
}

const report = {};
for (const [name, alone] of [
  ['tracking', false],
  ['frameByFrame', true],
]) {
  const these = rows.filter((r) => r.alone === alone);
  report[name] = { all: figures(these) };
  for (const preset of list(values.presets)) report[name][preset] = figures(these.filter((r) => r.preset === preset));
}
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);

const cell = (text, width = 7) => String(text).padStart(width);
const line = (name, f) => {
  const { x, y, z, length } = f.offsetMm.palm;
  const roll = f.rollDegrees.all.arm.absolute;
  const parts = [
    x.mean,
    x.sd,
    y.mean,
    y.sd,
    z.mean,
    z.sd,
    length.p50,
    length.p95,
    roll.p50,
    roll.p95,
    f.notFound,
    f.elsewhere,
  ];
  return `${name.padEnd(20)}${parts.map((v) => cell(v)).join('')}\n`;
};
const heads = ['x', 'sd', 'y', 'sd', 'z', 'sd', 'p50', 'p95', 'roll50', 'roll95', 'lost', 'else'];
process.stderr.write(`${'offset from palm, mm'.padEnd(20)}${heads.map((h) => cell(h)).join('')}\n`);
for (const [name, groups] of Object.entries(report)) {
  for (const [group, f] of Object.entries(groups)) process.stderr.write(line(`${name} ${group}`, f));
}
