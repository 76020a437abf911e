import { describe, expect, it } from 'vitest';
import { believedSideOdds, bentSideOdds, comparedSideOdds, SideVote, sideOdds, toldSideOdds } from './side-vote.js';

const cast = (vote: SideVote, ...lefts: number[]) => {
  for (const left of lefts) vote.add(left);
  return vote.side;
};

describe('the side of a hand', () => {
  it('is right before anybody has looked, and then what the first look says', () => {
    const vote = new SideVote();
    vote.begin();
    expect([vote.side, vote.settled]).toEqual(['right', false]);
    expect(cast(vote, 0.3)).toBe('left');
  });

  it('follows every look until the hand is shown: the first one may say little', () => {
    const vote = new SideVote();
    vote.begin();
    expect([cast(vote, 0.1), cast(vote, 0.2), cast(vote, -1.5)]).toEqual(['right', 'left', 'right']);
    expect([cast(vote, 1.3), cast(vote, 0.4)]).toEqual(['right', 'left']);
    vote.show();
    expect(cast(vote, -2)).toBe('left');
  });

  it('is settled by some looks that agree, however sure one of them is', () => {
    const vote = new SideVote();
    vote.begin();
    cast(vote, 100, 100);
    expect(vote.settled).toBe(false);
    cast(vote, 100);
    expect(vote.settled).toBe(true);
  });

  it('changes once while the hand is followed, on settled evidence, and never again', () => {
    const vote = new SideVote();
    vote.begin();
    cast(vote, -1);
    vote.show();
    expect(cast(vote, 2, 2, 2)).toBe('right');
    expect(cast(vote, 2)).toBe('left');
    vote.show();
    expect(cast(vote, ...Array(50).fill(-2))).toBe('left');
    vote.begin();
    expect(cast(vote, -0.1)).toBe('right');
  });

  it('may still change once where it only changed while nobody was shown it', () => {
    const vote = new SideVote();
    vote.begin();
    cast(vote, -1);
    vote.show();
    vote.begin(0.2);
    expect(cast(vote, 2, 2)).toBe('left');
    expect(cast(vote, -2, -2, -2)).toBe('right');
    vote.show();
    expect(cast(vote, ...Array(9).fill(2))).toBe('left');
    vote.show();
    expect(cast(vote, ...Array(9).fill(-2))).toBe('left');
  });

  it('grows less by what counts for less', () => {
    const vote = new SideVote();
    vote.begin();
    for (let k = 0; k < 11; k++) vote.add(100, 0.25);
    expect(vote.settled).toBe(false);
    vote.add(100, 0.25);
    expect(vote.settled).toBe(true);
  });

  it('does not flicker with looks that contradict each other', () => {
    const vote = new SideVote();
    vote.begin();
    vote.add(1);
    vote.show();
    const sides = Array.from({ length: 100 }, (_, i) => cast(vote, i % 2 === 0 ? -1.5 : 1.4));
    expect(new Set(sides)).toEqual(new Set(['left']));
  });

  it('is remembered in part for the hand that was lost, less the longer it was gone', () => {
    const vote = new SideVote();
    vote.begin();
    cast(vote, 2, 2, 2, 2, 2, 2);
    vote.begin(0.033);
    expect(vote.settled).toBe(true);
    expect(cast(vote, -2, -2)).toBe('left');
    vote.begin(0.9);
    expect(cast(vote, -2, -2)).toBe('left');
    expect(cast(vote, -2)).toBe('right');
    cast(vote, 2, 2);
    vote.begin();
    expect(cast(vote, -2)).toBe('right');
  });

  it('changes on less where the hand was lost: it may have been taken for the other one; once, as ever', () => {
    const vote = new SideVote();
    vote.begin();
    cast(vote, -1);
    vote.show();
    expect(cast(vote, 2)).toBe('right');
    vote.begin(0.2);
    expect(cast(vote, 1)).toBe('right');
    expect(cast(vote, 1)).toBe('left');
    vote.show();
    vote.begin(0.2);
    expect(cast(vote, ...Array(9).fill(-2))).toBe('left');
  });

  it('is still settled after a loss where all the evidence was gathered that there can be', () => {
    const vote = new SideVote();
    vote.begin();
    cast(vote, 2, 2, 2);
    expect([vote.settled, vote.full]).toEqual([true, false]);
    cast(vote, 2, 2, 2);
    expect(vote.full).toBe(true);
    const copy = vote.copy();
    vote.begin(0.25);
    expect([vote.settled, vote.full, vote.side]).toEqual([true, false, 'left']);
    cast(copy, ...Array(9).fill(-2));
    expect([copy.side, vote.side]).toEqual(['right', 'left']);
  });

  it('stays as it is where it is known', () => {
    const vote = new SideVote('left');
    vote.begin();
    expect([cast(vote, -5, -5, -5, -5), vote.settled]).toEqual(['left', true]);
    expect(cast(new SideVote(), Number.NaN)).toBe('right');
  });
});

describe('what a pose network makes of both sides', () => {
  it('says nothing where both are about as sure, and much where one is clearly surer', () => {
    expect([0, 0.01, -0.015].map((more) => Math.abs(sideOdds(more)))).toEqual([0, 0, 0]);
    expect(sideOdds(0.055)).toBeCloseTo(2, 9);
    expect(sideOdds(-0.035)).toBeCloseTo(-1, 9);
  });
});

describe('what a network tells of the side', () => {
  it('is the mean log-odds of both cubes, or that of the one that it was shown', () => {
    expect(toldSideOdds(0.8)).toBeCloseTo(2.2 * Math.log(4), 9);
    expect(toldSideOdds(0.8, 0.2)).toBeCloseTo(2.2 * Math.log(4), 9);
    expect(toldSideOdds(0.8, 0.5)).toBeCloseTo(2.2 * Math.log(2), 9);
    expect(toldSideOdds(0.3, 0.3)).toBe(0);
    expect(toldSideOdds(0.2, 0.9)).toBeLessThan(0);
  });

  it('is never surer than a heat map is exact', () => {
    expect(toldSideOdds(1, 0)).toBe(toldSideOdds(0.99, 0.01));
    expect(toldSideOdds(0)).toBeCloseTo(-2.2 * Math.log(0.97 / 0.03), 9);
  });

  it('counts together with how much surer the network is of the joints of one side', () => {
    expect(comparedSideOdds(0, 0, 0)).toBe(0);
    expect(comparedSideOdds(toldSideOdds(0.8, 0.3), 0.1, 0)).toBeGreaterThan(toldSideOdds(0.8, 0.3));
    expect(comparedSideOdds(1, -0.1, 0)).toBeLessThan(0);
    expect(comparedSideOdds(-1, 0.02, -3.5)).toBe(-comparedSideOdds(1, -0.02, 3.5));
  });

  it('is not told by a network that sees little of the hand, however sure it is', () => {
    expect([0.8, 0.67, 0.61, 0.55, 0.3].map((confidence) => believedSideOdds(7, confidence))).toEqual([
      2,
      2,
      expect.closeTo(1),
      0,
      0,
    ]);
    expect(believedSideOdds(-0.5, 0.7)).toBe(-0.5);
    expect(believedSideOdds(1, Number.NaN)).toBeNaN(); // which a vote does not count
  });

  it('is doubted where joints are bent as the other hand’s, and not told by joints that are not', () => {
    expect([200, 8, NaN].map(bentSideOdds).map(Math.abs)).toEqual([0, 0, 0]);
    expect([3, 0, -20].map(bentSideOdds)).toEqual([-3.5, -3.5, -3.5]);
    expect(bentSideOdds(5.5)).toBeCloseTo(-1.75);
  });
});
