import { basename } from 'node:path';
import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import { jointsOfHands } from '../../hand/index.js';
import { type InferenceStatus, idealInference, loadModel, modelFacts, type Provider } from '../../inference/index.js';
import { plausibleStart, rangeOf, replayRecording, TRUTH_TOPIC } from '../../recording/index.js';
import { disagreementText } from '../../rig/index.js';
import type { TrackerConfig, TrackResult } from '../../tracking/index.js';
import { CAMERA_MISMATCH, findInputTopics, formatConfig, loadPrior } from '../../tracking/index.js';
import { loadConfig } from '../../tracking/load-config.js';
import { loadGestures } from '../../tracking/load-gestures.js';
import { loadHand } from '../../tracking/load-hand.js';
import { type LoadedParts, loadLocating, loadParts, locatingStatus } from '../../tracking/load-parts.js';
import { inlineEncoder } from '../../tracking/views/depth-view-encoder.js';
import { viewerTopics } from '../../tracking/views/viewer-topics.js';
import { openRecording, type RecordingSource, RecordingView } from '../../transport/mcap/index.js';
import { HandsByStamp, type PlaybackControl, readHands } from '../../transport/port/index.js';
import { defined } from '../defined.js';
import { EXIT } from '../exit-code.js';
import type { LiveSink } from '../live-sink.js';
import type { LiveSinkName } from '../option-values.js';
import { prepareOutput, writeOutput } from '../output-file.js';
import { PreviewSheet } from '../preview-sheet.js';
import { formatReplay, hasLoss, type ReplayReport, replayReport } from '../replay-report.js';
import {
  type ReplaySource,
  type ReplaySourceOptions,
  replaySource,
  skippedText,
  warnOfUnlisted,
  withServe,
} from '../replay-source.js';
import { ReplayViews } from '../replay-views.js';
import { serverOptions } from '../serve-options.js';
import { type StopSignal, stopSignal } from '../stop-signal.js';
import { type TalkOptions, Terminal } from '../terminal.js';
import { TruthMeter } from '../truth-meter.js';

export interface ReplayCommandOptions extends TalkOptions, ReplaySourceOptions {
  readonly output?: string;
  readonly model?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly provider?: Provider;
  readonly gestures?: string;
  readonly ideal?: boolean;
  readonly truth?: string;
  readonly depth: 'raw' | 'copy' | 'none';
  readonly rawJoints: boolean;
  readonly views?: boolean;
  readonly preview?: string;
  readonly previewFrames: number;
}

export async function replay([input]: readonly string[], given: ReplayCommandOptions): Promise<number> {
  const options = withServe(given);
  const { to, track = true } = options;
  replaySource(options); // impossible options are refused first
  if (!track && to !== undefined) return (await import('./replay-play.js')).replayAsRecorded(input, to, options);
  const terminal = new Terminal(options);
  const stop = stopSignal();
  try {
    const report = await runReplay(input, options, terminal, stop);
    terminal.result(report, formatReplay);
    return stop.exitCode() ?? (hasLoss(report) ? EXIT.loss : EXIT.ok);
  } finally {
    stop.release();
  }
}

/** Who else hears of a replay. */
export interface ReplayListener {
  /** Of the packaged pages, the one that is shown: the viewer by default. */
  readonly page?: string;
  /** Called with the address of the page once there is one. */
  readonly onPage?: (url: string) => void;
  /** Called when viewers have been sent these results. */
  readonly onShown?: (results: readonly TrackResult[]) => void;
}

/** Replay with a progress bar; `voxhand replay` and `voxhand demo`. */
export async function runReplay(
  input: string,
  options: ReplayCommandOptions,
  terminal: Terminal,
  stop: StopSignal,
  listener: ReplayListener = {},
): Promise<ReplayReport> {
  const { remap, topics: wanted, ...source } = replaySource(options);
  const config = await configOf(options, terminal);
  const { output, preview, ideal = false } = options;
  const withViews = (options.views ?? true) && options.depth === 'raw';
  for (const file of [output, preview]) if (file !== undefined) await prepareOutput(file, input);
  const file = await openRecording(input);
  let parts: LoadedParts | undefined;
  let live: LiveSink | undefined;
  let recorded: ReplayViews | undefined;
  try {
    warnOfUnlisted(file, terminal);
    const recording = new RecordingView(file, defined({ topics: wanted, remap }));
    const { topics, messageCount } = recording.info();
    const truthTopic = options.truth ?? topics.find(({ topic }) => topic === TRUTH_TOPIC)?.topic;
    if (ideal && truthTopic === undefined) {
      throw new VoxhandError('TOPIC_NOT_FOUND', '--ideal needs ground truth in the recording', {
        expected: `${TRUTH_TOPIC}, or --truth with one of ${topics.map(({ topic }) => topic).join(', ')}`,
        where: input,
      });
    }
    const truth =
      truthTopic === undefined ? undefined : new HandsByStamp(rereadable(() => readHands(recording, truthTopic)));
    let meter = truth && truthTopic !== undefined ? new TruthMeter(truthTopic, truth) : undefined;
    /** Ground truth that cannot be read is no reason not to replay, unless it was asked for. */
    const withoutTruth = (error: unknown) => {
      if (ideal || options.truth !== undefined) throw error;
      meter = undefined;
      terminal.warn(`no comparison with ${truthTopic}: ${toVoxhandError(error).message}`);
    };
    // a topic that is not there, or of another type, is told before the work begins
    await truth?.at(0n).catch(withoutTruth);
    const found = messageCount === 0 ? config : await findInputTopics(config, recording, input);
    const { depth, cameraInfo } = found.topics;
    const depthImages = topics.find(({ topic }) => topic === depth)?.messageCount ?? 0;
    const total = messageCount === 0 ? 0 : await totalFrames(depthImages, file, source);
    if (options.to !== undefined) live = await openLive(options.to, options, file, source, terminal, listener);
    parts = ideal && truth !== undefined ? await idealParts(config, truth) : await loadParts(config);

    const sheet =
      preview === undefined
        ? undefined
        : new PreviewSheet(basename(input), options.previewFrames, total < Infinity ? total : depthImages);
    const progress = terminal.progress(total, 'frames');
    const take = async (results: readonly TrackResult[]) => {
      for (const result of results) {
        const agreement = await meter?.add(jointsOfHands(result), result.stamp).catch(withoutTruth);
        sheet?.addResult(result, agreement ?? undefined);
      }
    };
    // a server makes these of the frames
    const ofCameras = Object.values(config.cameras).flatMap((camera) => [camera.depth, camera.cameraInfo]);
    const made = new Set([depth, cameraInfo, ...ofCameras, ...ofCameras.map((topic) => `${topic}/compressedDepth`)]);
    let done = 0;
    const summary = await replayRecording(input, {
      config,
      ...parts,
      ...defined({ output, topics: wanted, remap }),
      depth: options.depth,
      ...(withViews && { replaces: RECORDED_VIEWS.map((view) => viewerTopics(found)[view]) }),
      metadata: { configuration: formatConfig(config), ...locatingProvenance(parts) },
      ...source,
      ...(source.pace && { pace: { ...source.pace, onIdle: (seconds) => terminal.say(skippedText(seconds)) } }),
      ...(live && {
        live: { sink: live.sink, takes: (topic) => live?.takesInput === true || !made.has(topic) },
        onPlayer: (player: PlaybackControl) => {
          live?.attach(player);
          // who comes while it waits shall see where it begins, not nothing
          if (source.pace?.startPaused === true) player.command({ kind: 'step', frames: 1 }).catch(() => undefined);
        },
      }),
      stopwatch: () => performance.now() / 1000,
      onFrame: async (frame, results, progressed, views) => {
        sheet?.addFrame(views);
        if (parts !== undefined) await live?.show?.(frame, results, progressed, parts.inference, views);
        if (withViews && progressed.output !== undefined && parts !== undefined) {
          recorded ??= new ReplayViews(progressed.output, {
            views: RECORDED_VIEWS,
            pointStep: 4,
            encoder: inlineEncoder(),
            timed: false,
            diagnostics: !topics.some(({ topic }) => topic === progressed.config.topics.diagnostics),
          });
          await recorded.publish(frame, results, progressed, parts.inference, views);
        }
        listener.onShown?.(results);
        await take(results);
        const hands = results.at(-1)?.hands.length;
        progress.update(++done, hands === undefined ? '' : handsFound(hands));
        await new Promise(setImmediate); // signals are heard between frames
      },
      onFlush: take,
      onDrop: (cause, text, topic) => {
        // camera infos are no frames
        if (topic === depth) progress.update(++done, 'dropped');
        else if (cause === CAMERA_MISMATCH) terminal.say(`Warning: ${text}.`);
      },
      signal: stop.signal,
    });
    const seconds = progress.elapsed;
    progress.end();
    const disagreement = disagreementText(summary.fusion?.disagreements ?? [], config.rig.warnDisagreement);
    if (disagreement !== undefined) terminal.warn(disagreement);
    if (sheet !== undefined && preview !== undefined) await writePreview(preview, sheet);
    await truth?.close();
    return replayReport(summary, { preview: preview ?? null, seconds, error: meter?.summary() ?? null });
  } finally {
    await recorded?.close();
    await parts?.close();
    await live?.close();
    await file.close();
  }
}

/** What a recording of results holds for viewers, beside depth images, camera infos and transforms. */
const RECORDED_VIEWS = ['points', 'annotations', 'cube', 'cells'] as const;

/** Read from its beginning by each loop: a replay may go round several times. */
function rereadable<T>(read: () => AsyncIterable<T>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => read()[Symbol.asyncIterator]() };
}

/** How many frames will be shown as a part of; unknown where a recording is only replayed in part, or without end. */
async function totalFrames(
  recorded: number,
  file: RecordingSource,
  { start, duration, times }: ReplaySource,
): Promise<number> {
  if (times === Number.POSITIVE_INFINITY) return times;
  if (start === undefined && duration === undefined) return recorded * times;
  const { endTime = 0n } = file.info();
  const whole = Number(endTime - (await plausibleStart(file))) / 1e9;
  const part = Math.min(whole - (start ?? 0), duration ?? whole);
  return Math.max(1, Math.round((recorded * times * part) / Math.max(whole, 1e-9)));
}

async function openLive(
  to: LiveSinkName,
  options: ReplayCommandOptions,
  file: RecordingSource,
  { pace, start, duration }: ReplaySource,
  terminal: Terminal,
  { page, onPage }: ReplayListener,
): Promise<LiveSink> {
  const { openLiveSink } = await import('../live-sink.js');
  const info = file.info();
  const range = await rangeOf(file, defined({ start, duration }));
  const hasTransforms = info.topics.some(({ topic }) => topic === '/tf_static');
  const speed = pace?.speed ?? 1;
  return openLiveSink(
    to,
    {
      name: basename(info.path),
      begin: range.start,
      end: range.end - 1n,
      speed,
      hasTransforms,
      server: to === 'serve' ? await serverOptions(options) : {},
      ...defined({ pointStep: options.points, page, onPage }),
    },
    terminal,
  );
}

/**
 * The configuration as the command line asks for it. Each decoder's joints are recorded unless that is switched off or the
 * model has its own decoder: then there is nothing to compare.
 */
async function configOf(
  { config, set = [], model, provider, gestures, output, rawJoints }: ReplayCommandOptions,
  terminal: Terminal,
): Promise<TrackerConfig> {
  const raw = `output.raw_joints=${output !== undefined && rawJoints}`;
  const more = [...(model === undefined ? [] : [`inference.model=${JSON.stringify(model)}`])];
  if (provider !== undefined) more.push(`inference.provider=${provider}`);
  if (gestures !== undefined) more.push(`gestures.profile=${JSON.stringify(gestures)}`);
  const loaded = await loadConfig(config, [raw, ...set, ...more]);
  const { kind, decoder, name } = modelFacts(await loadModel(loaded.inference.model));
  if (kind !== 'joints') return loaded;
  terminal.say(
    `${name} decodes by itself (${decoder}): heat_maps.decoder has no effect, and no raw joints are recorded.`,
  );
  return loadConfig(config, [...set, ...more]);
}

function handsFound(count: number): string {
  return count === 0 ? 'no hand' : count === 1 ? 'hand found' : `${count} hands`;
}

/** Perfect heat maps in the geometry of the configured model; of a rig the ground truth must be in its frame. */
async function idealParts(config: TrackerConfig, truth: HandsByStamp): Promise<LoadedParts> {
  const model = modelFacts(await loadModel(config.inference.model));
  const prior = config.smoothing.stages.includes('prior') ? await loadPrior(config.smoothing.prior.file) : undefined;
  const isRig = Object.keys(config.cameras).length > 0;
  const ideal = isRig
    ? idealInference((stamp) => truth.around(stamp), model, 'rig')
    : idealInference((stamp) => truth.at(stamp), model);
  const inference = { ...ideal, capacity: 1 }; // ground truth is asked one question at a time
  const gestures = await loadGestures(config);
  const proportions = await loadHand(config);
  const loaded = { ...(prior && { prior }), ...(proportions && { proportions }), ...(gestures && { gestures }) };
  return { inference, ...loaded, ...(await loadLocating(config)) };
}

/** Which networks located the hand, for the output's metadata. */
function locatingProvenance(parts: LoadedParts): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(locatingStatus(parts)).map(([name, status]) => provenanceOf(name, status)),
  );
}

function provenanceOf(name: string, { model, providerActual }: InferenceStatus): Record<string, string> {
  return {
    [`${name}_model`]: `${model.name} ${model.version}`,
    [`${name}_model_sha256`]: model.sha256,
    [`${name}_provider`]: providerActual,
  };
}

async function writePreview(path: string, sheet: PreviewSheet): Promise<void> {
  await writeOutput(path, sheet.png());
}
