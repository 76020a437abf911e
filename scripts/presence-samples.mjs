#!/usr/bin/env node
/**
 * Samples for scripts/fit-presence.mjs: track synthetic sequences with every hand believed, and write down what the presence score looks
 * at in each frame and how far the joints are off.
 *
 *   npm run build && node scripts/presence-samples.mjs --out presence.jsonl --sequences 40
 *
 *   --out FILE        one JSON object per line: features, errorMm (null where there is no hand), sequence
 *   --sequences N     of each preset, default 20
 *   --frames N        of each sequence, default 60
 *   --presets A,B     default demo,hard,objects,egocentric,two-hands,visitors; of several hands each one is a sample
 *   --camera NAME     default d435
 *   --false SHARE     of the sequences in which the detector points at something else than the hand, default 0.25: what is no hand must be
 *                     among the samples, and a good detector hardly ever shows it
 *   --seed N          of the first sequence, default 1000
 *   --single FILE     single hands too, as training's measure.py --presence writes them: harder ones than the presets', and cubes beside hands
 *   --scenes FILE     pictures of scenes too, as training's dump_scenes.py writes them, each shown for three frames; may be repeated
 *   --set KEY=VALUE   a setting of the tracker, may be repeated; detection.method=learned by default
 *
 * Where a recording with `/hand/truth` shall be used, give it in place of presets: --recording FILE, may be repeated.
 */
import { createWriteStream, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { unproject } from '../dist/depth/depth-frame.js';
import { PRESENCE_FEATURES, presenceFeatures } from '../dist/detection/presence.js';
import { SeededRandom } from '../dist/geometry/random.js';
import { meanDistance } from '../dist/hand/match-hands.js';
import { ROOT_OF_MIDDLE } from '../dist/hand/skeleton.js';
import { openMcap } from '../dist/mcap.js';
import { CAMERAS } from '../dist/synthetic/cameras.js';
import { syntheticStream } from '../dist/synthetic/synthetic-stream.js';
import { parseConfig } from '../dist/tracking/config-file.js';
import { depthFrames } from '../dist/tracking/depth-frames.js';
import { HandTracker } from '../dist/tracking/hand-tracker.js';
import { loadParts } from '../dist/tracking/load-parts.js';
import { readHands } from '../dist/transport/port/read-hands.js';
import { readScenes } from './scene-pictures.mjs';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    sequences: { type: 'string', default: '20' },
    frames: { type: 'string', default: '60' },
    presets: { type: 'string', default: 'demo,hard,objects,egocentric,two-hands,visitors' },
    false: { type: 'string', default: '0.25' },
    camera: { type: 'string', default: 'd435' },
    seed: { type: 'string', default: '1000' },
    set: { type: 'string', multiple: true, default: [] },
    recording: { type: 'string', multiple: true, default: [] },
    single: { type: 'string' },
    scenes: { type: 'string', multiple: true, default: [] },
  },
});
const numbers = [values.sequences, values.frames, values.seed].map(Number);
const [sequences, frames, seed] = numbers;
const presets = values.presets.split(',');
if (values.out === undefined || !numbers.every(Number.isInteger) || !(values.camera in CAMERAS)) {
  process.stderr.write(
    `usage: presence-samples.mjs --out FILE [--sequences N] [--frames N] [--camera ${Object.keys(CAMERAS).join('|')}]\n`,
  );
  process.exit(2);
}

// whatever is seen is believed, so that the samples hold what is wrong too
const open = ['detection.acquire_presence=0', 'detection.keep_presence=0', 'heat_maps.min_confidence=0'];
const config = parseConfig('', 'settings', [
  'detection.method=learned',
  'policy=every',
  'smoothing.stages=[]',
  'heat_maps.acquire_confidence=0',
  ...open,
  ...values.set,
]);
/** Frames that a picture of a scene is shown. */
const SHOWN = 3;
/** Single hands that are held out together. */
const HANDS_TOGETHER = 16;
const out = createWriteStream(values.out);
const { close, ...parts } = await loadParts(config);
const share = Number(values.false);
/** The middle roots of the hands in the frame that is worked on. */
let roots = [];
let sequence = 0;
let written = 0;
try {
  for (const preset of values.recording.length > 0 ? [] : presets) {
    for (let k = 0; k < sequences; k++) {
      const handedness = k % 2 === 0 ? 'right' : 'left';
      const camera = CAMERAS[values.camera];
      const wrong = Math.floor((k + 1) * share) > Math.floor(k * share);
      const stream = syntheticStream({ preset, frames, camera, seed: seed + k, handedness });
      await addSequence(stream, wrong ? misled(parts, seed + k) : parts);
      process.stderr.write(`${preset} ${k + 1} of ${sequences}: ${written} samples\n`);
    }
  }
  for (const path of values.recording) await addSequence(recorded(path), parts);
  for (const path of values.scenes) {
    const { scenes, frames: framesOf } = readScenes(path);
    for (const [index, { hands }] of scenes.entries()) {
      const truths = hands.map(({ joints }) => ({ tracked: true, positions: joints }));
      await addSequence(
        Array.from(framesOf(index, SHOWN), (frame) => ({ frame, truths })),
        parts,
      );
    }
    process.stderr.write(`${path}: ${written} samples\n`);
  }
  if (values.single !== undefined) addSingle(values.single);
} finally {
  await close();
}
await new Promise((resolve) => out.end(resolve));

/**
 * @param stream frames with their truth
 * @param trackerParts what the tracker is made of
 */
async function addSequence(stream, trackerParts) {
  const tracker = new HandTracker(config, trackerParts);
  let before = new Map();
  for await (const { frame, truths } of stream) {
    const there = truths.filter(({ tracked }) => tracked);
    roots = there.map(({ positions }) => positions.slice(3 * ROOT_OF_MIDDLE, 3 * ROOT_OF_MIDDLE + 3));
    const [result] = await tracker.track(frame);
    const now = new Map();
    for (const { id } of result?.hands ?? []) {
      const { raw, reference } = result.details.get(id);
      const { stamp, positions, confidences } = raw.values().next().value;
      const hand = { stamp, positions, confidences, evidence: reference.point.confidence };
      const features = Array.from(presenceFeatures(hand, before.get(id)), (value) => Number(value.toFixed(5)));
      const errors = there.map((truth) => 1000 * meanDistance(positions, truth.positions));
      const errorMm = errors.length === 0 ? null : Number(Math.min(...errors).toFixed(2));
      out.write(`${JSON.stringify({ features, errorMm, sequence })}\n`);
      written++;
      now.set(id, hand);
    }
    before = now;
  }
  sequence++;
}

/** Single hands: nothing is known of the frame before, and the detector is as sure as it happens to be. */
function addSingle(file) {
  const random = new SeededRandom(1);
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const [k, { positions, confidences, errorMm }] of lines.entries()) {
    const hand = { stamp: 0n, positions, confidences, evidence: random.uniform(0.3, 0.85) };
    const features = Array.from(presenceFeatures(hand, undefined), (value) => Number(value.toFixed(5)));
    features[PRESENCE_FEATURES.indexOf('first')] = 0;
    out.write(`${JSON.stringify({ features, errorMm, sequence: sequence + Math.floor(k / HANDS_TOGETHER) })}\n`);
  }
}

/** The same parts with a detector that takes some other surface for the hand, as sure of it as false peaks are. */
function misled(loaded, k) {
  const random = new SeededRandom(k);
  const detect = async (frame) => {
    for (let tries = 0; tries < 1000; tries++) {
      const point = unproject(frame, random.integer(frame.width), random.integer(frame.height));
      if (point === undefined || point[2] > 1.2 || point[2] < 0.2) continue;
      const [x, y, z] = point;
      const place = [x, y, z + random.uniform(0, 0.03)];
      if (roots.some((root) => Math.hypot(...place.map((c, axis) => c - root[axis])) < 0.1)) continue;
      const angle = random.uniform(0, 2 * Math.PI);
      const hand = {
        score: random.uniform(0.4, 0.6),
        root: place,
        mass: place,
        direction: [Math.cos(angle), Math.sin(angle)],
        size: 1,
        left: 0,
      };
      return { hands: [hand], depth: true };
    }
    return { hands: [], depth: true };
  };
  return { ...loaded, detection: { ...loaded.detection, detector: { detect } } };
}

async function* recorded(path) {
  const truths = new Map();
  const truthSource = await openMcap(path);
  for await (const hand of readHands(truthSource, '/hand/truth')) {
    truths.set(hand.stamp, [...(truths.get(hand.stamp) ?? []), hand]);
  }
  await truthSource.close();
  const source = await openMcap(path);
  for await (const frame of depthFrames(source, config)) yield { frame, truths: truths.get(frame.stamp) ?? [] };
  await source.close();
}
