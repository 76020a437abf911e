import { describe, expect, it } from 'vitest';
import { linePlot } from './line-plot.js';

const options = { title: 'A & B', xLabel: 'frames', yLabel: 'mm' };
const series = [
  { label: '<one>', points: [0, 1, 5, 10].map((x) => ({ x, y: 20 + x, low: 18 + x, high: 23 + x })) },
  { label: 'two', points: [0, 10].map((x) => ({ x, y: 25 - x / 2 })) },
];
const count = (svg: string, pattern: RegExp) => svg.match(pattern)?.length ?? 0;
const circles = (svg: string) =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);

describe('a line plot', () => {
  it('has a line a series, a dot a point, a bar an interval, and names as text', () => {
    const svg = linePlot(series, options);
    expect(count(svg, /<polyline/g)).toBe(2);
    expect(count(svg, /<circle/g)).toBe(6);
    expect(count(svg, /stroke-opacity/g)).toBe(4);
    expect(svg).toContain('&lt;one&gt;');
    expect(svg).toContain('A &amp; B');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('puts larger values higher and to the right, inside the picture', () => {
    const points = circles(linePlot(series, options)).slice(0, 4);
    for (let i = 1; i < 4; i++) {
      expect(points[i][0]).toBeGreaterThan(points[i - 1][0]);
      expect(points[i][1]).toBeLessThan(points[i - 1][1]);
    }
    for (const [x, y] of points) {
      expect(x).toBeGreaterThanOrEqual(72);
      expect(x).toBeLessThanOrEqual(732);
      expect(y).toBeGreaterThanOrEqual(96);
      expect(y).toBeLessThanOrEqual(378);
    }
  });

  it('gives each x the same room where it is asked to', () => {
    const xs = circles(linePlot([series[0]], { ...options, xScale: 'even' })).map(([x]) => x);
    expect(xs[1] - xs[0]).toBeCloseTo(xs[3] - xs[2], 6);
  });

  it('begins where it is told to', () => {
    const svg = linePlot(series, { ...options, yFrom: 0 });
    expect(svg).toContain('>0</text>');
    const y = circles(svg)[0][1];
    expect(y).toBeLessThan(300);
  });

  it('is a picture still without points, with one, with equal ones and with what is no number', () => {
    for (const points of [
      [],
      [{ x: 1, y: 2 }],
      [
        { x: 1, y: 2 },
        { x: 2, y: 2 },
      ],
      [
        { x: 1, y: Number.NaN },
        { x: Infinity, y: 1 },
        { x: 3, y: 4, low: Number.NaN, high: 5 },
      ],
    ]) {
      expect(linePlot([{ label: 'x', points }], options)).not.toMatch(/NaN|undefined|Infinity/);
    }
    expect(linePlot([], options)).toMatch(/^<svg/);
  });
});
