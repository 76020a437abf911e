import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { JOINT_COUNT } from '../src/hand/skeleton.js';
import { decodeHeatMaps } from '../src/heatmaps/decode-heat-maps.js';
import type { HeatMaps } from '../src/heatmaps/heat-maps.js';
import { renderHeatMaps } from '../src/heatmaps/render-heat-maps.js';
import { mixJointMajor } from '../src/inference/answers/heat-map-answer.js';

// Written by training/: python3 -m voxhand_training.make_fixtures ../test/fixtures/graphs
const FOLDER = fileURLToPath(new URL('./fixtures/graphs/', import.meta.url));

interface Graph {
  readonly file: string;
  readonly kind: 'gaussian' | 'joints' | 'point';
  readonly layout: 'jdhw' | 'djhw';
  readonly input: readonly number[];
  readonly tensor: string;
  readonly output: readonly number[];
  readonly dynamicBatch: boolean;
  readonly decoder: 'gauss' | 'smax' | null;
  readonly tolerance: number;
  readonly answers?: string;
  readonly points?: readonly (readonly number[])[];
  readonly maps?: string;
}

interface Fixtures {
  readonly size: number;
  readonly mapSize: number;
  readonly stride: number;
  readonly sigma: number;
  readonly occupied: readonly (readonly number[])[];
  readonly answers: Readonly<Record<string, readonly string[]>>;
  readonly graphs: readonly Graph[];
  readonly decoders: readonly { file: string; decoder: 'gauss' | 'smax'; size: number; sigma: number }[];
}

const fixtures: Fixtures = JSON.parse(readFileSync(join(FOLDER, 'graphs.json'), 'utf8'));
const { size, mapSize, stride, sigma } = fixtures;
const GRIDS = fixtures.occupied.map((cells) => {
  const grid = new Uint8Array(size ** 3);
  for (const cell of cells) grid[cell] = 1;
  return grid;
});

type Numbers = Float32Array<ArrayBuffer>;

async function run(file: string, input: Uint8Array | Float32Array, shape: readonly number[]): Promise<Numbers> {
  const session = await ort.InferenceSession.create(join(FOLDER, file), { intraOpNumThreads: 1 });
  try {
    const type = input instanceof Uint8Array ? 'uint8' : 'float32';
    const results = await session.run({ [session.inputNames[0]]: new ort.Tensor(type, input, shape) });
    return Float32Array.from(results[session.outputNames[0]].data as Float32Array);
  } finally {
    await session.release();
  }
}

/** A graph's heat maps of one grid, joint-major. */
async function mapsOf({ file, input, layout }: Graph, grid: Uint8Array): Promise<HeatMaps> {
  const raw = await run(file, grid, input);
  const data = new Float32Array(raw.length);
  mixJointMajor(raw, { layout, size: mapSize }, JOINT_COUNT, 1, data, false);
  return { joints: JOINT_COUNT, size: mapSize, data };
}

function kept(base64: string): Numbers {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}

/** Root mean square difference to what PyTorch answered, as a share of that answer's standard deviation. */
function difference(numbers: Float32Array, wanted: Float32Array): number {
  const mean = wanted.reduce((a, b) => a + b, 0) / wanted.length;
  let [error, spread] = [0, 0];
  for (const [i, want] of wanted.entries()) {
    error += (numbers[stride * i] - want) ** 2;
    spread += (want - mean) ** 2;
  }
  return Math.sqrt(error / spread);
}

const named = (file: string): Graph => fixtures.graphs.find((graph) => graph.file === file) as Graph;
const label = ({ file, answers }: Graph): string => (answers === file ? `${file}, to the rounding` : file);

describe('a graph of training/ in onnxruntime', () => {
  const gaussian = fixtures.graphs
    .filter(({ kind }) => kind === 'gaussian')
    .map((graph) => [label(graph), graph] as const);

  it.each(gaussian)('gives the heat maps that PyTorch gives: %s', async (_, graph) => {
    for (const [i, grid] of GRIDS.entries()) {
      const { data } = await mapsOf(graph, grid);
      const wanted = kept(fixtures.answers[graph.answers as string][i]);
      expect(wanted.length).toBe(Math.ceil(data.length / stride));
      expect(difference(data, wanted)).toBeLessThan(graph.tolerance);
    }
  });

  it('takes several grids at once where its batch is open', async () => {
    const graph = named('compact-3d-batch.onnx');
    const both = new Uint8Array(2 * size ** 3);
    for (const [i, grid] of GRIDS.entries()) both.set(grid, i * size ** 3);
    const together = await run(graph.file, both, [2, ...graph.input.slice(1)]);
    for (const [i, grid] of GRIDS.entries()) {
      const { data } = await mapsOf(graph, grid);
      const own = together.subarray(i * data.length, (i + 1) * data.length);
      for (let k = 0; k < data.length; k += 13) expect(own[k]).toBeCloseTo(data[k], 4);
    }
  });

  it('gives joints as src/heatmaps reads them off its heat maps', async () => {
    const graph = named('compact-3d-gauss.onnx');
    const maps = named(graph.maps as string);
    for (const grid of GRIDS) {
      const heatMaps = await mapsOf(maps, grid);
      expectJoints(await run(graph.file, grid, graph.input), heatMaps, 'gauss', sigma);
    }
    const both = new Uint8Array(2 * size ** 3);
    both.set(GRIDS[1], size ** 3);
    const joints = await run(graph.file, both, [2, ...graph.input.slice(1)]);
    expectJoints(joints.subarray(4 * JOINT_COUNT), await mapsOf(maps, GRIDS[1]), 'gauss', sigma);
  });

  it.each(fixtures.graphs.filter(({ kind }) => kind === 'point'))(
    'gives the point that PyTorch gives: $file',
    async (graph) => {
      for (const [i, grid] of GRIDS.entries()) {
        const point = await run(graph.file, grid, graph.input);
        expect(point.length).toBe(3);
        for (const [axis, want] of (graph.points as number[][])[i].entries()) expect(point[axis]).toBeCloseTo(want, 5);
      }
    },
  );
});

describe.each(fixtures.decoders)(
  'the $decoder decoder inside a graph',
  ({ file, decoder, size: edge, sigma: width }) => {
    const decoded = (data: Numbers): Promise<Numbers> =>
      run(file, data, [data.length / (JOINT_COUNT * edge ** 3), JOINT_COUNT, edge, edge, edge]);
    const check = async (data: Numbers): Promise<void> =>
      expectJoints(await decoded(data), { joints: JOINT_COUNT, size: edge, data }, decoder, width);

    it.each([0.8, 1.5, 3])('agrees with src/heatmaps on Gaussians of %f cells, at the borders too', async (spread) => {
      for (let k = 0; k < 8; k++) {
        const joints = Float64Array.from({ length: 3 * JOINT_COUNT }, (_, i) => (0.37 + 0.618 * (i + 63 * k)) % 1);
        await check(Float32Array.from(renderHeatMaps(joints, edge, spread).data));
      }
    });

    it('agrees on peaks in every corner, on every edge and face', async () => {
      const at = [0, 1, edge - 2, edge - 1];
      const peaks = at.flatMap((z) => at.flatMap((y) => at.map((x) => [x, y, z])));
      for (let first = 0; first < peaks.length; first += JOINT_COUNT) {
        const joints = Float64Array.from({ length: 3 * JOINT_COUNT }, (_, i) => {
          const peak = peaks[(first + Math.floor(i / 3)) % peaks.length];
          return (peak[i % 3] + 0.5 + 0.3 * Math.sin(i)) / edge;
        });
        await check(Float32Array.from(renderHeatMaps(joints, edge, width).data));
      }
    });

    it('agrees on noise, where the fit has nothing to hold on to', async () => {
      let seed = 1;
      const random = (): number => {
        seed = (seed * 48271) % 2147483647;
        return seed / 2147483647;
      };
      for (let k = 0; k < 6; k++) {
        await check(Float32Array.from({ length: JOINT_COUNT * edge ** 3 }, () => random() - (k % 3) * 0.3));
      }
    });

    it('agrees on maps without a peak, on equal peaks and on a lone cell', async () => {
      const data = new Float32Array(JOINT_COUNT * edge ** 3);
      const cells = edge ** 3;
      data.fill(0.5, cells, 2 * cells); // flat
      data.fill(-1, 2 * cells, 3 * cells);
      data[3 * cells + 5] = data[3 * cells + 100] = 0.6;
      data[4 * cells] = 2; // in the corner, above 1
      data[5 * cells + cells - 1] = 1e-6;
      await check(data);
      const joints = await decoded(data);
      expect([...joints.subarray(4, 8)]).toEqual([0.5, 0.5, 0.5, 0]);
    });

    it('decodes several sets of maps at once', async () => {
      const one = renderHeatMaps(new Float64Array(3 * JOINT_COUNT).fill(0.3), edge, width).data;
      const two = renderHeatMaps(new Float64Array(3 * JOINT_COUNT).fill(0.7), edge, width).data;
      const joints = await decoded(Float32Array.from([...one, ...two]));
      expect(joints.length).toBe(2 * 4 * JOINT_COUNT);
      expect(joints[0]).toBeCloseTo(0.3, 2);
      expect(joints[4 * JOINT_COUNT]).toBeCloseTo(0.7, 2);
    });
  },
);

/** Joints [21][x, y, z, confidence] within a hundredth of a cell of the decoder's. */
function expectJoints(found: Float32Array, maps: HeatMaps, decoder: 'gauss' | 'smax', width: number): void {
  const { positions, confidences } = decodeHeatMaps(maps, { decoder, sigma: width });
  for (let j = 0; j < JOINT_COUNT; j++) {
    for (let axis = 0; axis < 3; axis++) {
      const cells = Math.abs(found[4 * j + axis] - positions[3 * j + axis]) * maps.size;
      expect(cells, `joint ${j}, axis ${axis}`).toBeLessThan(0.01);
    }
    expect(found[4 * j + 3], `joint ${j}`).toBeCloseTo(confidences[j], 3);
  }
}
