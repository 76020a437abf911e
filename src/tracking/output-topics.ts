import type { GestureOutput } from '../gestures/index.js';
import { type DescribedHand, type HandJoints, lostHand } from '../hand/index.js';
import { DECODERS, type Decoder } from '../heatmaps/index.js';
import { jointNames } from '../kinematics/index.js';
import {
  type MessageTypes,
  toEnablingStateMessage,
  toGestureEventMessage,
  toHandArrayMessage,
  toHandDescriptionMessage,
  toHandJointsMessage,
  toHandTransform,
  toJointStateMessage,
  toMarkerArray,
  toPointerEventMessage,
  toPointStamped,
  toPoseArray,
  toSceneUpdate,
} from '../messages/index.js';
import type { TrackResult } from './track-result.js';

/** A result on its way out. */
export interface Outgoing {
  readonly result: TrackResult;
  /** One for each tracked and each lost hand, in the order of their ids. */
  readonly hands: readonly HandJoints[];
  /** Those of them that are tracked, or were tracked in the result before: what a hand leaves behind is deleted once. */
  readonly shown: readonly HandJoints[];
  /** Of the hands that are tracked, by id; empty without `output.description`. */
  readonly described: ReadonlyMap<number, DescribedHand>;
  /** The time on the bus's clock, nanoseconds; undefined in a replay. */
  now(): bigint | undefined;
  /** The TF frame of a hand. */
  frameOf(handId: number): string;
}

/** What is published on one topic. */
interface TopicOf<Type extends keyof MessageTypes> {
  /** `topics.<key>` unless it is configured. */
  readonly name: string;
  readonly type: Type;
  /** For parameter files and docs/configuration.md. */
  readonly about: string;
  /** `qos.<key>.depth` unless it is configured: messages that wait, at most; 10 by default. */
  readonly queue?: number;
  /** `output.<key>` unless it is configured; a topic without has no switch. */
  readonly output?: boolean;
  /** One topic for all cameras of an inference role; without it the results of each camera have a topic of their own. */
  readonly shared?: boolean;
  /** With `kinematics.enabled` only. */
  readonly fitted?: boolean;
  /** Part of the digest by which two replays are compared. */
  readonly digested?: boolean;
  /** Given to a viewer that comes while nothing is published. */
  readonly latched?: boolean;
  /** The messages of a result; absent where the node or one of its roles publishes. */
  readonly messages?: (outgoing: Outgoing) => readonly MessageTypes[Type][];
  /** The messages of gestures and pointers: with `gestures.profile` only. */
  readonly events?: (output: GestureOutput) => readonly MessageTypes[Type][];
}
export type OutputTopic = { [Type in keyof MessageTypes]: TopicOf<Type> }[keyof MessageTypes];

/**
 * All topics that a tracker may publish on, by their key in `topics.*`, `qos.*` and `output.*`, in the order in which a result is
 * published. The settings, the publisher, viewers and recordings read it: a new topic is a new entry here.
 */
export const OUTPUT_TOPICS = {
  joints: {
    name: 'hand/joints',
    type: 'voxhand_msgs/msg/HandJoints',
    about: 'Joints out, one message per hand: voxhand_msgs/HandJoints.',
    digested: true,
    latched: true,
    messages: ({ hands, now }) => hands.map((hand) => toHandJointsMessage(hand, now())),
  },
  description: {
    name: 'hand/description',
    type: 'voxhand_msgs/msg/HandDescription',
    about:
      'Palm, pinch and grab, curls, bones and image landmarks of each hand, beside its joints: voxhand_msgs/HandDescription.',
    output: true,
    messages: ({ result: { stamp, frameId, hands, lost }, shown, described }) => {
      const known = new Map([...lost, ...hands].map((hand) => [hand.id, hand]));
      return shown.flatMap(({ handId }) => {
        const hand = known.get(handId);
        return hand ? [toHandDescriptionMessage({ stamp, frameId, hand, described: described.get(handId) })] : [];
      });
    },
  },
  hands: {
    name: 'hands',
    type: 'voxhand_msgs/msg/HandArray',
    about: 'All hands of one moment in one message: voxhand_msgs/HandArray.',
    output: false,
    messages: ({ result: { stamp, frameId }, shown, now }) => [toHandArrayMessage(stamp, frameId, shown, now())],
  },
  poses: {
    name: 'hand/poses',
    type: 'geometry_msgs/msg/PoseArray',
    about: 'Joints out as geometry_msgs/PoseArray, hand after hand.',
    output: true,
    messages: ({ shown }) =>
      shown.length === 0 ? [] : [{ ...toPoseArray(shown[0]), poses: shown.flatMap((hand) => toPoseArray(hand).poses) }],
  },
  markers: {
    name: 'hand/markers',
    type: 'visualization_msgs/msg/MarkerArray',
    about: 'Hands as visualization_msgs/MarkerArray.',
    output: true,
    messages: ({ shown }) =>
      shown.length === 0 ? [] : [{ markers: shown.flatMap((hand) => toMarkerArray(hand).markers) }],
  },
  scene: {
    name: 'hand/scene',
    type: 'foxglove.SceneUpdate',
    about: 'Hands as foxglove.SceneUpdate, for viewers without ROS.',
    output: true,
    messages: ({ shown }) => {
      const updates = shown.map((hand) => toSceneUpdate(hand));
      if (updates.length === 0) return [];
      return [
        {
          deletions: updates.flatMap(({ deletions }) => deletions),
          entities: updates.flatMap(({ entities }) => entities),
        },
      ];
    },
  },
  reference: {
    name: 'hand/reference',
    type: 'geometry_msgs/msg/PointStamped',
    about: 'The point that the cube of a hand is centred at: geometry_msgs/PointStamped.',
    output: true,
    messages: ({ result: { stamp, frameId, details }, hands }) =>
      hands.flatMap(({ handId }) => {
        const reference = details.get(handId)?.reference;
        return reference?.state === 'found' ? [toPointStamped(stamp, frameId, reference.point.position)] : [];
      }),
  },
  jointStates: {
    name: 'hand/joint_states',
    type: 'sensor_msgs/msg/JointState',
    about: 'Angles of each fitted hand, with kinematics.enabled: sensor_msgs/JointState.',
    output: true,
    fitted: true,
    messages: ({ result: { stamp, frameId, hands } }) =>
      hands.flatMap(({ handedness, angles }) =>
        angles === undefined ? [] : [toJointStateMessage(stamp, frameId, jointNames(handedness), angles)],
      ),
  },
  gestures: {
    name: 'hand/gestures',
    type: 'voxhand_msgs/msg/GestureEvent',
    about: 'Gestures out, with gestures.profile: voxhand_msgs/GestureEvent.',
    digested: true,
    events: ({ gestures }) => gestures.map(toGestureEventMessage),
  },
  pointer: {
    name: 'hand/pointer',
    type: 'voxhand_msgs/msg/PointerEvent',
    about: 'Cursors on the surfaces of gestures.profile: voxhand_msgs/PointerEvent.',
    digested: true,
    events: ({ pointers }) => pointers.map(toPointerEventMessage),
  },
  enabling: {
    name: 'hand/enabling',
    type: 'voxhand_msgs/msg/EnablingState',
    about: 'Whether an enabling gesture of gestures.profile is held, a heartbeat: voxhand_msgs/EnablingState.',
    digested: true,
    events: ({ enabling }) => enabling.map(toEnablingStateMessage),
  },
  voxels: {
    name: 'hand/voxels',
    type: 'voxhand_msgs/msg/HandVoxels',
    about: 'Occupied voxels of the cube, from a camera role to an inference role: voxhand_msgs/HandVoxels.',
    queue: 16, // all cameras send on it
    shared: true,
  },
  feedback: {
    name: 'hand/feedback',
    type: 'voxhand_msgs/msg/HandFeedback',
    about: 'What an inference role found in those voxels, back to the camera role: voxhand_msgs/HandFeedback.',
    shared: true,
  },
  diagnostics: {
    name: '/diagnostics',
    type: 'diagnostic_msgs/msg/DiagnosticArray',
    about: 'State of the node: diagnostic_msgs/DiagnosticArray.',
    shared: true,
    latched: true,
  },
} as const satisfies Record<string, OutputTopic>;

export type OutputKey = keyof typeof OUTPUT_TOPICS;
/** The topics that `output.<key>` switches. */
export type SwitchedKey = {
  [Key in OutputKey]: (typeof OUTPUT_TOPICS)[Key] extends { readonly output: boolean } ? Key : never;
}[OutputKey];
/** The entries of {@link OUTPUT_TOPICS}. */
export const OUTPUTS = Object.entries(OUTPUT_TOPICS) as readonly (readonly [OutputKey, OutputTopic])[];

/** The settings that say where results go. */
interface OutputSettings {
  readonly topics: Readonly<Record<OutputKey | 'tf', string>>;
  readonly output: Readonly<Record<string, unknown>>;
  readonly gestures: { readonly profile: string };
  readonly kinematics: { readonly enabled: boolean };
}

/** What results are published as, by one configuration. */
export interface ResultTopic extends Required<Pick<OutputTopic, 'type'>> {
  readonly topic: string;
  /** Switched on. */
  readonly on: boolean;
  readonly messages: (outgoing: Outgoing) => readonly unknown[];
}

/** All that results may be published as, switched on or not: the topics above, the frames of hands, the joints of each decoder. */
export function resultTopics({ topics, output, kinematics }: OutputSettings): ResultTopic[] {
  const named = OUTPUTS.flatMap(([key, { type, messages, output: switched, fitted = false }]): ResultTopic[] => {
    if (fitted && !kinematics.enabled) return [];
    const on = switched === undefined || output[key] === true;
    return messages === undefined ? [] : [{ topic: topics[key], type, on, messages }];
  });
  const frames: ResultTopic = {
    topic: topics.tf,
    type: 'tf2_msgs/msg/TFMessage',
    on: output.handFrames === true,
    messages: handFrames,
  };
  const raw = DECODERS.map((decoder): ResultTopic => {
    const topic = rawTopic(topics.joints, decoder);
    return { topic, type: 'voxhand_msgs/msg/HandJoints', on: output.rawJoints === true, messages: rawJoints(decoder) };
  });
  return [...named, frames, ...raw];
}

/** What gestures are published as; nothing without a profile of them. */
export function eventTopics({ topics, gestures }: OutputSettings) {
  return OUTPUTS.flatMap(([key, { type, events }]) =>
    events === undefined || gestures.profile === ''
      ? []
      : [{ topic: topics[key], type, messages: events as (output: GestureOutput) => readonly unknown[] }],
  );
}

/** All topics that are results and nothing else, switched on or not; those of gestures where there is a profile of them. */
export function handTopics(settings: OutputSettings): string[] {
  const events = eventTopics(settings).map(({ topic }) => topic);
  return [...ownTopics(settings), ...events];
}

function ownTopics(settings: OutputSettings): string[] {
  return resultTopics(settings).flatMap(({ topic }) => (topic === settings.topics.tf ? [] : [topic]));
}

/** The topics that make the digest of a replay. */
export function digestedTopics({ topics }: Pick<OutputSettings, 'topics'>): string[] {
  return OUTPUTS.flatMap(([key, { digested }]) => (digested === true ? [topics[key]] : []));
}

/** The topics whose last message a viewer gets that comes later, as patterns for any configuration. */
export function latchedTopics(): string[] {
  return OUTPUTS.flatMap(([, { name, latched }]) => (latched === true ? [`**/${name.split('/').at(-1)}`] : []));
}

/** The topic on which one decoder's joints are published, before smoothing. */
export function rawTopic(joints: string, decoder: string): string {
  return `${joints}/raw/${decoder}`;
}

function handFrames({ hands, frameOf }: Outgoing): MessageTypes['tf2_msgs/msg/TFMessage'][] {
  const transforms = hands.flatMap((hand) => toHandTransform(hand, frameOf(hand.handId)) ?? []);
  return transforms.length === 0 ? [] : [{ transforms }];
}

const rawJoints =
  (decoder: Decoder) =>
  ({ result: { details }, hands }: Outgoing) =>
    hands.map((hand) => {
      const { stamp, frameId, handedness, handId } = hand;
      return toHandJointsMessage(details.get(handId)?.raw.get(decoder) ?? lostHand(stamp, frameId, handedness, handId));
    });
