import { expect, it } from 'vitest';
import { stubInference } from '../inference/stub-inference.js';
import { trackerConfig } from './config.js';
import { jointReader } from './joint-reader.js';

it('an answer is decoded once, however often its joints are asked for, and the next answer anew', async () => {
  const inference = stubInference(() => ({ joints: 21, size: 2, data: new Float32Array(21 * 8) }));
  const { gridSize } = inference.model;
  const confidences = [0.25, 0.75];
  const reader = jointReader(trackerConfig(), inference.model, () => ({
    positions: new Float64Array(63),
    confidences: new Float32Array(21).fill(confidences.shift() as number),
  }));
  const first = await inference.infer(new Uint8Array(gridSize ** 3));
  const second = await inference.infer(new Uint8Array(gridSize ** 3));
  const read = [first, first, second, first].map((answer) => reader.read(answer, 'own').confidences[0]);
  expect(read).toEqual([0.25, 0.25, 0.75, 0.25]);
});
