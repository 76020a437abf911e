/** What is in the sequences: how much is hidden, how often a thing is at the hand, how fast the hand moves. */
import { JOINT_COUNT } from '../../dist/index.js';
import { LABEL_OBJECTS } from '../../dist/testing.js';
import { thingsOf } from './sequences.mjs';

/** A thing is at the hand where this many of the looked-at pixels lie so near to a joint, metres. */
const NEAR = 0.04;
const NEAR_PIXELS = 8;
const STEP = 3;
const AT_HAND = ['held', 'passing'];

export class SetFigures {
  #byPreset = new Map();

  /** A meter for the frames of one sequence, to be given them in their order. */
  begin(sequence) {
    const things = thingsOf(sequence);
    const sums = this.#byPreset.get(sequence.preset) ?? {
      sequences: 0,
      frames: 0,
      withHand: 0,
      withThing: 0,
      halfHidden: 0,
      hidden: 0,
      moved: 0,
      steps: 0,
    };
    this.#byPreset.set(sequence.preset, sums);
    sums.sequences++;
    let before;
    return (index, { frame, truth, visible, labels }) => {
      sums.frames++;
      if (!truth.tracked) {
        before = undefined;
        return;
      }
      sums.withHand++;
      const hidden = visible.reduce((n, v) => n + (v === 0 ? 1 : 0), 0);
      sums.hidden += hidden;
      if (2 * hidden > JOINT_COUNT) sums.halfHidden++;
      if (atHand(things(index), frame, truth.positions, labels)) sums.withThing++;
      if (before !== undefined) {
        sums.moved += meanDistance(before, truth.positions);
        sums.steps++;
      }
      before = truth.positions;
    };
  }

  /** A row for each preset, and one for all. */
  rows() {
    const rows = [...this.#byPreset].map(([preset, sums]) => [preset, sums]);
    const all = {};
    for (const [, sums] of rows) for (const [key, value] of Object.entries(sums)) all[key] = (all[key] ?? 0) + value;
    return [...rows, ['all', all]].map(([preset, s]) => ({
      preset,
      sequences: s.sequences,
      frames: s.frames,
      withHand: s.withHand,
      thingShare: share(s.withThing, s.withHand),
      halfHiddenShare: share(s.halfHidden, s.withHand),
      hiddenJoints: share(s.hidden, s.withHand * JOINT_COUNT),
      speedMm: s.steps === 0 ? null : (1000 * s.moved) / s.steps,
    }));
  }
}

function share(part, all) {
  return all === 0 ? null : part / all;
}

function meanDistance(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  return sum / (a.length / 3);
}

function atHand(names, { width, height, depth, camera }, joints, labels) {
  const wanted = new Set(names.flatMap((name, i) => (AT_HAND.includes(name) ? [LABEL_OBJECTS + i] : [])));
  if (wanted.size === 0) return false;
  let near = 0;
  for (let v = 0; v < height; v += STEP) {
    for (let u = 0; u < width; u += STEP) {
      const i = v * width + u;
      const z = depth[i];
      if (!wanted.has(labels[i]) || z === 0) continue;
      const x = ((u - camera.cx) / camera.fx) * z;
      const y = ((v - camera.cy) / camera.fy) * z;
      for (let j = 0; j < 3 * JOINT_COUNT; j += 3) {
        if (Math.hypot(x - joints[j], y - joints[j + 1], z - joints[j + 2]) > NEAR) continue;
        near++;
        break;
      }
      if (near >= NEAR_PIXELS) return true;
    }
  }
  return false;
}
