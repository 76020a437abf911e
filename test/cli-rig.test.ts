import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder, voxhand } from './helpers/cli.js';

let folder = '';
const at = (name: string) => join(folder, name);
const RIG = ['--preset', 'two-cameras', '--motion', 'demo', '--camera', 'small', '--frames', '3', '--seed', '3'];

beforeAll(async () => {
  folder = temporaryFolder();
  const { code, stdout } = await voxhand(['synth', '-o', at('cell.mcap'), ...RIG, '--calibration-error', '30,0']);
  expect(stdout).toMatch(/6 frames of left, right \(3 moments with a hand\)/);
  expect(code).toBe(0);
  const camera = (name: string) =>
    `  ${name}: {depth: ${name}/depth/image_rect_raw, camera_info: ${name}/depth/camera_info}\n`;
  writeFileSync(at('cell.params.yaml'), `cameras:\n${camera('left')}${camera('right')}`);
});

describe('several cameras on the command line', () => {
  it('are replayed as one: a result for each moment, the frames of each camera accounted for', async () => {
    const args = ['replay', at('cell.mcap'), '--config', at('cell.params.yaml'), '-o', at('hands.mcap'), '--json'];
    const { code, stdout } = await voxhand(args);
    expect(code).toBe(0);
    const { frames, cameras, fusion, error } = JSON.parse(stdout);
    expect(frames).toMatchObject({ in: 3, out: 3, dropped: {} });
    expect(cameras).toMatchObject([
      { name: 'left', frames: 3, fused: 3, lost: {} },
      { name: 'right', frames: 3, fused: 3, missing: 0 },
    ]);
    expect(fusion.cameras.map(({ frames: looked }: { frames: number }) => looked)).toEqual([3, 3]);
    expect(error.compared).toBe(frames.tracked);
    const { stdout: info } = await voxhand(['info', at('hands.mcap'), '--json']);
    const topics = JSON.parse(info).topics.map(({ topic }: { topic: string }) => topic);
    for (const topic of ['/hand/joints', '/left/depth/image_rect_raw', '/right/depth/image_rect_raw', '/tf_static']) {
      expect(topics).toContain(topic);
    }
  });

  it('must be in the recording', async () => {
    const set = ['--set', 'cameras.right.depth=/none'];
    const { code, stderr } = await voxhand(['replay', at('cell.mcap'), '--config', at('cell.params.yaml'), ...set]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no topic \/none of camera right; expected cameras\.right\.depth one of .*TOPIC_NOT_FOUND/);
  });

  it('are found in a recording that is calibrated by as if it were live', async () => {
    const { code, stdout } = await voxhand(['calibrate', '--source', at('cell.mcap'), '-o', at('live.yaml')]);
    expect(stdout).toMatch(
      /left: hand in \d of \d frames(?: \(\d replaced and not looked at\))?; places are in its frame left_depth_optical_frame\nright: hand in/,
    );
    expect(stdout).toMatch(/refused: both cameras saw the hand at the same time in only \d moments/);
    expect(code).toBe(1);
  });

  it('are not calibrated by a hand that hardly moves: it is refused with the reason, and nothing is written', async () => {
    const { code, stdout } = await voxhand(['calibrate', at('cell.mcap'), '-o', at('rig.yaml')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/left: hand in \d of 3 frames; places are in its frame left_depth_optical_frame/);
    expect(stdout).toMatch(
      /refused: both cameras saw the hand at the same time in only \d moments; 60 are needed: wave longer/,
    );
    expect(() => readFileSync(at('rig.yaml'))).toThrow(/ENOENT/);
  });

  it('need two of them, and a place to write', async () => {
    const one = await voxhand(['calibrate', 'recordings/demo.mcap', '-o', at('rig.yaml')]);
    expect(one.stderr).toMatch(/a calibration needs two cameras or more.*found \/depth\/image_rect_raw/);
    expect(one.code).toBe(2);
    expect((await voxhand(['calibrate', at('cell.mcap')])).stderr).toMatch(/nowhere to write the calibration/);
  });

  it('are checked within a tolerance that can be, and a check writes no calibration', async () => {
    const refused = async (...options: string[]) => {
      const { code, stderr } = await voxhand(['calibrate', at('cell.mcap'), ...options]);
      return [code, stderr.replace(/\s+/g, ' ')];
    };
    expect(await refused('--check', '--tolerance', '-3')).toEqual([2, expect.stringMatching(/greater than 0/)]);
    expect(await refused('-o', at('rig.yaml'), '--tolerance', '3')).toEqual([
      2,
      expect.stringMatching(/--tolerance has no effect here.*--check/),
    ]);
    expect(await refused('--check', '-o', at('rig.yaml'))).toEqual([
      2,
      expect.stringMatching(/--output has no effect here/),
    ]);
  });
});
