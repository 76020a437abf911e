import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { benchInference, LiveMemoryBus, TrackerBench } from '../../test/helpers/tracker-bench.js';
import type { Inference } from '../inference/inference.js';
import { compareFiles } from '../regression/compare-recordings.js';
import { trackerConfig } from '../tracking/config.js';
import { provenanceOf } from '../transport/mcap/info.js';
import { openMcap } from '../transport/mcap/mcap-source.js';
import { openRecording } from '../transport/mcap/open-recording.js';
import { openNodeRecording } from './node-recording.js';
import type { RecordingValues } from './recording-options.js';

const VALUES: RecordingValues = { compression: 'none', minFree: 0, pending: 1 << 27, snapshotBytes: 1 << 27 };
/** One entry a node. */
const CONFIGS = { left: trackerConfig({ namespace: 'left' }), right: trackerConfig({ namespace: 'right' }) };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-node-recording-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function record(name: string, { values = {}, nodes = { hand_tracker: trackerConfig() } }: RecordOptions = {}) {
  return openNodeRecording({
    path: join(folder, name),
    values: { ...VALUES, ...values },
    opened: Object.values(nodes).map((config) => ({ bus: new LiveMemoryBus(), config, takesResults: true })),
    names: Object.keys(nodes),
    log: () => undefined,
  });
}

interface RecordOptions {
  readonly values?: Partial<RecordingValues>;
  readonly nodes?: Readonly<Record<string, ReturnType<typeof trackerConfig>>>;
}

/** A network that is known by another name, and may have got another provider than the one that was asked for. */
function network(name: string, provider: 'cpu' | 'cuda' = 'cpu'): Inference {
  const inner = benchInference();
  return {
    ...inner,
    status: () => ({
      ...inner.status(),
      model: { name, version: '1.0.0', sha256: `sha of ${name}` },
      providerActual: provider,
    }),
  };
}

async function facts(path: string) {
  const source = await openRecording(path);
  await source.close();
  return provenanceOf(source.info());
}

/** A node that is recorded, with the hand in front of it for some frames. */
async function tracked(name: string, provider?: 'cpu' | 'cuda', options: RecordOptions = {}) {
  const recording = await record(name, options);
  const sinks = [{ name: 'recording', sink: recording.output }];
  const inference = network('compact', provider);
  const bench = new TrackerBench({ inference, sinks, observer: recording.observer(0) });
  await bench.tracking(10);
  for (let i = 0; i < 3; i++) {
    // longer than messages wait to be written together
    await new Promise((resolve) => setTimeout(resolve, 400));
    await bench.stream(15);
  }
  await bench.node.close();
  return recording.finish();
}

describe("a node's recording", () => {
  it('names the network and the provider, which are known when the file has begun', async () => {
    await tracked('cell.mcap');
    const source = await openMcap(join(folder, 'cell.mcap'));
    await source.close();
    const records = source.info().metadata.filter(({ name }) => name === 'voxhand');
    expect(records).toHaveLength(2);
    expect(records[0].values).not.toHaveProperty('model');
    expect(records[1].values).toMatchObject({
      sdk: expect.stringMatching(/^voxhand \d/),
      configuration: expect.stringContaining('ros__parameters'),
      configuration_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      model: 'compact 1.0.0',
      model_sha256: 'sha of compact',
      provider: 'cpu',
    });
  });

  it('says so in each of its parts', async () => {
    const { report } = await tracked('cell.mcap', 'cpu', { values: { splitDuration: 0.3 } });
    expect(report.parts.length).toBeGreaterThan(2);
    for (const [i, { path }] of report.parts.entries()) {
      expect(await facts(path)).toMatchObject({ part: String(i), model: 'compact 1.0.0', provider: 'cpu' });
    }
    expect(await facts(folder)).toMatchObject({ model: 'compact 1.0.0', provider: 'cpu' });
  });

  it('is compared with another by what it says', async () => {
    for (const [name, provider] of Object.entries({ 'a.mcap': 'cpu', 'b.mcap': 'cuda' } as const)) {
      await tracked(name, provider);
    }
    const { comparison } = await compareFiles(join(folder, 'a.mcap'), join(folder, 'b.mcap'));
    expect(comparison.verdict).toBe('same');
    expect(comparison.provenance).toEqual([{ what: 'provider', golden: 'cpu', new: 'cuda' }]);
  });

  it('says what a node runs with that is configured again: the later wins', async () => {
    const recording = await record('cell.mcap', { values: { snapshot: 60 } });
    const names = ['first', 'second'];
    const bench = new TrackerBench({
      load: async () => ({ inference: network(names.shift() ?? ''), close: async () => undefined }),
      sinks: [{ name: 'recording', sink: recording.output }],
      observer: recording.observer(0),
    });
    const { lifecycle } = bench.node;
    const snapshot = async () => facts((await recording.service?.()) ?? '');
    for (const transition of ['configure', 'activate']) await lifecycle.change(transition);
    await bench.info();
    await bench.stream(5);
    const before = await snapshot();
    expect(before).toMatchObject({ model: 'first 1.0.0', part: '0', reason: 'service' });
    for (const transition of ['deactivate', 'cleanup', 'configure', 'activate']) await lifecycle.change(transition);
    expect(bench.node.setParameters(new Map([['smoothing.one_euro.beta', 77]]))).toEqual({ ok: true });
    await bench.stream(5);
    const after = await snapshot();
    expect(after).toMatchObject({ model: 'second 1.0.0', model_sha256: 'sha of second', part: '1' });
    expect(after.configuration).toMatch(/beta: 77/);
    expect(after.configuration_sha256).not.toBe(before.configuration_sha256);
    await bench.node.close();
    await recording.finish();
  });

  it('says of each of several trackers what it runs with', async () => {
    const recording = await record('both.mcap', { nodes: CONFIGS });
    for (const [i, config] of Object.values(CONFIGS).entries()) {
      recording.observer(i).onConfigured?.(config, network(`net${i}`).status());
    }
    const { report } = await recording.finish();
    expect(basename(report.parts[0].path)).toBe('both.mcap');
    const said = await facts(report.parts[0].path);
    expect(said).toMatchObject({ 'left.model': 'net0 1.0.0', 'right.model': 'net1 1.0.0', 'right.provider': 'cpu' });
    expect(said).not.toHaveProperty('model');
    expect(said.configuration.split('---\n')).toHaveLength(2);
  });
});
