import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { loadPrior } from '../../assets/index.js';
import {
  HandsByStamp,
  openMcap,
  readHands,
  replayRecording,
  TRUTH_TOPIC,
  withInputTopics,
} from '../../bus/mcap/index.js';
import { VoxhandError } from '../../hand/index.js';
import { idealInference, loadModel, modelFacts, type Provider } from '../../inference/index.js';
import { loadConfig } from '../../load-config.js';
import { formatConfig, type TrackerConfig, type TrackResult } from '../../pipeline/index.js';
import { type LoadedParts, loadParts } from '../../track-hands.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput } from '../output-file.js';
import { PreviewSheet } from '../preview-sheet.js';
import { formatReplay, hasLoss, type ReplayReport, replayReport } from '../replay-report.js';
import { type StopSignal, stopSignal } from '../stop-signal.js';
import { type TalkOptions, Terminal } from '../terminal.js';
import { TruthMeter } from '../truth-meter.js';

export interface ReplayCommandOptions extends TalkOptions {
  readonly output?: string;
  readonly model?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly provider?: Provider;
  readonly ideal?: boolean;
  readonly truth?: string;
  readonly depth: 'raw' | 'copy' | 'none';
  readonly rawJoints: boolean;
  readonly preview?: string;
  readonly previewFrames: number;
}

export async function replay([input]: readonly string[], options: ReplayCommandOptions): Promise<number> {
  const terminal = new Terminal(options);
  const stop = stopSignal();
  try {
    const report = await runReplay(input, options, terminal, stop);
    terminal.result(report, () => formatReplay(report));
    return stop.exitCode() ?? (hasLoss(report) ? EXIT.loss : EXIT.ok);
  } finally {
    stop.release();
  }
}

/** Replay with a progress bar; `voxhand replay` and `voxhand demo`. */
export async function runReplay(
  input: string,
  options: ReplayCommandOptions,
  terminal: Terminal,
  stop: StopSignal,
): Promise<ReplayReport> {
  const config = await configOf(options);
  const { output, preview, ideal = false } = options;
  for (const file of [output, preview]) if (file !== undefined) await prepareOutput(file, input);
  const recording = await openMcap(input);
  let parts: LoadedParts | undefined;
  try {
    const { topics, messageCount } = recording.info();
    const truthTopic = options.truth ?? topics.find(({ topic }) => topic === TRUTH_TOPIC)?.topic;
    if (ideal && truthTopic === undefined) {
      throw new VoxhandError('TOPIC_NOT_FOUND', '--ideal needs ground truth in the recording', {
        expected: `${TRUTH_TOPIC}, or --truth with one of ${topics.map(({ topic }) => topic).join(', ')}`,
        where: input,
      });
    }
    const truth = truthTopic === undefined ? undefined : new HandsByStamp(readHands(recording, truthTopic));
    await truth?.at(0n); // a topic that is not there, or of another type, is said before the work begins
    const meter = truth && truthTopic !== undefined ? new TruthMeter(truthTopic, truth) : undefined;
    const { depth } = messageCount === 0 ? config.topics : withInputTopics(config, topics, input).topics;
    const total = topics.find(({ topic }) => topic === depth)?.messageCount ?? 0;
    parts = ideal && truth !== undefined ? await idealParts(config, truth) : await loadParts(config);

    const sheet = preview === undefined ? undefined : new PreviewSheet(basename(input), options.previewFrames, total);
    const progress = terminal.progress(total, 'frames');
    const take = async (results: readonly TrackResult[]) => {
      for (const result of results) {
        const agreement = await meter?.add(result.joints);
        sheet?.addResult(result, agreement);
      }
    };
    let done = 0;
    const summary = await replayRecording(input, {
      config,
      ...parts,
      ...(output !== undefined && { output }),
      depth: options.depth,
      metadata: { configuration: formatConfig(config) },
      stopwatch: () => performance.now() / 1000,
      onFrame: async (frame, results) => {
        sheet?.addFrame(frame);
        await take(results);
        const hand = results.at(-1)?.joints.tracked;
        progress.update(++done, hand === undefined ? '' : hand ? 'hand found' : 'no hand');
        await new Promise(setImmediate); // signals are heard between frames
      },
      onFlush: take,
      onDrop: () => progress.update(++done, 'dropped'),
      signal: stop.signal,
    });
    const seconds = progress.elapsed;
    progress.end();
    if (sheet !== undefined && preview !== undefined) await writePreview(preview, sheet);
    await truth?.close();
    return replayReport(summary, { preview: preview ?? null, seconds, error: meter?.summary() ?? null });
  } finally {
    await parts?.inference.close();
    await recording.close();
  }
}

async function configOf({
  config,
  set = [],
  model,
  provider,
  output,
  rawJoints,
}: ReplayCommandOptions): Promise<TrackerConfig> {
  const raw = `output.raw_joints=${output !== undefined && rawJoints}`;
  const loaded = await loadConfig(config, [raw, ...set]);
  const { inference } = loaded;
  return {
    ...loaded,
    inference: { ...inference, model: model ?? inference.model, provider: provider ?? inference.provider },
  };
}

/** Perfect heat maps in the geometry of the configured model. */
async function idealParts(config: TrackerConfig, truth: HandsByStamp): Promise<LoadedParts> {
  const model = modelFacts(await loadModel(config.inference.model));
  const prior = config.smoothing.stages.includes('prior') ? await loadPrior(config.smoothing.prior.file) : undefined;
  return { inference: idealInference((stamp) => truth.at(stamp), model), ...(prior && { prior }) };
}

async function writePreview(path: string, sheet: PreviewSheet): Promise<void> {
  await writeFile(path, sheet.png()).catch((cause: Error) => {
    throw new VoxhandError('WRITE_FAILED', cause.message, { where: path, cause });
  });
}
