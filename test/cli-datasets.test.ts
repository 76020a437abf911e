import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { DATA_SET_NAMES } from '../src/evaluation/datasets/data-set.js';
import { DATA_SETS } from '../src/evaluation/datasets/data-sets.js';
import { temporaryFolder, voxhand } from './helpers/cli.js';
import { disagreement, readBack, uvdOf, writeDataSet, xyzOf } from './helpers/data-set-files.js';
import { smallRecording } from './helpers/recordings.js';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

describe('voxhand import --dataset', () => {
  test.each(DATA_SET_NAMES)('makes a recording of %s', async (name) => {
    await writeDataSet(name, at(name), 3);
    const output = at(`${name}.mcap`);
    const { code, stdout, stderr } = await voxhand(['import', at(name), '--dataset', name, '-o', output, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ dataSet: name, files: 3, frames: 3, skipped: [], output });
    expect(stderr.includes('(confidence 0)')).toBe(name === 'nyu' || name === 'icvl');
    const { frames, truth } = await readBack(output);
    frames.forEach((frame, i) => {
      expect(disagreement(DATA_SETS[name], i, frame, truth[i]).jointMm).toBeLessThan(0.01);
    });
  });

  test('names what it leaves out, counts the rest, and ends with 3', async () => {
    await writeDataSet('msra', at('bad'), 40);
    for (let i = 5; i < 40; i++) writeFileSync(join(at('bad'), `0000${String(i).padStart(2, '0')}_depth.bin`), 'short');
    const { code, stdout, stderr } = await voxhand(['import', at('bad'), '--dataset', 'msra', '-o', at('bad.mcap')]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/5 of 40 frames of MSRA, 35 left out, 320 x 240, /);
    expect(stderr).toContain('left out 000005_depth.bin: a header cut off; expected 24 bytes; found 5');
    expect(stderr.match(/left out \d/g)).toHaveLength(20);
    expect(stderr).toContain('left out more frames, which are counted');
  });

  test('explains NYU without an export, and takes --labels and --frames', async () => {
    await writeDataSet('nyu', at('nyu2'), 3);
    writeFileSync(at('elsewhere.npy'), readFileSync(join(at('nyu2'), 'joint_data.npy')));
    rmSync(join(at('nyu2'), 'joint_data.npy'));
    writeFileSync(join(at('nyu2'), 'joint_data.mat'), '');
    const args = ['import', at('nyu2'), '--dataset', 'nyu', '-o', at('nyu2.mcap')];
    const { code, stderr } = await voxhand(args);
    expect(code).toBe(2);
    expect(stderr).toContain("numpy.save('joint_data.npy'");
    const taken = await voxhand([...args, '--labels', at('elsewhere.npy'), '--frames', '2', '--json']);
    expect([taken.code, JSON.parse(taken.stdout).frames]).toEqual([0, 2]);
  });

  test('knows which options go together', async () => {
    const refused = async (...args: string[]) => {
      const { code, stderr } = await voxhand(['import', folder, '-o', at('x.mcap'), ...args]);
      return [code, stderr.trim()];
    };
    expect(await refused('--dataset', 'msra', '--fx', '240')).toEqual([
      2,
      'voxhand: --fx has no effect here; expected no --dataset [USAGE]',
    ]);
    const camera = ['--fx', '1', '--fy', '1', '--cx', '1', '--cy', '1', '--depth-unit', '1', '--fps', '1'];
    expect((await refused(...camera, '--labels', 'x'))[1]).toContain(
      '--labels has no effect here; expected --dataset with it',
    );
    expect((await refused('--dataset', 'xyz'))[1]).toContain('Allowed choices are icvl, nyu, msra, hands17');
  });

  test('an imported recording can be evaluated: what the set has not is left out', async () => {
    const recording = at('nyu.mcap');
    const { code, stdout } = await voxhand([
      'eval',
      recording,
      '--truth',
      recording,
      '--set',
      'topics.joints=/hand/truth',
      '--json',
    ]);
    expect(code).toBe(0);
    const { recorded } = JSON.parse(stdout);
    expect(recorded.joints.meanMm).toBe(0);
    expect(recorded.jointsWithoutTruth).toHaveLength(10);
    expect(recorded.perJoint.filter(({ meanMm }: { meanMm: number | null }) => meanMm !== null)).toHaveLength(11);
  });
});

describe('voxhand eval --dataset', () => {
  const write = (name: string, lines: readonly (readonly (string | number)[])[]) => {
    writeFileSync(at(name), `${lines.map((line) => line.join(' ')).join('\n')}\n`);
    return at(name);
  };
  const frames = [0, 1, 2, 3];
  let truth: string;
  let ours: string;
  let theirs: string;

  beforeAll(() => {
    truth = write(
      'truth.txt',
      frames.map((i) => uvdOf('nyu', i)),
    );
    ours = write(
      'ours.txt',
      frames.map((i) => uvdOf('nyu', i).map((x, k) => (k % 3 === 2 ? x + 5 : x))),
    );
    theirs = write(
      'theirs.txt',
      frames.map((i) => uvdOf('nyu', i).map((x, k) => (k % 3 === 2 ? x + 15 : x))),
    );
  });

  test('puts several methods into one table and one picture', async () => {
    const plot = at('plots/curves.png');
    const args = ['eval', ours, '--dataset', 'nyu', '--truth', truth, '--method', `Theirs=${theirs}`, '--plot', plot];
    const { code, stdout } = await voxhand(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ours +4\/4 +5\.\d\d .* 100\.0%/m);
    expect(stdout).toMatch(/^Theirs +4\/4 +15\.\d/m);
    expect(stdout).toMatch(/^share of joints +<=10/m);
    expect(stdout).toMatch(/^wrist_little_side +5\.\d\d +1[5-6]\.\d$/m);
    const image = decode(readFileSync(plot));
    expect([image.width, image.height]).toEqual([2580, 1476]);
  });

  test('gives JSON, with smoothed rows, and writes the smoothed file', async () => {
    const output = at('smooth/ours.txt');
    const { code, stdout } = await voxhand([
      ...['eval', ours, '--dataset', 'nyu', '--truth', truth, '--smooth', 'window', '--set', 'smoothing.window.k=2'],
      ...['-o', output, '--json'],
    ]);
    expect(code).toBe(0);
    const { methods, ...facts } = JSON.parse(stdout);
    expect(facts).toEqual({ dataset: 'nyu', truth, frames: 4, sequences: 1, doubts: [], output, plot: null });
    expect(methods.map(({ label, smoothed }: { label: string; smoothed: boolean }) => [label, smoothed])).toEqual([
      ['ours', false],
      ['ours + window', true],
    ]);
    expect(methods[0].jointCurve).toHaveLength(81);
    const lines = readFileSync(output, 'utf8').trim().split('\n');
    expect(lines.map((line) => line.split(' ').length)).toEqual([42, 42, 42, 42]);
    const again = await voxhand(['eval', output, '--dataset', 'nyu', '--truth', truth, '--json']);
    expect(JSON.parse(again.stdout).methods[0].joints.meanMm).toBeCloseTo(methods[1].joints.meanMm, 2);
  });

  test("takes MSRA's joint.txt for truth beside results in pixels, and the prior for them", async () => {
    const predictions = write(
      'msra.txt',
      [0, 1].map((i) => uvdOf('msra', i)),
    );
    writeFileSync(at('joint.txt'), `2\n${[0, 1].map((i) => xyzOf('msra', i).join(' ')).join('\n')}\n`);
    const args = ['eval', predictions, '--dataset', 'msra', '--truth', at('joint.txt'), '--json'];
    const { stdout, code } = await voxhand([...args, '--smooth', 'prior,window']);
    expect(code).toBe(0);
    const { methods } = JSON.parse(stdout);
    expect(methods[0].joints.meanMm).toBeLessThan(0.01);
    expect(methods[1].label).toBe('msra + prior + window');
  });

  test('doubts pixels that look like millimetres', async () => {
    const xyz = write(
      'xyz.txt',
      frames.map((i) => xyzOf('nyu', i)),
    );
    const args = ['eval', xyz, '--dataset', 'nyu', '--truth', truth];
    expect((await voxhand(args)).stderr).toMatch(/is read as uvd, but \d+ % of its pixels are negative: is it xyz\?/);
    const right = await voxhand([...args, '--format', 'xyz', '--truth-format', 'uvd', '--json']);
    expect(JSON.parse(right.stdout).methods[0].joints.meanMm).toBeLessThan(0.01);
    expect(right.stderr).not.toContain('is it');
  });

  test.each([
    [
      'a line of another length',
      () => ['theirs.txt', '--dataset', 'icvl', '--truth', truth],
      1,
      /line 1, column \d+ \[FILE_INVALID\]/,
    ],
    [
      'a stage that needs more joints',
      () => ['ours.txt', '--dataset', 'nyu', '--truth', truth, '--smooth', 'prior'],
      2,
      /the stage 'prior' needs all 21 joints.*msra/,
    ],
    [
      'a stage that is none',
      () => ['ours.txt', '--dataset', 'nyu', '--truth', truth, '--smooth', 'magic'],
      2,
      /some of gate, prior, window, oneEuro/,
    ],
    [
      'a setting that is none',
      () => ['ours.txt', '--dataset', 'nyu', '--truth', truth, '--set', 'smoothing.magic=1'],
      2,
      /CONFIG_INVALID/,
    ],
    [
      'two methods of one name',
      () => ['ours.txt', '--dataset', 'nyu', '--truth', truth, '--method', `ours=${theirs}`],
      2,
      /two methods of the same name/,
    ],
    [
      'an output that is not smoothed',
      () => ['ours.txt', '--dataset', 'nyu', '--truth', truth, '-o', 'out.txt'],
      2,
      /--smooth with it/,
    ],
    [
      'an output over an input',
      () => ['ours.txt', '--dataset', 'nyu', '--truth', truth, '--smooth', 'window', '-o', truth],
      2,
      /would overwrite/,
    ],
    [
      'too slow a rate',
      () => ['ours.txt', '--dataset', 'nyu', '--truth', truth, '--smooth', 'window', '--fps', '1'],
      2,
      /--fps above 2/,
    ],
    [
      'no data set',
      () => ['ours.txt', '--truth', truth, '--method', 'a=b'],
      2,
      /--method has no effect here; expected --dataset with it/,
    ],
    ['a file that is not there', () => ['none.txt', '--dataset', 'nyu', '--truth', truth], 2, /FILE_NOT_FOUND/],
  ] as const)('refuses %s', async (_, args, wanted, message) => {
    const { code, stderr } = await voxhand(['eval', ...args()], { cwd: folder });
    expect(stderr).toMatch(message);
    expect(code).toBe(wanted);
  });

  test('leaves recordings as they were', async () => {
    mkdirSync(at('recording'), { recursive: true });
    const path = await smallRecording(join(at('recording'), 'a.mcap'), { frames: 2 });
    const { code, stdout } = await voxhand([
      'eval',
      path,
      '--truth',
      path,
      '--set',
      'topics.joints=/hand/truth',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).recorded).toMatchObject({ joints: { meanMm: 0 }, jointsWithoutTruth: [] });
  });
});
