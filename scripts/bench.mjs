#!/usr/bin/env node
/**
 * `npm run bench`: milliseconds a frame of every step around the network and of the network itself, side by side in one run, as JSON.
 *
 *   npm run bench -- [--frames 120] [--only decode,reference]
 *
 * Frames are synthetic, 640x480, rendered before anything is timed. Each figure says p50, p99, mean and how many were timed.
 */
import { parseArgs } from 'node:util';
import { encodeCompressedDepth } from '../dist/depth/compressed-depth.js';
import { encodeRawDepth } from '../dist/depth/raw-depth.js';
import { createReferenceTracker } from '../dist/detection/geometric/reference-tracker.js';
import { DECODERS } from '../dist/heatmaps/decode-heat-maps.js';
import { createInference, decodeHeatMaps, loadPrior, VERSION } from '../dist/index.js';
import { HandFitter } from '../dist/kinematics/index.js';
import { decodeDepthMessage, nodeInflate } from '../dist/messages.js';
import { smoothingStage } from '../dist/smoothing/smoothing-stage.js';
import {
  CAMERAS,
  depthCamera,
  FACING_CAMERA,
  kinematicHand,
  namedPose,
  placeHand,
  renderHeatMaps,
  syntheticStream,
} from '../dist/testing.js';
import { cubeFor } from '../dist/voxels/cube.js';
import { occupiedPoints } from '../dist/voxels/voxel-grid.js';
import { voxelise } from '../dist/voxels/voxelise.js';
import { machine } from './machine.mjs';

const { values } = parseArgs({
  options: { frames: { type: 'string', default: '120' }, model: { type: 'string', default: 'compact' } },
});
const FRAMES = Number(values.frames);
const WARM_UP = 10;
const ms = (v) => Math.round(v * 1000) / 1000;

function time(name, count, work) {
  const times = [];
  for (let i = -WARM_UP; i < count; i++) {
    const begin = performance.now();
    work((i + count) % count);
    if (i >= 0) times.push(performance.now() - begin);
  }
  return [name, figures(times)];
}

function figures(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => ms(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  return {
    p50: at(0.5),
    p99: at(0.99),
    mean: ms(times.reduce((a, b) => a + b, 0) / times.length),
    count: times.length,
  };
}

const stream = [...syntheticStream({ preset: 'demo', frames: FRAMES, seed: 7 })];
const frames = stream.map(({ frame }) => frame);
const truths = stream.map(({ truth }) => truth);
const context = frames.map(({ stamp, frameId, camera }) => ({ stamp, frameId, camera }));
const raw = frames.map((frame) => encodeRawDepth(frame));
const png = frames.map((frame) => encodeCompressedDepth(frame, { codec: 'png' }));
const rvl = frames.map((frame) => encodeCompressedDepth(frame, { codec: 'rvl' }));
const options = { inflate: nodeInflate };
const decode = (schema, messages) => (i) => decodeDepthMessage(schema, messages[i], context[i], options);

const inference = await createInference({ model: values.model, threads: 1 });
const { model } = inference;
const prior = await loadPrior('hand');
const tracker = createReferenceTracker();
const points = [];
const track = (i) => {
  const result = tracker.track(frames[i]);
  if (result.state === 'found') points[i] = result.point;
};
for (let i = 0; i < FRAMES; i++) track(i);
const cubes = points.map((point) =>
  cubeFor(point, { edge: model.cubeEdge, roll: model.roll, handedness: 'right', modelHandedness: 'right' }),
);
const known = frames.map((_, i) => i).filter((i) => cubes[i] !== undefined);
const pick = (i) => known[i % known.length];
const spread = Float64Array.from({ length: 63 }, (_, i) => 0.2 + 0.6 * ((i * 0.618) % 1));
const maps24 = renderHeatMaps(spread, model.heatMapSize, model.sigma);
const maps44 = renderHeatMaps(spread, 44, 1.7);
const smoothing = smoothingStage({ gate: {}, prior: { model: prior }, oneEuro: {} });
const grid = new Uint8Array(model.gridSize ** 3);
const seen = known.map((i) => {
  const points = occupiedPoints(voxelise(frames[i], cubes[i], model.gridSize));
  return { ...truths[i], points, pitch: model.cubeEdge / model.gridSize };
});
const fitting = (options) => {
  const fitter = new HandFitter({ learn: false, surface: true, iterations: 8, ...options });
  return (i) => fitter.fit(seen[i % seen.length]);
};

const eye = depthCamera(CAMERAS.sr305);
const placement = { rotation: FACING_CAMERA, translation: [0, 0.06, 0.55] };
const exact = syntheticStream({ preset: 'demo', frames: FRAMES, seed: 7, sensor: null });

const results = Object.fromEntries([
  time('render a hand, 640x480', FRAMES, () =>
    eye.render({ hand: placeHand(kinematicHand(namedPose('ok')), placement), objects: [] }),
  ),
  time('render the demo scene, 640x480', FRAMES, (i) => exact.at(i)),
  time('decode raw 16UC1', FRAMES, decode('sensor_msgs/Image', raw)),
  time('decode compressedDepth png', FRAMES, decode('sensor_msgs/CompressedImage', png)),
  time('decode compressedDepth rvl', FRAMES, decode('sensor_msgs/CompressedImage', rvl)),
  time('reference, tracked', FRAMES, track),
  time('reference, whole frame', FRAMES, (i) => createFreshly(i)),
  time(`voxels ${model.gridSize}^3`, FRAMES, (i) => voxelise(frames[pick(i)], cubes[pick(i)], model.gridSize, grid)),
  time('voxels 88^3', FRAMES, (i) => voxelise(frames[pick(i)], cubes[pick(i)], 88)),
  ...DECODERS.map((decoder) =>
    time(`heat maps ${model.heatMapSize}^3, ${decoder}`, 200, () =>
      decodeHeatMaps(maps24, { decoder, sigma: model.sigma }),
    ),
  ),
  ...DECODERS.map((decoder) =>
    time(`heat maps 44^3, ${decoder}`, 100, () => decodeHeatMaps(maps44, { decoder, sigma: 1.7 })),
  ),
  time('fit of a skeleton', FRAMES, fitting({})),
  time('fit of a skeleton, and learning the hand', FRAMES, fitting({ learn: true })),
  time('fit of a skeleton to joints alone', FRAMES, fitting({ surface: false })),
  time('smoothing (gate, prior, one-euro)', FRAMES, (i) => smoothing.push(truths[i])),
]);

function createFreshly(i) {
  tracker.reset();
  return tracker.track(frames[i]);
}

// the whole way of a frame but the network, with PNG depth, and with raw depth
for (const [name, schema, messages] of [
  ['png', 'sensor_msgs/CompressedImage', png],
  ['raw', 'sensor_msgs/Image', raw],
]) {
  tracker.reset();
  const stage = smoothingStage({ gate: {}, prior: { model: prior }, oneEuro: {} });
  const [key, value] = time(`everything but the network, ${name}`, FRAMES, (i) => {
    const frame = decodeDepthMessage(schema, messages[i], context[i], options);
    const found = tracker.track(frame);
    if (found.state === 'lost') return;
    const cube = cubeFor(found.point, {
      edge: model.cubeEdge,
      roll: model.roll,
      handedness: 'right',
      modelHandedness: 'right',
    });
    voxelise(frame, cube, model.gridSize, grid);
    decodeHeatMaps(maps24, { decoder: 'gauss', sigma: model.sigma });
    stage.push(truths[i]);
  });
  results[key] = value;
}

const run = [];
const hop = [];
for (let i = -5; i < 60; i++) {
  const k = pick(i + 5);
  const occupancy = voxelise(frames[k], cubes[k], model.gridSize).data;
  const result = await inference.infer(occupancy);
  if (i >= 0) {
    run.push(result.timing.runSeconds * 1000);
    hop.push((result.timing.roundTripSeconds - result.timing.runSeconds) * 1000);
  }
  result.release();
}
results[`network ${model.name}, one thread`] = figures(run);
results['runtime around the network (worker, transfer)'] = figures(hop);
const { providerActual } = inference.status();
await inference.close();

const of = (name) => results[name].p50;
process.stdout.write(
  `${JSON.stringify(
    {
      voxhand: VERSION,
      machine: machine(),
      unit: 'ms a frame',
      provider: providerActual,
      results,
      ratios: {
        'png to raw decoding': ms(of('decode compressedDepth png') / of('decode raw 16UC1')),
        'whole frame to tracked reference': ms(of('reference, whole frame') / of('reference, tracked')),
        'network to everything else (png)': ms(
          of(`network ${model.name}, one thread`) / of('everything but the network, png'),
        ),
      },
    },
    null,
    1,
  )}\n`,
);
