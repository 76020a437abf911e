import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { jointNames } from '../src/kinematics/hand-state.js';
import { parseUrdf } from '../src/kinematics/robot/robot.js';
import { recordedCodec } from '../src/messages/recorded-codec.js';
import { cutRecording } from '../src/recording/cut.js';
import { openMcap } from '../src/transport/mcap/mcap-source.js';
import { temporaryFolder, voxhand } from './helpers/cli.js';

const folder = temporaryFolder();
const input = join(folder, 'part.mcap');
beforeAll(async () => {
  const demo = fileURLToPath(new URL('../recordings/demo.mcap', import.meta.url));
  await cutRecording(demo, input, { duration: 0.2 });
});

describe('voxhand fit-hand', () => {
  test('writes a hand that a replay uses, and a robot whose joints have the names of its joint states', async () => {
    const [hand, urdf, output] = ['my.hand.yaml', 'hand.urdf', 'out.mcap'].map((name) => join(folder, name));
    const fitted = await voxhand(['fit-hand', input, '-o', hand, '--urdf', urdf, '--json']);
    expect(fitted).toMatchObject({ code: 0, stderr: '' });
    const { handedness, frames, lengths, deviations } = JSON.parse(fitted.stdout);
    expect(handedness).toBe('right');
    expect(frames).toBeGreaterThanOrEqual(3); // every second one is learned from
    for (const length of lengths) expect(length).toBeGreaterThan(0.015);
    for (const length of lengths) expect(length).toBeLessThan(0.06);
    expect(deviations).toHaveLength(19);
    expect(await readFile(hand, 'utf8')).toContain('format: voxhand hand 1');

    const settings = ['--set', `kinematics.hand=${hand}`];
    expect(await voxhand(['replay', input, '-o', output, ...settings])).toMatchObject({ code: 0 });
    const recording = await openMcap(output);
    const names: (readonly string[])[] = [];
    for await (const message of recording.subscribe(['/hand/joint_states'])) {
      names.push((recordedCodec(message).decode(message.data) as { name: readonly string[] }).name);
    }
    await recording.close();
    expect(names.length).toBeGreaterThanOrEqual(4);
    const robot = parseUrdf(await readFile(urdf, 'utf8'), urdf);
    for (const each of names) expect(each).toEqual(jointNames('right'));
    expect([...robot.moving].sort()).toEqual([...names[0]].sort());
  });

  test('refuses one file for hand and robot', async () => {
    const both = join(folder, 'both.yaml');
    const { code, stderr } = await voxhand(['fit-hand', input, '-o', both, '--urdf', both]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(both)]);
  });

  test('refuses a hand file that is none', async () => {
    const set = ['--set', 'kinematics.enabled=true', '--set', `kinematics.hand=${join(folder, 'no.yaml')}`];
    const { code, stderr } = await voxhand(['replay', input, ...set]);
    expect(code).toBe(2);
    expect(stderr).toContain('FILE_NOT_FOUND');
  });
});
