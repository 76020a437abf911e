import { decode, encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { handAt } from '../../test/helpers/hands.js';
import { jointErrorChart } from './joint-error-chart.js';
import { jointErrors } from './joint-errors.js';
import { poseErrorSheet } from './pose-error-sheet.js';
import { PoseErrors } from './pose-errors.js';
import { type EncodePng, type HandOnTile, type SkeletonTile, skeletonSheet } from './skeleton-sheet.js';
import { successCurvePlot } from './success-curve-plot.js';

const truth = [0, 1].map((frame) => handAt({ frame }));
const reports = ['gauss', '<b>&"'].map((label, index) =>
  jointErrors(
    truth.map((_, frame) => handAt({ frame, x: 0.01 * (frame + index) })),
    truth,
    label,
  ),
);
const count = (svg: string, pattern: RegExp) => svg.match(pattern)?.length ?? 0;

/** Every element is closed, in order: enough of XML to trust what these builders write. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, closing, name, rest] of svg.matchAll(/<(\/?)([a-zA-Z]+)((?:[^>"]|"[^"]*")*)>/g)) {
    if (closing) expect(open.pop()).toBe(name);
    else if (!rest.endsWith('/')) open.push(name);
  }
  expect(open).toEqual([]);
  expect(svg).not.toMatch(/NaN|undefined|Infinity|null/);
}

describe('the success curve', () => {
  const svg = successCurvePlot(reports, 'A & B');

  it('has a line a report and says what is what, with names as text and not as markup', () => {
    expectWellFormed(svg);
    expect(count(svg, /<polyline/g)).toBe(2);
    expect(svg).toContain('A &amp; B');
    expect(svg).toContain('&lt;b&gt;&amp;&quot;');
    expect(svg).toContain('mean 5.0 mm');
    expect(svg).toContain('2 frames with a hand');
  });

  it('rises from the bottom on the left to the top on the right', () => {
    const points = /points="([^"]+)"/
      .exec(svg)![1]
      .split(' ')
      .map((point) => point.split(',').map(Number));
    expect(points).toHaveLength(21);
    expect(points[0][1]).toBeGreaterThan(points[20][1]);
    for (let i = 1; i < 21; i++) {
      expect(points[i][0]).toBeGreaterThan(points[i - 1][0]);
      expect(points[i][1]).toBeLessThanOrEqual(points[i - 1][1]);
    }
  });

  it('has an axis that ends where the lines are flat and above the legend, at 80 mm at the latest', () => {
    const endOf = (millimetres: number, label = 'a') => {
      const hands = truth.map((_, frame) => handAt({ frame, x: millimetres / 1000 }));
      const plot = successCurvePlot([jointErrors(hands, truth, label)]);
      return Math.max(...[...plot.matchAll(/text-anchor="middle"[^>]*>(\d+)</g)].map(([, tick]) => Number(tick)));
    };
    expect([1, 15, 25, 79].map((millimetres) => endOf(millimetres))).toEqual([20, 30, 40, 80]);
    expect(endOf(15, 'a label of forty letters, which is a lot')).toBe(50);
  });

  it('is well formed for no reports, empty ones and many', () => {
    for (const list of [[], [jointErrors([], [], 'none')], Array.from({ length: 30 }, () => reports[0])]) {
      expectWellFormed(successCurvePlot(list));
    }
  });
});

describe('the chart of joints', () => {
  it('has a bar for each joint of each report, as high as its error', () => {
    const svg = jointErrorChart(reports);
    expectWellFormed(svg);
    const bars = [...svg.matchAll(/height="([\d.]+)" fill="#(?:0072b2|d55e00)"/g)].map(([, height]) => Number(height));
    expect(bars).toHaveLength(42);
    expect(bars[21] / bars[0]).toBeCloseTo(3, 2); // 15 mm and 5 mm
  });

  it('is well formed for no reports, empty ones and ones without error', () => {
    for (const list of [[], [jointErrors([], [], 'none')], [jointErrors(truth, truth, 'perfect')]]) {
      expectWellFormed(jointErrorChart(list));
    }
  });
});

describe('other skeletons and both curves', () => {
  const errors = new PoseErrors(['palm', 'index_root', 'index_tip', 'wrist_thumb_side']);
  errors.add([0, 0, 0.5, 0, 0, 0.5, 0, 0, 0.5, 0, 0, 0.5], [0, 0, 0.5, 0, 0, 0.51, 0, 0, 0.52, 0, 0, 0.54]);
  const report = { ...reports[0], ...errors.report() };

  it('names joints as the report does, with the fingers above', () => {
    const svg = jointErrorChart([report]);
    expectWellFormed(svg);
    for (const label of ['palm', 'index', 'root', 'tip', 'wrist', 'thumb side']) expect(svg).toContain(`>${label}<`);
    expect(svg).not.toContain('>middle<');
    const heights = [...svg.matchAll(/height="([\d.]+)" fill="#0072b2"/g)].map(([, height]) => Number(height));
    expect(heights[3] / heights[1]).toBeCloseTo(4, 2);
  });

  it('draws the share of joints above that of frames', () => {
    const at = (of: 'frames' | 'joints') =>
      /points="([^"]+)"/.exec(successCurvePlot([report], 'x', { of }))![1].split(' ')[20];
    expect(Number(at('joints').split(',')[1])).toBeLessThan(Number(at('frames').split(',')[1]));
    expect(successCurvePlot([report], 'x', { of: 'joints' })).toContain('Threshold on the error of a joint, mm');
  });

  it('shows all of it on one sheet, for none and for many reports too', () => {
    for (const list of [[report], [], Array.from({ length: 12 }, () => report), reports]) {
      const svg = poseErrorSheet(list, 'A & B');
      expectWellFormed(svg);
      expect(count(svg, /<polyline/g)).toBe(2 * list.length);
    }
  });
});

describe('the contact sheet', () => {
  const encodePng: EncodePng = (image) => encode(image);
  const HAND: HandOnTile = {
    joints2d: Array.from({ length: 21 }, (_, joint) => [joint % 4, joint % 2] as const),
    confidences: new Float32Array(21).fill(1),
  };
  const tile = (change: Partial<SkeletonTile> = {}): SkeletonTile => ({
    width: 4,
    height: 2,
    grey: Uint8Array.of(0, 50, 100, 150, 200, 250, 255, 1),
    hands: [HAND],
    caption: 'frame 7',
    ...change,
  });

  it('holds each image as a PNG of its shades', () => {
    const svg = skeletonSheet([tile()], { encodePng });
    expectWellFormed(svg);
    const [, base64] = /data:image\/png;base64,([^"]+)"/.exec(svg)!;
    const image = decode(Buffer.from(base64, 'base64'));
    expect([image.width, image.height, image.channels]).toEqual([4, 2, 1]);
    expect([...image.data]).toEqual([...tile().grey]);
  });

  it('draws 20 bones and 21 joints, pixel centres at integers', () => {
    const svg = skeletonSheet([tile()], { encodePng, tileWidth: 400 });
    expect(count(svg, /<circle/g)).toBe(21);
    expect(count(svg, /<line [^>]*stroke-width="2.4"/g)).toBe(20);
    expect(/<circle cx="([\d.]+)" cy="([\d.]+)"/.exec(svg)!.slice(1, 3)).toEqual(['50', '50']);
    expect(svg).toContain('frame 7');
  });

  it('draws what is not sure faintly, and nothing of a joint that has no place', () => {
    const confidences = new Float32Array(21).fill(1, 1);
    const joints2d = Array.from({ length: 21 }, (_, joint) => [joint === 4 ? Number.NaN : 1, 1] as const);
    const svg = skeletonSheet([tile({ hands: [{ confidences, joints2d }] })], { encodePng });
    expectWellFormed(svg);
    expect(count(svg, /<circle/g)).toBe(20);
    expect(count(svg, /<circle [^>]*opacity="0.25"/g)).toBe(1);
    expect(count(svg, /<line [^>]*stroke-width="2.4"/g)).toBe(19);
  });

  it('draws several hands, each with its label and its wrist in the colour of its side', () => {
    const hands = [
      { ...HAND, handedness: 'left', label: 'left 3' },
      { ...HAND, handedness: 'right', label: 'right 12' },
    ] as const;
    const svg = skeletonSheet([tile({ hands })], { encodePng });
    expectWellFormed(svg);
    expect(count(svg, /<circle/g)).toBe(2 * 21);
    expect(count(svg, /<circle [^>]*fill="#4c8dff"/g)).toBe(1);
    expect(count(svg, /<circle [^>]*fill="#f0e442"/g)).toBe(1);
    expect(count(svg, />left 3</g)).toBe(2); // the letters and their outline
    expect(svg).not.toContain('no hand');
  });

  it('says so where there is no hand', () => {
    const svg = skeletonSheet([tile({ hands: [] })], { encodePng, title: 'Sheet' });
    expectWellFormed(svg);
    expect(svg).toContain('no hand');
    expect(svg).toContain('Sheet');
    expect(count(svg, /<circle/g)).toBe(0);
  });

  it('places tiles row by row', () => {
    const svg = skeletonSheet([tile(), tile(), tile()], { encodePng, columns: 2, tileWidth: 100 });
    const places = [...svg.matchAll(/<svg x="(\d+)" y="(\d+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(places.map(([x]) => x)).toEqual([16, 132, 16]);
    expect(places[0][1]).toBe(places[1][1]);
    expect(places[2][1]).toBeGreaterThan(places[0][1] + 50);
  });

  it('is well formed without tiles', () => {
    expectWellFormed(skeletonSheet([], { encodePng }));
  });

  it.each([
    ['too few shades', [tile({ grey: new Uint8Array(7) })]],
    ['absurd dimensions', [tile({ width: 100_000, height: 100_000 })]],
    ['no width', [tile({ width: 0, grey: new Uint8Array(0) })]],
    ['20 joints', [tile({ hands: [HAND, { ...HAND, joints2d: HAND.joints2d.slice(1) }] })]],
    ['too many tiles', Array.from({ length: 401 }, () => tile())],
  ])('refuses %s', (_, tiles) => {
    expect(() => skeletonSheet(tiles, { encodePng })).toThrow(expect.objectContaining({ code: 'DEPTH_SIZE' }));
  });
});
