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
import { type LoadedParts, loadParts, loadRefiner } from '../../track-hands.js';
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
  const config = await configOf(options, terminal);
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
      metadata: { configuration: formatConfig(config), ...refinerProvenance(parts) },
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
    await parts?.close();
    await recording.close();
  }
}

/**
 * The configuration as the command line asks for it. Each decoder's joints are recorded unless that is switched off or the
 * model has its own decoder: then there is nothing to compare.
 */
async function configOf(
  { config, set = [], model, provider, output, rawJoints }: ReplayCommandOptions,
  terminal: Terminal,
): Promise<TrackerConfig> {
  const raw = `output.raw_joints=${output !== undefined && rawJoints}`;
  const more = [...(model === undefined ? [] : [`inference.model=${JSON.stringify(model)}`])];
  if (provider !== undefined) more.push(`inference.provider=${provider}`);
  const loaded = await loadConfig(config, [raw, ...set, ...more]);
  const { kind, decoder, name } = modelFacts(await loadModel(loaded.inference.model));
  if (kind !== 'joints') return loaded;
  terminal.say(`${name} decodes by itself (${decoder}): heat_maps.decoder has no say, and no raw joints are recorded.`);
  return loadConfig(config, [...set, ...more]);
}

/** Perfect heat maps in the geometry of the configured model. */
async function idealParts(config: TrackerConfig, truth: HandsByStamp): Promise<LoadedParts> {
  const model = modelFacts(await loadModel(config.inference.model));
  const prior = config.smoothing.stages.includes('prior') ? await loadPrior(config.smoothing.prior.file) : undefined;
  const refiner = await loadRefiner(config);
  const inference = idealInference((stamp) => truth.at(stamp), model);
  return {
    inference,
    ...(prior && { prior }),
    ...(refiner && { refiner }),
    async close() {
      await refiner?.inference.close();
    },
  };
}

/** Which network refined the reference point, for the output's metadata. */
function refinerProvenance({ refiner }: LoadedParts): Record<string, string> {
  if (refiner === undefined) return {};
  const { model, providerActual } = refiner.inference.status();
  return {
    refine_model: `${model.name} ${model.version}`,
    refine_model_sha256: model.sha256,
    refine_provider: providerActual,
  };
}

async function writePreview(path: string, sheet: PreviewSheet): Promise<void> {
  await writeFile(path, sheet.png()).catch((cause: Error) => {
    throw new VoxhandError('WRITE_FAILED', cause.message, { where: path, cause });
  });
}
