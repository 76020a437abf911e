import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cdrCodec } from '../src/messages/cdr-codec.js';
import { openMcap } from '../src/transport/mcap/mcap-source.js';
import { FIXTURES } from './fixtures/models/fixture-models.js';
import { temporaryFolder, voxhand } from './helpers/cli.js';
import { smallRecording } from './helpers/recordings.js';

const COM = join(FIXTURES, 'tiny-com');
const JOINTS = join(FIXTURES, 'tiny-joints');
const FRAMES = 6;
const refine = [
  '--set',
  'detection.method=geometric',
  '--set',
  'reference.refine=com',
  '--set',
  `reference.refine_model=${COM}`,
];

let folder: string;
let input: string;

beforeAll(async () => {
  folder = temporaryFolder();
  input = await smallRecording(join(folder, 'in.mcap'), { frames: FRAMES });
});

/** x, y, z that were published as reference points, by stamp. */
async function referencePoints(path: string): Promise<number[][]> {
  const codec = cdrCodec('geometry_msgs/msg/PointStamped');
  const recording = await openMcap(path);
  const points: number[][] = [];
  for await (const { data } of recording.subscribe(['/hand/reference'])) {
    const { x, y, z } = codec.decode(data).point;
    points.push([x, y, z]);
  }
  await recording.close();
  return points;
}

describe('voxhand replay with a refined reference point', () => {
  test('publishes the refined point, says what became of it, and names the network in the recording', async () => {
    const [plain, refined] = [join(folder, 'plain.mcap'), join(folder, 'refined.mcap')];
    expect(
      (await voxhand(['replay', input, '-o', plain, '--model', 'compact-light', '--set', 'detection.method=geometric']))
        .code,
    ).toBe(0);
    const { code, stdout } = await voxhand([
      'replay',
      input,
      '-o',
      refined,
      '--model',
      'compact-light',
      ...refine,
      '--json',
    ]);
    expect(code).toBe(0);
    const { frames, stagesMs } = JSON.parse(stdout);
    expect(frames.refinement).toEqual({ refined: FRAMES });
    expect(stagesMs.refine.count).toBe(FRAMES);
    const [before, after] = [await referencePoints(plain), await referencePoints(refined)];
    expect(after).toHaveLength(FRAMES);
    for (const [i, point] of after.entries()) {
      const moved = Math.hypot(...point.map((c, axis) => c - before[i][axis]));
      expect(moved).toBeGreaterThan(0.0005);
      expect(moved).toBeLessThan(0.08);
    }
    const info = JSON.parse((await voxhand(['info', refined, '--json'])).stdout);
    expect(info.metadata[0].values).toMatchObject({ refine_model: 'tiny-com 1.0.0', refine_provider: 'cpu' });
  });

  test('gives the same bytes twice', async () => {
    const outputs = [join(folder, 'one.mcap'), join(folder, 'two.mcap')];
    for (const output of outputs) expect((await voxhand(['replay', input, '-o', output, ...refine])).code).toBe(0);
    const [one, two] = await Promise.all(outputs.map((output) => readFile(output)));
    expect(one.equals(two)).toBe(true);
  });

  test('counts points that were moved too far, which is no loss, and says so', async () => {
    const { code, stdout } = await voxhand(['replay', input, ...refine, '--set', 'reference.max_refinement=0.001']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`\nreference +${FRAMES} \\(too-far ${FRAMES}\\)\n`));
  });

  test('works with perfect heat maps too', async () => {
    const { code, stdout } = await voxhand(['replay', input, '--ideal', '--json', ...refine]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ frames: { refinement: { refined: FRAMES } } });
  });

  test.each([
    [
      'another target',
      [
        '--set',
        'detection.method=geometric',
        '--set',
        'reference.refine=rom',
        '--set',
        `reference.refine_model=${COM}`,
      ],
      1,
      'MODEL_MISMATCH',
    ],
    [
      'no point',
      [
        '--set',
        'detection.method=geometric',
        '--set',
        'reference.refine=com',
        '--set',
        'reference.refine_model=compact',
      ],
      1,
      'MODEL_MISMATCH',
    ],
    [
      'no such network',
      ['--set', 'detection.method=geometric', '--set', 'reference.refine=com', '--set', 'reference.refine_model=x'],
      2,
      'MODEL_NOT_FOUND',
    ],
    ['no such kind', ['--set', 'detection.method=geometric', '--set', 'reference.refine=wrist'], 2, 'CONFIG_INVALID'],
    ['the learned detector', ['--set', 'reference.refine=com'], 2, 'CONFIG_INVALID'],
    ['a refiner in place of a network', ['--model', COM], 1, 'MODEL_MISMATCH'],
  ])('refuses %s', async (_, args, code, error) => {
    const result = await voxhand(['replay', input, ...args]);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(`[${error}]`)]);
  });
});

describe('voxhand replay with a model that answers joints', () => {
  test('says that it decodes by itself, and records no raw joints', async () => {
    const output = join(folder, 'joints.mcap');
    const { code, stderr } = await voxhand(['replay', input, '-o', output, '--model', JOINTS]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('tiny-joints decodes by itself (smax)')]);
    const recording = await openMcap(output);
    const topics = recording.info().topics.map(({ topic }) => topic);
    await recording.close();
    expect(topics).toContain('/hand/joints');
    expect(topics.filter((topic) => topic.includes('/raw/'))).toEqual([]);
  });

  test('takes --model for a setting of inference.model', async () => {
    const [one, two] = [join(folder, 'by-option.mcap'), join(folder, 'by-setting.mcap')];
    await voxhand(['replay', input, '-o', one, '--model', JOINTS]);
    await voxhand(['replay', input, '-o', two, '--set', `inference.model=${JOINTS}`]);
    expect((await readFile(one)).equals(await readFile(two))).toBe(true);
  });

  test.each([
    ['heat_maps.decoder=nbest', 'heat_maps.decoder'],
    ['output.raw_joints=true', 'output.raw_joints'],
  ])('refuses %s', async (setting, place) => {
    const { code, stderr } = await voxhand(['replay', input, '--model', JOINTS, '--set', setting]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`at ${place} [CONFIG_INVALID]`)]);
  });
});
