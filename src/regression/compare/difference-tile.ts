import { VoxhandError } from '../../errors/index.js';
import type { EncodePng } from '../../evaluation/skeleton-sheet.js';
import { type Attributes, element, text } from '../../evaluation/svg.js';
import { BONES, JOINT_COUNT } from '../../hand/index.js';
import { toBase64 } from '../../messages/index.js';
import type { ComparedHand } from './compared-hand.js';
import type { WorstFrame } from './worst-frames.js';

/** A depth image as shades, and where a point is in it. */
export interface DepthPicture {
  readonly width: number;
  readonly height: number;
  /** `width * height` shades, row by row, 0 black to 255 white. */
  readonly grey: Uint8Array;
  /** Frame of reference that {@link DepthPicture.project} takes points in. */
  readonly frameId: string;
  /** Pixel of a point, metres; undefined behind the camera. */
  readonly project: (x: number, y: number, z: number) => readonly [number, number] | undefined;
}

/** Told apart with any kind of colour vision, on dark and light shades; the golden hand is dashed as well. */
export const GOLDEN_COLOR = '#56b4e9';
export const NEW_COLOR = '#e69f00';

const OUTLINE = '#10151a';
const BACKGROUND = '#1c2128';
const WIDTH = 340;
const HEIGHT = 300;
/** Of the view from the side. */
const SIDE = 104;

type Points = readonly (readonly [number, number])[];

/**
 * The golden and the new hand of one frame as an SVG of 340 x 300: from the front (left), over the depth image around them
 * where there is one in their frame of reference, and from the side (right). The joint that is farthest off has a ring.
 *
 * @throws VoxhandError `DEPTH_SIZE` for a picture that has not as many shades as pixels
 */
export function differenceTile(frame: WorstFrame, picture: DepthPicture | undefined, encodePng: EncodePng): string {
  const hands = [frame.golden, frame.new].filter(({ tracked }) => tracked);
  const overDepth = picture !== undefined && hands.every(({ frameId }) => frameId === picture.frameId);
  const front = WIDTH - (overDepth ? SIDE : WIDTH / 2);
  const content = [
    ...(overDepth ? depthView(frame, picture, encodePng, front) : plainView(frame, 0, 0, front, 'from the front')),
    ...plainView(frame, 2, front, WIDTH - front, 'from the side'),
    element('line', { x1: front, x2: front, y1: 8, y2: HEIGHT - 8, stroke: '#3a444e' }),
  ];
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: WIDTH,
      height: HEIGHT,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'font-family': "'DejaVu Sans', Verdana, sans-serif",
    },
    element('rect', { width: WIDTH, height: HEIGHT, fill: BACKGROUND }),
    ...content,
  );
}

function depthView(frame: WorstFrame, picture: DepthPicture, encodePng: EncodePng, tileWidth: number): string[] {
  const { width, height, grey, project } = picture;
  if (grey.length !== width * height) {
    throw new VoxhandError('DEPTH_SIZE', 'a picture contradicts itself', {
      expected: `${width * height} shades`,
      found: String(grey.length),
      where: `the frame of ${frame.stamp} ns`,
    });
  }
  const pixels = ({ positions }: ComparedHand): Points =>
    pointsOf(positions).map(([x, y, z]) => project(x, y, z) ?? [Number.NaN, Number.NaN]);
  const [golden, found] = [pixels(frame.golden), pixels(frame.new)];
  const box = cropAround([...golden, ...found], width, height, tileWidth / HEIGHT);
  const data = new Uint8Array(box.width * box.height);
  for (let row = 0; row < box.height; row++) {
    const from = (box.y + row) * width + box.x;
    data.set(grey.subarray(from, from + box.width), row * box.width);
  }
  const png = encodePng({ width: box.width, height: box.height, data, channels: 1, depth: 8 });
  const scale = Math.min(tileWidth / box.width, HEIGHT / box.height);
  const [left, top] = [(tileWidth - scale * box.width) / 2, (HEIGHT - scale * box.height) / 2];
  // pixel centres are at integers
  const place = (points: Points): Points =>
    points.map(([u, v]) => [left + scale * (u - box.x + 0.5), top + scale * (v - box.y + 0.5)]);
  return [
    element('image', {
      x: left,
      y: top,
      width: scale * box.width,
      height: scale * box.height,
      href: `data:image/png;base64,${toBase64(png)}`,
    }),
    ...bothHands(place(golden), place(found), farthest(frame)),
  ];
}

/** From the front (x to the right, y down), or from the side (z to the right, away from the camera). */
function plainView(frame: WorstFrame, axis: 0 | 2, left: number, width: number, words: string): string[] {
  const all = [...pointsOf(frame.golden.positions), ...pointsOf(frame.new.positions)];
  if (all.length === 0) return [];
  const rangeOf = (of: 0 | 1 | 2) => {
    const values = all.map((point) => point[of]);
    return [Math.min(...values), Math.max(...values)] as const;
  };
  const [across, down] = [rangeOf(axis), rangeOf(1)];
  const reach = ([low, high]: readonly [number, number]) => Math.max(0.02, high - low);
  const scale = Math.min((width - 24) / reach(across), (HEIGHT - 56) / reach(down));
  const centre = (range: readonly [number, number]) => (range[0] + range[1]) / 2;
  const place = ({ positions }: ComparedHand): Points =>
    pointsOf(positions).map((point) => [
      left + width / 2 + scale * (point[axis] - centre(across)),
      HEIGHT / 2 - 8 + scale * (point[1] - centre(down)),
    ]);
  return [
    ...bothHands(place(frame.golden), place(frame.new), farthest(frame)),
    text(left + width / 2, HEIGHT - 8, words, { 'text-anchor': 'middle', 'font-size': 11, fill: '#aab4be' }),
  ];
}

/** The joint that is farthest off; undefined where there are not two hands. */
function farthest({ golden, new: found }: WorstFrame): number | undefined {
  const [before, after] = [pointsOf(golden.positions), pointsOf(found.positions)];
  if (before.length === 0 || before.length !== after.length) return undefined;
  const distances = before.map((point, joint) => Math.hypot(...point.map((value, axis) => after[joint][axis] - value)));
  return distances.indexOf(Math.max(...distances));
}

/** Both hands, the golden one in dashes above the new one so that both are seen, and a line from where a joint was to where it is. */
function bothHands(golden: Points, found: Points, ringed: number | undefined): string[] {
  const shifts = golden.flatMap(([x1, y1], joint) => {
    const [x2, y2] = found[joint] ?? [Number.NaN, Number.NaN];
    if (!Number.isFinite(x1 + y1 + x2 + y2) || Math.hypot(x2 - x1, y2 - y1) < 3) return [];
    return [element('line', { x1, y1, x2, y2, stroke: '#ffffff', 'stroke-width': 1.2 })];
  });
  const [cx, cy] = found[ringed ?? -1] ?? [Number.NaN, Number.NaN];
  const ring = Number.isFinite(cx + cy)
    ? [element('circle', { cx, cy, r: 9, fill: 'none', stroke: '#ffffff', 'stroke-width': 1.4 })]
    : [];
  return [
    ...bones(golden, { stroke: OUTLINE, 'stroke-width': 4.5, 'stroke-opacity': 0.7 }),
    ...bones(found, { stroke: OUTLINE, 'stroke-width': 4.5, 'stroke-opacity': 0.7 }),
    ...bones(found, { stroke: NEW_COLOR, 'stroke-width': 2.4 }),
    ...dots(found, { r: 2.8, fill: NEW_COLOR, stroke: OUTLINE, 'stroke-width': 0.8 }),
    ...bones(golden, { stroke: GOLDEN_COLOR, 'stroke-width': 2, 'stroke-dasharray': '4 4' }),
    ...dots(golden, { r: 3, fill: 'none', stroke: GOLDEN_COLOR, 'stroke-width': 1.4 }),
    ...shifts,
    ...ring,
  ];
}

function bones(points: Points, attributes: Attributes): string[] {
  if (points.length !== JOINT_COUNT) return [];
  return BONES.flatMap(([a, b]) => {
    const [[x1, y1], [x2, y2]] = [points[a], points[b]];
    if (!Number.isFinite(x1 + y1 + x2 + y2)) return [];
    return [element('line', { x1, y1, x2, y2, 'stroke-linecap': 'butt', ...attributes })];
  });
}

function dots(points: Points, attributes: Attributes): string[] {
  return points.flatMap(([cx, cy]) => (Number.isFinite(cx + cy) ? [element('circle', { cx, cy, ...attributes })] : []));
}

/** What is around some pixels, within the image, so much wider than it is high. */
function cropAround(points: Points, width: number, height: number, aspect: number) {
  const known = points.filter((point) => point.every(Number.isFinite));
  if (known.length === 0) return { x: 0, y: 0, width, height };
  const range = (axis: 0 | 1) => {
    const values = known.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)] as const;
  };
  const [[left, right], [top, bottom]] = [range(0), range(1)];
  const margin = 0.12 * Math.max(right - left, bottom - top) + 8;
  let [w, h] = [right - left + 2 * margin, bottom - top + 2 * margin];
  [w, h] = [Math.max(w, h * aspect), Math.max(h, w / aspect)];
  const side = (size: number, centre: number, limit: number) => {
    const length = Math.min(Math.max(1, Math.round(size)), limit);
    const from = Math.min(Math.max(0, Math.round(centre - length / 2)), limit - length);
    return [from, length] as const;
  };
  const [x, cropWidth] = side(w, (left + right) / 2, width);
  const [y, cropHeight] = side(h, (top + bottom) / 2, height);
  return { x, y, width: cropWidth, height: cropHeight };
}

function pointsOf(positions: Float64Array): [number, number, number][] {
  return Array.from({ length: positions.length / 3 }, (_, i) => [
    positions[3 * i],
    positions[3 * i + 1],
    positions[3 * i + 2],
  ]);
}
