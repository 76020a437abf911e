#!/usr/bin/env node
/**
 * How much several cameras gain: the error of the fused hand against that of the better single camera, on synthetic rigs. Prints a table
 * (Markdown) and, with --json, all figures.
 *
 *   node scripts/measure-rig.mjs [--motions objects,egocentric,hard] [--seeds 9001,9002] [--frames 60] [--fps 12] [--preset two-cameras]
 *                                [--voxels] [--json rig.json]
 *
 * Each camera's frames go through the network once; the fusion of joints is then run with the right places of the cameras, and with places
 * that are wrong by 5 mm and 0.5 degrees, three times. `--voxels` also runs the network on the points of all cameras in one cube. Errors are
 * before smoothing, over moments in which every camera found the hand; "hidden" are the joints that the better camera does not see.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { composeTransforms, invertTransform, matrixQuaternion, transformPoints } from '../dist/geometry/transform.js';
import { syntheticRig } from '../dist/synthetic/rig-stream.js';
import { trackerConfig } from '../dist/tracking/config.js';
import { HandTracker } from '../dist/tracking/hand-tracker.js';
import { loadParts } from '../dist/tracking/load-parts.js';
import { RigTracker } from '../dist/tracking/rig-tracker.js';

const { values } = parseArgs({
  options: {
    motions: { type: 'string', default: 'objects,egocentric,hard' },
    seeds: { type: 'string', default: '9001,9002' },
    frames: { type: 'string', default: '60' },
    fps: { type: 'string', default: '12' },
    preset: { type: 'string', default: 'two-cameras' },
    voxels: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const WRONG = { metres: 0.005, degrees: 0.5 };
const PLAIN = { push: (hand) => [hand], flush: () => [] };
const settings = { handedness: 'right', detection: { maxHands: 1 }, smoothing: { stages: [] } };
const single = trackerConfig(settings);
const parts = await loadParts(single);

const transformOf = ({ rotation, translation }) => ({
  translation,
  rotation: matrixQuaternion(rotation),
});
const errorsOf = (positions, truth) =>
  Array.from({ length: 21 }, (_, j) => Math.hypot(...[0, 1, 2].map((k) => positions[3 * j + k] - truth[3 * j + k])));
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length);
const mm = (metres) => (1000 * metres).toFixed(2);

function rigConfig(cameras, fusion) {
  const named = cameras.map(({ name }) => [name, { depth: `${name}/depth`, cameraInfo: `${name}/info` }]);
  return trackerConfig({ ...settings, cameras: Object.fromEntries(named), rig: { fusion } });
}

/** The joints of the first hand that a rig tracker gives at each moment, in the rig's frame. */
async function fusedAt(moments, cameras, places, fusion, cameraTracker) {
  const tracker = new RigTracker(rigConfig(cameras, fusion), { ...parts, ...(cameraTracker && { cameraTracker }) });
  const out = [];
  for (const { frames } of moments) {
    const views = frames.map((frame, k) => ({ name: cameras[k].name, extrinsics: places[k], frame }));
    const [result] = await tracker.track({ stamp: frames[0].stamp, frameId: 'rig', views });
    out.push(result?.hands[0]?.positions);
  }
  return { out, facts: tracker.facts() };
}

const figures = [];
for (const motion of values.motions.split(',')) {
  const rows = [];
  for (const seed of values.seeds.split(',').map(Number)) {
    const options = { preset: values.preset, motion, seed, frames: Number(values.frames), fps: Number(values.fps) };
    const rig = syntheticRig(options);
    const { cameras } = rig;
    const right = cameras.map(({ pose }) => transformOf(pose));
    const alone = cameras.map(() => new HandTracker(single, { ...parts, smoothing: () => PLAIN }));
    const moments = [];
    let group = [];
    for (const one of rig) {
      group.push(one);
      if (group.length < cameras.length) continue;
      const truth = group.find(({ truths }) => truths)?.truths[0];
      const results = [];
      for (const { camera, frame } of group) results.push((await alone[camera].track(frame))[0]);
      const visible = group.map(({ hands }) => hands[0]?.visible ?? new Uint8Array(21));
      moments.push({
        truth: truth.tracked ? truth.positions : undefined,
        frames: group.map(({ frame }) => frame),
        results,
        visible,
      });
      group = [];
    }
    const recorded = (name) => {
      const k = cameras.findIndex((camera) => camera.name === name);
      let next = 0;
      return { track: async () => [moments[next++].results[k]].filter(Boolean), reset: () => [] };
    };
    const joints = await fusedAt(moments, cameras, right, 'joints', recorded);
    const wrong = [];
    for (const extra of [1, 2, 3]) {
      const told = syntheticRig({ ...options, seed: seed + 1000 * extra, calibrationError: WRONG }).cameras;
      // the error alone, on this rig's poses
      const places = right.map((place, k) =>
        composeTransforms(
          composeTransforms(transformOf(told[k].told), invertTransform(transformOf(told[k].pose))),
          place,
        ),
      );
      wrong.push((await fusedAt(moments, cameras, places, 'joints', recorded)).out);
    }
    const voxels = values.voxels ? (await fusedAt(moments, cameras, right, 'voxels')).out : undefined;
    for (const [i, { truth, results, visible }] of moments.entries()) {
      if (truth === undefined) continue;
      const own = results.map((result, k) => {
        const hand = result?.hands[0];
        return hand && errorsOf(transformPoints(right[k], hand.positions), truth);
      });
      const of = (positions) => positions && errorsOf(positions, truth);
      rows.push({
        seed,
        own,
        visible,
        joints: of(joints.out[i]),
        wrong: wrong.map((out) => of(out[i])),
        voxels: of(voxels?.[i]),
      });
    }
    process.stderr.write(
      `${motion} ${seed}: ${moments.length} moments, disagreement ${joints.facts.disagreements.map(({ distance }) => mm(distance)).join(', ')} mm\n`,
    );
  }
  const whole = rows.filter(({ own, joints }) => own.every(Boolean) && joints);
  const seeds = [...new Set(whole.map(({ seed }) => seed))];
  // the better camera of each sequence
  const best = new Map(
    seeds.map((seed) => {
      const those = whole.filter((row) => row.seed === seed);
      const each = those[0].own.map((_, k) => mean(those.map(({ own }) => mean(own[k]))));
      return [seed, each.indexOf(Math.min(...each))];
    }),
  );
  const over = (pick) => {
    const all = whole.flatMap((row) => pick(row, best.get(row.seed)) ?? []);
    const hidden = whole.flatMap((row) => {
      const errors = pick(row, best.get(row.seed));
      return errors ? errors.filter((_, j) => row.visible[best.get(row.seed)][j] === 0) : [];
    });
    return { mean: mean(all), hidden: mean(hidden) };
  };
  const cameras = whole[0]?.own.length ?? 0;
  const found = (k) => rows.filter(({ own }) => own[k]).length / rows.length;
  figures.push({
    motion,
    moments: rows.length,
    compared: whole.length,
    found: Array.from({ length: cameras }, (_, k) => found(k)),
    foundFused: rows.filter(({ joints }) => joints).length / rows.length,
    better: over(({ own }, k) => own[k]),
    joints: over(({ joints }) => joints),
    wrong: over(({ wrong }) => wrong[0]?.map((_, j) => mean(wrong.filter(Boolean).map((errors) => errors[j])))),
    ...(values.voxels && { voxels: over(({ voxels }) => voxels) }),
  });
}
await parts.close();
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 1)}\n`);

const change = (value, to) => `${mm(value)} (${value <= to ? '' : '+'}${Math.round(100 * (value / to - 1))} %)`;
const kinds = ['joints', 'wrong', ...(values.voxels ? ['voxels'] : [])];
console.log(
  `| ${values.preset} | moments | found by each, fused | better camera | ${kinds.join(' | ')} | hidden: better camera | ${kinds.join(' | ')} |`,
);
console.log(`|---|---|---|---|${kinds.map(() => '---|').join('')}---|${kinds.map(() => '---|').join('')}`);
for (const one of figures) {
  const cells = (key) => kinds.map((kind) => change(one[kind][key], one.better[key])).join(' | ');
  const found = [...one.found, one.foundFused].map((share) => `${Math.round(100 * share)} %`).join(', ');
  console.log(
    `| ${one.motion} | ${one.compared} | ${found} | ${mm(one.better.mean)} | ${cells('mean')} | ${mm(one.better.hidden)} | ${cells('hidden')} |`,
  );
}
