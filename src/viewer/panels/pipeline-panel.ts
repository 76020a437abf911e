import type { PipelineReport, StageTime } from '../model/pipeline-report.js';
import { byId, element, setText } from '../ui/element.js';
import { count, hertz, milliseconds, words } from '../ui/format.js';

export interface PipelineFacts {
  readonly report: PipelineReport | undefined;
  /** Of the server: `model` and `provider` where no diagnostics say them. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Joint messages a second, as they come in here. */
  readonly rate: number | undefined;
  /** Milliseconds, of the newest joints; undefined in a replay. */
  readonly age: number | undefined;
  /** Frames by which smoothing delays. */
  readonly lag: number | undefined;
  /** Images and clouds that were newer than the page was fast. */
  readonly skipped: number;
  /** Messages that could not be read, and why the last one could not. */
  readonly unreadable: number;
  readonly lastFault: string;
}

/** Share of the frames that may be lost before it is worth a colour: a camera that is faster than the tracker always loses some. */
const MUCH_LOSS = 0.05;

type Figure = readonly [label: string, value: string, unit: string, alert?: boolean];

/** Rate, age, drops, stage times, provider and model. */
export class PipelinePanel {
  readonly #figures = byId('figures');
  readonly #stages = byId('stages');
  readonly #facts = byId('facts');
  #shown = '';

  show(facts: PipelineFacts): void {
    const { report, rate, age, lag } = facts;
    const dropped = [...(report?.dropped.values() ?? [])].reduce((sum, n) => sum + n, 0);
    const shownAge = report?.age?.p50 ?? age;
    const figures: Figure[] = [
      ['Rate', rate === undefined ? '–' : hertz(rate), 'Hz'],
      ['Age', shownAge === undefined ? '–' : milliseconds(shownAge), shownAge === undefined ? '' : 'ms'],
      ['Dropped', report === undefined ? '–' : count(dropped), '', dropped > MUCH_LOSS * (report?.framesIn ?? 0)],
      ['Lag', lag === undefined ? '–' : String(lag), lag === 1 ? 'frame' : 'frames'],
    ];
    const rows = factRows(facts);
    const content = JSON.stringify([figures, report?.stages, rows]);
    if (content === this.#shown) return;
    this.#shown = content;
    this.#figures.replaceChildren(
      ...figures.map(([label, value, unit, alert]) =>
        element(
          'div',
          { class: alert === true ? 'alert' : '' },
          element('dt', {}, label),
          element('dd', {}, value, ...(unit === '' ? [] : [element('small', {}, ` ${unit}`)])),
        ),
      ),
    );
    this.#stages.replaceChildren(...stageRows(report?.stages ?? []));
    this.#facts.replaceChildren(
      ...rows.flatMap(([label, value, alert]) => [
        element('dt', {}, label),
        element('dd', { class: alert ? 'alert' : '' }, value),
      ]),
    );
    const total = (report?.stages ?? []).reduce((sum, { p50 }) => sum + p50, 0);
    setText(byId('pipeline-value'), total > 0 ? `${milliseconds(total)} ms per frame` : '');
  }
}

type FactRow = readonly [label: string, value: string, alert: boolean];

function factRows({ report, metadata, skipped, unreadable, lastFault }: PipelineFacts): FactRow[] {
  const rows: FactRow[] = [];
  for (const { name, text } of report?.alerts ?? []) rows.push([words(name), text, true]);
  for (const [cause, n] of report?.dropped ?? []) rows.push([`Dropped, ${words(cause)}`, count(n), false]);
  const provider = report?.provider ?? metadata.provider;
  const model = report?.model ?? metadata.model;
  if (provider !== undefined) rows.push(['Provider', provider, false]);
  if (model !== undefined) rows.push(['Model', model, false]);
  if (report?.inputRate !== undefined) rows.push(['Camera', `${hertz(report.inputRate)} Hz`, false]);
  if (report?.age?.p99 !== undefined) rows.push(['Age, 99 %', `${milliseconds(report.age.p99)} ms`, false]);
  if (skipped > 0) rows.push(['Skipped by this page', count(skipped), false]);
  if (unreadable > 0) rows.push(['Not readable', `${count(unreadable)}: ${lastFault}`, true]);
  if (report === undefined) rows.push(['Diagnostics', 'none yet', false]);
  return rows;
}

/** How much longer than the longest median the bars' scale goes: outliers run out of it, and their number says how far. */
const SCALE = 1.6;

/** A bar a stage: its median, and paler how far the slowest of a hundred goes. All to one scale. */
function stageRows(stages: readonly StageTime[]): HTMLElement[] {
  if (stages.length === 0) return [];
  const longest = SCALE * Math.max(...stages.map(({ p50 }) => p50));
  const head = element(
    'div',
    { class: 'stage-head' },
    element('span', {}, 'Stage'),
    element('span', {}, 'ms, median and 99 %'),
  );
  const bar = (className: string, share: number) => {
    const created = element('i', { class: className });
    created.style.setProperty('transform', `scaleX(${Math.min(1, share).toFixed(3)})`);
    return created;
  };
  return [
    head,
    ...stages.flatMap(({ name, p50, p99 }) => [
      element('span', {}, words(name)),
      element(
        'span',
        { class: 'meter', 'aria-hidden': 'true' },
        bar('tail', (p99 ?? p50) / longest),
        bar('', p50 / longest),
      ),
      element('span', { class: 'value' }, `${milliseconds(p50)}${p99 === undefined ? '' : ` · ${milliseconds(p99)}`}`),
    ]),
  ];
}
