#!/usr/bin/env node
/**
 * How much several cameras gain: the error of the fused hand against that of the better single camera, on synthetic rigs. Prints a table
 * (Markdown) and, with --json, all figures.
 *
 *   node scripts/measure-rig.mjs [--motions objects,egocentric,hard] [--seeds 9001,9002] [--frames 60] [--fps 12] [--preset two-cameras]
 *                                [--voxels] [--kinematics] [--keep folder] [--json rig.json]
 *
 * Each camera's frames go through the network once; the fusion of joints is then run with the right places of the cameras, and with places
 * that are wrong by 5 mm and 0.5 degrees, three times. `--kinematics` also fits the skeleton to the fused joints and the points of all
 * cameras, with right and wrong places, and to those of each camera alone (better camera, fitted); `palms` are the joints fused without the
 * fit, where no surfaces are known. `--voxels` also runs the network on the points of all cameras in one cube. `--keep` keeps what the
 * network said there, for the next time. Errors are before smoothing, over moments in which every camera found the hand; "hidden" are the
 * joints that the better camera does not see. Each sequence is printed too: what is asked of fusion is asked of each.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { composeTransforms, invertTransform, matrixQuaternion, transformPoints } from '../dist/geometry/transform.js';
import { HandFitter } from '../dist/kinematics/hand-fitter.js';
import { syntheticRig } from '../dist/synthetic/rig-stream.js';
import { trackerConfig } from '../dist/tracking/config.js';
import { HandTracker } from '../dist/tracking/hand-tracker.js';
import { fittedHand } from '../dist/tracking/inference-half.js';
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
    kinematics: { type: 'boolean', default: false },
    keep: { type: 'string' },
    json: { type: 'string' },
  },
});
if (values.voxels && values.keep) throw new Error('--voxels needs the depth that --keep leaves out');
const WRONG = { metres: 0.005, degrees: 0.5 };
const wrongPlaces = [1, 2, 3];
const PLAIN = { push: (hand) => [hand], flush: () => [] };
const settings = {
  handedness: 'right',
  detection: { maxHands: 1 },
  smoothing: { stages: [] },
  kinematics: { enabled: false },
};
const fit = { kinematics: { enabled: values.kinematics } };
const single = trackerConfig({ ...settings, ...fit });
const parts = await loadParts(single);

const transformOf = ({ rotation, translation }) => ({
  translation,
  rotation: matrixQuaternion(rotation),
});
const errorsOf = (positions, truth) =>
  Array.from({ length: 21 }, (_, j) => Math.hypot(...[0, 1, 2].map((k) => positions[3 * j + k] - truth[3 * j + k])));
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / Math.max(1, list.length);
/** Joint by joint, of several runs. */
const meanOf = (runs) => runs[0]?.map((_, j) => mean(runs.filter(Boolean).map((errors) => errors[j])));
const mm = (metres) => (1000 * metres).toFixed(2);
const withoutSurfaces = (details) => new Map([...details].map(([id, { surface: _, ...rest }]) => [id, rest]));

function rigConfig(cameras, fusion, more) {
  const named = cameras.map(({ name }) => [name, { depth: `${name}/depth`, cameraInfo: `${name}/info` }]);
  return trackerConfig({ ...settings, ...more, cameras: Object.fromEntries(named), rig: { fusion } });
}

/** The joints of the first hand that a rig tracker gives at each moment, in the rig's frame. */
async function fusedAt(moments, cameras, places, fusion, { cameraTracker, more = {} } = {}) {
  const tracker = new RigTracker(rigConfig(cameras, fusion, more), {
    ...parts,
    ...(cameraTracker && { cameraTracker }),
  });
  const out = [];
  for (const { frames } of moments) {
    const views = frames.map((frame, k) => ({ name: cameras[k].name, extrinsics: places[k], frame }));
    tracker.settle();
    const [result] = await tracker.track({ stamp: frames[0].stamp, frameId: 'rig', views });
    out.push(result?.hands[0]?.positions);
  }
  return { out, facts: tracker.facts() };
}

/** What the tracker of one camera makes of its hand with the fit, in the rig's frame. */
function fittedAlone(moments, k, place) {
  const fitter = new HandFitter(single.kinematics);
  return moments.map(({ results }) => {
    const { hands: [hand] = [], details, stamp } = results[k] ?? {};
    const surface = hand && details.get(hand.id)?.surface;
    if (surface === undefined) return hand && transformPoints(place, hand.positions);
    const { positions } = fittedHand(fitter, hand, { ...surface, stamp });
    fitter.settle();
    return transformPoints(place, positions);
  });
}

/** What each camera makes of its frames, moment by moment. */
async function seenBy(rig) {
  const alone = rig.cameras.map(() => new HandTracker(single, { ...parts, leavesFit: true, smoothing: () => PLAIN }));
  const moments = [];
  let group = [];
  for (const one of rig) {
    group.push(one);
    if (group.length < alone.length) continue;
    const truth = group.find(({ truths }) => truths)?.truths[0];
    const results = [];
    for (const { camera, frame } of group) results.push((await alone[camera].track(frame))[0]);
    moments.push({
      truth: truth.tracked ? truth.positions : undefined,
      frames: group.map(({ frame }) => frame),
      results,
      visible: group.map(({ hands }) => hands[0]?.visible ?? new Uint8Array(21)),
    });
    group = [];
  }
  return moments;
}

const figures = [];
for (const motion of values.motions.split(',')) {
  const rows = [];
  for (const seed of values.seeds.split(',').map(Number)) {
    const options = { preset: values.preset, motion, seed, frames: Number(values.frames), fps: Number(values.fps) };
    const rig = syntheticRig(options);
    const { cameras } = rig;
    const right = cameras.map(({ pose }) => transformOf(pose));
    const kept =
      values.keep && join(values.keep, `${Object.values(options).join('-')}${values.kinematics ? '-fit' : ''}.bin`);
    const moments = kept && existsSync(kept) ? deserialize(readFileSync(kept)) : await seenBy(rig);
    if (kept && !existsSync(kept)) {
      mkdirSync(values.keep, { recursive: true });
      // depth is looked at with --voxels only
      writeFileSync(
        kept,
        serialize(moments.map((one) => ({ ...one, frames: one.frames.map(({ depth: _, ...rest }) => rest) }))),
      );
    }
    const replayed = (change) => (name) => {
      const k = cameras.findIndex((camera) => camera.name === name);
      let next = 0;
      return { track: async () => [moments[next++].results[k]].filter(Boolean).map(change), reset: () => [] };
    };
    const recorded = replayed((result) => result);
    const bare = replayed((result) => ({ ...result, details: withoutSurfaces(result.details) }));
    const joints = await fusedAt(moments, cameras, right, 'joints', { cameraTracker: recorded });
    const palmsAt = async (places) =>
      values.kinematics ? (await fusedAt(moments, cameras, places, 'joints', { cameraTracker: bare })).out : undefined;
    const palms = await palmsAt(right);
    const palmsWrong = [];
    const fitted = async (places) =>
      values.kinematics
        ? (await fusedAt(moments, cameras, places, 'joints', { cameraTracker: recorded, more: fit })).out
        : undefined;
    const fittedRight = await fitted(right);
    const fittedOwn = values.kinematics ? cameras.map((_, k) => fittedAlone(moments, k, right[k])) : [];
    const wrong = [];
    const fittedWrong = [];
    for (const extra of wrongPlaces) {
      const told = syntheticRig({ ...options, seed: seed + 1000 * extra, calibrationError: WRONG }).cameras;
      // the error alone, on this rig's poses
      const places = right.map((place, k) =>
        composeTransforms(
          composeTransforms(transformOf(told[k].told), invertTransform(transformOf(told[k].pose))),
          place,
        ),
      );
      wrong.push((await fusedAt(moments, cameras, places, 'joints', { cameraTracker: recorded })).out);
      fittedWrong.push(await fitted(places));
      palmsWrong.push(await palmsAt(places));
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
        fitted: of(fittedRight?.[i]),
        fittedOwn: fittedOwn.map((out) => of(out?.[i])),
        fittedWrong: fittedWrong.map((out) => of(out?.[i])),
        palms: of(palms?.[i]),
        palmsWrong: palmsWrong.map((out) => of(out?.[i])),
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
  const over = (pick, rows = whole) => {
    const all = rows.flatMap((row) => pick(row, best.get(row.seed)) ?? []);
    const hidden = rows.flatMap((row) => {
      const errors = pick(row, best.get(row.seed));
      return errors ? errors.filter((_, j) => row.visible[best.get(row.seed)][j] === 0) : [];
    });
    return { mean: mean(all), hidden: mean(hidden) };
  };
  const all = {
    better: ({ own }, k) => own[k],
    joints: ({ joints }) => joints,
    wrong: ({ wrong }) => meanOf(wrong),
    ...(values.kinematics && {
      palms: ({ palms }) => palms,
      palmsWrong: ({ palmsWrong }) => meanOf(palmsWrong),
      betterFitted: ({ fittedOwn }, k) => fittedOwn[k],
      fitted: ({ fitted }) => fitted,
      fittedWrong: ({ fittedWrong }) => meanOf(fittedWrong),
    }),
    ...(values.voxels && { voxels: ({ voxels }) => voxels }),
  };
  const errors = (rows) => Object.fromEntries(Object.entries(all).map(([kind, pick]) => [kind, over(pick, rows)]));
  for (const seed of seeds) {
    const those = whole.filter((row) => row.seed === seed);
    const own = errors(those);
    const said = Object.entries(own).map(([kind, { mean, hidden }]) => `${kind} ${mm(mean)}/${mm(hidden)}`);
    const places = wrongPlaces.map((_, i) => {
      const kinds = values.kinematics ? ['wrong', 'palmsWrong', 'fittedWrong'] : ['wrong'];
      return kinds.map((kind) => mm(over((row) => row[kind][i], those).mean)).join('/');
    });
    process.stderr.write(`${motion} ${seed}: ${said.join(', ')}; each wrong place ${places.join(', ')}\n`);
  }
  const cameras = whole[0]?.own.length ?? 0;
  const found = (k) => rows.filter(({ own }) => own[k]).length / rows.length;
  figures.push({
    motion,
    moments: rows.length,
    compared: whole.length,
    found: Array.from({ length: cameras }, (_, k) => found(k)),
    foundFused: rows.filter(({ joints }) => joints).length / rows.length,
    ...errors(whole),
  });
}
await parts.close();
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 1)}\n`);

const change = (value, to) => `${mm(value)} (${value <= to ? '' : '+'}${Math.round(100 * (value / to - 1))} %)`;
const fits = values.kinematics ? ['palms', 'palmsWrong', 'betterFitted', 'fitted', 'fittedWrong'] : [];
const kinds = ['joints', 'wrong', ...fits, ...(values.voxels ? ['voxels'] : [])];
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
