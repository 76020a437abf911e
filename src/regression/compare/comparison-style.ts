import { FAINT_INK, FONT, GRID, INK, SERIES_COLORS } from '../../evaluation/svg.js';

/** What stands for the plots' inks on a dark screen: they are drawn for white paper. */
const ON_DARK: readonly (readonly [string, string])[] = [
  ['#ffffff', '#161b21'],
  ['#f5f7f9', '#1d242c'],
  [INK, '#e8ecf0'],
  [FAINT_INK, '#a4afba'],
  [GRID, '#2d3741'],
  [SERIES_COLORS[0], '#4aa8e0'],
  [SERIES_COLORS[1], '#ff8a4c'],
];

/** Rules of a style sheet go before the attributes that an SVG was drawn with. Tiles are dark anyway. */
const darkPlots = ON_DARK.flatMap(([light, dark]) => [
  `.plot [fill="${light}"] { fill: ${dark}; }`,
  `.plot [stroke="${light}"] { stroke: ${dark}; }`,
]).join('\n  ');

/** The style sheet of a comparison's page: light, dark where the reader's screen is, and light on paper. */
export const STYLE = `
:root { --paper: #ffffff; --ink: ${INK}; --faint: ${FAINT_INK}; --line: ${GRID}; --good: #00664a; --bad: #a63c00; --shade: #fdf0e9; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 ${FONT.replaceAll("'", '"')}; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 20px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 32px 0 8px; }
.verdict { font-weight: bold; font-size: 24px; margin: 8px 0; color: var(--good); }
.verdict.not { color: var(--bad); }
.reasons { color: var(--bad); }
svg { max-width: 100%; height: auto; }
figure { margin: 16px 0; }
.plot { overflow-x: auto; }
.plot svg { min-width: 760px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); gap: 16px; }
.tiles figure { margin: 0; }
.tiles svg { display: block; width: 100%; }
figcaption { color: var(--faint); font-size: 13px; margin-top: 4px; }
.key { margin-right: 24px; }
.swatch { display: inline-block; width: 28px; margin-right: 8px; vertical-align: middle; }
table { border-collapse: collapse; margin: 8px 0; font-size: 14px; max-width: 100%; }
th, td { text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: normal; }
thead th { color: var(--faint); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.failed th, .failed td { color: var(--bad); background: var(--shade); }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #161b21; --ink: #e8ecf0; --faint: #a4afba; --line: #2d3741; --good: #4fd1a5; --bad: #ff9a62; --shade: #2c2019; }
  ${darkPlots}
}
@media print {
  main { max-width: none; padding: 0; }
  figure, tr, .tiles figure { break-inside: avoid; }
  .plot svg { min-width: 0; }
  h2 { break-after: avoid; }
  .tiles svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
