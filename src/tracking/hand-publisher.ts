import type { Observer } from 'rxjs';
import { type HandJoints, jointsOfHands } from '../hand/index.js';
import { DECODERS } from '../heatmaps/index.js';
import {
  cdrCodec,
  HAND_JOINTS_SCHEMA,
  jsonCodec,
  toHandJointsMessage,
  toHandTransform,
  toMarkerArray,
  toPointStamped,
  toPoseArray,
  toSceneUpdate,
} from '../messages/index.js';
import type { BusSink, Publisher } from '../transport/port/index.js';
import { namespacePrefix, type TrackerConfig } from './config.js';
import type { HandDetail, TrackResult } from './track-result.js';

/** The topic on which one decoder's joints are published, before smoothing. */
export function rawTopic(joints: string, decoder: string): string {
  return `${joints}/raw/${decoder}`;
}

/**
 * The TF frame of a hand, with `output.hand_frames`: `hand_0`, or `cell/left/hand_0` in the namespace `cell/left`, so that the
 * hands of several trackers have frames of their own.
 */
export function handFrameId({ namespace }: Pick<TrackerConfig, 'namespace'>, handId: number): string {
  return `${namespacePrefix(namespace).slice(1)}hand_${handId}`;
}

/** All topics that a {@link HandPublisher} may publish on, switched on or not. */
export function handTopics({ topics }: TrackerConfig): string[] {
  const { joints, poses, markers, scene, reference } = topics;
  return [joints, poses, markers, scene, reference, ...DECODERS.map((decoder) => rawTopic(joints, decoder))];
}

/** One hand of a result as messages carry it, and what was found of it. */
interface PublishedHand {
  readonly joints: HandJoints;
  readonly detail: HandDetail | undefined;
}

/** Publishes results on the topics of the configuration, hand by hand in the order of the ids, each message by the stamp of the result. */
export class HandPublisher {
  readonly #publishers: readonly ((hand: PublishedHand) => Promise<void>)[];
  /** Ids of the hands that were tracked in the last result. */
  #tracked = new Set<number>();

  /**
   * @param now the bus's clock, nanoseconds, of which a result's age is said; without it ages are zero, as in a replay.
   */
  constructor(sink: BusSink, config: TrackerConfig, now?: () => bigint) {
    const { topics, output } = config;
    const each = <T>(on: boolean, create: () => Publisher<T>, build: (hand: PublishedHand) => T | undefined) => {
      if (!on) return [];
      const publisher = create();
      return [
        async (hand: PublishedHand) => {
          if (output.lazy && !publisher.wanted()) return;
          const message = build(hand);
          if (message !== undefined) await publisher.publish(message, hand.joints.stamp);
        },
      ];
    };
    const changed = ({ joints }: PublishedHand) => joints.tracked || this.#tracked.has(joints.handId);
    this.#publishers = [
      ...each(
        true,
        () => sink.advertise(topics.joints, cdrCodec(HAND_JOINTS_SCHEMA)),
        ({ joints }) => toHandJointsMessage(joints, now?.()),
      ),
      ...each(
        output.poses,
        () => sink.advertise(topics.poses, cdrCodec('geometry_msgs/msg/PoseArray')),
        (hand) => (changed(hand) ? toPoseArray(hand.joints) : undefined),
      ),
      ...each(
        output.markers,
        () => sink.advertise(topics.markers, cdrCodec('visualization_msgs/msg/MarkerArray')),
        (hand) => (changed(hand) ? toMarkerArray(hand.joints) : undefined),
      ),
      ...each(
        output.scene,
        () => sink.advertise(topics.scene, jsonCodec('foxglove.SceneUpdate')),
        (hand) => (changed(hand) ? toSceneUpdate(hand.joints) : undefined),
      ),
      ...each(
        output.reference,
        () => sink.advertise(topics.reference, cdrCodec('geometry_msgs/msg/PointStamped')),
        ({ detail, joints: { stamp, frameId } }) =>
          detail?.reference.state === 'found'
            ? toPointStamped(stamp, frameId, detail.reference.point.position)
            : undefined,
      ),
      ...each(
        output.handFrames,
        () => sink.advertise(topics.tf, cdrCodec('tf2_msgs/msg/TFMessage')),
        ({ joints }) => {
          const frame = toHandTransform(joints, handFrameId(config, joints.handId));
          return frame && { transforms: [frame] };
        },
      ),
      ...(output.rawJoints ? DECODERS : []).flatMap((decoder) =>
        each(
          true,
          () => sink.advertise(rawTopic(topics.joints, decoder), cdrCodec(HAND_JOINTS_SCHEMA)),
          ({ detail, joints }) => toHandJointsMessage(detail?.raw.get(decoder) ?? untracked(joints)),
        ),
      ),
    ];
  }

  /** Everything for one result, in a fixed order. Wait for it before the next: it is the back-pressure. */
  async publish(result: TrackResult): Promise<void> {
    for (const joints of jointsOfHands(result)) {
      const hand = { joints, detail: result.details.get(joints.handId) };
      for (const publish of this.#publishers) await publish(hand);
    }
    this.#tracked = new Set(result.hands.map(({ id }) => id));
  }
}

export interface PublishHandsOptions {
  /** Results that may wait to be written; the oldest beyond that is dropped. Default 64. */
  readonly maxPending?: number;
  /** Told of each result that is dropped because the bus is slower than the camera. */
  readonly onDrop?: (result: TrackResult) => void;
  /** Told of a bus that takes no more. By default the error is thrown where nobody can catch it. */
  readonly onError?: (error: unknown) => void;
}

/**
 * {@link HandPublisher} at the end of a live stream: `results.subscribe(publishHands(bus, config))`.
 *
 * A subscription cannot be held up, so results are written one after another in the background, and at most `maxPending` of
 * them wait. Where nothing may be lost (a recording), await {@link HandPublisher.publish} in the stream instead.
 */
export function publishHands(
  sink: BusSink,
  config: TrackerConfig,
  { maxPending = 64, onDrop, onError = rethrow }: PublishHandsOptions = {},
): Observer<TrackResult> {
  const publisher = new HandPublisher(sink, config);
  const waiting: TrackResult[] = [];
  let busy = false;
  let failed = false;
  const fail = (error: unknown) => {
    if (failed) return;
    failed = true;
    onError(error);
  };
  const drain = async () => {
    busy = true;
    for (let result = waiting.shift(); result !== undefined && !failed; result = waiting.shift()) {
      await publisher.publish(result);
    }
    busy = false;
  };
  return {
    next: (result) => {
      if (failed) return;
      waiting.push(result);
      if (waiting.length > maxPending) onDrop?.(waiting.shift() as TrackResult);
      if (!busy) drain().catch(fail);
    },
    error: fail,
    complete: () => undefined,
  };
}

function rethrow(error: unknown): never {
  throw error;
}

function untracked(joints: HandJoints): HandJoints {
  return {
    ...joints,
    tracked: false,
    positions: new Float64Array(0),
    confidences: new Float32Array(0),
    lagFrames: 0,
  };
}
