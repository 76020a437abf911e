import type { LoopLag, NodeFacts, NodeReport } from '../node/index.js';
import type { RecordingReport } from '../recording/index.js';
import type { DurationSummary } from '../timing/index.js';
import { summariseRecording } from './recording-text.js';
import { byReason, table } from './table.js';

/** Quantiles, milliseconds. */
interface Ms {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** How one tracker did: a part of the JSON of `voxhand run`. */
export interface TrackerRunReport {
  readonly name: string;
  readonly depthTopic: string;
  readonly jointsTopic: string;
  readonly frames: NodeFacts['session']['counts'];
  readonly published: number;
  readonly withheld: Readonly<Record<string, number>>;
  /** What the bus dropped before the tracker saw it. */
  readonly busDropped: Readonly<Record<string, number>>;
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string } | null;
  readonly provider: {
    readonly requested: string;
    readonly actual: string;
    readonly fallbackReason: string | null;
  } | null;
  readonly workerRestarts: number;
  readonly ageMs: Ms | null;
  /** Of that: until the frame was decoded here. */
  readonly ageAtArrivalMs: Ms | null;
  readonly publishMs: Ms | null;
  readonly stagesMs: Readonly<Record<string, Ms & { readonly count: number }>>;
  readonly timeJumps: number;
  /** What was wrong at the end. */
  readonly findings: readonly { readonly rule: string; readonly level: string; readonly text: string }[];
}

/** What `voxhand run` did: its JSON. */
export interface RunReport {
  readonly seconds: number;
  readonly trackers: readonly TrackerRunReport[];
  /** What MQTT, viewers and event clients did not get, by cause and topic or type: `{ mqtt: { 'dropped gesture': 3 } }` */
  readonly losses: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly eventLoopLagMs: Ms | null;
  readonly recording: { readonly path: string; readonly report: RecordingReport } | null;
}

export function trackerRunReport({ facts, findings }: NodeReport): TrackerRunReport {
  const { name, config, session, input } = facts;
  const { counts, published, withheld, inference, age, ageAtArrival, publishing, stages, stamps } = session;
  return {
    name,
    depthTopic: config.topics.depth,
    jointsTopic: config.topics.joints,
    frames: counts,
    published,
    withheld,
    busDropped: input.depth?.dropped ?? {},
    model: inference?.model ?? null,
    provider:
      inference === undefined
        ? null
        : {
            requested: inference.providerRequested,
            actual: inference.providerActual,
            fallbackReason: inference.fallbackReason ?? null,
          },
    workerRestarts: inference?.restarts ?? 0,
    ageMs: inMs(age),
    ageAtArrivalMs: inMs(ageAtArrival),
    publishMs: inMs(publishing),
    stagesMs: Object.fromEntries(
      Object.entries(stages).map(([stage, times]) => [stage, { ...(inMs(times) as Ms), count: times.count }]),
    ),
    timeJumps: stamps.jump,
    findings: findings.map(({ rule: { id, level }, text }) => ({ rule: id, level, text })),
  };
}

/** Of the sinks that lost something; all trackers share them. */
export function sinkLosses({ facts }: NodeReport): RunReport['losses'] {
  const lost = facts.sinks.filter(({ losses }) => Object.keys(losses).length > 0);
  return Object.fromEntries(lost.map(({ name, losses }) => [name, losses]));
}

/** Milliseconds of seconds. */
export function inMs(seconds: DurationSummary | LoopLag | undefined): Ms | null {
  if (seconds === undefined) return null;
  const { p50, p99, max } = seconds;
  const [p50Ms, p99Ms, maxMs] = [p50, p99, max].map((value) => Number((1000 * value).toFixed(3)));
  return { p50: p50Ms, p99: p99Ms, max: maxMs };
}

export function formatRun({ seconds, trackers, losses, eventLoopLagMs, recording }: RunReport): string {
  const lines = trackers.flatMap(({ name, frames, published, model, provider, ageMs, findings, busDropped }) => [
    name,
    ...table([
      ['  frames in', `${frames.in}`],
      ['  published', `${published} (${frames.tracked} with a hand)`],
      ['  no hand', byReason(frames.lost)],
      ['  dropped', byReason(frames.dropped)],
      ['  replaced on the bus', byReason(busDropped)],
      ['  age at publish', ageMs === null ? '-' : `${ageMs.p50} ms at the median, ${ageMs.p99} ms p99`],
      ['  model', model === null ? '-' : `${model.name} on ${provider?.actual}`],
      ...findings.map(({ level, text }) => [`  ${level}`, text]),
    ]),
    '',
  ]);
  const lag = eventLoopLagMs === null ? '' : `, main thread late by ${eventLoopLagMs.p99} ms (p99)`;
  const recorded = recording === null ? [] : [summariseRecording(recording.path, recording.report)];
  const lost = Object.entries(losses).map(([name, counts]) => `${name} left out: ${byReason(counts)}`);
  return [...lines, ...recorded, ...lost, `${seconds.toFixed(1)} s${lag}`].join('\n');
}

/** A tracker in a few words: `left 30.0 Hz, age 41 ms, dropped 3, hand`. */
export function statusOf({ facts, findings }: NodeReport): string {
  const { name, state, session, recent } = facts;
  if (state !== 'active') return `${name} ${state}`;
  const { paused, idle, age, counts, hand } = session;
  const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0);
  const worst = findings.find(({ rule }) => rule.level !== 'warn') ?? findings[0];
  return [
    `${name} ${recent.rate.toFixed(1)} Hz`,
    ...(age === undefined ? [] : [`age ${(1000 * age.p50).toFixed(0)} ms`]),
    ...(dropped === 0 ? [] : [`dropped ${dropped}`]),
    ...(worst === undefined ? [] : [`${worst.rule.level} ${worst.rule.id}`]),
    paused ? 'paused' : idle ? 'no subscribers' : hand ? 'hand' : 'no hand',
  ].join(', ');
}
