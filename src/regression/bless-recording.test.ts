import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { movingHand, withJointMoved, writeResults } from '../../test/helpers/results.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import { HAND_JOINTS_SCHEMA } from '../messages/generated.js';
import { toHandJointsMessage } from '../messages/hand-joints-message.js';
import { toStamp } from '../timing/stamp.js';
import { createMcapSink } from '../transport/mcap/mcap-sink.js';
import { openMcap } from '../transport/mcap/mcap-source.js';
import { blessRecording } from './bless-recording.js';
import { compareFiles } from './compare-recordings.js';

const folders: string[] = [];
let folder: string;
let golden: string;
const HANDS = movingHand(20);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-bless-'));
  folders.push(folder);
  golden = join(folder, 'golden.mcap');
});

afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

const recording = (name: string, mm = 0, more: Parameters<typeof writeResults>[2] = {}) =>
  writeResults(join(folder, `${name}.mcap`), withJointMoved(HANDS, 4, mm), more);

async function history() {
  const source = await openMcap(golden);
  await source.close();
  return source
    .info()
    .metadata.filter(({ name }) => name === 'voxhand_golden')
    .map(({ values }) => values);
}

describe('blessing a recording', () => {
  test('makes a golden one with the same results and the origin of the recording', async () => {
    const path = await recording('a', 0, { events: [{ frame: 3 }], metadata: { model: 'compact 1' } });
    const report = await blessRecording(path, golden, { reason: 'first' });
    expect(report).toMatchObject({ outcome: 'created', written: true, previousSha256: null, comparison: null });
    expect(Object.keys(report.topics)).toEqual(['/hand/gestures', '/hand/joints']);
    expect(await history()).toEqual([{ number: '1', reason: 'first', sha256: report.sha256 }]);
    expect((await compareFiles(golden, path)).comparison).toMatchObject({ verdict: 'same', provenance: [] });
  });

  test('takes the events of cursors and enabling states along', async () => {
    const path = join(folder, 'pointer.mcap');
    const sink = await createMcapSink(path, {});
    const joints = sink.advertise('/hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
    for (const hand of movingHand(3)) await joints.publish(toHandJointsMessage(hand), hand.stamp);
    const enabling = sink.advertise('/hand/enabling', cdrCodec('voxhand_msgs/msg/EnablingState'));
    const [stamp, none] = [toStamp(5n), toStamp(0n)];
    const state = { name: 'run', hand_id: 0, engaged: false, sequence: 0, expiry: none, duration: none, reason: '' };
    await enabling.publish({ ...state, header: { stamp, frame_id: '' } }, 5n);
    await sink.close();
    const { topics } = await blessRecording(path, golden, { reason: 'first' });
    expect(Object.keys(topics)).toEqual(['/hand/enabling', '/hand/joints']);
    expect((await compareFiles(golden, path)).comparison.events).toMatchObject({ golden: 1, matched: 1, moved: 0 });
  });

  test('keeps what changed, who, when, and the times before', async () => {
    const first = await blessRecording(await recording('a'), golden, { reason: 'first' });
    const report = await blessRecording(await recording('b', 3), golden, {
      reason: ' a better thumb ',
      by: 'me',
      at: '2026-11-22',
    });
    expect(report).toMatchObject({ outcome: 'renewed', previousSha256: first.sha256 });
    expect(report.comparison?.verdict).toBe('not');
    const [one, two] = await history();
    expect(one).toEqual({ number: '1', reason: 'first', sha256: first.sha256 });
    expect(two).toEqual({
      number: '2',
      reason: 'a better thumb',
      by: 'me',
      at: '2026-11-22',
      sha256: report.sha256,
      previous_sha256: first.sha256,
      compared: expect.stringMatching(/^not within tolerance: 20 compared; mean 0\.143 mm/),
    });
  });

  test('remembers fifty times, and goes on counting', async () => {
    const paths = [await recording('a'), await recording('b', 1)];
    for (let i = 0; i < 53; i++) await blessRecording(paths[i % 2], golden, { reason: `reason ${i + 1}` });
    const remembered = await history();
    expect(remembered).toHaveLength(50);
    expect(remembered[0].number).toBe('4');
    expect(remembered[49]).toMatchObject({ number: '53', reason: 'reason 53' });
  });

  test('writes nothing where the results are golden already', async () => {
    const path = await recording('a');
    await blessRecording(path, golden, { reason: 'first' });
    const before = await readFile(golden);
    expect(await blessRecording(path, golden, { reason: 'again' })).toMatchObject({
      outcome: 'unchanged',
      written: false,
    });
    expect((await readFile(golden)).equals(before)).toBe(true);
  });

  test('writes nothing in a dry run', async () => {
    const [a, b] = [await recording('a'), await recording('b', 3)];
    expect(await blessRecording(a, golden, { reason: 'first', dryRun: true })).toMatchObject({
      outcome: 'created',
      written: false,
    });
    expect(existsSync(golden)).toBe(false);
    await blessRecording(a, golden, { reason: 'first' });
    const before = await readFile(golden);
    expect(await blessRecording(b, golden, { reason: 'x', dryRun: true })).toMatchObject({
      outcome: 'renewed',
      written: false,
    });
    expect((await readFile(golden)).equals(before)).toBe(true);
  });

  test('gives the same bytes for the same input', async () => {
    const path = await recording('a');
    await blessRecording(path, golden, { reason: 'first' });
    const before = await readFile(golden);
    await rm(golden);
    await blessRecording(path, golden, { reason: 'first' });
    expect((await readFile(golden)).equals(before)).toBe(true);
  });

  test('replaces a golden recording that is damaged', async () => {
    const path = await recording('a');
    await blessRecording(path, golden, { reason: 'first' });
    await truncate(golden, 200);
    expect(await blessRecording(path, golden, { reason: 'the old one was broken' })).toMatchObject({
      outcome: 'renewed',
      written: true,
    });
    expect((await compareFiles(golden, path)).comparison.verdict).toBe('same');
  });
});

/** The results in two files. */
async function split(name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeResults(join(path, `${name}_0.mcap`), HANDS.slice(0, 8));
  await writeResults(join(path, `${name}_1.mcap`), HANDS.slice(8));
  return path;
}

test('a recording in several files becomes one golden file, of the same results', async () => {
  const whole = await blessRecording(await recording('a'), golden, { reason: 'first' });
  const again = await blessRecording(await split('cell'), golden, { reason: 'again' });
  expect(again).toMatchObject({ outcome: 'unchanged', sha256: whole.sha256 });
  await rm(golden);
  await blessRecording(join(folder, 'cell'), golden, { reason: 'first' });
  expect((await compareFiles(golden, join(folder, 'a.mcap'))).comparison.verdict).toBe('same');
});

describe('what cannot become golden', () => {
  test('is anything without a reason', async () => {
    await expect(blessRecording(await recording('a'), golden, { reason: '  ' })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  test('is a recording that is not whole; the golden one stays', async () => {
    const path = await recording('a');
    await blessRecording(path, golden, { reason: 'first' });
    const before = await readFile(golden);
    const broken = await recording('b', 3);
    await truncate(broken, 4000);
    await expect(blessRecording(broken, golden, { reason: 'x' })).rejects.toMatchObject({ code: 'MCAP_TRUNCATED' });
    expect((await readFile(golden)).equals(before)).toBe(true);
  });

  test('is a recording without results', async () => {
    const elsewhere = await recording('a', 0, { topic: '/left/joints' });
    await expect(blessRecording(elsewhere, golden, { reason: 'x' })).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
  });

  test('is a recording with a result that cannot be compared', async () => {
    const sink = await createMcapSink(join(folder, 'unreadable.mcap'));
    const codec = cdrCodec(HAND_JOINTS_SCHEMA);
    const { schemaName, schemaEncoding, schemaData, messageEncoding } = codec;
    const schema = { topic: '/hand/joints', schemaName, schemaEncoding, schemaData, messageEncoding };
    for (const [i, hand] of HANDS.entries()) {
      const data = codec.encode(toHandJointsMessage(hand));
      const times = { logTime: hand.stamp, publishTime: hand.stamp, sequence: i };
      await sink.write({ ...schema, ...times, data: i === 12 ? data.subarray(0, 100) : data });
    }
    await sink.close();
    await expect(blessRecording(join(folder, 'unreadable.mcap'), golden, { reason: 'x' })).rejects.toMatchObject({
      code: 'MESSAGE_INVALID',
    });
    expect(existsSync(golden)).toBe(false);
  });

  test('has no place in a folder that is there, nor in the recording itself', async () => {
    const path = await split('cell');
    await mkdir(golden);
    await expect(blessRecording(path, golden, { reason: 'x' })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(blessRecording(path, join(path, 'golden.mcap'), { reason: 'x' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('a file in'),
    });
    expect((await readdir(path)).sort()).toEqual(['cell_0.mcap', 'cell_1.mcap']);
  });

  test('overwrites nothing that is no recording', async () => {
    await writeFile(golden, 'my notes');
    await expect(blessRecording(await recording('a'), golden, { reason: 'x' })).rejects.toMatchObject({
      code: 'MCAP_INVALID',
    });
    expect(await readFile(golden, 'utf8')).toBe('my notes');
  });
});
