import { VoxhandError } from '../errors/voxhand-error.js';
import { readerFor } from './answers/reader-for.js';
import type { DetectorManifest } from './detector-manifest.js';
import type { ModelManifest, ModelOutput, SelfTest, SelfTestAnswer } from './model-manifest.js';

/**
 * What a manifest's `selfTest.expected` holds for a network that answers `raw`: for whoever writes manifests.
 *
 * @param raw the numbers of the output tensor, in its own order
 * @throws VoxhandError `INFERENCE_FAILED` for joints or a point that are no numbers
 */
export function selfTestOf(output: ModelOutput, raw: Float32Array): SelfTestAnswer {
  const reader = readerFor(output);
  const answer = new Float32Array(reader.length);
  reader.read(raw, answer);
  return reader.expectation(answer);
}

/**
 * The voxels that a self-test's grid has occupied, from either of its two spellings.
 *
 * @throws VoxhandError `MODEL_MANIFEST` where base64 does not hold whole uint32 numbers.
 */
export function occupiedVoxels(occupied: SelfTest['occupied'], where = 'manifest.json'): Uint32Array {
  if (typeof occupied !== 'string') return Uint32Array.from(occupied);
  const bytes = Uint8Array.from(atob(occupied), (c) => c.charCodeAt(0));
  if (bytes.length % 4 !== 0) {
    throw new VoxhandError('MODEL_MANIFEST', 'the self-test grid is cut off', {
      expected: 'a multiple of 4 bytes',
      found: `${bytes.length} bytes`,
      where: `${where}: selfTest.occupied`,
    });
  }
  const view = new DataView(bytes.buffer);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}

/** The grid of a manifest's self-test, [z][y][x], 0 or 1. */
export function selfTestGrid({ input, selfTest }: Pick<ModelManifest, 'input' | 'selfTest'>): Uint8Array<ArrayBuffer> {
  const grid = new Uint8Array(input.size ** 3);
  for (const voxel of occupiedVoxels(selfTest.occupied)) grid[voxel] = 1;
  return grid;
}

/** The picture of a detector's self-test, metres. The manifest has been parsed: its length is right. */
export function selfTestPicture({ selfTest }: DetectorManifest): Float32Array<ArrayBuffer> {
  const { width, height, millimetres } = selfTest;
  const bytes = Uint8Array.from(atob(millimetres), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: width * height }, (_, i) => view.getUint16(2 * i, true) / 1000);
}
