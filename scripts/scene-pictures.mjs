/** Pictures of whole scenes as voxhand_training.dump_scenes writes them, shown as a camera would. */
import { readFileSync } from 'node:fs';
import { SeededRandom } from '../dist/geometry/random.js';

/** Of each frame: share of pixels without depth, and by how much the others are off at most, of their depth. */
const MISSING = 0.02;
const NOISE = 0.001;
const RATE = 30;

/**
 * @param path of the files, without an ending
 * @returns the scenes, and the frames of one of them: `count` at 30 Hz, each with other noise
 */
export function readScenes(path) {
  const { width, height, focal, scenes } = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
  const bytes = readFileSync(`${path}.bin`);
  const pixels = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const camera = { width, height, fx: focal, fy: focal, cx: (width - 1) / 2, cy: (height - 1) / 2 };
  function* frames(index, count) {
    const still = pixels.subarray(index * width * height, (index + 1) * width * height);
    for (let k = 0; k < count; k++) {
      const random = new SeededRandom(index, k);
      const depth = Float32Array.from(still, (z) =>
        z === 0 || random.next() < MISSING ? 0 : z * 1e-4 * (1 + NOISE * (2 * random.next() - 1)),
      );
      const stamp = 1_000_000_000n + BigInt(Math.round((k * 1e9) / RATE));
      yield { stamp, frameId: 'camera', width, height, depth, camera };
    }
  }
  return { scenes, frames };
}
