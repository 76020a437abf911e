import type { DepthFrame } from '../depth/index.js';
import type { InferenceStatus } from '../inference/inference.js';
import type { CameraView } from '../rig/index.js';
import type { LiveTimers } from '../timing/index.js';
import type { TrackerConfig, TrackingFacts, TrackResult } from '../tracking/index.js';
import type { LocatingStatus } from '../tracking/load-parts.js';
import type { BusEvent, BusSink, LiveBus } from '../transport/port/index.js';
import type { InputFault } from './input-faults.js';

/** How the work of a node goes: counts since it was configured. Plain data. */
export interface SessionFacts extends TrackingFacts {
  /** Nothing is subscribed to because there are no subscribers: see `output.on_demand`. */
  readonly idle: boolean;
  /** Seconds since the last depth message, whatever became of it; undefined before the first one, and of a role that takes none. */
  readonly sinceMessage: number | undefined;
  readonly faults: readonly InputFault[];
  /** What keeps a role of a cut pipeline from its work, in words. */
  readonly roleProblem: string | undefined;
  /** Figures of a role. */
  readonly roleValues: Readonly<Record<string, string | number>>;
  readonly inference: InferenceStatus | undefined;
  /** The networks that say where the hand is. */
  readonly locating: LocatingStatus;
}

/** What a node does between configure and cleanup: the whole pipeline, or one role of a cut one. */
export interface NodeSession {
  /** Begin to work. Does nothing while it works. */
  start(): void;
  /** Nothing goes out any more when this resolves; a hand that was shown is taken back. Can be started again. */
  stop(): Promise<void>;
  /** After {@link stop}: free the networks. Bus and sinks stay open. */
  close(): Promise<void>;
  pause(): Promise<void>;
  /** @returns whether it was paused. */
  resume(): boolean;
  /** Forget the hand, the windows and the time. */
  reset(): Promise<void>;
  /**
   * Go by another configuration from the next frame on.
   *
   * @throws VoxhandError `CONFIG_INVALID` where what was loaded does not allow it; the old one stays.
   */
  apply(config: TrackerConfig): void;
  facts(): SessionFacts;
}

/** Somebody who looks at what the whole pipeline does, such as a viewer. Nobody waits for it; it must not throw. */
export interface NodeObserver {
  /**
   * The node was configured, a parameter has changed since, or the network was started again on another provider.
   *
   * @param inference the network that runs and where; undefined of a role without one
   */
  readonly onConfigured?: (config: TrackerConfig, inference: InferenceStatus | undefined) => void;
  /** A frame is worked on; of a rig, all frames of its moment. */
  readonly onFrame?: (frame: DepthFrame, views: readonly CameraView[]) => void;
  /** A result went out. */
  readonly onResult?: (result: TrackResult) => void;
}

/** What a session is made of. */
export interface SessionContext {
  readonly bus: LiveBus;
  /** Where results go; publishing there does not fail. */
  readonly sink: BusSink;
  readonly config: TrackerConfig;
  readonly timers: LiveTimers;
  /** Whether anybody listens to one of these topics of `sink`. */
  readonly wanted: (topics: readonly string[]) => boolean;
  /** To be told that the bus has no more messages. */
  readonly onEnd: () => void;
  /** To be told of an error that ends the work. */
  readonly onFailure: (error: unknown) => void;
  readonly onEvent: (event: BusEvent) => void;
  readonly observer: NodeObserver;
}

/** Load what the configuration names and make a session of it. Nothing stays open after an error. */
export type OpenSession = (context: SessionContext) => Promise<NodeSession>;

/** Several observers of a node as one; they are told in their order. */
export function joinedObserver(observers: readonly NodeObserver[]): NodeObserver {
  const isShown = observers.some(({ onFrame }) => onFrame !== undefined);
  return {
    onConfigured: (config, inference) => {
      for (const observer of observers) observer.onConfigured?.(config, inference);
    },
    ...(isShown && {
      onFrame(frame: DepthFrame, views: readonly CameraView[]) {
        for (const observer of observers) observer.onFrame?.(frame, views);
      },
    }),
    onResult: (result) => {
      for (const observer of observers) observer.onResult?.(result);
    },
  };
}
