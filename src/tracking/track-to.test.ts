import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { smallFrames, smallRecording } from '../../test/helpers/recordings.js';
import { VoxhandError } from '../errors/index.js';
import { renderHeatMaps } from '../heatmaps/render-heat-maps.js';
import type { Inference } from '../inference/inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { cutRecording } from '../recording/cut.js';
import { loadConfig } from '../tracking/load-config.js';
import { mcapBus } from '../transport/mcap/mcap-bus.js';
import { openMcap } from '../transport/mcap/mcap-source.js';
import { MemoryBus } from '../transport/memory/memory-bus.js';
import type { BusMessage, BusSink, LiveBus } from '../transport/port/bus.js';
import { publisherOf } from '../transport/port/publisher.js';
import { readHands } from '../transport/port/read-hands.js';
import { trackerConfig } from './config.js';
import { trackTo } from './track-to.js';

const TOPICS = ['joints', 'poses', 'markers', 'scene', 'reference'] as const;
const maps = renderHeatMaps(
  Float64Array.from({ length: 63 }, (_, i) => 0.3 + 0.4 * ((i * 0.618) % 1)),
  24,
  1.5,
);

function stub(): Inference {
  return stubInference(() => maps, { gridSize: 48, cubeEdge: 0.26, heatMapSize: 24, sigma: 1.5 });
}

/** A sink that is slow, may fail, and remembers what it got and when it was closed. */
function slowSink(failAt = Number.POSITIVE_INFINITY) {
  const got: BusMessage[] = [];
  const state = { closed: 0, afterClose: 0 };
  const write = async (message: BusMessage) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (state.closed > 0) state.afterClose++;
    if (got.length >= failAt) throw new VoxhandError('WRITE_FAILED', 'the disk is full', { where: 'out.mcap' });
    got.push(message);
  };
  const sink: BusSink = {
    advertise: (topic, codec) => publisherOf(topic, codec, write),
    write,
    close: async () => {
      state.closed++;
      if (got.length >= failAt) throw new VoxhandError('WRITE_FAILED', 'no footer', { where: 'close' });
    },
  };
  return { sink, got, state };
}

let folder: string;
let recording: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-track-to-'));
  recording = await smallRecording(join(folder, 'in.mcap'), { frames: 8 });
});
afterAll(() => rm(folder, { recursive: true }));

describe('tracking a recording to its end', () => {
  it('tracks every frame under the default policy, with every message written before the bus is closed', async () => {
    const { sink, got, state } = slowSink();
    const config = geometricConfig({ smoothing: { stages: ['window'], window: { mode: 'centred', k: 2 } } });
    expect(config.policy).toBe('latest');
    const bus = await mcapBus(recording, { output: sink });
    const summary = await trackTo(bus, config, { parts: { inference: stub() } });
    expect(summary.counts).toMatchObject({ in: 8, out: 8, tracked: 8, dropped: {}, pending: 0 });
    expect(summary.published).toBe(8);
    const stamps = smallFrames(8).map(({ frame }) => frame.stamp);
    for (const topic of TOPICS) {
      const of = got.filter((message) => message.topic === config.topics[topic]);
      expect([topic, of.map(({ logTime }) => logTime)]).toEqual([topic, stamps]);
    }
    expect(state).toEqual({ closed: 1, afterClose: 0 });
  });

  it('rejects with what a sink fails with, and has closed the bus by then', async () => {
    const { sink, got, state } = slowSink(7);
    const bus = await mcapBus(recording, { output: sink });
    const tracked = trackTo(bus, geometricConfig({ smoothing: { stages: [] } }), { parts: { inference: stub() } });
    await expect(tracked).rejects.toMatchObject({ code: 'WRITE_FAILED', where: 'out.mcap' });
    expect(got).toHaveLength(7);
    expect(state).toEqual({ closed: 1, afterClose: 0 });
  });

  it('rejects when the network has given up, and has closed the bus by then', async () => {
    const failure = { code: 'INFERENCE_FAILED', message: 'the worker died 5 times' } as const;
    const inference = stub();
    const gone: Inference = { ...inference, status: () => ({ ...inference.status(), state: 'failed', failure }) };
    const { sink, state } = slowSink();
    const bus = await mcapBus(recording, { output: sink });
    await expect(trackTo(bus, geometricConfig(), { parts: { inference: gone } })).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      found: 'the worker died 5 times',
    });
    expect(state.closed).toBe(1);
  });

  it('publishes in the target frame, and says why where it cannot', async () => {
    const { sink, got } = slowSink();
    const settings = { output: { targetFrame: 'world' } };
    const config = geometricConfig({ ...settings, smoothing: { stages: [] } });
    const there = await trackTo(await mcapBus(recording, { output: sink }), config, { parts: { inference: stub() } });
    expect(there.counts.tracked).toBe(8);
    expect(there.transformProblem).toBeUndefined();
    expect(got.length).toBeGreaterThan(0);
    const elsewhere = geometricConfig({ smoothing: { stages: [] }, output: { targetFrame: 'robot' } });
    const results: string[] = [];
    const nowhere = await trackTo(await mcapBus(recording, { output: slowSink().sink }), elsewhere, {
      parts: { inference: stub() },
      onResult: ({ frameId, hands, lost }) => results.push(`${frameId} ${hands.length} ${lost[0].reason}`),
    });
    expect(nowhere.counts.lost).toEqual({ 'no-transform': 8 });
    expect(nowhere.transformProblem).toMatch(/^joints cannot be brought into "robot"/);
    expect(results).toEqual(Array(8).fill('robot 0 no-transform'));
  });

  it('stops after the frame in hand when told so, and publishes what a window held back', async () => {
    const { sink, got } = slowSink();
    const abort = new AbortController();
    const config = geometricConfig({ smoothing: { stages: ['window'], window: { mode: 'centred', k: 1 } } });
    const { counts, published } = await trackTo(await mcapBus(recording, { output: sink }), config, {
      parts: { inference: stub() },
      signal: abort.signal,
      onResult: () => abort.abort(),
    });
    expect(counts.out).toBe(published);
    expect(published).toBe(2);
    expect(got.filter(({ topic }) => topic === config.topics.joints)).toHaveLength(2);
  });

  it('takes the topics that the recording has, and refuses one that has none', async () => {
    const { sink } = slowSink();
    const config = geometricConfig({ topics: { depth: 'nowhere', cameraInfo: 'nowhere_either' } });
    const { depthTopic, counts } = await trackTo(await mcapBus(recording, { output: sink }), config, {
      parts: { inference: stub() },
    });
    expect([depthTopic, counts.out]).toEqual(['/depth/image_rect_raw/compressedDepth', 8]);
    const hands = join(folder, 'hands.mcap');
    await trackTo(await mcapBus(recording, { output: hands }), config, { parts: { inference: stub() } });
    const { sink: other, state } = slowSink();
    await expect(trackTo(await mcapBus(hands, { output: other }), config)).rejects.toMatchObject({
      code: 'TOPIC_NOT_FOUND',
    });
    expect(state.closed).toBe(1);
  });

  it('works through the demo with the default configuration and the networks that it names', {
    timeout: 60_000,
  }, async () => {
    const [input, output] = [join(folder, 'cut.mcap'), join(folder, 'out.mcap')];
    await cutRecording('recordings/demo.mcap', input, { duration: 0.4 });
    const bus = await mcapBus(input, { output });
    const { counts, published, stages } = await trackTo(bus, await loadConfig());
    expect(counts.in).toBeGreaterThanOrEqual(10);
    expect(counts).toMatchObject({ out: counts.in, tracked: counts.in, dropped: {}, pending: 0 });
    expect(published).toBe(counts.in);
    expect(stages.inference?.count).toBe(counts.in);
    const written = await openMcap(output);
    let hands = 0;
    for await (const hand of readHands(written, '/hand/joints')) hands += hand.tracked ? 1 : 0;
    await written.close();
    expect(hands).toBe(counts.in);
  });
});

describe('tracking a live bus to its end', () => {
  it('publishes what is left when the bus ends, and drops no frame that it does not count', async () => {
    const recorded = await openMcap(recording);
    const bus = new MemoryBus();
    const config = trackerConfig({
      ...{ policy: 'every', detection: { method: 'geometric' } },
      ...{ topics: { depth: '/depth/image_rect_raw/compressedDepth', cameraInfo: '/depth/camera_info' } },
      smoothing: { stages: ['window'], window: { mode: 'centred', k: 2 } },
    });
    const stamps: bigint[] = [];
    const tracked = trackTo(bus as LiveBus, config, {
      parts: { inference: stub() },
      onResult: ({ stamp }) => stamps.push(stamp),
    });
    for await (const message of recorded.subscribe([config.topics.depth, config.topics.cameraInfo]))
      await bus.write(message);
    await recorded.close();
    await bus.close();
    const { counts, published } = await tracked;
    expect(counts).toMatchObject({ in: 8, out: 8, dropped: {} });
    expect(published).toBe(8);
    expect(stamps).toEqual(smallFrames(8).map(({ frame }) => frame.stamp));
  });
});
