import { describe, expect, it } from 'vitest';
import { encodeCompressedDepth } from './compressed-depth.js';
import { decodeDepthMessage } from './depth-message.js';
import { SamplePool } from './sample-pool.js';
import { samplesOf } from './stored-depth.js';

const MIXED = [0, 0.5, 0.501, 0, 0, 0.7, 0.701, 0, 0, 0, 0.4, 0];
const FULL = Array.from({ length: 12 }, (_, i) => 1 + i / 1000);

/** Frames of images of 4 x 3 pixels that are decoded into the memory of a pool. */
function decoderInto(pool: SamplePool, codec: 'png' | 'rvl') {
  const camera = { width: 4, height: 3, fx: 4, fy: 4, cx: 1.5, cy: 1 };
  return (metres: readonly number[]) => {
    const message = encodeCompressedDepth({ width: 4, height: 3, depth: Float32Array.from(metres) }, { codec });
    const about = { stamp: 7n, frameId: 'camera', camera };
    return decodeDepthMessage('sensor_msgs/CompressedImage', message, about, { memory: (count) => pool.take(count) });
  };
}

describe.each(['rvl', 'png'] as const)('memory of %s images', (codec) => {
  it('is used again once a frame is given back, and nothing of that frame is left in the next', () => {
    const pool = new SamplePool();
    const decode = decoderInto(pool, codec);
    const first = decode(FULL);
    const memory = samplesOf(first).samples;
    pool.giveBack(first);
    const second = decode(MIXED);
    expect(samplesOf(second).samples).toBe(memory);
    expect([...memory]).toEqual(MIXED.map((z) => Math.round(1000 * z)));
  });

  it('is new while frames are in use, and given to one frame only where one is given back twice', () => {
    const pool = new SamplePool();
    const decode = decoderInto(pool, codec);
    const [first, second] = [decode(FULL), decode(MIXED)];
    expect(samplesOf(first).samples[0]).toBe(1000);
    pool.giveBack(second);
    pool.giveBack(second);
    const [third, fourth] = [decode(FULL), decode(MIXED)].map((frame) => samplesOf(frame).samples);
    expect(third).toBe(samplesOf(second).samples);
    expect(fourth).not.toBe(third);
  });
});

it("memory of a message that is the frame's own is freed with the frame, once", () => {
  const pool = new SamplePool();
  const [own, shared] = [1, 2].map(() => {
    const data = Uint8Array.from({ length: 24 }, (_, i) => i % 2);
    const image = { width: 4, height: 3, encoding: '16UC1', step: 8, is_bigendian: 0, data };
    const camera = { width: 4, height: 3, fx: 4, fy: 4, cx: 1.5, cy: 1 };
    return { data, frame: decodeDepthMessage('sensor_msgs/Image', image, { stamp: 7n, frameId: 'camera', camera }) };
  });
  pool.takeAlong(own.frame, own.data);
  expect(samplesOf(own.frame).samples[0]).toBe(256);
  for (const { frame } of [own, own, shared]) pool.giveBack(frame);
  expect(own.data.buffer.byteLength).toBe(0);
  expect(samplesOf(own.frame).samples).toHaveLength(0);
  expect(shared.data.buffer.byteLength).toBe(24);
});

describe('a pool', () => {
  it('takes no memory that is not its own', () => {
    const pool = new SamplePool();
    const foreign = decoderInto(new SamplePool(), 'rvl')(FULL);
    pool.giveBack(foreign);
    expect(pool.take(12)).not.toBe(samplesOf(foreign).samples);
  });

  it('forgets the memory of one size once another one is asked for', () => {
    const pool = new SamplePool();
    const frame = decoderInto(pool, 'rvl')(FULL);
    pool.giveBack(frame);
    expect(pool.take(20)).toHaveLength(20);
    expect(pool.take(12)).not.toBe(samplesOf(frame).samples);
  });
});
