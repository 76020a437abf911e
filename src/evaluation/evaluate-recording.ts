import type { HandJoints } from '../hand/index.js';
import { DECODERS } from '../heatmaps/index.js';
import { anglesOfJoints, jointNames } from '../kinematics/index.js';
import { fromHandJointsMessage, type HandJointsMessage, type MessageTypes, recordedCodec } from '../messages/index.js';
import type { HandStage, PosePrior } from '../smoothing/index.js';
import { SMOOTHING_STAGES, smoothingConfig, smoothingStage } from '../smoothing/index.js';
import { fromStamp } from '../timing/index.js';
import type { TrackerConfig } from '../tracking/index.js';
import { rawTopic } from '../tracking/output-topics.js';
import type { BusSource } from '../transport/port/index.js';
import { type AngleErrorReport, AngleErrors } from './angle-errors.js';
import { HandTracks, type HandTracksReport } from './hand-tracks.js';
import { JointErrorMeter, type JointErrorReport, type SeenJoints } from './joint-errors.js';
import type { TruthByStamp } from './truth-by-stamp.js';

export interface EvaluateOptions {
  readonly truth: TruthByStamp;
  /** The topics' names, the decoder that is smoothed, and the settings of the smoothing stages. */
  readonly config: TrackerConfig;
  /** For the stage `prior`; without it that stage is left out. */
  readonly prior?: PosePrior;
  /** Which joints of the truth the camera sees; without it nothing is said on visible and hidden joints. */
  readonly visible?: SeenJoints;
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
  /** The recorded angles (`topics.joint_states`) beside those of the true joints; null where there are none to compare. */
  readonly jointStates: AngleErrorReport | null;
  /** The recorded hands followed through time. */
  readonly tracks: HandTracksReport;
  /** Whether there are several hands in the ground truth, or several of a moment were recorded. */
  readonly isSeveral: boolean;
}

/**
 * Compare a recording of results with ground truth: the joints that it holds, each decoder's (recorded with
 * `output.rawJoints`), and what each stage of smoothing does to them. Memory does not grow with the recording.
 *
 * @throws VoxhandError `TOPIC_NOT_FOUND`, `MESSAGE_INVALID`, `SCHEMA_UNSUPPORTED`, and whatever the bus throws.
 */
export async function evaluateRecording(bus: BusSource, options: EvaluateOptions): Promise<RecordingEvaluation> {
  const { truth, config, prior, visible } = options;
  const { joints, jointStates } = config.topics;
  const { decoder: configured } = config.heatMaps;
  const known = new Set(bus.topics().map(({ topic }) => topic));
  const recorded = new JointErrorMeter(truth, joints, visible);
  const decoders = DECODERS.filter((decoder) => known.has(rawTopic(joints, decoder)));
  const meters = new Map(
    decoders.map((decoder) => [rawTopic(joints, decoder), new JointErrorMeter(truth, decoder, visible)]),
  );
  const smoothed = decoders.includes(configured) ? smoothingSteps(options, prior) : [];
  const tracks = new RecordedTracks(truth);

  const take = (topic: string, hand: HandJoints) => {
    (meters.get(topic) ?? recorded).add(hand);
    if (topic === joints) tracks.add(hand);
    if (topic !== rawTopic(joints, configured)) return;
    for (const { stageOf, meter } of smoothed) {
      for (const result of stageOf(hand.handId).push(hand)) meter.add(result);
    }
  };
  const angles = new AngleErrors();
  const fitted = known.has(jointStates) ? [jointStates] : [];
  for await (const message of bus.subscribe([joints, ...meters.keys(), ...fitted])) {
    if (message.topic === jointStates) {
      addAngles(angles, recordedCodec(message).decode(message.data) as JointState, truth);
      continue;
    }
    take(message.topic, fromHandJointsMessage(recordedCodec(message).decode(message.data) as HandJointsMessage));
  }
  for (const { stages, meter } of smoothed) {
    for (const stage of stages.values()) for (const result of stage.flush()) meter.add(result);
  }
  return {
    recorded: recorded.report(),
    decoders: [...meters.values()].map((meter) => meter.report()),
    smoothing: smoothed.map(({ meter }) => meter.report()),
    jointStates: angles.report().all.count === 0 ? null : angles.report().all,
    tracks: tracks.report(),
    isSeveral: truth.isSeveral || tracks.isSeveral,
  };
}

type JointState = MessageTypes['sensor_msgs/msg/JointState'];

/** Of the true hand of a message's stamp and side; angles do not say which of several they are of. */
function addAngles(errors: AngleErrors, { header, name, position }: JointState, truth: TruthByStamp): void {
  for (const side of ['right', 'left'] as const) {
    const order = jointNames(side).map((joint) => name.indexOf(joint));
    if (order.includes(-1)) continue;
    const hands = truth.findAll(fromStamp(header.stamp)).map((index) => truth.frames[index]);
    const [hand, ...others] = hands.filter(({ tracked, handedness }) => tracked && handedness === side);
    if (hand === undefined || others.length > 0 || hand.confidences.includes(0)) continue;
    errors.add(
      order.map((i) => position[i]),
      anglesOfJoints(hand.positions, side),
    );
  }
}

/** Follows recorded hands as they come, in the order of their stamps, beside all moments of the truth. */
class RecordedTracks {
  readonly #truth: TruthByStamp;
  readonly #tracks = new HandTracks();
  /** Of the truth: the first frame that was not compared yet. */
  #next = 0;
  #moment: HandJoints[] = [];
  isSeveral = false;

  constructor(truth: TruthByStamp) {
    this.#truth = truth;
  }

  add(hand: HandJoints): void {
    if (this.#moment.length > 0 && this.#moment[0].stamp !== hand.stamp) this.#compare();
    this.#moment.push(hand);
  }

  report(): HandTracksReport {
    this.#compare();
    this.#skip(this.#truth.frames.length);
    return this.#tracks.report();
  }

  #compare(): void {
    const hands = this.#moment;
    this.#moment = [];
    if (hands.filter(({ tracked }) => tracked).length > 1) this.isSeveral = true;
    const [first, ...others] = hands.length === 0 ? [] : this.#truth.findAll(hands[0].stamp);
    if (first === undefined || first < this.#next) return;
    this.#skip(first);
    this.#next = first + 1 + others.length;
    this.#tracks.add(this.#truth.frames[first].stamp, hands, this.#truth.frames.slice(first, this.#next));
  }

  /** Moments of the truth of which there is no result. */
  #skip(end: number): void {
    while (this.#next < end) {
      const from = this.#next;
      const { stamp } = this.#truth.frames[from];
      while (this.#next < end && this.#truth.frames[this.#next].stamp === stamp) this.#next++;
      this.#tracks.add(stamp, [], this.#truth.frames.slice(from, this.#next));
    }
  }
}

/** No stage, the first, the first two, and so on; each hand has its own. */
function smoothingSteps(
  { truth, config, visible }: EvaluateOptions,
  prior: PosePrior | undefined,
): { stages: Map<number, HandStage>; stageOf: (handId: number) => HandStage; meter: JointErrorMeter }[] {
  const available = SMOOTHING_STAGES.filter((stage) => stage !== 'prior' || prior !== undefined);
  return Array.from({ length: available.length + 1 }, (_, count) => {
    const names = available.slice(0, count);
    const settings = smoothingConfig({ ...config.smoothing, stages: names }, prior);
    const label = [config.heatMaps.decoder, ...names].join(' + ');
    const stages = new Map<number, HandStage>();
    const stageOf = (handId: number): HandStage => {
      const stage = stages.get(handId) ?? smoothingStage(settings);
      stages.set(handId, stage);
      return stage;
    };
    return { stages, stageOf, meter: new JointErrorMeter(truth, label, visible) };
  });
}
