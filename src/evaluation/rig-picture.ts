import { element, FAINT_INK, GRID, picture, SERIES_COLORS, text } from './svg.js';

/** Two clouds in one frame: x, y, z of each point, metres. */
export interface OverlaidClouds {
  readonly first: ArrayLike<number>;
  readonly other: ArrayLike<number>;
}

export interface RigPictureOptions {
  readonly title: string;
  readonly names: readonly [string, string];
  /** As it was said before; absent where nothing was. */
  readonly before?: OverlaidClouds & { readonly label: string };
  readonly after: OverlaidClouds & { readonly label: string };
}

const PANEL = 330;
const GAP = 24;
const TOP = 92;
/** Views: two axes each, and what the panel is called. */
const VIEWS = [
  [0, 1, 'seen along z'],
  [0, 2, 'seen from above'],
] as const;

/** What two cameras saw of a hand, laid over each other, before and after a calibration: from the front and from above, as an SVG. */
export function rigPicture({ title, names, before, after }: RigPictureOptions): string {
  const rows = [...(before === undefined ? [] : [before]), after];
  const width = VIEWS.length * (PANEL + GAP) + GAP;
  const height = TOP + rows.length * (PANEL + 2 * GAP);
  const [first, other] = [SERIES_COLORS[0], SERIES_COLORS[1]];
  return picture(
    width,
    height,
    text(GAP, 32, title, { 'font-size': 18, 'font-weight': 'bold' }),
    ...names.flatMap((name, i) => [
      element('circle', { cx: GAP + 6 + 140 * i, cy: 54, r: 5, fill: i === 0 ? first : other }),
      text(GAP + 18 + 140 * i, 59, name),
    ]),
    ...rows.flatMap((clouds, row) => {
      const y = TOP + row * (PANEL + 2 * GAP);
      const panels = VIEWS.flatMap(([a, b, about], column) => {
        const x = GAP + column * (PANEL + GAP);
        return [
          element('rect', { x, y, width: PANEL, height: PANEL, fill: 'none', stroke: GRID }),
          text(x + 8, y + 18, about, { fill: FAINT_INK, 'font-size': 12 }),
          ...dots(clouds, [a, b], [x, y], [first, other]),
        ];
      });
      return [text(GAP, y - 8, clouds.label, { 'font-size': 14 }), ...panels];
    }),
  );
}

/** Both clouds at the scale of the first one's middle 90 %. */
function dots(
  { first, other }: OverlaidClouds,
  [a, b]: readonly [0 | 1 | 2, 0 | 1 | 2],
  [left, top]: readonly [number, number],
  colors: readonly [string, string],
): string[] {
  const spans = [a, b].map((axis) => {
    const values = [first, other].flatMap((cloud) => Array.from(cloud).filter((_, i) => i % 3 === axis));
    values.sort((x, y) => x - y);
    const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
    return { middle: (at(0.01) + at(0.99)) / 2, size: at(0.99) - at(0.01) };
  });
  const scale = (PANEL - 2 * GAP) / Math.max(0.05, ...spans.map(({ size }) => size));
  const place = (value: number, k: 0 | 1) => PANEL / 2 + scale * (value - spans[k].middle);
  const inside = (value: number) => value > 1 && value < PANEL - 1;
  return [first, other].map((cloud, i) => {
    let path = '';
    for (let p = 0; p + 2 < cloud.length; p += 3) {
      const [x, y] = [place(cloud[p + a], 0), place(cloud[p + b], 1)];
      if (inside(x) && inside(y)) path += `M${(left + x).toFixed(1)} ${(top + y).toFixed(1)}h.01`;
    }
    return element('path', { d: path, stroke: colors[i], 'stroke-width': 2, 'stroke-linecap': 'round', opacity: 0.55 });
  });
}
