import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { svgToPng } from './rasterise.js';

const svg = (content: string) => `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">${content}</svg>`;
const inked = (content: string) => {
  const { data } = decode(svgToPng(svg(content), 1));
  return data.filter((_, i) => i % 4 === 3 && data[i] > 0).length;
};

describe('svgToPng', () => {
  it('gives a PNG of the SVG size, times the zoom', () => {
    for (const zoom of [1, 2]) {
      const { width, height } = decode(svgToPng(svg(''), zoom));
      expect([width, height]).toEqual([40 * zoom, 20 * zoom]);
    }
  });

  it('draws text with its own fonts, bold in bold', () => {
    const plain = inked('<text x="2" y="15">Hand</text>');
    const bold = inked('<text x="2" y="15" font-weight="bold">Hand</text>');
    expect(plain).toBeGreaterThan(50);
    expect(bold).toBeGreaterThan(plain);
  });
});
