import { describe, expect, it } from 'vitest';
import type { HandCandidate } from './ports.js';
import { bothLooks, secondLooks, stretched } from './second-look.js';

const FINER = { width: 320, height: 256, focal: 240, cx: 159.5, cy: 127.5 };

function hand(root: [number, number, number], score = 0.5): HandCandidate {
  return { score, root, mass: root, direction: [0, -1], size: 1, left: 0 };
}

describe('second looks', () => {
  it('go to windows around what is far', () => {
    const far = hand([0.1, -0.05, 1.2]);
    const [look, ...more] = secondLooks([hand([0, 0, 0.35]), far], FINER, 16);
    expect(more).toEqual([]);
    expect(look.first).toBe(far);
    // 240 * 0.1 / 1.2 = 20 pixels to the right of the middle, 10 above it
    expect(look.window).toEqual({ left: 132, top: 70, width: 96, height: 96 });
  });

  it('stay inside the picture, and are no larger than it', () => {
    const corner = secondLooks([hand([0.6, 0.5, 1])], FINER, 16)[0].window;
    expect(corner).toEqual({ left: 224, top: 160, width: 96, height: 96 });
    const small = { width: 64, height: 48, focal: 240, cx: 31.5, cy: 23.5 };
    expect(secondLooks([hand([0, 0, 1])], small, 16)[0].window).toEqual({ left: 0, top: 0, width: 64, height: 48 });
  });

  it('are three at most, the surest first, and one for peaks of one hand', () => {
    const places = [-0.4, -0.38, -0.1, 0.2, 0.5].map((x) => hand([x, 0, 1]));
    expect(secondLooks(places, FINER, 16).map(({ first }) => first.root[0])).toEqual([-0.4, -0.1, 0.2]);
  });

  it('decide what is far, and the first look what is near', () => {
    const near = hand([0, 0, 0.45], 0.4);
    const unconfirmed = hand([0.3, 0, 0.9], 0.9);
    const faint = hand([-0.3, 0, 1], 0.06);
    const looks = secondLooks([unconfirmed, near, faint], FINER, 16);
    const seen = hand([-0.29, 0.01, 1.02], 0.7);
    const another = hand([-0.29, 0.3, 1.02], 0.8);
    const second = looks.map((look) => ({ look, hands: look.first === faint ? [seen, another] : [] }));
    expect(bothLooks([unconfirmed, near, faint], second, 0.06)).toEqual([seen, near]);
  });

  it('lose no hand that one look sees beyond the limit and the other before it', () => {
    const first = hand([0, 0, 0.501], 0.86);
    const [look] = secondLooks([first], FINER, 16);
    const seen = hand([0, 0, 0.499], 0.79);
    expect(bothLooks([first], [{ look, hands: [seen] }], 0.06)).toEqual([seen]);
  });

  it('see depth divided: what they say along the line of sight is multiplied', () => {
    const mass: [number, number, number] = [0.11, 0.02, 0.52];
    const flat = { ...hand([0.1, 0, 0.5]), mass };
    expect(stretched(flat, 2)).toEqual({ ...flat, root: [0.1, 0, 1], mass: [0.11, 0.02, 1.04] });
  });
});
