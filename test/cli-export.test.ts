import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { lostHand } from '../src/hand/hand-joints.js';
import { cdrCodec } from '../src/messages/cdr-codec.js';
import { toHandJointsMessage } from '../src/messages/hand-joints-message.js';
import { createMcapSink } from '../src/transport/mcap/mcap-sink.js';
import { temporaryFolder, voxhand } from './helpers/cli.js';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const FIRST = 1_790_000_000_000_000_001n;
let folder: string;
let hands: string;

/** Two hands at each moment, the left one lost at the second. */
async function recordHands(path: string, moments: number, topics = ['/hand/joints']): Promise<string> {
  const sink = await createMcapSink(path);
  const publishers = topics.map((topic) => sink.advertise(topic, cdrCodec('voxhand_msgs/msg/HandJoints')));
  for (let i = 0; i < moments; i++) {
    const stamp = FIRST + BigInt(i);
    for (const [handId, handedness] of [[3, 'left'] as const, [4, 'right'] as const]) {
      const lost = lostHand(stamp, 'camera', handedness, handId);
      const positions = Float64Array.from({ length: 63 }, (_, k) => handId + k / 64 + i / 1024);
      const hand = { ...lost, tracked: true, positions, confidences: new Float32Array(21).fill(0.25) };
      const shown = i === 1 && handId === 3 ? lost : hand;
      for (const publisher of publishers) await publisher.publish(toHandJointsMessage(shown), stamp);
    }
  }
  await sink.close();
  return path;
}

beforeAll(async () => {
  folder = temporaryFolder();
  hands = await recordHands(join(folder, 'hands.mcap'), 3);
});

describe('voxhand export', () => {
  it('writes several hands as CSV, each with its id and in metres', async () => {
    const { code, stdout, stderr } = await voxhand(['export', hands]);
    expect([code, stderr]).toEqual([0, '']);
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header).toMatch(
      /^stamp_ns,hand_id,handedness,tracked,frame_id,wrist_x_m,wrist_y_m,wrist_z_m,wrist_confidence,/,
    );
    const cells = rows.map((row) => row.split(','));
    expect(cells.map((row) => row.slice(0, 9))).toEqual([
      [`${FIRST}`, '3', 'left', 'true', 'camera', '3', '3.015625', '3.03125', '0.25'],
      [`${FIRST}`, '4', 'right', 'true', 'camera', '4', '4.015625', '4.03125', '0.25'],
      [`${FIRST + 1n}`, '3', 'left', 'false', 'camera', '', '', '', ''],
      [`${FIRST + 1n}`, '4', 'right', 'true', 'camera', '4.0009765625', '4.0166015625', '4.0322265625', '0.25'],
      [`${FIRST + 2n}`, '3', 'left', 'true', 'camera', '3.001953125', '3.017578125', '3.033203125', '0.25'],
      [`${FIRST + 2n}`, '4', 'right', 'true', 'camera', '4.001953125', '4.017578125', '4.033203125', '0.25'],
    ]);
    expect(cells.every((row) => row.length === header.split(',').length)).toBe(true);
  });

  it('writes JSON lines into a file, and says how many', async () => {
    const output = join(folder, 'joints.jsonl');
    const { code, stdout } = await voxhand(['export', hands, '--format', 'jsonl', '-o', output, '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { topic: '/hand/joints', format: 'jsonl', hands: 6 }]);
    const lines = (await readFile(output, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(6);
    expect(lines[3]).toMatchObject({
      stamp_ns: `${FIRST + 1n}`,
      hand_id: 4,
      joints_m: { wrist: [4.0009765625, 4.0166015625, 4.0322265625] },
    });
    expect(lines[2].joints_m).toBeNull();
  });

  it('adds the description of each hand, which begins anew after a loss', async () => {
    const { code, stdout } = await voxhand(['export', hands, '--description']);
    const [header, ...rows] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    expect([code, rows.length]).toEqual([0, 6]);
    expect(rows.every((row) => row.length === header.length)).toBe(true);
    const column = (name: string) => rows.map((row) => row[header.indexOf(name)]);
    // hand 3 is lost at the second moment; stamps are a nanosecond apart
    expect(column('visible_s')).toEqual(['0', '0', '', '1e-9', '0', '2e-9']);
    expect(Number(column('palm_x_m')[1])).toBeGreaterThan(4);
    expect(column('pinch_distance_m')[0]).toBe(String(Math.sqrt(3) * (12 / 64)));
  });

  it('ends quietly with 0 when its reader has had enough', async () => {
    const many = await recordHands(join(folder, 'many.mcap'), 400);
    const child = spawn(process.execPath, [MAIN, 'export', many], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr]).toEqual([0, '']);
  });

  test.each([
    [
      'a topic that is not there',
      (many: string) => [many, '--topic', '/x'],
      /one of \/left\/joints, \/right\/joints; found \/x/,
    ],
    [
      'no topic where there are several',
      (many: string) => [many],
      /--topic with one of \/left\/joints, \/right\/joints/,
    ],
    ['--json beside joints on stdout', (many: string) => [many, '--topic', '/left/joints', '--json'], /--format jsonl/],
    ['to overwrite its input', (many: string) => [many, '--topic', '/left/joints', '-o', many], /overwrite the input/],
  ])('refuses %s', async (name, args, text) => {
    const many = await recordHands(join(folder, `${name.length}.mcap`), 1, ['/left/joints', '/right/joints']);
    const { code, stdout, stderr } = await voxhand(['export', ...args(many)]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(text)]);
  });
});

test('voxhand completion prints a script with all commands, and refuses other shells', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await voxhand(['completion', shell]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/replay[\s\S]*export[\s\S]*csv jsonl/)]);
  }
  const { code, stderr } = await voxhand(['completion', 'cmd']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish')]);
});
