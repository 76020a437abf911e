import type { RclEndpoint, RclQos } from './rcl.js';

/** Quality of service of one topic, by name. */
export interface TopicQos {
  /** `sensor_data` is best effort: a message that is lost is gone. `reliable` is sent again until it arrives. */
  readonly profile: 'sensor_data' | 'reliable';
  /** Messages that the middleware keeps for a reader that is behind, or for sending again. */
  readonly depth: number;
  /** `transient_local` publishers keep their last messages for subscribers that come later. */
  readonly durability: 'volatile' | 'transient_local';
}

/** As the graph tells it, or as we ask for it. */
export type EndpointQos = RclEndpoint['qos_profile'];

/** For topics without a setting: best effort input takes what any publisher sends, reliable output suits any subscriber. */
export const DEFAULT_QOS: Readonly<Record<'input' | 'output', TopicQos>> = {
  input: { profile: 'sensor_data', depth: 10, durability: 'volatile' },
  output: { profile: 'reliable', depth: 10, durability: 'volatile' },
};

// rmw/types.h
const KEEP_LAST = 1;
const KEEP_ALL = 2;
const RELIABLE = 1;
const BEST_EFFORT = 2;
const TRANSIENT_LOCAL = 1;
const VOLATILE = 2;
const SYSTEM_DEFAULT = 0;
const MANUAL_BY_TOPIC = 3;

/** A new object for each call, because rclnodejs keeps what it is given. */
export function toRclQos({ profile, depth, durability }: TopicQos): RclQos {
  return {
    history: KEEP_LAST,
    depth,
    reliability: profile === 'reliable' ? RELIABLE : BEST_EFFORT,
    durability: durability === 'transient_local' ? TRANSIENT_LOCAL : VOLATILE,
    liveliness: SYSTEM_DEFAULT,
    avoidRosNameSpaceConventions: false,
  };
}

/** `reliable, transient local, keep last 10` */
export function describeQos({ reliability, durability, history, depth, deadline }: EndpointQos): string {
  const words = [
    reliability === RELIABLE ? 'reliable' : reliability === BEST_EFFORT ? 'best effort' : 'reliability unknown',
    durability === TRANSIENT_LOCAL ? 'transient local' : durability === VOLATILE ? 'volatile' : 'durability unknown',
  ];
  // discovery does not carry the history: the graph says keep last 0 or unknown
  if (history === KEEP_LAST && depth > 0) words.push(`keep last ${depth}`);
  if (history === KEEP_ALL) words.push('keep all');
  if (isLimited(deadline)) words.push('with a deadline');
  return words.join(', ');
}

/**
 * What to ask for without a setting: the most that all publishers offer, so that latched messages come and lost ones
 * are sent again. A subscription that exists is kept unless it gets nothing, or could have latched messages.
 */
export function suitableQos(offers: readonly EndpointQos[], present?: TopicQos): TopicQos {
  if (offers.length === 0) return present ?? DEFAULT_QOS.input;
  const isLatched = offers.every(({ durability }) => durability === TRANSIENT_LOCAL);
  const durability = isLatched ? 'transient_local' : 'volatile';
  if (present?.durability === durability) {
    const requested = toRclQos(present);
    if (offers.every((offered) => qosConflicts(offered, requested).length === 0)) return present;
  }
  const isReliable = offers.every(({ reliability }) => reliability === RELIABLE);
  return { profile: isReliable ? 'reliable' : 'sensor_data', depth: isLatched ? 100 : 10, durability };
}

/** One way in which a publisher cannot serve a subscriber, in words that say who says what. */
export interface QosConflict {
  readonly policy: 'reliability' | 'durability' | 'deadline' | 'liveliness';
  /** What the publisher would have to offer. */
  readonly requested: string;
  readonly offered: string;
}

/**
 * Why a subscriber gets nothing from a publisher, by the rule of DDS: the publisher must offer at least what the
 * subscriber asks for. Empty where they match.
 */
export function qosConflicts(offered: EndpointQos, requested: EndpointQos): readonly QosConflict[] {
  const conflicts: QosConflict[] = [];
  if (offered.reliability === BEST_EFFORT && requested.reliability === RELIABLE) {
    conflicts.push({ policy: 'reliability', requested: 'reliable', offered: 'best effort' });
  }
  if (offered.durability === VOLATILE && requested.durability === TRANSIENT_LOCAL) {
    conflicts.push({ policy: 'durability', requested: 'transient local', offered: 'volatile' });
  }
  if (isLimited(requested.deadline) && !isLimited(offered.deadline)) {
    conflicts.push({ policy: 'deadline', requested: 'a deadline', offered: 'none' });
  }
  if (requested.liveliness === MANUAL_BY_TOPIC && offered.liveliness !== MANUAL_BY_TOPIC) {
    conflicts.push({ policy: 'liveliness', requested: 'manual by topic', offered: 'automatic' });
  }
  return conflicts;
}

/** A deadline of more than a year is not meant; the middleware spells `none` as its longest duration, or as zero. */
function isLimited(duration: EndpointQos['deadline']): boolean {
  if (duration === undefined) return false;
  const none = duration.seconds === 0n && Number(duration.nanoseconds) === 0;
  return !none && duration.seconds < 31_536_000n;
}
