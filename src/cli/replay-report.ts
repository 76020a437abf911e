import { fileURLToPath } from 'node:url';
import type { InferenceStatus } from '../inference/index.js';
import type { ReplaySummary } from '../recording/index.js';
import { type CountsSnapshot, DEPTH_UNIT, STAGES, type Stage } from '../tracking/index.js';
import { byReason, table } from './table.js';
import type { TruthSummary } from './truth-meter.js';

/** Durations of a stage, milliseconds. */
export interface StageMs {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
  readonly max: number;
}

/** What a replay has done: the JSON of `voxhand replay`. */
export interface ReplayReport {
  readonly input: string;
  readonly output: string | null;
  readonly preview: string | null;
  readonly depthTopic: string;
  readonly cameraTopic: string;
  readonly frames: CountsSnapshot;
  readonly model: InferenceStatus['model'];
  readonly provider: { readonly requested: string; readonly actual: string; readonly fallbackReason: string | null };
  readonly stagesMs: Partial<Record<Stage, StageMs>>;
  readonly seconds: number;
  readonly framesPerSecond: number;
  /** Against the ground truth in the recording, where there is one. */
  readonly error: TruthSummary | null;
  /** What was wrong with depth images and camera infos: of each cause the first error in full, and what to do. */
  readonly problems: ReplaySummary['problems'];
  /** What could not be read of an input that breaks off. */
  readonly loss: NonNullable<ReplaySummary['loss']> | null;
  /** SHA-256 of what was published on the topics of joints and gestures. */
  readonly digest: string;
  /** Of a rig: how the frames of each camera went, and their fusion. */
  readonly cameras: NonNullable<ReplaySummary['cameras']> | null;
  readonly fusion: NonNullable<ReplaySummary['fusion']> | null;
  /** What went wrong because it was asked for. */
  readonly faults: NonNullable<ReplaySummary['faults']> | null;
  readonly aborted: boolean;
}

export function replayReport(
  summary: ReplaySummary,
  more: Pick<ReplayReport, 'preview' | 'seconds' | 'error'>,
): ReplayReport {
  const { input, output = null, depthTopic, cameraTopic, counts, inference, loss = null, aborted } = summary;
  const { digest, faults = null, problems, cameras = null, fusion = null } = summary;
  const stages = Object.entries(summary.stages).map(([stage, { count, p50, p99, mean, max }]) => {
    const [p50Ms, p99Ms, meanMs, maxMs] = [p50, p99, mean, max].map((seconds) => Number((1000 * seconds).toFixed(3)));
    return [stage, { count, p50: p50Ms, p99: p99Ms, mean: meanMs, max: maxMs }];
  });
  return {
    input,
    output,
    depthTopic,
    cameraTopic,
    frames: counts,
    model: inference.model,
    provider: {
      requested: inference.providerRequested,
      actual: inference.providerActual,
      fallbackReason: inference.fallbackReason ?? null,
    },
    stagesMs: Object.fromEntries(stages),
    framesPerSecond: counts.in / Math.max(more.seconds, 1e-9),
    problems,
    loss,
    digest: digest.sha256,
    cameras,
    fusion,
    faults,
    aborted,
    ...more,
  };
}

/**
 * Were frames dropped that should not have been, or left without the refinement that was asked for, or could the input not be
 * read to its end? A refinement that was not believed is none of these: it is the same every time.
 */
export function hasLoss({ frames, loss }: ReplayReport): boolean {
  const drops = Object.keys(frames.dropped).filter((cause) => cause !== 'aborted');
  const unrefined = Object.keys(frames.refinement ?? {}).filter((outcome) => !['refined', 'too-far'].includes(outcome));
  return loss !== null || drops.length > 0 || unrefined.length > 0;
}

export function formatReplay(report: ReplayReport): string {
  const { frames, provider, model, error, loss, stagesMs } = report;
  const facts = [
    ['input', `${report.input} (${report.depthTopic}, ${report.cameraTopic})`],
    ['frames in', `${frames.in}`],
    ['frames out', `${frames.out}: ${frames.tracked} with a hand, lost ${byReason(frames.lost)}`],
    ...(DEPTH_UNIT in frames.lost ? [['depth unit', unitText(frames.suspectedUnit)]] : []),
    ['dropped', byReason(frames.dropped)],
    ...report.problems.flatMap(({ topic, cause, count, text, remedy }) => [
      [`  ${cause}`, `${count} on ${topic}: ${text}`],
      ['', `what to do: ${remedy}`],
    ]),
    ...cameraRows(report),
    ...(frames.refinement === undefined ? [] : [['reference', byReason(frames.refinement)]]),
    [
      'model',
      `${model.name} on ${provider.actual}${provider.fallbackReason === null ? '' : ` (${provider.fallbackReason})`}`,
    ],
    ['speed', `${report.framesPerSecond.toFixed(1)} frames/s (${report.seconds.toFixed(1)} s)`],
    ...(error === null ? [] : [['mean error', formatError(error)]]),
    ['digest', report.digest],
    ...(report.faults === null ? [] : [['faults', faultsText(report.faults)]]),
    ...(report.output === null ? [] : [['output', report.output]]),
    ...(report.preview === null ? [] : [['preview', report.preview]]),
    ...(loss === null ? [] : [['INCOMPLETE', `${loss.message}; ${loss.lostBytes} bytes lost [${loss.code}]`]]),
    ...(report.aborted ? [['stopped', 'by a signal; the output is complete up to there']] : []),
  ];
  const times = STAGES.flatMap((stage) => {
    const { p50, p99 } = stagesMs[stage] ?? {};
    return p50 === undefined || p99 === undefined ? [] : [[`  ${stage}`, p50.toFixed(2), p99.toFixed(2)]];
  });
  return [
    ...table(facts),
    ...(times.length === 0 ? [] : ['', ...table([['stage, ms', 'p50', 'p99'], ...times], [1, 2])]),
    ...(report.output === null ? [] : ['', howToOpen(report.output)]),
  ].join('\n');
}

/** Of a rig: a row for each camera, and what is to be said of them together. */
function cameraRows({ cameras, fusion }: ReplayReport): string[][] {
  if (cameras === null) return [];
  const rows = cameras.map(({ name, frames, fused, missing, lost, dropped }) => {
    const seen = fusion?.cameras.find((camera) => camera.name === name);
    const causes = { ...lost, ...dropped };
    const parts = [
      `${frames} frames, ${fused} of them fused`,
      ...(missing > 0 ? [`${missing} missing`] : []),
      ...(Object.keys(causes).length > 0 ? [byReason(causes)] : []),
      ...(seen === undefined ? [] : [`hand in ${seen.withHand} of ${seen.frames} looks`]),
    ];
    return [`camera ${name}`, parts.join(', ')];
  });
  const pairs = fusion?.disagreements ?? [];
  const apart = pairs.map(({ cameras: [a, b], distance }) => `${a} and ${b} ${(1000 * distance).toFixed(1)} mm`);
  return [...rows, ...(apart.length === 0 ? [] : [['palms apart', apart.join(', ')]])];
}

function unitText(metres: number | undefined): string {
  if (metres === undefined) return 'looks wrong: see input.depth_unit';
  return `looks wrong: one unit seems to be ${metres} m. For 16-bit depth set input.depth_unit=${metres}; 32FC1 must come in metres`;
}

/** `12 of 450 dropped, 3 corrupted` */
function faultsText({ in: came, out: _, ...counts }: NonNullable<ReplayReport['faults']>): string {
  const happened = Object.entries(counts).filter(([, count]) => count > 0);
  return `${came} messages: ${happened.map(([what, count]) => `${count} ${what}`).join(', ') || 'none'}`;
}

export function formatError({
  meanMm,
  medianMm,
  p95Mm,
  compared,
  framesWithHand,
  falseHands,
  topic,
  tracks,
}: TruthSummary): string {
  if (meanMm === null || medianMm === null || p95Mm === null) return `nothing to compare with ${topic}`;
  const wrong = falseHands === 0 ? '' : `, ${falseHands} hands where there is none`;
  const found = `${compared} of ${framesWithHand} hands found${wrong}`;
  const followed = tracks?.mota == null ? '' : `; MOTA ${tracks.mota.toFixed(3)}, ${tracks.idSwitches} id switches`;
  return `${meanMm.toFixed(2)} mm (median ${medianMm.toFixed(2)}, p95 ${p95Mm.toFixed(1)}); ${found}${followed}`;
}

/** Of the package: for a recording of results. */
const LAYOUT = fileURLToPath(new URL('../../launch/layouts/recording.json', import.meta.url));

function howToOpen(output: string): string {
  return `Open ${output} in Foxglove or Lichtblick (Open local file), with the layout ${LAYOUT}.`;
}
