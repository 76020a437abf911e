import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { oneHand } from '../../test/helpers/one-hand.js';
import { smallRecording } from '../../test/helpers/recordings.js';
import type { DepthFrame } from '../depth/depth-frame.js';
import { decodeDepthMessage, headerOf } from '../depth/depth-message.js';
import { parseFaults } from '../faults/fault-spec.js';
import { renderHeatMaps } from '../heatmaps/render-heat-maps.js';
import { stubInference } from '../inference/stub-inference.js';
import { recordedCodec } from '../messages/recorded-codec.js';
import { depthFrames } from '../tracking/depth-frames.js';
import { withInputTopics } from '../tracking/input-topics.js';
import type { TrackResult } from '../tracking/track-result.js';
import { openMcap } from '../transport/mcap/mcap-source.js';
import { MemoryBus } from '../transport/memory/memory-bus.js';
import type { PlaybackControl } from '../transport/port/playback.js';
import { type ReplayOptions, replayRecording } from './replay.js';
import { resultDigest } from './result-digest.js';

const FRAMES = 60;
let folder: string;
let input: string;
let files = 0;
const fresh = () => join(folder, `${files++}.mcap`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-replay-'));
  input = await smallRecording(join(folder, 'in.mcap'), { frames: FRAMES, metadata: { seed: '1' } });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const maps = renderHeatMaps(
  Float64Array.from({ length: 63 }, (_, i) => 0.3 + 0.4 * ((i * 0.618) % 1)),
  24,
  1.5,
);

/** Replays with a stand-in for the network and all stages that remember. @returns results too, line by line */
async function replay(options: Partial<ReplayOptions> = {}, path = input) {
  const results: string[] = [];
  const take = (found: readonly TrackResult[]) => {
    for (const { joints } of found.map(oneHand)) {
      const { stamp, tracked, positions, lagFrames } = joints;
      results.push(`${stamp} ${tracked} ${lagFrames} ${[...positions.subarray(0, 6)].join(' ')}`);
    }
  };
  const summary = await replayRecording(path, {
    config: geometricConfig({ smoothing: { stages: ['gate', 'window', 'oneEuro'], window: { k: 2 } } }),
    inference: stubInference(() => maps, { gridSize: 48, cubeEdge: 0.26, heatMapSize: 24, sigma: 1.5 }),
    onFlush: take,
    ...options,
    onFrame: async (frame, found, progress, views) => {
      take(found);
      await options.onFrame?.(frame, found, progress, views);
    },
  });
  return { summary, results };
}

async function framesOf(path: string): Promise<DepthFrame[]> {
  const recording = await openMcap(path);
  const frames: DepthFrame[] = [];
  const config = withInputTopics(geometricConfig(), recording.topics(), path);
  for await (const frame of depthFrames(recording, config)) frames.push(frame);
  await recording.close();
  return frames;
}

describe('a replay (P8, P9)', () => {
  it('says its results in one number, the same with an output or without, and the same as of that output', async () => {
    const output = fresh();
    const [first, second] = [await replay(), await replay({ output })];
    expect(first.summary.digest).toEqual(second.summary.digest);
    const recording = await openMcap(output);
    expect(await resultDigest(recording, ['/hand/joints', '/hand/gestures'])).toEqual(first.summary.digest);
    await recording.close();
    const other = await replay({ config: geometricConfig({ smoothing: { stages: [] } }) });
    expect(other.summary.digest.sha256).not.toBe(first.summary.digest.sha256);
    expect(first.summary.counts).toMatchObject({ in: FRAMES, out: FRAMES, pending: 0 });
  });

  it('of a part gives the results of that part', async () => {
    const { results } = await replay({ start: 0.5, duration: 0.5 });
    const stamps = results.map((line) => Number(line.split(' ')[0]) / 1e9 - 1);
    expect(stamps.length).toBe(15);
    expect(Math.min(...stamps)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...stamps)).toBeLessThan(1);
  });

  it('of some topics, and under other names, gives the same results', async () => {
    const output = fresh();
    const remap = {
      '/depth/image_rect_raw/compressedDepth': '/left/depth/image_rect_raw/compressedDepth',
      '/depth/camera_info': '/left/depth/camera_info',
    };
    const { summary, results } = await replay({ output, topics: ['/depth/**'], remap });
    expect(summary).toMatchObject({
      depthTopic: remap['/depth/image_rect_raw/compressedDepth'],
      counts: { in: FRAMES },
    });
    expect(results).toEqual((await replay()).results);
    const recording = await openMcap(output);
    expect(recording.topics().map(({ topic }) => topic)).not.toContain('/hand/truth');
    await recording.close();
    await expect(replay({ remap: { '/no': '/such' } })).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
  });

  it.each(['raw', 'png'] as const)(
    'writes %s depth of millimetres as raw images of the same millimetres',
    async (codec) => {
      const recorded = await smallRecording(fresh(), { frames: 8, codec });
      const output = fresh();
      await replay({ output }, recorded);
      const [{ camera }] = await framesOf(recorded);
      const images = async (path: string, schema: string) => {
        const found: Buffer[] = [];
        const recording = await openMcap(path);
        for await (const message of recording.subscribe()) {
          if (!message.schemaName.endsWith(schema)) continue;
          const decoded = recordedCodec(message).decode(message.data);
          const { frameId, stamp } = headerOf(decoded);
          const { depth } = decodeDepthMessage(message.schemaName, decoded, { frameId, stamp, camera });
          found.push(Buffer.from(Uint16Array.from(depth, (z) => Math.round(z * 1000)).buffer));
        }
        await recording.close();
        return found;
      };
      const before = await images(recorded, codec === 'raw' ? '/Image' : '/CompressedImage');
      const after = await images(output, '/Image');
      expect(before.length).toBe(8);
      expect(after.map((image, i) => image.equals(before[i]))).toEqual(before.map(() => true));
    },
  );

  it('of a recording that is damaged in between ends there, and names what helps', async () => {
    const damaged = fresh();
    const bytes = await readFile(await smallRecording(damaged, { frames: 40, codec: 'raw' }));
    bytes[Math.floor(bytes.length / 2)] ^= 0xff;
    await writeFile(damaged, bytes);
    const output = fresh();
    await expect(replay({ output }, damaged)).rejects.toMatchObject({
      code: 'MCAP_INVALID',
      message: expect.stringContaining(`voxhand recover ${damaged}`),
    });
    const recording = await openMcap(output);
    expect(recording.info()).toMatchObject({ truncated: false });
    expect(recording.info().messageCount).toBeGreaterThan(20);
    await recording.close();
  });
});

describe('a replay that goes round (P7)', () => {
  it('begins anew each time: every pass gives the results of the first', async () => {
    const { results: once } = await replay();
    const { results, summary } = await replay({ times: 3 });
    expect(results).toEqual([...once, ...once, ...once]);
    expect(summary.counts).toMatchObject({ in: 3 * FRAMES, out: 3 * FRAMES, pending: 0 });
    await expect(replay({ times: 2, output: fresh() })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it.each([
    ['back', -500_000_000n],
    ['on', 300_000_000n],
  ])('forgets within a frame what came before a short jump %s', async (_, jump) => {
    const { results: whole } = await replay();
    let player: PlaybackControl | undefined;
    let frames = 0;
    const { results } = await replay({
      pace: { speed: 100 },
      onPlayer: (control) => {
        player = control;
      },
      onFrame: async ({ stamp }) => {
        // less than what disorder on a bus is taken for, and than what a hand is followed across
        if (++frames === 30) void player?.command({ kind: 'seek', time: stamp + jump });
      },
    });
    const stamps = results.map((line) => Number(line.split(' ')[0]) / 1e9);
    const there = stamps.findIndex((stamp, i) => i > 0 && Math.abs(stamp - stamps[i - 1]) > 0.1);
    expect(there).toBeGreaterThanOrEqual(29);
    expect(results.slice(0, 28)).toEqual(whole.slice(0, 28));
    // from the place on, as a replay that begins there
    const { results: fromThere } = await replay({ start: stamps[there] - 1 - 1e-6 });
    expect(results.slice(there)).toEqual(fromThere);
  });
});

describe('a replay of nothing', () => {
  it.each<[string, Partial<ReplayOptions>, RegExp]>([
    ['a start behind the end', { start: 100 }, /ends before the start.*a start of at most \d\.\d+ s; found 100 s/],
    ['a part without depth images', { start: 0.01, duration: 1e-6 }, /no depth image was replayed/],
  ])('is refused: %s', async (_, options, text) => {
    const error = await replay(options).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'RECORDING_EMPTY' });
    expect(String(error)).toMatch(text);
  });
});

describe('a replay in which things go wrong', () => {
  it('gives the same twice, and counts what was done', async () => {
    const faults = parseFaults('drop=0.1,jitter=20ms,corrupt=0.05,duplicate=0.05,seed=3');
    const [first, second] = [await replay({ faults }), await replay({ faults })];
    expect(first.results).toEqual(second.results);
    expect(first.summary.digest).toEqual(second.summary.digest);
    const { faults: counts, counts: frames } = first.summary;
    expect(counts?.in).toBe(2 * FRAMES);
    expect(counts?.dropped).toBeGreaterThan(3);
    expect(counts?.corrupted).toBeGreaterThan(0);
    // every image that came has a result or a reason
    expect(frames.pending).toBe(0);
    expect(frames.in).toBeLessThan(FRAMES + 10);
  });

  it('hits depth and camera infos, or the topics that are named', async () => {
    const { summary } = await replay({ faults: { drop: 1 } });
    expect(summary.counts.in).toBe(0);
    expect((await replay({ faults: { drop: 1, topics: ['/hand/truth'] } })).summary.counts.in).toBe(FRAMES);
  });
});

describe('a replay to a live bus', () => {
  it('publishes results and what it takes of the input there, at the pace that is asked for', async () => {
    const bus = new MemoryBus({ capacity: 10_000 });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { topic } of bus.subscribe()) seen.push(topic);
    })();
    await new Promise((resolve) => setImmediate(resolve));
    const begin = performance.now();
    await replay({
      duration: 0.5,
      pace: { speed: 2 },
      live: { sink: bus, takes: (topic) => topic !== '/depth/camera_info' },
    });
    expect(performance.now() - begin).toBeGreaterThan(200);
    await bus.close();
    await reading;
    const count = (topic: string) => seen.filter((each) => each === topic).length;
    expect(count('/hand/joints')).toBe(15);
    expect(count('/hand/truth')).toBe(15);
    expect(count('/depth/image_rect_raw/compressedDepth')).toBe(15);
    expect(count('/depth/camera_info')).toBe(0);
  });

  it('ends at a signal while it is paused', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const { summary } = await replay({ pace: { startPaused: true, stay: true }, signal: controller.signal });
    expect(summary).toMatchObject({ aborted: true, counts: { in: 0 } });
  });
});
