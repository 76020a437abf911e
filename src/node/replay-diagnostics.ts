import type { DepthFrame } from '../depth/index.js';
import type { InferenceStatus } from '../inference/inference.js';
import type { Diagnostic } from '../messages/index.js';
import type { DurationSummary } from '../timing/index.js';
import type { CountsSnapshot, Stage, TrackerConfig } from '../tracking/index.js';
import { nodeDiagnostics } from './node-diagnostics.js';
import { NO_SESSION } from './node-facts.js';

/** How the replay of a recording is going. */
export interface ReplayFacts {
  readonly config: TrackerConfig;
  /** The newest one. */
  readonly frame: DepthFrame;
  readonly counts: CountsSnapshot;
  readonly stages: Readonly<Partial<Record<Stage, DurationSummary>>>;
  /** From a frame's turn to its results' publication, seconds. A recording's stamps have no other age. */
  readonly latency: DurationSummary | undefined;
  /** Median of the last frames, seconds. */
  readonly framePeriod: number | undefined;
  readonly inference: InferenceStatus;
}

/** The diagnostics of a replay, under the names and keys of a live node's. */
export function replayDiagnostics(facts: ReplayFacts): Diagnostic[] {
  const { config, frame, counts, stages, latency, framePeriod, inference } = facts;
  const { stamp: now, width, height, frameId } = frame;
  const rate = framePeriod === undefined ? 0 : 1 / framePeriod;
  return nodeDiagnostics(
    {
      ...{ name: 'replay', state: 'active', config, now, activeSeconds: 0 },
      session: {
        ...NO_SESSION,
        ...{ counts, stages, inference, age: latency, framePeriod },
        frames: counts.in,
        published: counts.out,
        lastFrame: { width, height, frameId },
      },
      input: {
        ...{ depth: undefined, camera: undefined },
        ...{ depthSchemas: [], cameraSchemas: [], depthCandidates: [], cameraCandidates: [] },
      },
      recent: {
        ...{
          seconds: 0,
          rate,
          in: 0,
          out: 0,
          dropped: {},
          lost: {},
          stamps: NO_SESSION.stamps,
          restarts: 0,
          faults: [],
        },
      },
      ...{ loopLag: undefined, sinks: [], events: [], lastError: undefined },
    },
    [],
  );
}
