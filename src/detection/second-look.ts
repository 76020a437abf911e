import { suppressed } from './find-hands.js';
import type { PictureLayout, Window } from './picture.js';
import type { HandCandidate } from './ports.js';

/** First peaks with a lower score are not looked at again, 0 to 1. */
export const FAINT = 0.05;
/** First peaks that are nearer are not looked at again, and what a second look sees nearer does not count, metres. */
const FROM = 0.4;
/** What the first look sees beyond counts only as far as the second one confirms it, metres. */
const SWITCHED = 0.5;
/** Windows of a frame, at most. */
const MOST = 3;
/** Pixels along a window's edge. */
const EDGE = 96;
/** Peaks of a window that are farther from its first peak across the line of sight belong to another one, metres. */
const SAME = 0.12;

/** A first peak, and the window of the finer picture around it. */
export interface SecondLook {
  readonly first: HandCandidate;
  readonly window: Window;
}

/**
 * Where a finer picture is worth a second look: around peaks of the first one that are far away, since a far hand has few pixels there.
 *
 * @param first what the whole picture has, the surest first
 * @param finer what the picture of a longer focal length is like
 * @param multiple windows' edges are multiples of this, pixels
 */
export function secondLooks(first: readonly HandCandidate[], finer: PictureLayout, multiple: number): SecondLook[] {
  const looks: SecondLook[] = [];
  const edge = Math.ceil(EDGE / multiple) * multiple;
  const [width, height] = [Math.min(edge, finer.width), Math.min(edge, finer.height)];
  for (const hand of first) {
    const [x, y, z] = hand.root;
    if (z <= FROM || looks.some((look) => across(look.first, hand) < SAME / 2)) continue;
    const left = within(finer.cx + (finer.focal * x) / z - width / 2, finer.width - width);
    const top = within(finer.cy + (finer.focal * y) / z - height / 2, finer.height - height);
    looks.push({ first: hand, window: { left, top, width, height } });
    if (looks.length === MOST) break;
  }
  return looks;
}

/**
 * Both looks in one: near hands from the first, far ones from the second, from either where it is not clear what is far.
 *
 * @param second what each second look found, in the camera's frame
 * @param spacing see `findHands`, metres
 */
export function bothLooks(
  first: readonly HandCandidate[],
  second: readonly { readonly look: SecondLook; readonly hands: readonly HandCandidate[] }[],
  spacing: number,
): HandCandidate[] {
  const far = second.flatMap(({ look, hands }) => hands.filter((hand) => isAnswer(look, hand)));
  return suppressed([...first.filter(({ root }) => root[2] < SWITCHED), ...far], spacing);
}

/** Whether what a second look has found is where it was looked for. */
export function isAnswer({ first }: SecondLook, hand: HandCandidate): boolean {
  return hand.root[2] >= FROM && across(hand, first) < SAME;
}

/**
 * What a network says of a picture with `finer` times the focal length that it was told, and depth divided by `finer`: across the line of
 * sight that is true, along it `finer` times as much is. The network takes a far hand for a near one, which it sees best.
 */
export function stretched({ root, mass, ...hand }: HandCandidate, finer: number): HandCandidate {
  return { ...hand, root: [root[0], root[1], root[2] * finer], mass: [mass[0], mass[1], mass[2] * finer] };
}

function within(corner: number, most: number): number {
  return Math.min(most, Math.max(0, Math.round(corner)));
}

function across(one: HandCandidate, other: HandCandidate): number {
  return Math.hypot(one.root[0] - other.root[0], one.root[1] - other.root[1]);
}
