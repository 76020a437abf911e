import { BONES, VoxhandError } from '../../hand/index.js';
import { base64, type EncodePng } from '../skeleton-sheet.js';
import { element, text } from '../svg.js';
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

type Points = readonly (readonly [number, number])[];

/**
 * The golden and the new hand of one frame as an SVG of 340 x 300: over the depth image around them where there is one in
 * their frame of reference, else from the front (left) and from the side (right).
 *
 * @throws VoxhandError `DEPTH_SIZE` for a picture that has not as many shades as pixels
 */
export function differenceTile(frame: WorstFrame, picture: DepthPicture | undefined, encodePng: EncodePng): string {
  const hands = [frame.golden, frame.new].filter(({ tracked }) => tracked);
  const overDepth = picture !== undefined && hands.every(({ frameId }) => frameId === picture.frameId);
  const content = overDepth ? depthView(frame, picture, encodePng) : plainViews(frame);
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

function depthView(frame: WorstFrame, picture: DepthPicture, encodePng: EncodePng): string[] {
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
  const box = cropAround([...golden, ...found], width, height);
  const data = new Uint8Array(box.width * box.height);
  for (let row = 0; row < box.height; row++) {
    const from = (box.y + row) * width + box.x;
    data.set(grey.subarray(from, from + box.width), row * box.width);
  }
  const png = encodePng({ width: box.width, height: box.height, data, channels: 1, depth: 8 });
  const scale = Math.min(WIDTH / box.width, HEIGHT / box.height);
  const [left, top] = [(WIDTH - scale * box.width) / 2, (HEIGHT - scale * box.height) / 2];
  // pixel centres are at integers
  const place = (points: Points): Points =>
    points.map(([u, v]) => [left + scale * (u - box.x + 0.5), top + scale * (v - box.y + 0.5)]);
  return [
    element('image', {
      x: left,
      y: top,
      width: scale * box.width,
      height: scale * box.height,
      href: `data:image/png;base64,${base64(png)}`,
    }),
    ...bothHands(place(golden), place(found)),
  ];
}

/** From the front (x to the right, y down) and from the side (z to the right, away from the camera). */
function plainViews({ golden, new: found }: WorstFrame): string[] {
  const all = [...pointsOf(golden.positions), ...pointsOf(found.positions)];
  if (all.length === 0) return [];
  const middle = [0, 1, 2].map((axis) => {
    const values = all.map((point) => point[axis]);
    return (Math.min(...values) + Math.max(...values)) / 2;
  });
  const reach = Math.max(0.02, ...all.flatMap((point) => point.map((value, axis) => Math.abs(value - middle[axis]))));
  const scale = (WIDTH / 4 - 12) / reach;
  const view = (axis: 0 | 2, x: number) => {
    const place = ({ positions }: ComparedHand): Points =>
      pointsOf(positions).map((point) => [
        x + scale * (point[axis] - middle[axis]),
        HEIGHT / 2 + scale * (point[1] - middle[1]),
      ]);
    return bothHands(place(golden), place(found));
  };
  const label = (x: number, words: string) =>
    text(x, HEIGHT - 8, words, { 'text-anchor': 'middle', 'font-size': 11, fill: '#aab4be' });
  return [
    ...view(0, WIDTH / 4),
    ...view(2, (3 * WIDTH) / 4),
    element('line', { x1: WIDTH / 2, x2: WIDTH / 2, y1: 8, y2: HEIGHT - 8, stroke: '#3a444e' }),
    label(WIDTH / 4, 'from the front'),
    label((3 * WIDTH) / 4, 'from the side'),
  ];
}

/** Both hands, and a line from where each joint was to where it is. */
function bothHands(golden: Points, found: Points): string[] {
  const shifts = golden.flatMap(([x1, y1], joint) => {
    const [x2, y2] = found[joint] ?? [Number.NaN, Number.NaN];
    if (!Number.isFinite(x1 + y1 + x2 + y2) || Math.hypot(x2 - x1, y2 - y1) < 3) return [];
    return [element('line', { x1, y1, x2, y2, stroke: '#ffffff', 'stroke-width': 1.2 })];
  });
  return [...hand(golden, GOLDEN_COLOR, '5 3'), ...hand(found, NEW_COLOR, undefined), ...shifts];
}

function hand(points: Points, color: string, dash: string | undefined): string[] {
  const drawn = (joint: number) => points[joint]?.every(Number.isFinite) ?? false;
  const bones = points.length === 21 ? BONES.filter(([a, b]) => drawn(a) && drawn(b)) : [];
  const lines = bones.map(([a, b]) => {
    const [[x1, y1], [x2, y2]] = [points[a], points[b]];
    const line = { x1, y1, x2, y2, 'stroke-linecap': 'round' };
    return (
      element('line', { ...line, stroke: OUTLINE, 'stroke-width': 4, 'stroke-opacity': 0.8 }) +
      element('line', { ...line, stroke: color, 'stroke-width': 2, 'stroke-dasharray': dash })
    );
  });
  const dots = points.flatMap(([cx, cy], joint) =>
    drawn(joint) ? [element('circle', { cx, cy, r: 2.8, fill: color, stroke: OUTLINE, 'stroke-width': 0.8 })] : [],
  );
  return [...lines, ...dots];
}

/** What is around some pixels, in the shape of the tile, within the image. */
function cropAround(points: Points, width: number, height: number) {
  const known = points.filter((point) => point.every(Number.isFinite));
  if (known.length === 0) return { x: 0, y: 0, width, height };
  const range = (axis: 0 | 1) => {
    const values = known.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)] as const;
  };
  const [[left, right], [top, bottom]] = [range(0), range(1)];
  const margin = 0.12 * Math.max(right - left, bottom - top) + 8;
  let [w, h] = [right - left + 2 * margin, bottom - top + 2 * margin];
  [w, h] = [Math.max(w, (h * WIDTH) / HEIGHT), Math.max(h, (w * HEIGHT) / WIDTH)];
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
