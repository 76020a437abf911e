import type { StampVerdict, TrackerConfig } from '../tracking/index.js';
import type { BusEvent, TopicInfo, TopicState } from '../transport/port/index.js';
import type { SinkFault } from './guarded-sink.js';
import type { InputFault } from './input-faults.js';
import type { SessionFacts } from './node-session.js';

/** How a tracker node is at one moment: all that its diagnostics and its status line are made of. Plain data. */
export interface NodeFacts {
  readonly name: string;
  /** Of the life cycle: `active`, `configuring`... */
  readonly state: string;
  readonly config: TrackerConfig;
  /** Seconds since it was activated; 0 while it is not active. */
  readonly activeSeconds: number;
  /** Of what it does since it was configured; all nothing while it is not. */
  readonly session: SessionFacts;
  /** What the bus knows of the two input topics; undefined where it knows nothing. */
  readonly input: {
    readonly depth: TopicState | undefined;
    readonly camera: TopicState | undefined;
    /** Schemas seen or announced on the two topics; empty where nothing is known. */
    readonly depthSchemas: readonly string[];
    readonly cameraSchemas: readonly string[];
    /** Other topics of the bus that carry what could be depth images or camera infos. */
    readonly depthCandidates: readonly string[];
    readonly cameraCandidates: readonly string[];
  };
  /** Of the last seconds. */
  readonly recent: {
    readonly seconds: number;
    /** Frames a second. */
    readonly rate: number;
    readonly in: number;
    readonly out: number;
    readonly dropped: Readonly<Record<string, number>>;
    readonly lost: Readonly<Record<string, number>>;
    readonly stamps: Readonly<Record<StampVerdict, number>>;
    readonly restarts: number;
    readonly faults: readonly InputFault[];
  };
  /** By how much the main thread is late, seconds; undefined where nobody measures. */
  readonly loopLag: { readonly p50: number; readonly p99: number; readonly max: number } | undefined;
  readonly sinks: readonly {
    readonly name: string;
    readonly gone: boolean;
    readonly faults: readonly SinkFault[];
    /** What it left out, by cause and topic. */
    readonly losses: Readonly<Record<string, number>>;
  }[];
  /** Trouble that the bus told of and has not taken back, newest last. */
  readonly events: readonly BusEvent[];
  /** Bus time, nanoseconds. */
  readonly now: bigint;
  /** The last error of a transition or of the inference, with its code. */
  readonly lastError: { readonly code: string; readonly message: string } | undefined;
}

/** Of a node that is not configured. */
export const NO_SESSION: SessionFacts = {
  paused: false,
  idle: false,
  frames: 0,
  lastFrame: undefined,
  framePeriod: undefined,
  sinceFrame: undefined,
  stamps: { next: 0, zero: 0, again: 0, jump: 0 },
  sinceMessage: undefined,
  faults: [],
  counts: { in: 0, out: 0, tracked: 0, lost: {}, dropped: {}, pending: 0 },
  published: 0,
  sent: 0,
  withheld: {},
  stages: {},
  latency: undefined,
  ageAtArrival: undefined,
  age: undefined,
  publishing: undefined,
  hand: false,
  transformProblem: undefined,
  roleProblem: undefined,
  roleValues: {},
  inference: undefined,
  locating: {},
};

/** What of a topic's schemas can be told from a bus's list. */
export function schemasOf(topics: readonly TopicInfo[], topic: string): string[] {
  return topics.filter((info) => info.topic === topic).map(({ schemaName }) => schemaName);
}
