/** Results as pictures: SVG by the name of the file. What a table has not measured is left out. */
import { linePlot } from '../../dist/evaluation/line-plot.js';

const REFERENCE_NAMES = { none: 'as found', com: 'CoM, learned', rom: 'RoM, learned' };
/** Fewer components are so far off that the rest could not be told apart. */
const FEWEST = 5;
const asPercent = (share) => `${Math.round(100 * share)} %`;

export function allPlots(results) {
  return {
    'paper-window': windowPlot(results),
    'paper-prior': priorPlot(results),
    'paper-reference': referencePlot(results),
    ...(results.ensemble.available && { 'paper-ensemble': ensemblePlot(results) }),
  };
}

function windowPlot({ window: { none, rows } }) {
  const presets = Object.keys(none.byPreset);
  const centred = rows.filter(({ mode, method }) => mode === 'centred' && method === 'mean');
  const change = (row, preset) => row.byPreset[preset] - none.byPreset[preset];
  const series = [
    ['all', (row) => row.meanMm - none.meanMm],
    ...presets.map((preset) => [preset, (row) => change(row, preset)]),
  ].map(([label, of]) => ({ label, points: [{ x: 0, y: 0 }, ...centred.map((row) => ({ x: row.k, y: of(row) }))] }));
  return linePlot(series, {
    title: 'A window over time',
    subtitle: 'Centred mean of ±k frames, by preset: change of the mean joint error',
    xLabel: 'k, frames (the result is k frames late)',
    yLabel: 'change of the mean error, mm',
    legend: 'top-left',
  });
}

function priorPlot({ prior: { none, rows } }) {
  const kinds = [
    ['palm', 'weighted', 'weighted, palm axes'],
    ['palm', 'project', 'project, palm axes'],
    ['camera', 'project', 'project, camera axes'],
  ];
  const series = kinds.map(([frame, method, label]) => ({
    label,
    points: rows
      .filter((row) => row.frame === frame && row.method === method && row.components >= FEWEST)
      .map((row) => ({ x: row.components, y: row.meanMm })),
  }));
  const [{ points }] = series;
  series.push({ label: 'no prior', points: points.map(({ x }) => ({ x, y: none.meanMm })) });
  return linePlot(series, {
    title: 'A pose prior of so many components',
    subtitle: `Mean joint error of the decoded joints after the prior, from ${FEWEST} components on`,
    xLabel: 'components',
    yLabel: 'mean error, mm',
    xScale: 'even',
  });
}

function referencePlot({ reference: { rows, withHand } }) {
  const series = rows
    .filter(({ available }) => available)
    .map(({ reference, successCurve }) => ({
      label: REFERENCE_NAMES[reference],
      points: successCurve.map((y, x) => ({ x, y })),
    }));
  return linePlot(series, {
    title: 'Reference point',
    subtitle: `Share of ${withHand} frames with a hand that have every joint within the threshold (Gauss, not smoothed)`,
    xLabel: 'threshold on the largest joint error of a frame, mm',
    yLabel: '',
    yFrom: 0,
    yText: asPercent,
    dots: false,
    legend: 'bottom-right',
  });
}

function ensemblePlot({ ensemble: { rows } }) {
  const sets = [...new Set(rows.map(({ members }) => members))];
  const series = sets.map((members) => ({
    label: members,
    points: rows
      .filter((row) => row.members === members && row.n !== 'gauss')
      .map(({ n, meanMm }) => ({ x: n, y: meanMm })),
  }));
  return linePlot(series, {
    title: 'N-best over the members of an ensemble',
    subtitle: 'Mean joint error by the number of cells that are averaged',
    xLabel: 'N, cells over all members together',
    yLabel: 'mean error, mm',
    xScale: 'even',
  });
}
