import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, voxhand } from './helpers/cli.js';
import { smallRecording } from './helpers/recordings.js';
import { movingHand, withJointMoved, writeResults } from './helpers/results.js';
import { elementsOf, parseXml } from './helpers/xml.js';

let folder: string;
let golden: string;
let shifted: string;
const HANDS = movingHand(30, [10, 11]);
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = temporaryFolder();
  golden = await writeResults(at('golden.mcap'), HANDS);
  shifted = await writeResults(at('shifted.mcap'), withJointMoved(HANDS, 4, 3));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('voxhand compare', () => {
  test('says first that two recordings are the same, and ends with 0', async () => {
    const { code, stdout, stderr } = await voxhand(['compare', golden, golden]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^SAME\n/);
  });

  test('says first that they are not, and why, and ends with 1', async () => {
    const { code, stdout } = await voxhand(['compare', golden, shifted]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^NOT WITHIN TOLERANCE\n {2}mean distance of thumb_tip: 3\.00 mm, at most 0\.5 mm\n/);
  });

  test('takes a file of tolerances, and the one beside the golden recording by itself', async () => {
    await writeFile(at('wide.yaml'), 'mean_mm: 4\np95_mm: 4\n');
    expect((await voxhand(['compare', golden, shifted, '--tolerances', at('wide.yaml')])).code).toBe(0);
    const own = await writeResults(at('own.golden.mcap'), HANDS);
    await writeFile(at('own.tolerances.yaml'), 'joints:\n  thumb_tip: { mean_mm: 4, p95_mm: 4 }\n');
    const { code, stdout } = await voxhand(['compare', own, shifted]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^WITHIN TOLERANCE\n/);
  });

  test('gives one JSON object', async () => {
    const { code, stdout, stderr } = await voxhand(['compare', golden, shifted, '--json', '--quiet']);
    expect([code, stderr]).toEqual([1, '']);
    const { verdict, results, perJoint, criteria, junit, timing, drawing } = JSON.parse(stdout);
    expect(verdict).toBe('not');
    expect(results).toMatchObject({ golden: 30, new: 30, matched: 30, compared: 28 });
    expect(perJoint.find(({ joint }: { joint: string }) => joint === 'thumb_tip').meanMm).toBeCloseTo(3, 6);
    expect(criteria.length).toBeGreaterThan(60);
    expect(timing.golden.lastStamp).toBe(String(29n * 33_333_333n));
    expect([junit, drawing]).toEqual([null, undefined]);
  });

  test('writes JUnit XML and a report', async () => {
    const [junit, html] = [at('new/folder/compare.xml'), at('new/folder/compare.html')];
    const { code, stderr } = await voxhand(['compare', golden, shifted, '--junit', junit, '--html', html]);
    expect(code).toBe(1);
    expect(stderr).toContain('no depth images in the recordings');
    const root = parseXml(await readFile(junit, 'utf8'));
    expect(elementsOf(root, 'failure').map(({ attributes }) => attributes.message)).toEqual([
      'mean distance of thumb_tip: 3.00 mm, at most 0.5 mm',
      'p95 distance of thumb_tip: 3.00 mm, at most 1 mm',
    ]);
    expect(await readFile(html, 'utf8')).toContain('thumb_tip 3.00 mm');
  });

  test('draws the worst frames over depth images, of the new recording or of another one', async () => {
    const input = await smallRecording(at('depth.mcap'));
    const [a, b] = [at('replay-a.mcap'), at('replay-b.mcap')];
    await voxhand(['replay', input, '-o', a, '--ideal', '--depth', 'none', '--quiet']);
    await voxhand(['replay', input, '-o', b, '--ideal', '--quiet', '--set', 'heat_maps.decoder=max']);
    const pictures = async (...args: string[]) => {
      const html = at('report.html');
      const { code, stderr } = await voxhand(['compare', ...args, '--html', html, '--worst', '3']);
      expect(code).toBe(1);
      return [stderr, (await readFile(html, 'utf8')).match(/data:image\/png/g)?.length ?? 0];
    };
    expect(await pictures(a, b)).toEqual([expect.stringContaining(`3 of 3 frames from ${b}`), 3]);
    expect(await pictures(b, a, '--input', input)).toEqual([expect.stringContaining(`3 of 3 frames from ${input}`), 3]);
    const { code, stderr } = await voxhand(['compare', a, b, '--html', at('x.html'), '--input', golden]);
    expect(code).toBe(2);
    expect(stderr).toContain('[TOPIC_NOT_FOUND]');
  });

  test('compares what is left of a broken recording, and ends with 3', async () => {
    const broken = await writeResults(at('broken.mcap'), HANDS);
    await truncate(broken, Math.floor(0.6 * (await stat(broken)).size));
    const junit = at('broken.xml');
    const { code, stdout } = await voxhand(['compare', golden, broken, '--junit', junit]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^NOT WITHIN TOLERANCE, COMPARED WITH LOSS\n/);
    expect(stdout).toContain('[MCAP_TRUNCATED]');
    expect(elementsOf(parseXml(await readFile(junit, 'utf8')), 'error')).toHaveLength(1);
  });

  test.each([
    ['one recording only', () => [golden], 2, 'USAGE'],
    ['a recording that is not there', () => [golden, at('none.mcap')], 2, 'FILE_NOT_FOUND'],
    ['a topic that is not there', () => [golden, shifted, '--topic', '/left/joints'], 2, 'TOPIC_NOT_FOUND'],
    ['tolerances that are not there', () => [golden, shifted, '--tolerances', at('none.yaml')], 2, 'FILE_NOT_FOUND'],
    ['tolerances that say nothing known', () => [golden, shifted, '--tolerances', at('bad.yaml')], 2, 'CONFIG_INVALID'],
    ['a recording in place of tolerances', () => [golden, shifted, '--tolerances', golden], 2, 'CONFIG_INVALID'],
    ['a folder in place of tolerances', () => [golden, shifted, '--tolerances', folder], 1, 'FILE_INVALID'],
    ['no frames to draw', () => [golden, shifted, '--worst', '0'], 2, 'USAGE'],
    ['a report in place of a recording', () => [golden, shifted, '--html', golden], 2, 'USAGE'],
    ['a file that is no recording', () => [golden, at('bad.yaml')], 1, 'MCAP_INVALID'],
  ])('refuses %s', async (_, args, exitCode, errorCode) => {
    await writeFile(at('bad.yaml'), 'mean_cm: 1\n');
    const { code, stdout, stderr } = await voxhand(['compare', ...args()]);
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(stderr).toContain(`[${errorCode}]`);
  });
});

describe('a recording in several files', () => {
  let split: string;

  beforeAll(async () => {
    split = at('split');
    await mkdir(split);
    await writeResults(join(split, 'cell_0.mcap'), HANDS.slice(0, 12));
    await writeResults(join(split, 'cell_1.mcap'), HANDS.slice(12));
  });

  test('is taken by compare, on either side, and by bless', async () => {
    for (const pair of [
      [golden, split],
      [split, golden],
    ]) {
      const { code, stdout } = await voxhand(['compare', ...pair]);
      expect([code, stdout.split('\n')[0]]).toEqual([0, 'SAME']);
    }
    const file = at('goldens/split.mcap');
    expect((await voxhand(['bless', split, file, '--reason', 'first'])).code).toBe(0);
    expect((await voxhand(['compare', file, golden])).stdout).toMatch(/^SAME\n/);
  });

  test('is taken by eval, as results and as truth, and by fit-prior', async () => {
    const shown = await voxhand(['eval', split, '--truth', split, '--topic', '/hand/joints', '--quiet']);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(/\/hand\/joints +28\/28 +0\.00/);
    const whole = await voxhand(['eval', golden, '--truth', golden, '--topic', '/hand/joints', '--quiet']);
    expect(shown.stdout).toBe(whole.stdout);
    const priors = [at('of-split.json'), at('of-whole.json')];
    for (const [i, path] of [split, golden].entries()) {
      const args = ['fit-prior', path, '-o', priors[i], '--topic', '/hand/joints', '--components', '2'];
      expect((await voxhand(args)).code).toBe(0);
    }
    expect(await readFile(priors[0], 'utf8')).toBe(await readFile(priors[1], 'utf8'));
  });

  test('by rosbag2 with a file that is not there is refused by all of them', async () => {
    const bag = at('bag');
    await mkdir(bag);
    await writeFile(
      join(bag, 'metadata.yaml'),
      'rosbag2_bagfile_information:\n  storage_identifier: mcap\n  relative_file_paths: [bag_0.mcap]\n',
    );
    for (const args of [
      ['compare', golden, bag],
      ['bless', bag, at('none.mcap'), '--reason', 'x'],
      ['eval', bag, '--truth', golden],
      ['eval', golden, '--truth', bag],
      ['fit-prior', bag, '-o', at('none.json')],
    ]) {
      const { code, stdout, stderr } = await voxhand(args);
      expect([args[0], code, stdout]).toEqual([args[0], 2, '']);
      expect(stderr).toMatch(/no bag_0\.mcap; at .*metadata\.yaml \[FILE_NOT_FOUND\]/);
    }
  });

  test('may bring the depth images of a report', async () => {
    const depth = at('depth-split');
    await mkdir(depth);
    const input = await smallRecording(at('of-two.mcap'), { frames: 4 });
    await voxhand(['cut', input, '-o', join(depth, 'a_0.mcap'), '--duration', '60ms']);
    await voxhand(['cut', input, '-o', join(depth, 'a_1.mcap'), '--start', '60ms']);
    const [a, b] = [at('split-a.mcap'), at('split-b.mcap')];
    const replay = ['replay', depth, '--ideal', '--depth', 'none', '--quiet'];
    expect((await voxhand([...replay, '-o', a])).code).toBe(0);
    expect((await voxhand([...replay, '-o', b, '--set', 'heat_maps.decoder=max'])).code).toBe(0);
    const html = at('split.html');
    const { stderr } = await voxhand(['compare', a, b, '--html', html, '--input', depth, '--worst', '2']);
    expect(stderr).toContain(`2 of 2 frames from ${depth}`);
    expect((await readFile(html, 'utf8')).match(/data:image\/png/g)).toHaveLength(2);
  });
});

describe('voxhand bless', () => {
  test('renews a golden recording, which then is reproduced', async () => {
    const file = at('goldens/cell.mcap');
    const created = await voxhand(['bless', golden, file, '--reason', 'first']);
    expect(created).toMatchObject({ code: 0, stderr: '' });
    expect(created.stdout).toMatch(/cell\.mcap: created\n/);
    expect((await voxhand(['compare', file, shifted])).code).toBe(1);

    const renewed = await voxhand([
      'bless',
      shifted,
      file,
      '--reason',
      'better',
      '--by',
      'me',
      '--at',
      '2026-11-22',
      '--json',
    ]);
    const { outcome, blessings, comparison, sha256 } = JSON.parse(renewed.stdout);
    expect([renewed.code, outcome, comparison.verdict]).toEqual([0, 'renewed', 'not']);
    expect(blessings.at(-1)).toMatchObject({ number: '2', reason: 'better', by: 'me', at: '2026-11-22', sha256 });
    expect((await voxhand(['compare', file, shifted])).stdout).toMatch(/^SAME\n/);
    expect((await voxhand(['info', file])).stdout).toMatch(/metadata voxhand_golden\n(.*\n)* {2}reason +better/);
  });

  test('says what would change, without doing it', async () => {
    const file = at('goldens/dry.mcap');
    const { code, stdout } = await voxhand(['bless', golden, file, '--reason', 'first', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('would be created');
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ['without a reason', () => [golden, at('g.mcap')], 2, 'USAGE'],
    ['with an empty reason', () => [golden, at('g.mcap'), '--reason', ' '], 2, 'USAGE'],
    ['with a date that is none', () => [golden, at('g.mcap'), '--reason', 'x', '--at', 'today'], 2, 'USAGE'],
    ['onto itself', () => [golden, golden, '--reason', 'x'], 2, 'USAGE'],
    ['onto a folder', () => [golden, folder, '--reason', 'x'], 2, 'USAGE'],
    [
      'a recording without results',
      () => [golden, at('g.mcap'), '--reason', 'x', '--topic', '/left'],
      2,
      'TOPIC_NOT_FOUND',
    ],
  ])('refuses to bless %s', async (_, args, exitCode, errorCode) => {
    const { code, stderr } = await voxhand(['bless', ...args()]);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(`[${errorCode}]`);
    expect(existsSync(at('g.mcap'))).toBe(false);
  });
});
