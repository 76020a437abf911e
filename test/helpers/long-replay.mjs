/**
 * Replays a recording of many frames with a stand-in for the network and says how much memory it held on the way, as JSON.
 * A process of its own, so that nobody else's memory is measured: node --expose-gc long-replay.mjs FOLDER FRAMES
 */
import { join } from 'node:path';
import { trackerConfig } from '../../dist/index.js';
import { createMcapSink, replayRecording } from '../../dist/mcap.js';
import { toCameraInfoMessage, toDepthImageMessage, cdrCodec } from '../../dist/messages.js';
import { renderHeatMaps, stubInference, syntheticStream } from '../../dist/testing.js';

const [folder, count] = [process.argv[2], Number(process.argv[3])];
const camera = { width: 160, height: 120, fx: 119, fy: 119, cx: 79.5, cy: 59.5 };
const input = join(folder, 'long.mcap');

const sink = await createMcapSink(input);
const images = sink.advertise('/depth/image_rect_raw', cdrCodec('sensor_msgs/msg/Image'));
const infos = sink.advertise('/depth/camera_info', cdrCodec('sensor_msgs/msg/CameraInfo'));
const frames = [...syntheticStream({ preset: 'demo', frames: 40, camera, seed: 3 })].map(({ frame }) => frame);
for (let i = 0; i < count; i++) {
  // there and back, so that the hand never jumps
  const k = i % 78;
  const stamp = BigInt(i) * 33_333_333n;
  const frame = { ...frames[k < 40 ? k : 78 - k], stamp };
  await infos.publish(toCameraInfoMessage({ ...camera, stamp, frameId: frame.frameId }), stamp);
  await images.publish(toDepthImageMessage(frame), stamp);
}
await sink.close();

const maps = renderHeatMaps(Float64Array.from({ length: 63 }, () => 0.5), 24, 1.5);
const inference = stubInference(() => maps, { gridSize: 48, cubeEdge: 0.26, heatMapSize: 24, sigma: 1.5 });
const memory = [];
let seen = 0;
const summary = await replayRecording(input, {
  config: trackerConfig({ detection: { method: 'geometric' }, smoothing: { stages: ['gate', 'window', 'oneEuro'] } }),
  inference,
  output: join(folder, 'long-out.mcap'),
  depth: 'none',
  stopwatch: () => performance.now() / 1000,
  onFrame: async () => {
    if (++seen % (count / 10) !== 0) return;
    // twice with a pause: the memory of array buffers is given back a while after they are collected
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.gc();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    memory.push({ frames: seen, heapUsed, arrayBuffers, rss });
  },
});
process.stdout.write(JSON.stringify({ counts: summary.counts, memory }));
