/**
 * Manifests of the detector and of the second stage of detection. What they err by is measured in training, on whole scenes and with
 * the graph itself; here they are timed, and opening them proves that they answer what their self-test says.
 */
import os from 'node:os';
import { createDetectorInference, createVerdictInference } from '../../dist/inference/node/create-inference.js';
import { durations } from './figures.mjs';
import { commonOf, voxelInput } from './manifest.mjs';

const RUNS = 200;

/** Whether a graph is one of these two. */
export const isOfDetection = ({ kind }) => kind === 'hands' || kind === 'verdict';

/** @param exported what readExport gives */
export function detectionManifest(exported, options) {
  const { about, graph } = exported;
  const size = `${(about.parameters / 1e6).toFixed(2)} M parameters, 8 bit, for CPUs`;
  return graph.kind === 'hands'
    ? {
        ...commonOf(exported, options, `detector: finds hands in depth pictures, ${size}`, DATA),
        input: {
          kind: 'picture',
          tensor: 'depth',
          type: 'float32',
          focal: about.focal,
          multiple: about.multiple,
          maxSize: about.maxSize,
          finer: about.finer,
        },
        output: { kind: 'hands', tensor: graph.tensor, channels: about.channels, stride: about.stride },
        measured: null,
        selfTest: { ...about.selfTest, tolerance: { cells: 1, value: 0.5 } },
      }
    : {
        ...commonOf(exported, options, `second stage of detection: judges a place by its voxels, ${size}`, DATA),
        input: voxelInput(exported, 'hand-down', 'any'),
        output: { kind: 'verdict', tensor: graph.tensor, shape: graph.output },
        measured: null,
        selfTest: {
          occupied: about.selfTest.occupied,
          expected: [{ positions: [about.selfTest.values.slice(0, 3)], values: about.selfTest.values.slice(3) }],
          tolerance: { position: 0.02, number: 0.3 },
        },
      };
}

const DATA = 'voxhand synthetic scenes, rendered on the fly (training/)';

/** The manifest's `measured`, and all `figures` of the export. `folder` holds the model. */
export async function measureDetection(folder, { about, graph }, manifest, threads) {
  const milliseconds = await timed(graph.kind, folder, manifest, threads);
  return {
    figures: about.figures,
    errorMm: about.errorMm,
    on: about.measuredOn,
    milliseconds: { ...durations(milliseconds), provider: 'cpu', threads, machine: os.cpus()[0]?.model ?? os.arch() },
  };
}

async function timed(kind, model, { selfTest }, threads) {
  const bytes = Buffer.from(kind === 'hands' ? selfTest.millimetres : selfTest.occupied, 'base64');
  const times = [];
  if (kind === 'hands') {
    const { width, height } = selfTest;
    const detector = await createDetectorInference({ model, threads });
    for (let i = 0; i < RUNS; i++) {
      const depth = Float32Array.from({ length: width * height }, (_, k) => bytes.readUInt16LE(2 * k) / 1000);
      times.push((await detector.infer({ width, height, depth })).timing.runSeconds * 1000);
    }
    await detector.close();
  } else {
    const stage = await createVerdictInference({ model, threads });
    for (let i = 0; i < RUNS; i++) {
      const grid = new Uint8Array(stage.model.gridSize ** 3);
      for (let k = 0; k < bytes.length; k += 4) grid[bytes.readUInt32LE(k)] = 1;
      const result = await stage.infer(grid);
      times.push(result.timing.runSeconds * 1000);
    }
    await stage.close();
  }
  return times;
}
