/** Errors and durations of a packaged model on held-out samples, through the inference and the decoders that voxhand itself uses. */
import os from 'node:os';
import { JOINT_COUNT } from '../../dist/hand/skeleton.js';
import { DECODERS, decodeHeatMaps } from '../../dist/heatmaps/decode-heat-maps.js';
import { createInference, createPointInference } from '../../dist/inference/node/create-inference.js';
import { distanceMm, durations, Errors } from './figures.mjs';

/** CoM and RoM are recorded in this order. */
const TARGETS = ['com', 'rom'];

/**
 * @param model path of the model's folder
 * @param holdout as readExport gives it
 * @param count how many of its samples
 * @returns `errorMm` by decoder (or `gauss`, or by target) with its figures, and `milliseconds` in the networks
 */
export async function measure(model, { graph, about, holdout }, { count, threads }) {
  const point = graph.kind === 'point';
  const inference = await (point ? createPointInference : createInference)({ model, threads });
  const errors = {};
  const times = [];
  const add = (name, distances) => {
    errors[name] ??= new Errors();
    errors[name].add(distances);
  };
  try {
    for (let i = 0; i < count; i++) {
      const { grid, points: truth, edge } = holdout.sample(i);
      const result = await inference.infer(grid);
      times.push(result.timing.runSeconds * 1000);
      if (point) {
        const k = TARGETS.indexOf(graph.target);
        add(graph.target, [distanceMm(result.point, 0, truth, k, edge)]);
        add('before', [distanceMm([0.5, 0.5, 0.5], 0, truth, k, edge)]);
        continue;
      }
      const distances = ({ positions }) =>
        Array.from({ length: JOINT_COUNT }, (_, j) => distanceMm(positions, j, truth, j, edge));
      if (graph.kind === 'joints') add(graph.decoder, distances(result.decoded));
      else {
        for (const decoder of DECODERS) {
          add(decoder, distances(decodeHeatMaps(result.heatMaps, { decoder, sigma: about.sigma })));
        }
      }
      result.release();
    }
  } finally {
    await inference.close();
  }
  return {
    errorMm: Object.fromEntries(Object.entries(errors).map(([name, e]) => [name, e.figures()])),
    milliseconds: { ...durations(times), provider: 'cpu', threads, machine: os.cpus()[0]?.model ?? os.arch() },
  };
}
