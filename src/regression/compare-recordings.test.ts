import { mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FRAME, handAt } from '../../test/helpers/hands.js';
import { movingHand, withJointMoved, writeResults } from '../../test/helpers/results.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import { HAND_JOINTS_SCHEMA } from '../messages/generated.js';
import { toHandJointsMessage } from '../messages/hand-joints-message.js';
import { toStamp } from '../timing/stamp.js';
import { createMcapSink } from '../transport/mcap/mcap-sink.js';
import { comparedWithLoss } from './compare/comparison.js';
import { comparisonPage } from './compare/comparison-page.js';
import { formatComparison } from './compare/comparison-text.js';
import { type ComparedSource, compareFiles, compareRecordings } from './compare-recordings.js';

const POINTER = {
  ...{
    surface: 'screen',
    interaction: 'push',
    hand_id: 0,
    handedness: 1,
    confidence: 1,
    position: { x: 0, y: 0, z: 0.4 },
  },
  ...{ x: 0, y: 0, u: 0, v: 0, pixel_x: 0, pixel_y: 0, width: 1, height: 1, distance: 0, progress: 0, dragging: false },
  ...{ scroll_x: 0, scroll_y: 0, duration: { sec: 0, nanosec: 0 }, target: '', reason: '' },
};

let folder: string;
let golden: string;
const HANDS = movingHand(60, [10, 11, 12]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-compare-'));
  golden = await writeResults(join(folder, 'golden.mcap'), HANDS);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, `${name}.mcap`);

async function against(name: string, hands: Iterable<HandJoints>, more: Parameters<typeof writeResults>[2] = {}) {
  return (await compareFiles(golden, await writeResults(at(name), hands, more))).comparison;
}

describe('a recording beside a golden one', () => {
  test('of the same results is the same, exactly', async () => {
    const comparison = await against('same', HANDS, { chunkSize: 1 << 20 });
    expect(comparison).toMatchObject({ verdict: 'same', reasons: [], events: null, provenance: [] });
    expect(comparison.results).toEqual({
      golden: 60,
      new: 60,
      matched: 60,
      missing: 0,
      extra: 0,
      compared: 57,
      agreedNoHand: 3,
    });
    expect(comparison.joints).toEqual({ meanMm: 0, p50Mm: 0, p95Mm: 0, maxMm: 0 });
    expect(comparison.hand).toMatchObject({ lossesGolden: 1, lossesNew: 1 });
    expect(comparedWithLoss(comparison)).toBe(false);
  });

  test('in which one joint is 3 mm off is found as that, and is not within the default tolerances', async () => {
    const comparison = await against('shifted', withJointMoved(HANDS, 4, 3));
    const thumb = comparison.perJoint.find(({ joint }) => joint === 'thumb_tip');
    for (const value of [thumb?.meanMm, thumb?.p95Mm, thumb?.maxMm]) expect(value).toBeCloseTo(3, 9);
    expect(comparison.perJoint.filter(({ maxMm }) => maxMm === 0)).toHaveLength(20);
    expect(comparison.verdict).toBe('not');
    expect(comparison.reasons).toEqual([
      'mean distance of thumb_tip: 3.00 mm, at most 0.5 mm',
      'p95 distance of thumb_tip: 3.00 mm, at most 1 mm',
    ]);
  });

  test('that differs by little is within tolerance, and not the same', async () => {
    const comparison = await against('near', withJointMoved(HANDS, 4, 0.01));
    expect(comparison).toMatchObject({ verdict: 'within', reasons: [] });
  });

  test('with frames missing and frames too many names both', async () => {
    const later = handAt({ frame: 60 });
    const comparison = await against('gaps', [...HANDS.slice(0, 20), ...HANDS.slice(24), later]);
    expect(comparison.results).toMatchObject({ missing: 4, extra: 1, matched: 56 });
    expect(comparison.reasons).toEqual(['missing results: 4, at most 0', 'extra results: 1, at most 0']);
    expect(comparison.changes).toMatchObject([
      { kind: 'missing', stamp: 20n * FRAME, last: 23n * FRAME, results: 4 },
      { kind: 'extra', stamp: 60n * FRAME, results: 1 },
    ]);
    expect(comparison.timing.new.maxGapSeconds).toBeGreaterThan(0.15);
  });

  test('in which a hand came and another went names both', async () => {
    const comparison = await against('lost', movingHand(60, [11, 12, 40]));
    expect(comparison.hand).toMatchObject({ found: 1, lost: 1, lossesGolden: 1, lossesNew: 2 });
    expect(comparison.reasons).toEqual([
      'results without a hand where there was one: 1, at most 0',
      'results with a hand where there was none: 1, at most 0',
    ]);
  });

  test('on the other side, or in another frame, is not the same hand', async () => {
    const changed = HANDS.map((hand, i) => ({
      ...hand,
      ...(i === 5 ? { handedness: 'left' as const } : {}),
      frameId: 'world',
    }));
    const comparison = await against('identity', changed);
    expect(comparison.hand).toMatchObject({ handedness: 1, frameId: 60 });
    expect(comparison.reasons).toEqual(['changes of handedness, id, frame or skeleton: 61, at most 0']);
  });

  test('with other confidences is said to differ in them', async () => {
    const comparison = await against(
      'unsure',
      HANDS.map((hand) => ({ ...hand, confidences: hand.confidences.map((c) => c / 2) })),
    );
    expect(comparison.confidence).toMatchObject({
      goldenMean: 1,
      newMean: 0.5,
      meanDifference: 0.5,
      maxDifference: 0.5,
    });
    expect(comparison.verdict).toBe('not');
  });

  test('that only came later has the same content: times are apart', async () => {
    const comparison = await against('late', HANDS, { latency: 20_000_000n });
    expect(comparison.verdict).toBe('same');
    expect(comparison.timing.golden.latency.meanSeconds).toBe(0);
    expect(comparison.timing.new.latency.meanSeconds).toBeCloseTo(0.02, 9);
    expect(comparison.timing.new.rateHz).toBeCloseTo(30, 1);
  });

  test('that came later fails where a limit is set for that', async () => {
    const late = at('late');
    const { comparison } = await compareFiles(golden, late, { tolerances: { timing: { latency: 0.01 } } });
    expect(comparison.reasons).toEqual(['rise of the mean latency: 0.020 s, at most 0.01 s']);
  });

  test('names what its origin says differently', async () => {
    const origin = (beta: number) => ({
      sdk: 'voxhand 0.1.0',
      model_sha256: `${beta}`,
      configuration: `/**:\n  ros__parameters:\n    smoothing:\n      one_euro:\n        beta: ${beta}\n`,
    });
    const a = await writeResults(at('origin-a'), HANDS, { metadata: origin(150) });
    const b = await writeResults(at('origin-b'), HANDS, { metadata: { ...origin(300), provider: 'cuda' } });
    const { comparison } = await compareFiles(a, b);
    expect(comparison.verdict).toBe('same');
    expect(comparison.provenance).toEqual([
      { what: 'model_sha256', golden: '150', new: '300' },
      { what: 'provider', golden: null, new: 'cuda' },
      { what: 'configuration: smoothing.one_euro.beta', golden: '150', new: '300' },
    ]);
  });

  test('whose stamps are a little off is compared where the tolerances say so', async () => {
    const jittered = HANDS.map((hand, i) => ({ ...hand, stamp: hand.stamp + BigInt(100_000 * (i % 3)) }));
    const path = await writeResults(at('jittered'), jittered);
    expect((await compareFiles(golden, path)).comparison.results).toMatchObject({
      matched: 20,
      missing: 40,
      extra: 40,
    });
    const { comparison } = await compareFiles(golden, path, { tolerances: { stamp: 0.001 } });
    expect(comparison).toMatchObject({ verdict: 'same', results: { matched: 60, missing: 0, extra: 0 } });
  });

  test('that loops like the golden one is compared loop by loop', async () => {
    const long = movingHand(90);
    // the same stamps again
    const sources = [
      [...long, ...long],
      [...long, ...withJointMoved(long, 0, 2)],
    ].map((hands) => inMemory(hands));
    const { comparison } = await compareRecordings(sources[0], sources[1]);
    expect(comparison.results).toMatchObject({ golden: 180, matched: 180, compared: 180 });
    expect(comparison.timing.new.jumpsBack).toBe(1);
    expect(comparison.joints.maxMm).toBeCloseTo(2, 9);
    expect(comparison.perJoint[0].meanMm).toBeCloseTo(1, 9);
  });
});

describe('gesture events of two recordings', () => {
  const events = [{ frame: 5 }, { frame: 6, phase: 1 }, { frame: 20, phase: 2 }, { frame: 40, gesture: 'grab' }];

  test('that are equal are the same; updates are not looked at', async () => {
    const a = await writeResults(at('events-a'), HANDS, { events });
    const b = await writeResults(at('events-b'), HANDS, { events: events.filter(({ phase }) => phase !== 1) });
    const { comparison } = await compareFiles(a, b);
    expect(comparison.verdict).toBe('same');
    expect(comparison.events).toMatchObject({ golden: 3, new: 3, matched: 3, moved: 0 });
  });

  test('that moved, came and went are told apart', async () => {
    const other = [{ frame: 11 }, { frame: 20, phase: 2 }, { frame: 50, gesture: 'swipe' }];
    const b = await writeResults(at('events-c'), HANDS, { events: other });
    const { comparison } = await compareFiles(at('events-a'), b);
    expect(comparison.events).toMatchObject({ matched: 2, moved: 1, missing: 1, extra: 1 });
    expect(comparison.reasons).toEqual([
      'gesture events that went: 1, at most 0',
      'gesture events that came: 1, at most 0',
      'largest shift of a gesture event: 0.200 s, at most 0.1 s',
    ]);
  });

  test('of a cursor and of an enabling gesture are compared too: presses and changes, not what repeats them', async () => {
    const write = async (name: string, shift: bigint) => {
      const sink = await createMcapSink(at(name), {});
      const pointer = sink.advertise('/hand/pointer', cdrCodec('voxhand_msgs/msg/PointerEvent'));
      const enabling = sink.advertise('/hand/enabling', cdrCodec('voxhand_msgs/msg/EnablingState'));
      const joints = sink.advertise('/hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
      for (const hand of HANDS) await joints.publish(toHandJointsMessage(hand), hand.stamp);
      for (const [frame, phase] of [5, 6, 7, 8].map((frame, i) => [BigInt(frame), i] as const)) {
        const stamp = frame * FRAME + shift;
        await pointer.publish({ ...POINTER, header: { stamp: toStamp(stamp), frame_id: '' }, phase }, stamp);
        const state = { name: 'run', hand_id: 0, engaged: true, sequence: phase, expiry: toStamp(FRAME), reason: '' };
        const duration = toStamp(BigInt(phase) * FRAME);
        await enabling.publish({ ...state, header: { stamp: toStamp(stamp), frame_id: '' }, duration }, stamp);
      }
      await sink.close();
      return at(name);
    };
    const { comparison } = await compareFiles(await write('pointer-a', 0n), await write('pointer-b', FRAME));
    expect(comparison.events).toMatchObject({ golden: 3, new: 3, matched: 3, moved: 3, missing: 0, extra: 0 });
    expect(comparison.events?.differences.map(({ gesture, phase }) => `${gesture} ${phase}`).sort()).toEqual([
      ...['enabling run engaged', 'push on screen down', 'push on screen up'],
    ]);
  });

  test('that only one recording has at all came or went', async () => {
    const { comparison } = await compareFiles(golden, at('events-a'));
    expect(comparison.events).toMatchObject({ golden: 0, extra: 3 });
  });
});

describe('a recording that is not as it should be', () => {
  test('is compared up to where it breaks off', async () => {
    const path = await writeResults(at('broken'), HANDS);
    await truncate(path, Math.floor(0.55 * (await stat(path)).size));
    const { comparison } = await compareFiles(golden, path);
    expect(comparison.new.loss?.code).toBe('MCAP_TRUNCATED');
    expect(comparison.results.matched).toBeGreaterThan(5);
    expect(comparison.results.matched).toBeLessThan(60);
    expect(comparison.results.missing).toBe(60 - comparison.results.matched);
    expect(comparison.joints.maxMm).toBe(0);
    expect(comparedWithLoss(comparison)).toBe(true);
  });

  test('is nothing to compare where it breaks off before its first result', async () => {
    const path = await writeResults(at('stub'), HANDS);
    await truncate(path, 40);
    const { comparison } = await compareFiles(golden, path);
    expect(comparison).toMatchObject({ verdict: 'not', results: { golden: 60, new: 0, missing: 60 } });
    expect(comparison.reasons[0]).toContain('60 golden, 0 new');
    expect(comparedWithLoss(comparison)).toBe(true);
  });

  test('is compared up to a damaged chunk', async () => {
    const path = await writeResults(at('damaged'), HANDS);
    const bytes = await readFile(path);
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0xff, middle, middle + 200);
    await writeFile(path, bytes);
    const { comparison } = await compareFiles(golden, path);
    expect(comparison.new.loss?.code).toBe('MCAP_INVALID');
    expect(comparison.results.matched).toBeGreaterThan(5);
    expect(comparedWithLoss(comparison)).toBe(true);
  });

  test('with single results that cannot be read counts them, and compares the others', async () => {
    const path = at('unreadable');
    const sink = await createMcapSink(path);
    const codec = cdrCodec(HAND_JOINTS_SCHEMA);
    for (const [i, hand] of HANDS.entries()) {
      const data = codec.encode(toHandJointsMessage(hand));
      const bad = {
        20: data.subarray(0, 100),
        21: new Uint8Array(0),
        22: data.map((byte, at) => (at === 0 ? 9 : byte)),
      }[i];
      const { schemaName, schemaEncoding, schemaData, messageEncoding } = codec;
      const times = { logTime: hand.stamp, publishTime: hand.stamp, sequence: i };
      await sink.write({
        topic: '/hand/joints',
        schemaName,
        schemaEncoding,
        schemaData,
        messageEncoding,
        data: bad ?? data,
        ...times,
      });
    }
    await sink.close();
    const { comparison } = await compareFiles(golden, path);
    expect(comparison.new.unreadable).toBe(3);
    expect(comparison.results).toMatchObject({ matched: 57, missing: 3 });
    expect(comparedWithLoss(comparison)).toBe(true);
  });

  test('of another skeleton is not measured, and is not within tolerance', async () => {
    const path = at('mano');
    const sink = await createMcapSink(path);
    const publisher = sink.advertise('/hand/joints', cdrCodec(HAND_JOINTS_SCHEMA));
    for (const hand of HANDS) {
      const message = toHandJointsMessage(hand);
      const [positions, confidences] = [message.positions.slice(0, 16), message.confidences.slice(0, 16)];
      await publisher.publish({ ...message, skeleton: 'mano16', positions, confidences }, hand.stamp);
    }
    await sink.close();
    const { comparison } = await compareFiles(golden, path);
    expect(comparison.results).toMatchObject({ matched: 60, compared: 0 });
    expect(comparison.reasons).toEqual(['changes of handedness, id, frame or skeleton: 60, at most 0']);
    expect(comparison.changes).toMatchObject([{ results: 60, what: 'voxhand21 > mano16' }]);
    expect((await compareFiles(path, path)).comparison).toMatchObject({ verdict: 'same', results: { compared: 57 } });
  });

  test('is refused by name where it is whole and has no such topic', async () => {
    const path = await writeResults(at('elsewhere'), HANDS, { topic: '/left/joints' });
    await expect(compareFiles(golden, path)).rejects.toMatchObject({
      code: 'TOPIC_NOT_FOUND',
      message: expect.stringContaining('/left/joints (voxhand_msgs/msg/HandJoints)'),
    });
  });

  test('is refused where the topic is of another type', async () => {
    const events = await writeResults(at('types'), HANDS, { events: [{ frame: 1 }] });
    await expect(compareFiles(events, events, { topic: '/hand/gestures' })).rejects.toMatchObject({
      code: 'SCHEMA_UNSUPPORTED',
    });
  });

  test('is refused where it is empty, not there, or no recording', async () => {
    const empty = await writeResults(at('empty'), []);
    const text = join(folder, 'text.mcap');
    await writeFile(text, 'no recording');
    await expect(compareFiles(golden, empty)).rejects.toMatchObject({ code: 'RECORDING_EMPTY' });
    await expect(compareFiles(golden, at('none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(compareFiles(text, golden)).rejects.toMatchObject({ code: 'MCAP_INVALID' });
  });
});

describe('nothing compared', () => {
  test('is not within tolerance, whatever the tolerances allow', async () => {
    const lost = await writeResults(at('all-lost'), movingHand(60, [...HANDS.keys()]));
    const allowed = { lostChanges: 1000, foundChanges: 1000, identityChanges: 1000 };
    const { comparison } = await compareFiles(at('same'), lost, { tolerances: allowed });
    expect(comparison.results).toMatchObject({ compared: 0, agreedNoHand: 3 });
    expect(comparison.verdict).toBe('within'); // three frames agree that there is none
    const tracked = await writeResults(at('all-there'), movingHand(60));
    const without = (await compareFiles(tracked, lost, { tolerances: allowed })).comparison;
    expect(without.reasons).toEqual(['none of 60 pairs of results has two hands to compare, or none in both']);
  });
});

describe('recordings of two hands', () => {
  /** Hand 3 at the left and hand 4 at the right, in the new recording under other ids and in another order. */
  const twoHands = (ids: readonly [number, number], change: (frame: number) => readonly [number, number] = () => ids) =>
    Array.from({ length: 20 }, (_, frame) => {
      const [left, right] = change(frame);
      return [
        handAt({ frame, x: 0.001 * frame, more: { handId: left, handedness: 'left' } }),
        handAt({ frame, x: 0.4, more: { handId: right, handedness: 'right' } }),
      ].sort((a, b) => a.handId - b.handId);
    }).flat();
  const compared = async (
    name: string,
    hands: readonly HandJoints[],
    found: Parameters<typeof writeResults>[2] = {},
  ) => {
    const events = [{ frame: 4, handId: 3, gesture: 'pinch' }];
    const golden = await writeResults(at(`${name}-golden`), twoHands([3, 4]), { events });
    return compareFiles(golden, await writeResults(at(name), hands, found));
  };

  test('that differ in ids only are within tolerance, and their gesture events belong together', async () => {
    const { comparison } = await compared('renamed', twoHands([9, 8]), {
      events: [{ frame: 4, handId: 9, gesture: 'pinch' }],
    });
    expect(comparison).toMatchObject({ verdict: 'within', reasons: [] });
    expect(comparison.results).toMatchObject({ golden: 40, new: 40, matched: 40, compared: 40 });
    expect(comparison).toMatchObject({
      joints: { maxMm: 0 },
      hand: { handId: 40, idSwitches: 0 },
      events: { matched: 1, moved: 0 },
    });
    expect(comparison.timing.new.rateHz).toBeCloseTo(30, 3);
  });

  test('whose ids are swapped on the way are not, though no joint is anywhere else', async () => {
    const swapped = twoHands([3, 4], (frame) => (frame < 12 ? [3, 4] : [4, 3]));
    const { comparison, drawing } = await compared('swapped', swapped);
    expect(comparison.joints.maxMm).toBe(0);
    expect(comparison.reasons).toContain('changes of handedness, id, frame or skeleton: 2, at most 0');
    const text = formatComparison(comparison);
    expect(text).toMatch(/0\.400 s {2}hand_id of hand 3: 3 > 4/);
    expect(text).toMatch(/3 left +20 +0 +0 +0 +0 +0 +0 +0 +1/);
    const page = comparisonPage({ comparison, drawing }, { encodePng: () => new Uint8Array(0) });
    expect(page).toContain('<h2>Hands</h2>');
    expect(page).toContain('hand_id of hand 4');
  });

  test('of which one goes and a third comes say which', async () => {
    const hands = twoHands([3, 4]).flatMap((hand) => {
      const third = handAt({ frame: Number(hand.stamp / FRAME), x: -0.5, more: { handId: 5, handedness: 'left' } });
      return hand.handId === 4 && hand.stamp >= 15n * FRAME ? [third] : [hand];
    });
    const { comparison } = await compared('third', hands);
    expect(comparison.changes).toMatchObject([
      { kind: 'missing', hand: 4, stamp: 15n * FRAME, results: 5 },
      { kind: 'extra', hand: 5, stamp: 15n * FRAME, results: 5 },
    ]);
    expect(formatComparison(comparison)).toMatch(/5 left \(new only\) +0 +- +- +- +0 +5/);
  });
});

describe('a recording in several files', () => {
  test('is compared as one: a split recording, and a folder by rosbag2', async () => {
    const split = join(folder, 'split');
    await mkdir(split);
    await writeResults(join(split, 'cell_0.mcap'), HANDS.slice(0, 25));
    await writeResults(join(split, 'cell_1.mcap'), HANDS.slice(25));
    expect((await compareFiles(golden, split)).comparison).toMatchObject({
      verdict: 'same',
      new: { path: split, loss: null },
      results: { matched: 60 },
    });
    const bag = join(folder, 'bag');
    await mkdir(bag);
    await writeResults(join(bag, 'first.mcap'), HANDS.slice(25));
    await writeResults(join(bag, 'another.mcap'), HANDS.slice(0, 25));
    await writeFile(
      join(bag, 'metadata.yaml'),
      'rosbag2_bagfile_information:\n  storage_identifier: mcap\n  relative_file_paths: [another.mcap, first.mcap]\n',
    );
    expect((await compareFiles(bag, golden)).comparison).toMatchObject({ verdict: 'same', results: { golden: 60 } });
    await writeResults(join(bag, 'not-named.mcap'), HANDS);
    await expect(compareFiles(bag, golden)).rejects.toThrow('not-named.mcap');
  });

  test('of which a part breaks off is compared with loss', async () => {
    const broken = join(folder, 'broken-split');
    await mkdir(broken);
    await writeResults(join(broken, 'cell_0.mcap'), HANDS.slice(0, 25));
    const last = await writeResults(join(broken, 'cell_1.mcap'), HANDS.slice(25));
    await truncate(last, Math.floor(0.6 * (await stat(last)).size));
    const { comparison } = await compareFiles(golden, broken);
    expect(comparison.new.loss).toMatchObject({ code: 'MCAP_TRUNCATED', message: expect.stringContaining('cell_1') });
    expect(comparison.results.matched).toBeGreaterThan(25);
    expect(comparedWithLoss(comparison)).toBe(true);
  });

  test('has its tolerances beside its folder', async () => {
    await writeFile(join(folder, 'split.tolerances.yaml'), 'mean_mm: 4\np95_mm: 4\n');
    for (const path of [join(folder, 'split'), `${join(folder, 'split')}/`]) {
      expect((await compareFiles(path, at('shifted'))).comparison.verdict).toBe('within');
    }
  });
});

describe('tolerances beside the golden recording', () => {
  test('are found by its name, and single ones go before them', async () => {
    const path = await writeResults(at('cell.golden'), HANDS);
    const shifted = at('shifted');
    await writeFile(join(folder, 'cell.tolerances.yaml'), 'mean_mm: 4\np95_mm: 4\n');
    expect((await compareFiles(path, shifted)).comparison.verdict).toBe('within');
    expect((await compareFiles(path, shifted, { tolerances: { meanMm: 1 } })).comparison.verdict).toBe('not');
  });
});

/** Results on a bus in memory. */
function inMemory(hands: readonly HandJoints[]): ComparedSource {
  const codec = cdrCodec(HAND_JOINTS_SCHEMA);
  const { schemaName, schemaEncoding, schemaData, messageEncoding } = codec;
  const schema = { topic: '/hand/joints', schemaName, schemaEncoding, schemaData, messageEncoding };
  return {
    info: () => ({ path: 'memory', metadata: [] }),
    topics: () => [schema],
    async *subscribe() {
      for (const [i, hand] of hands.entries()) {
        const time = BigInt(i) * FRAME;
        const data = codec.encode(toHandJointsMessage(hand));
        yield { ...schema, data, logTime: time, publishTime: time, sequence: i };
      }
    },
    close: async () => {},
  };
}
