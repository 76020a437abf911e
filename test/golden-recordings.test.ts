import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POSE_GESTURES } from '../src/hand/pose-gestures.js';
import type { EnablingStateMessage, GestureEventMessage, PointerEventMessage } from '../src/messages/generated.js';
import { recordedCodec } from '../src/messages/recorded-codec.js';
import '../src/testing-vitest.js';
import { openMcap } from '../src/transport/mcap/mcap-source.js';
import { readHands } from '../src/transport/port/read-hands.js';
import { temporaryFolder, voxhand } from './helpers/cli.js';
import { withJointMoved, writeResults } from './helpers/results.js';

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Replay with the present code, the default model and the default configuration. */
async function replayed(name: string, options: readonly string[]): Promise<string> {
  const output = join(folder, `${name}.mcap`);
  const input = `recordings/${name}.mcap`;
  const { code, stderr } = await voxhand([
    'replay',
    input,
    '-o',
    output,
    '--depth',
    'none',
    '--no-raw-joints',
    '--quiet',
    ...options,
  ]);
  expect([code, stderr]).toEqual([0, '']);
  return output;
}

describe.each([
  ['demo', []],
  ['hard', []],
  ['sr305', []],
  ['two-hands', []],
  ['gestures', ['--gestures', 'launch/gestures/contactless.yaml']],
  ['everyday', ['--gestures', 'recordings/everyday.gestures.yaml']],
  ['two-cameras', ['--config', 'examples/two-cameras.params.yaml']],
] as const)('the recording %s', (name, options) => {
  const golden = `recordings/goldens/${name}.golden.mcap`;
  // the packed module has no recordings but the demo
  const there = existsSync(golden) && existsSync(`recordings/${name}.mcap`);

  test.skipIf(!there)(
    'gives the golden results (if they are meant to change: npm run goldens -- "reason")',
    async () => {
      await expect(await replayed(name, options)).toReproduce(golden);
    },
  );

  test.skipIf(!there)('has golden results that are small, and say why they are as they are', async () => {
    expect((await stat(golden)).size).toBeLessThan(400_000);
    const recording = await openMcap(golden);
    const { metadata, topics } = recording.info();
    await recording.close();
    const blessings = metadata.filter((record) => record.name === 'voxhand_golden');
    expect(blessings.length).toBeGreaterThan(0);
    for (const { values } of blessings)
      expect(values).toMatchObject({ reason: expect.stringMatching(/\w/), sha256: expect.any(String) });
    expect(topics.filter(({ schemaName }) => !schemaName.startsWith('voxhand_msgs/'))).toEqual([]);
  });

  test.skipIf(!there)('has tolerances that a joint off by a millimetre is beyond', async () => {
    const recording = await openMcap(golden);
    const hands = [];
    for await (const hand of readHands(recording, '/hand/joints')) hands.push(hand);
    await recording.close();
    const moved = await writeResults(join(folder, `${name}-moved.mcap`), withJointMoved(hands, 8, 1));
    await expect(moved).not.toReproduce(golden);
  });
});

const EVERYDAY = 'recordings/goldens/everyday.golden.mcap';

test.skipIf(!existsSync(EVERYDAY))('where nothing is meant, nothing is pressed, engaged or swiped', async () => {
  const recording = await openMcap(EVERYDAY);
  const events: (GestureEventMessage & PointerEventMessage & EnablingStateMessage)[] = [];
  for await (const message of recording.subscribe(['/hand/gestures', '/hand/pointer', '/hand/enabling'])) {
    events.push(recordedCodec(message).decode(message.data) as never);
  }
  await recording.close();
  const [DOWN, MOVE] = [1, 2];
  const pointers = events.filter(({ surface }) => surface !== undefined);
  expect(new Set(pointers.map(({ surface }) => surface))).toEqual(new Set(['push', 'touch', 'hover', 'grab', 'pinch']));
  expect(pointers.filter(({ phase }) => phase === DOWN || phase === MOVE)).toEqual([]);
  const enabling = events.filter(({ engaged }) => engaged !== undefined);
  expect(enabling.length).toBe(120);
  expect(enabling.filter(({ engaged }) => engaged)).toEqual([]);
  const poses: readonly string[] = POSE_GESTURES;
  const gestures = events.filter(({ gesture }) => gesture !== undefined);
  expect(gestures.length).toBeGreaterThan(0);
  expect(gestures.filter(({ gesture }) => !poses.includes(gesture))).toEqual([]);
});
