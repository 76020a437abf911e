import { describe, expect, it } from 'vitest';
import { type Handedness, type HandJoints, lostHand } from '../hand/index.js';
import { HandTracks } from './hand-tracks.js';

const PERIOD = 100_000_000n;

/** All joints of a hand at one place, metres. */
function hand(handId: number, x: number, handedness: Handedness = 'right', confidence = 1): HandJoints {
  const positions = Float64Array.from({ length: 63 }, (_, i) => [x, 0, 0.5][i % 3]!);
  return {
    ...lostHand(0n, 'camera', handedness, handId),
    tracked: true,
    positions,
    confidences: new Float32Array(21).fill(confidence),
  };
}

type Moment = readonly [found: readonly HandJoints[], truth: readonly HandJoints[]];

function report(moments: readonly Moment[]) {
  const tracks = new HandTracks();
  for (const [i, [found, truth]] of moments.entries()) tracks.add(BigInt(i) * PERIOD, found, truth);
  return tracks.report();
}

const times = (count: number, moment: Moment): Moment[] => Array.from({ length: count }, () => moment);

describe('hand tracks', () => {
  it('of two hands that are followed all the time have a MOTA of 1, and the distance of their joints', () => {
    const result = report(
      times(11, [
        [hand(5, 0.102), hand(6, -0.1, 'left')],
        [hand(1, 0.1), hand(2, -0.1, 'left')],
      ]),
    );
    expect(result).toMatchObject({
      frames: 11,
      hands: 22,
      matched: 22,
      misses: 0,
      falseHands: 0,
      idSwitches: 0,
      mota: 1,
    });
    expect(result.seconds).toBeCloseTo(1, 9);
    expect(result.motpMm).toBeCloseTo(1, 6);
    expect(result.joints.maxMm).toBeCloseTo(2, 6);
    expect(result.perHand.map(({ id, meanMm }) => [id, Math.round(10 * meanMm!)])).toEqual([
      [1, 20],
      [2, 0],
    ]);
  });

  it('count misses, false hands and switches, and nothing twice', () => {
    const truth = [hand(1, 0.1), hand(2, -0.1)];
    const result = report([
      [[hand(1, 0.1), hand(2, -0.1)], truth],
      [[hand(1, 0.1)], truth], // a miss
      [[hand(1, 0.1), hand(3, -0.1)], truth], // another id
      [[hand(1, 0.1), hand(3, -0.1), hand(4, 0.3)], truth], // a third hand
      [[hand(1, 0.161), hand(3, -0.1)], truth], // 61 mm away: a miss and a false hand
    ]);
    expect(result).toMatchObject({
      hands: 10,
      matched: 8,
      misses: 2,
      falseHands: 2,
      idSwitches: 1,
      falseHandsPerFrame: 0.4,
    });
    expect(result.mota).toBeCloseTo(1 - 5 / 10, 12);
    expect(result.idSwitchesPerMinute).toBeCloseTo(60 / 0.4, 6);
  });

  it('see that two hands have changed their ids: two switches, once', () => {
    const truth = [hand(1, 0.1), hand(2, -0.1)];
    const [before, after]: Moment[] = [
      [[hand(7, 0.1), hand(8, -0.1)], truth],
      [[hand(8, 0.1), hand(7, -0.1)], truth],
    ];
    expect(report([...times(3, before!), ...times(3, after!)])).toMatchObject({
      idSwitches: 2,
      misses: 0,
      falseHands: 0,
    });
  });

  it('keep a pair while it is near enough, though another hand is nearer', () => {
    const near: Moment = [
      [hand(7, 0.02), hand(8, -0.02)],
      [hand(1, -0.005), hand(2, 0.005)],
    ];
    const apart: Moment = [
      [hand(7, -0.2), hand(8, 0.2)],
      [hand(1, -0.2), hand(2, 0.2)],
    ];
    expect(report([apart, near, apart])).toMatchObject({ idSwitches: 0, matched: 6 });
    // found for the first time when they are that close, each goes to the nearer one
    expect(report([near]).motpMm).toBeCloseTo(15, 6);
  });

  it('have as many pairs as there can be', () => {
    // the nearest pair (1 mm) would leave the two others 101 mm apart
    const result = report([
      [
        [hand(7, 0), hand(8, 0.05)],
        [hand(1, 0.049), hand(2, 0.1)],
      ],
    ]);
    expect(result).toMatchObject({ matched: 2, misses: 0, falseHands: 0 });
  });

  it('do not mind whether a hand is found of which the truth knows no joint', () => {
    const hidden = hand(1, 0.1, 'right', 0);
    expect(
      report([
        [[hand(7, 0.1)], [hidden]],
        [[], [hidden]],
      ]),
    ).toMatchObject({ hands: 0, misses: 0, falseHands: 0, mota: null });
    // it takes no hand away from one that counts
    const result = report([[[hand(7, 0.1)], [hidden, hand(2, 0.13)]]]);
    expect(result).toMatchObject({ hands: 1, matched: 1, falseHands: 0 });
  });

  it.each([
    [9, 1],
    [12, 0],
  ])('want the id again after %d moments of 0.1 s without the hand: %d switches', (gone, idSwitches) => {
    const away: Moment = [[], [lostHand(0n, 'camera', 'right', 1)]];
    const result = report([[[hand(7, 0)], [hand(1, 0)]], ...times(gone, away), [[hand(8, 0)], [hand(1, 0)]]]);
    expect(result).toMatchObject({ idSwitches, hands: 2, misses: 0 });
  });

  it('judge the side from an age of half a second on, and count its changes', () => {
    const truth = [hand(1, 0, 'left')];
    const result = report([
      ...times(5, [[hand(7, 0, 'right')], truth]), // too young
      ...times(3, [[hand(7, 0, 'left')], truth]),
      ...times(1, [[hand(7, 0, 'unknown')], truth]),
    ]);
    expect(result.side).toEqual({ judged: 4, right: 0.75, changes: 2, idsWithSeveral: 1 });
    expect(report(times(3, [[hand(7, 0, 'unknown')], truth])).side).toMatchObject({ judged: 0, right: null });
  });

  it('go on counting in the next sequence, where all ids are new', () => {
    const tracks = new HandTracks();
    for (const id of [3, 4]) {
      tracks.add(0n, [hand(id, 0)], [hand(1, 0)]);
      tracks.add(PERIOD, [hand(id, 0)], [hand(1, 0)]);
      tracks.newSequence();
    }
    expect(tracks.report()).toMatchObject({ frames: 4, hands: 4, matched: 4, idSwitches: 0, mota: 1 });
    expect(tracks.report().seconds).toBeCloseTo(0.2, 9);
    expect(tracks.report().perHand).toHaveLength(2);
  });

  it('of nothing have no figures', () => {
    expect(new HandTracks().report()).toMatchObject({ frames: 0, mota: null, motpMm: null, idSwitchesPerMinute: null });
  });
});
