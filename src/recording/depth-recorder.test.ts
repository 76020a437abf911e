import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DepthFrame } from '../depth/depth-frame.js';
import { DepthRecorder } from './depth-recorder.js';
import { createRigRecorder } from './rig-recorder.js';

const intrinsics = { width: 2, height: 1, fx: 2, fy: 2, cx: 0.5, cy: 0 };
const frame: DepthFrame = {
  ...{ stamp: 5n, frameId: 'left_optical', width: 2, height: 1, depth: Float32Array.of(0.5, 0.6) },
  camera: { ...intrinsics, rays: Float32Array.of(0, 0, 0.5, 0) },
};
const place = { translation: [0, 0, 0], rotation: [0, 0, 0, 1] } as const;
const cameras = [{ name: 'left', frameId: 'left_optical', place }];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-recorder-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  [
    'one camera',
    async (path: string) => {
      const recorder = await DepthRecorder.create(path);
      return { recorder, write: () => recorder.write(frame) };
    },
  ],
  [
    'a rig',
    async (path: string) => {
      const recorder = await createRigRecorder(path, { cameras });
      return { recorder, write: () => recorder.write(0, frame, 5n) };
    },
  ],
])('frames of a distorted lens are refused by the recorder of %s: its camera info would be wrong', async (_, open) => {
  const { recorder, write } = await open(join(folder, 'x.mcap'));
  await expect(write()).rejects.toMatchObject({ code: 'CAMERA_UNSUPPORTED', where: 'left_optical' });
  await recorder.abort();
  expect(await readdir(folder)).toEqual([]);
});
