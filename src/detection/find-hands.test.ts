import { describe, expect, it } from 'vitest';
import { DETECTOR_CHANNELS, findHands } from './find-hands.js';
import type { Picture } from './picture.js';

const [WIDTH, HEIGHT] = [64, 48];
const [COLS, ROWS] = [WIDTH / 4, HEIGHT / 4];
const OPTIONS = { minScore: 0.3, spacing: 0.06 };

function picture(depth: (i: number, j: number) => number = () => 0.5): Picture {
  const values = Float32Array.from({ length: WIDTH * HEIGHT }, (_, k) => depth(k % WIDTH, Math.floor(k / WIDTH)));
  return { width: WIDTH, height: HEIGHT, focal: 120, cx: 31.5, cy: 23.5, depth: values };
}

/** An answer without any hand but these: cell and its eleven numbers. */
function answer(...hands: readonly (readonly [number, number, readonly number[]])[]): Float32Array {
  const data = new Float32Array(DETECTOR_CHANNELS * COLS * ROWS);
  data.fill(-9, 0, COLS * ROWS);
  for (const [a, b, numbers] of hands) {
    for (const [k, value] of numbers.entries()) data[(k * ROWS + b) * COLS + a] = value;
  }
  return data;
}

const plain = (logit: number) => [logit, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0];

describe("hands in a detector's answer", () => {
  it('lie where the numbers of their cell say', () => {
    const [hand, ...more] = findHands(
      answer([5, 6, [2, 0.25, -0.5, 0.3, 3, -4, -0.2, 1.5, 0.1, 0.2, 0.3]]),
      picture(),
      OPTIONS,
    );
    expect(more).toEqual([]);
    const z = 0.5 + 0.03;
    const u = 4 * 5 + 1.5 + 1;
    const v = 4 * 6 + 1.5 - 2;
    expect(hand.score).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(hand.root[0]).toBeCloseTo(((u - 31.5) / 120) * z, 6);
    expect(hand.root[1]).toBeCloseTo(((v - 23.5) / 120) * z, 6);
    expect(hand.root[2]).toBeCloseTo(z, 6);
    expect(hand.direction[0]).toBeCloseTo(0.6, 6);
    expect(hand.direction[1]).toBeCloseTo(-0.8, 6);
    expect(hand.size).toBeCloseTo(0.8, 6);
    expect(hand.left).toBe(1.5);
    for (const axis of [0, 1, 2]) expect(hand.mass[axis] - hand.root[axis]).toBeCloseTo(0.01 * (axis + 1), 6);
  });

  it('stand on the smallest depth of their cell, or of the cells around where it has none', () => {
    const dots = (i: number, j: number) => (i === 21 && j === 26 ? 0.4 : i === 22 && j === 25 ? 0.6 : 0);
    expect(findHands(answer([5, 6, plain(2)]), picture(dots), OPTIONS)[0].root[2]).toBeCloseTo(0.4, 6);
    const beside = (i: number, j: number) => (i === 27 && j === 31 ? 0.7 : 0);
    expect(findHands(answer([5, 6, plain(2)]), picture(beside), OPTIONS)[0].root[2]).toBeCloseTo(0.7, 6);
    const far = (i: number) => (i === 28 ? 0.7 : 0);
    expect(findHands(answer([5, 6, plain(2)]), picture(far), OPTIONS)).toEqual([]);
  });

  it('are local maxima above the threshold, one where two cells are equal', () => {
    const cells = answer([5, 6, plain(2)], [6, 7, plain(1)], [12, 3, plain(1)], [13, 3, plain(1)], [1, 1, plain(-1)]);
    const found = findHands(cells, picture(), OPTIONS);
    expect(found.map(({ score }) => score.toFixed(3))).toEqual(['0.881', '0.731']);
    expect(findHands(cells, picture(), { ...OPTIONS, minScore: 0.9 })).toEqual([]);
  });

  it('are at least 6 cm apart in space, not in the picture', () => {
    const two = answer([5, 6, plain(2)], [8, 6, plain(1)]);
    expect(findHands(two, picture(), OPTIONS)).toHaveLength(1); // 12 pixels at 0.5 m are 5 cm
    expect(
      findHands(
        two,
        picture((i) => (i < 28 ? 0.5 : 0.6)),
        OPTIONS,
      ),
    ).toHaveLength(2);
  });

  it('count at the edge of the picture, and not behind the camera or with numbers that are none', () => {
    expect(findHands(answer([0, 0, plain(2)], [COLS - 1, ROWS - 1, plain(3)]), picture(), OPTIONS)).toHaveLength(2);
    expect(findHands(answer([5, 6, [2, 0, 0, -6, 0, -1, 0, 0, 0, 0, 0]]), picture(), OPTIONS)).toEqual([]);
    expect(findHands(answer([5, 6, [2, 0, Number.NaN, 0, 0, -1, 0, 0, 0, 0, 0]]), picture(), OPTIONS)).toEqual([]);
    expect(findHands(new Float32Array(DETECTOR_CHANNELS * COLS * ROWS).fill(Number.NaN), picture(), OPTIONS)).toEqual(
      [],
    );
  });
});
