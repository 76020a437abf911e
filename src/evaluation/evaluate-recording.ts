import type { HandJoints } from '../hand/index.js';
import { DECODERS } from '../heatmaps/index.js';
import { fromHandJointsMessage, type HandJointsMessage, recordedCodec } from '../messages/index.js';
import type { HandStage, PosePrior } from '../smoothing/index.js';
import { SMOOTHING_STAGES, smoothingConfig, smoothingStage } from '../smoothing/index.js';
import type { TrackerConfig } from '../tracking/index.js';
import { rawTopic } from '../tracking/output-topics.js';
import type { BusSource } from '../transport/port/index.js';
import { JointErrorMeter, type JointErrorReport } from './joint-errors.js';
import type { TruthByStamp } from './truth-by-stamp.js';

export interface EvaluateOptions {
  readonly truth: TruthByStamp;
  /** The topics' names, the decoder that is smoothed, and the settings of the smoothing stages. */
  readonly config: TrackerConfig;
  /** For the stage `prior`; without it that stage is left out. */
  readonly prior?: PosePrior;
}

/** Reports about one recording. */
export interface RecordingEvaluation {
  /** The joints as they were recorded. */
  readonly recorded: JointErrorReport;
  /** What each decoder read off the heat maps, before smoothing; empty where the recording has no raw joints. */
  readonly decoders: readonly JointErrorReport[];
  /**
   * The configured decoder's joints through no stage of smoothing, the first, the first two and so on, whether they were
   * switched on in the recording or not; empty where the recording has no raw joints.
   */
  readonly smoothing: readonly JointErrorReport[];
}

/**
 * Compare a recording of results with ground truth: the joints that it holds, each decoder's (recorded with
 * `output.rawJoints`), and what each stage of smoothing does to them. Memory does not grow with the recording.
 *
 * @throws VoxhandError `TOPIC_NOT_FOUND`, `MESSAGE_INVALID`, `SCHEMA_UNSUPPORTED`, and whatever the bus throws.
 */
export async function evaluateRecording(bus: BusSource, options: EvaluateOptions): Promise<RecordingEvaluation> {
  const { truth, config, prior } = options;
  const { joints } = config.topics;
  const { decoder: configured } = config.heatMaps;
  const known = new Set(bus.topics().map(({ topic }) => topic));
  const recorded = new JointErrorMeter(truth, joints);
  const decoders = DECODERS.filter((decoder) => known.has(rawTopic(joints, decoder)));
  const meters = new Map(decoders.map((decoder) => [rawTopic(joints, decoder), new JointErrorMeter(truth, decoder)]));
  const smoothed = decoders.includes(configured) ? smoothingSteps(options, prior) : [];

  const take = (topic: string, hand: HandJoints) => {
    (meters.get(topic) ?? recorded).add(hand);
    if (topic !== rawTopic(joints, configured)) return;
    for (const { stage, meter } of smoothed) for (const result of stage.push(hand)) meter.add(result);
  };
  for await (const message of bus.subscribe([joints, ...meters.keys()])) {
    take(message.topic, fromHandJointsMessage(recordedCodec(message).decode(message.data) as HandJointsMessage));
  }
  for (const { stage, meter } of smoothed) for (const result of stage.flush()) meter.add(result);
  return {
    recorded: recorded.report(),
    decoders: [...meters.values()].map((meter) => meter.report()),
    smoothing: smoothed.map(({ meter }) => meter.report()),
  };
}

/** No stage, the first, the first two, and so on. */
function smoothingSteps(
  { truth, config }: EvaluateOptions,
  prior: PosePrior | undefined,
): { stage: HandStage; meter: JointErrorMeter }[] {
  const available = SMOOTHING_STAGES.filter((stage) => stage !== 'prior' || prior !== undefined);
  return Array.from({ length: available.length + 1 }, (_, count) => {
    const stages = available.slice(0, count);
    const settings = smoothingConfig({ ...config.smoothing, stages }, prior);
    const label = [config.heatMaps.decoder, ...stages].join(' + ');
    return { stage: smoothingStage(settings), meter: new JointErrorMeter(truth, label) };
  });
}
