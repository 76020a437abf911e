import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodePng16 } from '../src/depth/png16.js';
import { trackerConfig } from '../src/tracking/config.js';
import { depthFrames } from '../src/tracking/depth-frames.js';
import { withInputTopics } from '../src/tracking/input-topics.js';
import { openMcap } from '../src/transport/mcap/mcap-source.js';
import { readHands } from '../src/transport/port/read-hands.js';
import { temporaryFolder, voxhand } from './helpers/cli.js';
import { smallFolder, smallFrames } from './helpers/recordings.js';

const CAMERA = ['--fx', '238', '--fy', '238', '--cx', '159.5', '--cy', '119.5'];
const IMPORT = [...CAMERA, '--depth-unit', '0.001', '--fps', '30'];

/** Stamps and depth of the frames of a recording, as the pipeline would read them. */
async function framesOf(path: string) {
  const recording = await openMcap(path);
  const config = withInputTopics(trackerConfig(), recording.topics(), path);
  const frames = [];
  for await (const frame of depthFrames(recording, config)) frames.push(frame);
  await recording.close();
  return frames;
}

async function truthOf(path: string) {
  const recording = await openMcap(path);
  const hands = [];
  for await (const hand of readHands(recording, '/hand/truth')) hands.push(hand);
  await recording.close();
  return hands;
}

describe('voxhand import', () => {
  let folder: string;
  let joints: string;

  beforeAll(async () => {
    folder = temporaryFolder();
    ({ joints } = await smallFolder(folder));
  });

  test.each([
    ['raw', '16UC1'],
    ['png', '16UC1'],
    ['rvl', '32FC1'],
    ['raw', '32FC1'],
  ])('keeps depth, order and joints with codec %s and encoding %s', async (codec, encoding) => {
    const output = join(folder, `${codec}-${encoding}.mcap`);
    const storage = ['--codec', codec, '--encoding', encoding];
    const { code, stdout } = await voxhand([
      'import',
      folder,
      ...IMPORT,
      ...storage,
      '--joints',
      joints,
      '-o',
      output,
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: 11, frames: 11, skipped: [], width: 320, height: 240 });
    const [frames, truth] = [await framesOf(output), await truthOf(output)];
    for (const [i, wanted] of smallFrames(11).entries()) {
      const { frame, truth: hand } = wanted; // 10.png comes after 9.png
      expect(frames[i].stamp).toBe(frame.stamp);
      expect(truth[i].stamp).toBe(frame.stamp);
      expect(frames[i].camera).toMatchObject({ fx: 238, fy: 238, cx: 159.5, cy: 119.5 });
      const worst = frames[i].depth.reduce((most, z, pixel) => Math.max(most, Math.abs(z - frame.depth[pixel])), 0);
      expect(worst).toBeLessThan(0.0005);
      hand.positions.forEach((value, k) => {
        expect(truth[i].positions[k]).toBeCloseTo(value, 6);
      });
    }
  });

  test('reads units finer than a millimetre: rounded by default, kept as 32FC1', async () => {
    for (const [encoding, most] of [
      ['16UC1', 0.000501],
      ['32FC1', 1e-6],
    ] as const) {
      const output = join(folder, `fine-${encoding}.mcap`);
      const unit = [...CAMERA, '--depth-unit', '0.000125', '--fps', '5', '--encoding', encoding];
      expect((await voxhand(['import', folder, ...unit, '-o', output])).code).toBe(0);
      const [{ depth }] = await framesOf(output);
      const wanted = smallFrames(1)[0].frame.depth;
      const worst = depth.reduce((most, z, pixel) => Math.max(most, Math.abs(z - wanted[pixel] / 8)), 0);
      expect(worst).toBeLessThan(most);
    }
  });

  test('names a bad image, goes on without it and ends with 3', async () => {
    const bad = temporaryFolder();
    await smallFolder(bad, 3);
    const whole = await readFile(join(bad, '2.png'));
    await writeFile(join(bad, '2.png'), whole.subarray(0, 500));
    await writeFile(join(bad, '4.png'), 'not a picture');
    const output = join(bad, 'out.mcap');
    const { code, stdout, stderr } = await voxhand(['import', bad, ...IMPORT, '-o', output, '--json']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/left out 2\.png: .*\[PNG_INVALID\]\n/);
    expect(stderr).toMatch(/left out 4\.png: .*\[PNG_INVALID\]\n/);
    const { frames, skipped } = JSON.parse(stdout);
    expect([frames, skipped.map(({ file }: { file: string }) => file)]).toEqual([2, ['2.png', '4.png']]);
    const gap = (await framesOf(output)).map(({ stamp }) => stamp);
    expect(gap[1] - gap[0]).toBe(66_666_667n); // the time of the bad image stays empty
  });

  test('refuses an empty folder, one that is not there, and joints that do not fit', async () => {
    const empty = temporaryFolder();
    const refused = async (from: string, ...more: string[]) => {
      const { code, stderr } = await voxhand(['import', from, ...IMPORT, '-o', join(empty, 'x.mcap'), ...more]);
      return [code, stderr.match(/\[\w+\]\n$/)?.[0]?.trim()];
    };
    expect(await refused(empty)).toEqual([2, '[FILE_NOT_FOUND]']);
    expect(await refused(join(empty, 'nothing'))).toEqual([2, '[FILE_NOT_FOUND]']);
    const short = join(empty, 'short.txt');
    await writeFile(short, `${Array(63).fill(1).join(' ')}\n`);
    expect(await refused(folder, '--joints', short)).toEqual([1, '[FILE_INVALID]']);
  });

  test('refuses images of different sizes and leaves nothing behind', async () => {
    const mixed = temporaryFolder();
    await smallFolder(mixed, 1);
    mkdirSync(join(mixed, 'other'));
    await writeFile(join(mixed, '2.png'), encodePng16({ width: 4, height: 4, data: new Uint16Array(16).fill(500) }));
    const output = join(mixed, 'other', 'x.mcap');
    const { code, stderr } = await voxhand(['import', mixed, ...IMPORT, '-o', output]);
    expect(code).toBe(1);
    expect(stderr).toContain('expected 320 x 240 as in 1.png; found 4 x 4; at 2.png [DEPTH_SIZE]');
    await expect(readFile(output)).rejects.toThrow('ENOENT');
    await expect(readFile(`${output}.partial`)).rejects.toThrow('ENOENT');
  });

  test('asks for what it needs', async () => {
    const { code, stderr } = await voxhand(['import', folder, '-o', 'x.mcap']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'voxhand: required options not specified; expected --fx <pixels>, --fy <pixels>, --cx <pixels>, --cy <pixels>, --depth-unit <metres>, --fps <rate> [USAGE]\n',
    );
  });
});

describe('voxhand synth', () => {
  const folder = temporaryFolder();
  const synth = (name: string, ...more: string[]) =>
    voxhand(['synth', '-o', join(folder, name), '--camera', 'small', '--frames', '5', '--json', ...more]);

  test('writes depth, camera, ground truth and the place of the camera', async () => {
    const { code, stdout } = await synth('a.mcap');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ frames: 5, withHand: 5, preset: 'demo', seed: 1 });
    const recording = await openMcap(join(folder, 'a.mcap'));
    expect(recording.topics().map(({ topic, messageCount }) => `${messageCount} ${topic}`)).toEqual([
      '1 /tf_static',
      '5 /depth/camera_info',
      '5 /hand/truth',
      '5 /depth/image_rect_raw/compressedDepth',
    ]);
    expect(recording.info().metadata[0].values).toMatchObject({ source: 'synthetic', preset: 'demo', seed: '1' });
    await recording.close();
  });

  test('gives the same bytes for the same seed only', async () => {
    await synth('b.mcap');
    await synth('c.mcap', '--seed', '2');
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => readFile(join(folder, `${name}.mcap`))));
    expect(a.equals(b)).toBe(true);
    expect(a.equals(c)).toBe(false);
  });

  test('stores the same depth with each codec', async () => {
    await synth('raw.mcap', '--codec', 'raw');
    await synth('png.mcap', '--codec', 'png');
    const [rvl, raw, png] = await Promise.all(
      ['a', 'raw', 'png'].map((name) => framesOf(join(folder, `${name}.mcap`))),
    );
    expect(raw.map(({ depth }) => depth)).toEqual(rvl.map(({ depth }) => depth));
    expect(png.map(({ depth }) => depth)).toEqual(rvl.map(({ depth }) => depth));
  });

  test('writes a truth for each of several hands', async () => {
    await synth('two.mcap', '--preset', 'two-hands', '--frames', '2');
    const truth = await truthOf(join(folder, 'two.mcap'));
    expect(truth.map(({ stamp, handId, handedness, tracked }) => [stamp, handId, handedness, tracked])).toEqual([
      [1_000_000_000n, 0, 'right', true],
      [1_000_000_000n, 1, 'left', true],
      [1_033_333_333n, 0, 'right', true],
      [1_033_333_333n, 1, 'left', true],
    ]);
  });

  test('writes the gestures that are made, which eval --events looks for', async () => {
    const path = join(folder, 'gestures.mcap');
    await synth('gestures.mcap', '--preset', 'gestures', '--frames', '6', '--fps', '1');
    const { code, stdout } = await voxhand(['eval', path, '--truth', path, '--events', '--json']);
    expect(code).toBe(0);
    const { all, gestures, seconds } = JSON.parse(stdout);
    expect(seconds).toBeCloseTo(5, 1);
    expect(all).toMatchObject({ found: 0, falseOnes: 0, recall: 0, precision: null });
    expect(gestures.length).toBeGreaterThan(0);
    const nothing = await voxhand(['eval', path, '--truth', path, '--events', '--gestures-topic', 'none', '--json']);
    expect(JSON.parse(nothing.stdout).all).toMatchObject({ made: 0, falseOnes: 0 });
    const missing = await voxhand(['eval', path, '--truth', join(folder, 'a.mcap'), '--events']);
    expect(missing.stderr).toContain('no ground truth of gestures');
  });

  test('knows its cameras and presets', async () => {
    const { code, stderr } = await synth('x.mcap', '--camera', 'box');
    expect(code).toBe(2);
    expect(stderr).toContain('Allowed choices are sr305, d435, d435vga, small. [USAGE]');
  });
});
