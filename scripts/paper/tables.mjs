/** Results as the tables of docs/paper.md: Markdown by the name of its marker. */
import { SHOWN_DECODERS } from './reference-table.mjs';

const REFERENCE_NAMES = { none: 'as found (no network)', com: 'CoM, learned', rom: 'RoM, learned' };
const DECODER_NAMES = { max: 'max', smax: 'S-max', gauss: 'Gauss', nbest: 'N-best' };
export const TRAIN_COMMAND = 'npm run eval:paper -- --train';

const mm = (value) => (value === null || value === undefined ? '-' : value.toFixed(2));
const percent = (value, digits = 0) =>
  value === null || value === undefined ? '-' : `${(100 * value).toFixed(digits)} %`;
const signed = (value) => (Math.abs(value) < 0.005 ? '0.00' : `${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(2)}`);
const interval = (range, write) =>
  range === null || range === undefined ? '' : ` [${write(range[0])}, ${write(range[1])}]`;
const mean = (row) => `${mm(row.meanMm)}${interval(row.meanInterval, mm)}`;
const within = (row) => `${percent(row.within20)}${interval(row.within20Interval, (v) => (100 * v).toFixed(0))}`;
const difference = (range) =>
  range === null || range === undefined ? '-' : `[${signed(range[0])}, ${signed(range[1])}]`;

/** What an interval of a difference says. */
const verdict = (range) =>
  range === null || range === undefined
    ? 'not measured'
    : `${range[1] < 0 ? 'better' : range[0] > 0 ? 'worse' : 'undecided'} ${difference(range)}`;
const isBetter = ({ againstNone }) => againstNone !== null && againstNone[1] < 0;
const lowest = (rows) => rows.reduce((a, b) => (b.meanMm < a.meanMm ? b : a));

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function made({ made: { date, machine, seconds } }) {
  return `Made on ${date} in ${Math.round(seconds)} s on ${machine}.`;
}

export function setTable(results) {
  const rows = results.set.map((row) => [
    row.preset,
    row.sequences,
    row.frames,
    row.withHand,
    percent(row.thingShare),
    percent(row.hiddenJoints),
    percent(row.halfHiddenShare),
    row.speedMm === null ? '-' : row.speedMm.toFixed(1),
  ]);
  const head = [
    'preset',
    'sequences',
    'frames',
    'with a hand',
    'of these with a thing at the hand',
    'joints hidden',
    'more than half hidden',
    'mm per frame',
  ];
  const sequences = results.sequences.map(
    ({ name, handedness, size, camera }) => `\`${name}\` ${size} ${handedness}, ${camera}`,
  );
  return `${table(head, rows)}\n\n${results.sequences.length} sequences of ${results.framesEach} frames at ${results.fps} Hz, by the number of their seed: ${sequences.join('; ')}. ${made(results)}`;
}

export function referenceTable({ reference: { withHand, foundByAll, rows } }) {
  const head = [
    'reference point',
    'decoder',
    'hand found',
    'joints in the cube',
    'mean mm',
    'median',
    'p95',
    'all within 20 mm',
    'against as found',
    'against max',
  ];
  const lines = rows.flatMap((row) => {
    const name = REFERENCE_NAMES[row.reference];
    if (!row.available) return [[name, 'not available', ...head.slice(2).map(() => '-')]];
    return row.decoders
      .filter(({ decoder }) => SHOWN_DECODERS.includes(decoder))
      .sort((a, b) => SHOWN_DECODERS.indexOf(a.decoder) - SHOWN_DECODERS.indexOf(b.decoder))
      .map((each) => [
        name,
        DECODER_NAMES[each.decoder],
        percent(row.found / withHand, 1),
        percent(row.jointsInCube, 1),
        mean(each),
        mm(each.medianMm),
        mm(each.p95Mm),
        within(each),
        row.reference === 'none' ? '' : difference(each.againstNone),
        each.decoder === 'max' ? '' : difference(each.againstMax),
      ]);
  });
  const said = rows.flatMap(({ reference, available, decoders }) => {
    if (!available) return [];
    const by = (decoder) => decoders.find((each) => each.decoder === decoder);
    const moved =
      reference === 'none' ? [] : [`the point against as found (Gauss) ${verdict(by('gauss').againstNone)}`];
    const read = `S-max against max ${verdict(by('smax').againstMax)}, Gauss against max ${verdict(by('gauss').againstMax)}`;
    return [`${REFERENCE_NAMES[reference]}: ${[...moved, read].join(', ')}`];
  });
  return `${table(head, lines)}\n\nErrors over the ${foundByAll} of ${withHand} frames on which every variant found the hand. Here: ${said.join('; ')}.`;
}

export function ensembleTable({ ensemble }) {
  if (!ensemble.available) return 'Not measured: no ensemble was given (`--ensemble`).';
  const sets = [...new Set(ensemble.rows.map(({ members }) => members))];
  const counts = [...new Set(ensemble.rows.map(({ n }) => n))];
  const rowOf = (members, n) => ensemble.rows.find((row) => row.members === members && row.n === n);
  const head = ['members', ...counts.map((n) => (n === 'gauss' ? 'Gauss' : `N = ${n}`))];
  const means = table(
    head,
    sets.map((members) => [members, ...counts.map((n) => mm(rowOf(members, n).meanMm))]),
  );
  const details = table(
    ['members', 'decoder', 'mean mm', 'median', 'p95', 'all within 20 mm', 'against the last member, Gauss'],
    sets.flatMap((members) => {
      const nBest = counts.filter((n) => n !== 'gauss').map((n) => rowOf(members, n));
      const best = nBest.reduce((a, b) => (b.meanMm < a.meanMm ? b : a));
      return [best, rowOf(members, 'gauss')].map((row) => [
        members,
        row.n === 'gauss' ? 'Gauss' : `best: N = ${row.n}`,
        mean(row),
        mm(row.medianMm),
        mm(row.p95Mm),
        within(row),
        difference(row.againstLast),
      ]);
    }),
  );
  const [{ frames }] = ensemble.rows;
  const whole = sets.at(-1);
  const best = lowest(ensemble.rows.filter(({ members, n }) => members === whole && n !== 'gauss'));
  const said = `Here, against the last member with Gauss: ${whole}, Gauss ${verdict(rowOf(whole, 'gauss').againstLast)}; ${whole}, N = ${best.n} ${verdict(best.againstLast)}.`;
  return `Mean error in mm:\n\n${means}\n\nThe best N of each set of members (chosen on these very frames), and Gauss:\n\n${details}\n\nEvery ${ordinal(ensemble.everyFrame)} frame: ${frames} frames. N counts voxels over all members together. ${said}\n\n![mean error by N](images/paper-ensemble.png)`;
}

const ordinal = (n) => (n === 1 ? '' : n === 2 ? 'second' : n === 3 ? 'third' : `${n}th`);

export function windowTable({ window: { none, rows } }) {
  const presets = Object.keys(none.byPreset);
  const counts = [...new Set(rows.map(({ k }) => k))];
  const rowOf = (mode, method, k) => rows.find((row) => row.mode === mode && row.method === method && row.k === k);
  const kinds = [
    ['centred', 'mean'],
    ['centred', 'median'],
    ['causal', 'mean'],
    ['causal', 'median'],
  ];
  const all = table(
    ['window', ...kinds.map(([mode, method]) => `${mode} ${method}`)],
    [
      ['none', ...kinds.map(() => mean(none))],
      ...counts.map((k) => [`k = ${k}`, ...kinds.map(([mode, method]) => mm(rowOf(mode, method, k).meanMm))]),
    ],
  );
  const line = (name, row) => [
    name,
    row.lagFrames,
    mean(row),
    mm(row.medianMm),
    mm(row.p95Mm),
    within(row),
    row === none ? '' : difference(row.againstNone),
    ...presets.map((preset) => mm(row.byPreset[preset])),
  ];
  const details = table(
    ['centred mean', 'lag, frames', 'mean mm', 'median', 'p95', 'all within 20 mm', 'against none', ...presets],
    [line('none', none), ...counts.map((k) => line(`±${k}`, rowOf('centred', 'mean', k)))],
  );
  const best = ['mean', 'median'].map((method) => {
    const row = lowest(rows.filter((each) => each.mode === 'centred' && each.method === method));
    return `${method} ±${row.k} ${verdict(row.againstNone)}`;
  });
  const chosen = `mean ±3 ${verdict(rowOf('centred', 'mean', 3).againstNone)}`;
  const causal = `the best causal one ${verdict(lowest(rows.filter(({ mode }) => mode === 'causal')).againstNone)}`;
  const said = `Here, the best centred windows against none: ${best.join(', ')}; the winners' ${chosen}; ${causal}.`;
  return `Mean error in mm (centred: k frames on both sides, and k frames late; causal: k frames before, without lag):\n\n${all}\n\n${details}\n\n${none.frames} frames. The last columns are means by preset. ${said}`;
}

export function priorTable({ prior: { none, rows, poses } }) {
  const counts = [...new Set(rows.map(({ components }) => components))];
  const rowOf = (frame, method, components) =>
    rows.find((row) => row.frame === frame && row.method === method && row.components === components);
  const line = (components) => {
    const weighted = rowOf('palm', 'weighted', components);
    const project = rowOf('palm', 'project', components);
    const winners = rowOf('camera', 'project', components);
    return [
      components === weighted.used ? components : `${components} (there are ${weighted.used})`,
      percent(weighted.explained, 2),
      mean(weighted),
      mm(weighted.medianMm),
      mm(weighted.p95Mm),
      within(weighted),
      difference(weighted.againstNone),
      `${mm(project.meanMm)} ${difference(project.againstNone)}`,
      `${mm(winners.meanMm)} ${difference(winners.againstNone)}`,
    ];
  };
  const head = [
    'components',
    'variance explained',
    'weighted: mean mm',
    'median',
    'p95',
    'all within 20 mm',
    'against none',
    'project',
    'project, camera axes',
  ];
  const plain = [
    'none',
    '',
    mean(none),
    mm(none.medianMm),
    mm(none.p95Mm),
    within(none),
    '',
    mm(none.meanMm),
    mm(none.meanMm),
  ];
  const enough = [
    ['palm', 'weighted', 'weighted'],
    ['palm', 'project', 'project'],
    ['camera', 'project', 'project in camera axes'],
  ].map(([frame, method, name]) => {
    const own = rows.filter((row) => row.frame === frame && row.method === method);
    const first = own.find(isBetter);
    const best = lowest(own);
    return `${name} ${first === undefined ? 'never' : `from ${first.components} on, best with ${best.components} ${difference(best.againstNone)}`}`;
  });
  const said = `Here, better than no prior: ${enough.join('; ')}.`;
  return `${table(head, [plain, ...counts.map(line)])}\n\n${none.frames} frames. Fitted on ${poses}. ${said}`;
}

export function fitTable({ fit }) {
  if (fit === undefined) return 'Not measured yet: `npm run eval:paper -- --fit`.';
  const head = [
    'sequences',
    'fit',
    'mean mm',
    'against without',
    'visible',
    'hidden',
    'fingertips',
    'bones vary by',
    'angles, median',
    'fingers overlap by',
    'more than 4 mm',
  ];
  const lines = fit.rows.map((row) => [
    row.preset,
    row.method,
    mean(row),
    row.method === 'without' ? '' : difference(row.againstWithout),
    ...[row.visible, row.hidden, row.tips].map((part) => mm(part.meanMm)),
    mm(row.boneDeviationMm),
    degrees(row.angleMedianDegrees),
    mm(row.overlap.meanMm),
    percent(row.overlap.deepShare, 1),
  ]);
  const [before, after] = fit.rows;
  const part = (name) =>
    `${name} ${verdict(after[name].againstWithout)} (${percent(after[name].meanMm / before[name].meanMm - 1)})`;
  const said = `Here, with the fit against without: all joints ${verdict(after.againstWithout)} (${percent(after.meanMm / before.meanMm - 1)}), ${['visible', 'hidden', 'tips'].map(part).join(', ')}`;
  const { meanMm, deepShare } = before.trueOverlap;
  const { model, made } = fit;
  return `${table(head, lines)}\n\n${fit.sequences} sequences of ${fit.frames} frames: ${before.frames} of ${fit.withHand} frames with a hand were found; ${fit.unfitted} were not fitted. ${said}. Of the true hands, fingers overlap by ${mm(meanMm)} mm, in ${percent(deepShare, 1)} of the frames by more than 4 mm. \`${model.name}\`, sha256 ${model.sha256.slice(0, 12)}. Made on ${made.date} in ${made.seconds} s on ${made.machine}.`;
}

const degrees = (value) => (value === null ? '-' : `${value.toFixed(1)}°`);

const NOT_TRAINED = `Not trained yet: \`${TRAIN_COMMAND}\`.`;

function trained(baselines) {
  const { machine = '-', samples, frames = samples, epochs, set, date, command, seed } = baselines;
  return [
    `Trained${date ? ` on ${date}` : ''} by \`${command ?? TRAIN_COMMAND}\``,
    `on ${frames} synthetic frames${epochs ? ` for ${epochs} epochs` : ''}${seed === undefined ? '' : ` (seed ${seed})`}`,
    `on ${machine}; measured on ${set === 'sequences' ? 'the frames of the set above whose hand the geometric finder found' : set}.`,
  ].join(' ');
}

/** The rows of each network, first epoch first: its seconds are training alone. */
function networks(rows) {
  const names = [...new Set(rows.map(({ name }) => name))];
  return names.map((name) => rows.filter((row) => row.name === name).sort((a, b) => a.epoch - b.epoch));
}

function baselineTable(baselines, which) {
  const rows = baselines?.rows.filter(({ table }) => table === which) ?? [];
  if (rows.length === 0) return NOT_TRAINED;
  const head = ['network', 'in', 'out', 'parameters', 'mean mm', 'median', 'p95', 'all within 20 mm', 'first epoch, s'];
  const lines = networks(rows).map((epochs) => {
    const last = epochs.at(-1);
    return [
      last.name,
      last.input,
      last.output,
      thousands(last.parameters),
      mm(last.meanMm),
      mm(last.medianMm),
      mm(last.p95Mm),
      percent(last.framesWithin20),
      epochs[0].seconds,
    ];
  });
  return `${table(head, lines)}\n\n${trained(baselines)}`;
}

export const representationTable = (baselines) => baselineTable(baselines, 'representation');
export const lossTable = (baselines) => baselineTable(baselines, 'loss');

export function widthTable(baselines) {
  const rows = baselines?.rows.filter(({ table }) => table === 'width') ?? [];
  if (rows.length === 0) return NOT_TRAINED;
  const epochs = [...new Set(rows.map(({ epoch }) => epoch))].sort((a, b) => a - b);
  const lines = networks(rows).map((own) => {
    const last = own.at(-1);
    return [
      last.name,
      thousands(last.parameters),
      ...epochs.map((epoch) => {
        const row = own.find((other) => other.epoch === epoch);
        return row === undefined ? '-' : `${mm(row.meanMm)} (${mm(row.medianMm)})`;
      }),
      percent(last.framesWithin20),
      own[0].seconds,
    ];
  });
  const head = [
    'network',
    'parameters',
    ...epochs.map((epoch) => `epoch ${epoch}`),
    'all within 20 mm',
    'first epoch, s',
  ];
  return `${table(head, lines)}\n\nMean (median) error in mm after each epoch. ${trained(baselines)}`;
}

function thousands(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Every table by the name of its marker. */
export function allTables(results, baselines) {
  return {
    set: setTable(results),
    representation: representationTable(baselines),
    width: widthTable(baselines),
    loss: lossTable(baselines),
    reference: referenceTable(results),
    ensemble: ensembleTable(results),
    window: windowTable(results),
    prior: priorTable(results),
    fit: fitTable(results),
  };
}
