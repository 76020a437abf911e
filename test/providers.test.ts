import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { JOINT_COUNT } from '../src/hand/skeleton.js';
import { decodeHeatMaps } from '../src/heatmaps/decode-heat-maps.js';
import { mixJointMajor } from '../src/inference/answers/heat-map-answer.js';
import { comparedWithLoss } from '../src/regression/compare/comparison.js';
import { compareFiles } from '../src/regression/compare-recordings.js';
import { FIXTURES } from './fixtures/models/fixture-models.js';
import { temporaryFolder, voxhand, voxhandProcess } from './helpers/cli.js';
import { smallRecording } from './helpers/recordings.js';

// the built one: it starts a script that lies beside it
const { probeProvider } = (await import(
  new URL('../dist/inference/node/probe-provider.js', import.meta.url).href
)) as typeof import('../src/inference/node/probe-provider.js');

const GRAPHS = fileURLToPath(new URL('./fixtures/graphs/', import.meta.url));
const RUN_GRAPH = fileURLToPath(new URL('./helpers/run-graph.mjs', import.meta.url));
/** Metres; of the packaged models. */
const CUBE_EDGE = 0.26;
/** No joint in any frame may be farther from the CPU's. */
const MOST_MM = 0.5;

const probes = await Promise.all((['webgpu', 'cuda'] as const).map((provider) => probeProvider(provider)));
for (const { provider, usable, reason } of probes) {
  if (!usable) console.warn(`tests across providers are SKIPPED on ${provider}: ${reason}`);
}

let folder: string;
let input: string;
beforeAll(async () => {
  folder = temporaryFolder();
  input = await smallRecording(join(folder, 'in.mcap'));
});

/** A formula, whose every joint is told by it, and a packaged network, on fewer frames: a GPU may be imitated by a CPU. */
const MODELS = [
  { model: join(FIXTURES, 'tiny-joints'), frames: 8 },
  { model: 'compact-fp32', frames: 3 },
];

describe.each(probes)('$provider beside the CPU', ({ provider, usable }) => {
  it.skipIf(!usable).each(MODELS)(
    'gives every joint of a replay within half a millimetre: $model',
    { timeout: 600_000 },
    async ({ model, frames }) => {
      const replayed = async (on: string) => {
        const output = join(folder, `${on}-${frames}.mcap`);
        const args = ['replay', input, '-o', output, '--model', model, '--provider', on];
        args.push('--duration', String((frames - 0.5) / 30));
        const { code, stdout } = await voxhandProcess([...args, '--depth', 'none', '--quiet', '--json']);
        expect(code).toBe(0);
        expect(JSON.parse(stdout).provider.actual).toBe(on);
        return output;
      };
      const limits = { meanMm: MOST_MM, p95Mm: MOST_MM, maxMm: MOST_MM };
      const { comparison } = await compareFiles(await replayed('cpu'), await replayed(provider), {
        tolerances: limits,
      });
      expect(comparison.reasons).toEqual([]);
      expect(comparison.results.compared).toBe(frames);
      expect(comparedWithLoss(comparison)).toBe(false);
      expect(comparison.provenance).toContainEqual({ what: 'provider', golden: 'cpu', new: provider });
    },
  );

  it.skipIf(!usable)("decodes the paper's network to the same joints", { timeout: 300_000 }, () => {
    const { size, mapSize, sigma, occupied, graphs } = JSON.parse(readFileSync(join(GRAPHS, 'graphs.json'), 'utf8'));
    const graph = graphs.find(({ file }: { file: string }) => file === 'v2v-3d.onnx');
    const grid = new Uint8Array(size ** 3);
    for (const cell of occupied[0]) grid[cell] = 1;
    const joints = (on: string) => {
      const args = [RUN_GRAPH, join(GRAPHS, graph.file), on, graph.input.join(',')];
      const bytes = execFileSync(process.execPath, args, { input: grid, stdio: ['pipe', 'pipe', 'ignore'] });
      const raw = new Float32Array(Uint8Array.from(bytes).buffer);
      const data = new Float32Array(raw.length);
      mixJointMajor(raw, { layout: graph.layout, size: mapSize }, JOINT_COUNT, 1, data, false);
      return decodeHeatMaps({ joints: JOINT_COUNT, size: mapSize, data }, { decoder: 'gauss', sigma }).positions;
    };
    const [ours, theirs] = [joints('cpu'), joints(provider)];
    for (const [i, value] of ours.entries())
      expect(Math.abs(theirs[i] - value) * CUBE_EDGE * 1000, `joint ${Math.floor(i / 3)}`).toBeLessThan(MOST_MM);
  });
});

describe('the CPU beside itself', () => {
  it.each(['compact', 'compact-fp32'])('gives the same bytes with one thread and with two: %s', async (model) => {
    const digests: string[] = [];
    for (const threads of [1, 2]) {
      const args = ['replay', input, '--model', model, '--set', `inference.threads=${threads}`];
      const { code, stdout } = await voxhand([...args, '--quiet', '--json']);
      expect(code).toBe(0);
      digests.push(JSON.parse(stdout).digest);
    }
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
  });
});
