import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomPoses } from '../../test/helpers/random-poses.js';
import { fitPosePrior } from '../smoothing/fit-pose-prior.js';
import { posePriorsToJson } from '../smoothing/pose-prior-json.js';
import { loadPrior, loadPriors } from './load-prior.js';

async function folderWithPrior(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'voxhand-prior-'));
  const poses = randomPoses(40);
  const priors = [fitPosePrior(poses, { components: 5 }), fitPosePrior(poses, { components: 7, frame: 'camera' })];
  await writeFile(join(folder, 'mine.json'), posePriorsToJson(priors));
  return folder;
}

test('a prior is found by its name in the folder, and by its path anywhere', async () => {
  const folder = await folderWithPrior();
  expect((await loadPrior('mine', folder)).components).toHaveLength(5);
  expect(await loadPrior(join(folder, 'mine.json'))).toEqual(await loadPrior('mine', folder));
});

test('all priors of a file come in its order', async () => {
  const priors = await loadPriors('mine', await folderWithPrior());
  expect(priors.map(({ frame }) => frame)).toEqual(['palm', 'camera']);
});

test('a name that is not there is refused with the names that are', async () => {
  await expect(loadPrior('yours', await folderWithPrior())).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
    expected: expect.stringContaining('one of mine'),
  });
});

test('a file that is no prior is refused with its path', async () => {
  const folder = await folderWithPrior();
  await writeFile(join(folder, 'bad.json'), '{"format": "something else"}');
  await expect(loadPrior('bad', folder)).rejects.toMatchObject({
    code: 'PRIOR_INVALID',
    message: expect.stringContaining(join(folder, 'bad.json')),
  });
});
