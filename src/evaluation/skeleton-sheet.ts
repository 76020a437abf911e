import { VoxhandError } from '../errors/index.js';
import {
  BONES,
  FINGER_COLORS,
  FINGER_NAMES,
  type Handedness,
  JOINT_COUNT,
  jointColor,
  ROOT_OF_MIDDLE,
  SIDE_COLORS,
  WRIST,
} from '../hand/index.js';
import { toBase64 } from '../messages/index.js';
import { element, FAINT_INK, picture, text } from './svg.js';

/** A hand in the pixels of a picture. */
export interface HandOnTile {
  /** 21 pixels [x, y], pixel centres at integers; not finite for a joint that is not drawn. */
  readonly joints2d: readonly (readonly [number, number])[];
  /** 21 numbers in [0, 1]: what is not sure is drawn faintly. */
  readonly confidences: ArrayLike<number>;
  /** The wrist has the side's colour. Default: unknown. */
  readonly handedness?: Handedness;
  /** At the wrist, to tell several hands apart. */
  readonly label?: string;
}

/** One picture of a contact sheet: a depth image as shades, and hands in its pixels. */
export interface SkeletonTile {
  readonly width: number;
  readonly height: number;
  /** `width * height` shades, row by row, 0 black to 255 white. */
  readonly grey: Uint8Array;
  /** None where there is no hand. */
  readonly hands: readonly HandOnTile[];
  /** Under the picture. */
  readonly caption: string;
}

/** Encodes shades as a PNG; this module knows no file formats. */
export type EncodePng = (image: {
  width: number;
  height: number;
  data: Uint8Array;
  channels: 1;
  depth: 8;
}) => Uint8Array;

export interface SkeletonSheetOptions {
  readonly encodePng: EncodePng;
  readonly title?: string;
  /** Default: as many as make the sheet about as wide as a screen. */
  readonly columns?: number;
  /** Width of a tile, pixels. Default 320. */
  readonly tileWidth?: number;
}

/** Around lines and dots, so that they stand out from any shade. */
const OUTLINE = '#10151a';

const MAX_TILES = 400;
const MAX_PIXELS = 4096 * 4096;
const GAP = 16;
const CAPTION = 26;

/**
 * A contact sheet as an SVG: depth images with the skeletons drawn over them, coloured by finger, the wrist by side, faint where a joint
 * is not sure, and a caption under each.
 *
 * @throws VoxhandError `DEPTH_SIZE` for a tile whose shades or joints do not have the declared number, or too many tiles
 */
export function skeletonSheet(tiles: readonly SkeletonTile[], options: SkeletonSheetOptions): string {
  const { encodePng, title = '', tileWidth = 320, columns = defaultColumns(tiles.length) } = options;
  checkTiles(tiles);
  const used = Math.max(1, Math.min(columns, tiles.length));
  const rows = Array.from({ length: Math.ceil(tiles.length / used) }, (_, row) =>
    tiles.slice(row * used, (row + 1) * used),
  );
  const parts: string[] = [];
  let y = GAP;
  if (title !== '') {
    parts.push(text(GAP, y + 18, title, { 'font-size': 20, 'font-weight': 'bold' }));
    y += 40;
  }
  parts.push(legend(y + 6));
  y += 28;
  for (const row of rows) {
    const heights = row.map((tile) => (tileWidth * tile.height) / tile.width);
    const rowHeight = Math.max(...heights);
    row.forEach((tile, column) => {
      const x = GAP + column * (tileWidth + GAP);
      parts.push(drawTile(tile, x, y, tileWidth, heights[column], encodePng));
      parts.push(text(x, y + rowHeight + 17, tile.caption, { 'font-size': 12, fill: FAINT_INK }));
    });
    y += rowHeight + CAPTION + GAP;
  }
  return picture(Math.max(GAP + used * (tileWidth + GAP), 480), Math.ceil(y), ...parts);
}

function legend(y: number): string {
  const entries = FINGER_NAMES.map((finger, index) => {
    const x = GAP + 86 * index;
    const line = { x1: x, x2: x + 16, y1: y, y2: y, stroke: FINGER_COLORS[finger], 'stroke-width': 4 };
    return element('line', line) + text(x + 22, y + 4, finger, { 'font-size': 12, fill: FAINT_INK });
  });
  return entries.join('');
}

/** The image in its own pixels, scaled to the tile; lines keep their width on the sheet. */
function drawTile(
  tile: SkeletonTile,
  x: number,
  y: number,
  width: number,
  height: number,
  encodePng: EncodePng,
): string {
  const scale = width / tile.width;
  const png = encodePng({ width: tile.width, height: tile.height, data: tile.grey, channels: 1, depth: 8 });
  const image = element('image', { width, height, href: `data:image/png;base64,${toBase64(png)}` });
  const hands =
    tile.hands.length === 0 ? noHand(width, height) : tile.hands.map((hand) => skeleton(hand, scale)).join('');
  return element('svg', { x, y, width, height, viewBox: `0 0 ${width} ${height}` }, image, hands);
}

function skeleton({ joints2d: joints, confidences, handedness = 'unknown', label }: HandOnTile, scale: number): string {
  const colorOf = (joint: number) => jointColor(joint, handedness);
  const at = (joint: number) => joints[joint].map((pixel) => (pixel + 0.5) * scale);
  const drawn = (joint: number) => joints[joint].every(Number.isFinite);
  const opacity = (joint: number) => 0.25 + 0.75 * Math.min(Math.max(confidences[joint] || 0, 0), 1);
  const bones = BONES.filter(([parent, child]) => drawn(parent) && drawn(child)).map(([parent, child]) => {
    const [[x1, y1], [x2, y2]] = [at(parent), at(child)];
    const line = { x1, y1, x2, y2, 'stroke-linecap': 'round', opacity: Math.min(opacity(parent), opacity(child)) };
    return (
      element('line', { ...line, stroke: OUTLINE, 'stroke-width': 4 }) +
      element('line', { ...line, stroke: colorOf(child), 'stroke-width': 2.4 })
    );
  });
  const dots = joints.flatMap((_, joint) => {
    if (!drawn(joint)) return [];
    const [cx, cy] = at(joint);
    const dot = { cx, cy, r: 3, fill: colorOf(joint), stroke: OUTLINE, 'stroke-width': 0.8, opacity: opacity(joint) };
    return [element('circle', dot)];
  });
  return [...bones, ...dots, labelAt(at(WRIST), at(ROOT_OF_MIDDLE), label, SIDE_COLORS[handedness])].join('');
}

/** Behind the wrist, seen from the middle finger's root. */
function labelAt([x, y]: number[], [rootX, rootY]: number[], label: string | undefined, fill: string): string {
  const away = Math.hypot(x - rootX, y - rootY);
  if (label === undefined || !(away > 0)) return '';
  const [left, top] = [x + (12 * (x - rootX)) / away, y + 4 + (12 * (y - rootY)) / away];
  const style = { 'text-anchor': 'middle', 'font-size': 11, 'font-weight': 'bold' };
  return (
    text(left, top, label, { ...style, fill: OUTLINE, stroke: OUTLINE, 'stroke-width': 3 }) +
    text(left, top, label, { ...style, fill })
  );
}

function noHand(width: number, height: number): string {
  const frame = {
    x: 1,
    y: 1,
    width: width - 2,
    height: height - 2,
    fill: 'none',
    stroke: '#d55e00',
    'stroke-width': 2,
  };
  return (
    element('rect', frame) +
    element('rect', { x: 8, y: 8, width: 68, height: 22, rx: 3, fill: '#d55e00' }) +
    text(42, 23.5, 'no hand', { 'text-anchor': 'middle', 'font-size': 12, fill: '#ffffff' })
  );
}

function defaultColumns(count: number): number {
  return Math.min(6, Math.max(1, Math.ceil(Math.sqrt(count * 1.2))));
}

function checkTiles(tiles: readonly SkeletonTile[]): void {
  if (tiles.length > MAX_TILES) {
    throw new VoxhandError('DEPTH_SIZE', 'too many tiles', {
      expected: `at most ${MAX_TILES}`,
      found: String(tiles.length),
    });
  }
  tiles.forEach(({ width, height, grey, hands }, index) => {
    const pixels = width * height;
    const fits = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0 && pixels <= MAX_PIXELS;
    const wrong = hands.find(({ joints2d }) => joints2d.length !== JOINT_COUNT);
    if (fits && grey.length === pixels && wrong === undefined) return;
    throw new VoxhandError('DEPTH_SIZE', 'a tile contradicts itself', {
      expected: `width x height shades, ${JOINT_COUNT} joints of each hand`,
      found: `${width} x ${height}, ${grey.length} shades, ${wrong?.joints2d.length ?? JOINT_COUNT} joints`,
      where: `tiles[${index}]`,
    });
  });
}
