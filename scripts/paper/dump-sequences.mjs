#!/usr/bin/env node
/**
 * Write what networks are given on the held-out sequences, for training/voxhand_training/baselines.py.
 *
 *   npm run build && node scripts/paper/dump-sequences.mjs [folder, default training/runs/sequences]
 *
 * A record for each frame that has a hand in truth and on which the reference room, as `HandTracker` runs it, is on that hand:
 *
 *   48^3 occupancy     1 bit a cell, bit i % 8 of byte i / 8, i = (z * 48 + y) * 48 + x; turned and mirrored as the network gets it
 *   96 x 96 depth      uint16 [y][x]: 1 + round(65534 z) of the nearest point in that pixel, z in [0, 1) of the cube; 0: none
 *   63 joints          float32, cube coordinates (inside the cube: [0, 1)); joint by joint, x, y, z
 *   cube edge          float32, metres
 *   sequence           float32, its index in `sequences`
 *
 * All little endian. sequences.json says what is in sequences.bin.
 */
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cameraToCube } from '../../dist/geometry/cube.js';
import { createInference, HandTracker, trackerConfig } from '../../dist/index.js';
import { cubeWindow } from '../../dist/voxels/cube-window.js';
import { FPS, FRAMES, SEQUENCES, streamOf } from './sequences.mjs';
import { watched } from './watched.mjs';

const GRID = 48;
const DEPTH = 96;
const RECORD = GRID ** 3 / 8 + 2 * DEPTH ** 2 + 4 * (63 + 2);
/** A reference point farther than this from the palm is not on this hand, metres. */
const ON_HAND = 0.13;
const PALM = [0, 5, 9, 13, 17];

const folder = process.argv[2] ?? 'training/runs/sequences';
mkdirSync(folder, { recursive: true });
const unfinished = join(folder, 'sequences.bin.part');
const file = openSync(unfinished, 'w');
const network = await createInference({ model: 'compact' });
if (network.model.gridSize !== GRID)
  throw new Error(`the shipped network takes ${network.model.gridSize}^3 cells, not ${GRID}^3`);

let seen;
const inference = watched(network, ({ grid, cube }) => {
  seen = { grid, cube };
});
const counts = { frames: 0, withHand: 0, notFound: 0, elsewhere: 0, written: 0 };
const perSequence = [];
for (const sequence of SEQUENCES) {
  const { handedness, index } = sequence;
  const tracker = new HandTracker(
    trackerConfig({ detection: { method: 'geometric' }, handedness, smoothing: { stages: [] } }),
    { inference },
  );
  let written = 0;
  for (const { frame, truth } of streamOf(sequence)) {
    seen = undefined;
    await tracker.track(frame);
    counts.frames++;
    if (!truth.tracked) continue;
    counts.withHand++;
    if (seen === undefined) counts.notFound++;
    else if (awayFrom(seen.cube.center, truth.positions) > ON_HAND) counts.elsewhere++;
    else {
      writeSync(file, record(seen, frame, truth.positions, index));
      written++;
    }
  }
  counts.written += written;
  perSequence.push({ ...sequence, written });
  process.stderr.write(`${sequence.name}: ${written} of ${FRAMES} frames\n`);
}
closeSync(file);
renameSync(unfinished, join(folder, 'sequences.bin'));
await network.close();

const about = {
  count: counts.written,
  gridSize: GRID,
  depthSize: DEPTH,
  recordBytes: RECORD,
  seeds: SEQUENCES.map(({ seed }) => seed),
  frames: counts.frames,
  withHand: counts.withHand,
  notFound: counts.notFound,
  elsewhere: counts.elsewhere,
  fps: FPS,
  model: { name: network.model.name, sha256: network.model.sha256 },
  sequences: perSequence,
};
writeFileSync(join(folder, 'sequences.json'), `${JSON.stringify(about, null, 1)}\n`);
process.stderr.write(`${counts.written} records of ${RECORD} bytes in ${folder}\n`);

function awayFrom(center, joints) {
  const palm = [0, 1, 2].map((axis) => PALM.reduce((sum, j) => sum + joints[3 * j + axis], 0) / PALM.length);
  return Math.hypot(...palm.map((v, axis) => v - center[axis]));
}

function record({ grid, cube }, frame, joints, index) {
  const bytes = Buffer.alloc(RECORD);
  for (let i = 0; i < grid.length; i++) if (grid[i] !== 0) bytes[i >> 3] |= 1 << (i & 7);
  let at = GRID ** 3 / 8;
  for (const value of depthImage(frame, cube)) at = bytes.writeUInt16LE(value, at);
  for (const value of cameraToCube(cube, joints)) at = bytes.writeFloatLE(value, at);
  at = bytes.writeFloatLE(cube.edge, at);
  bytes.writeFloatLE(index, at);
  return bytes;
}

function depthImage({ depth, width, camera }, cube) {
  const image = new Uint16Array(DEPTH ** 2);
  const { fx, fy, cx, cy } = camera;
  const [u0, v0, u1, v1] = cubeWindow(cube, camera);
  const points = [];
  for (let v = v0; v < v1; v++) {
    for (let u = u0; u < u1; u++) {
      const z = depth[v * width + u];
      if (z > 0) points.push(((u - cx) / fx) * z, ((v - cy) / fy) * z, z);
    }
  }
  const inCube = cameraToCube(cube, points);
  for (let i = 0; i < inCube.length; i += 3) {
    const [x, y, z] = inCube.subarray(i, i + 3);
    if (!(x >= 0 && x < 1 && y >= 0 && y < 1 && z >= 0 && z < 1)) continue;
    const pixel = Math.floor(y * DEPTH) * DEPTH + Math.floor(x * DEPTH);
    const value = 1 + Math.round(z * 65534);
    if (image[pixel] === 0 || value < image[pixel]) image[pixel] = value;
  }
  return image;
}
