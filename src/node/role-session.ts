import { toVoxhandError } from '../errors/index.js';
import { TransformBuffer } from '../rig/index.js';
import { CameraHalf, InferenceHalf, ownCamera, RigPlaces, StageTimes, type TrackerConfig } from '../tracking/index.js';
import { gesturesNeedTransforms } from '../tracking/load-gestures.js';
import {
  type CameraParts,
  type LoadedParts,
  loadCameraParts,
  loadParts,
  locatingStatus,
} from '../tracking/load-parts.js';
import { type TransformFeed, transformsFrom } from '../tracking/transforms-from.js';
import type { BusEvent } from '../transport/port/index.js';
import { InputFaults } from './input-faults.js';
import { NO_SESSION } from './node-facts.js';
import type { NodeSession, OpenSession, SessionContext, SessionFacts } from './node-session.js';
import { type CameraRoleStatus, runCameraRole } from './roles/camera-role.js';
import { type InferenceRoleStatus, runInferenceRole } from './roles/inference-role.js';
import type { RunningRole } from './roles/running-role.js';
import { TimedCounters } from './timed-counters.js';

const KEPT_TIMES = 300;

type RoleStatus = CameraRoleStatus | InferenceRoleStatus;
type RoleFacts = Pick<SessionFacts, 'counts' | 'published' | 'withheld' | 'sinceFrame' | 'roleProblem' | 'roleValues'> &
  Partial<Pick<SessionFacts, 'cameras' | 'fusion' | 'cameraProblem'>>;

/** One role, as a session sees it. */
interface Role {
  /** @throws VoxhandError for a configuration that the parts do not fit. */
  check(config: TrackerConfig): void;
  run(config: TrackerConfig, told: Told): RunningRole<RoleStatus>;
  readonly times: StageTimes;
  inference(): Pick<SessionFacts, 'inference' | 'locating'>;
  /** See {@link SessionFacts.sinceMessage}. */
  sinceMessage(): number | undefined;
  close(): Promise<void>;
}

interface Told {
  readonly onDrop: (cause: string, text: string, topic: string) => void;
  readonly onEvent: (event: BusEvent) => void;
}

/** A pipeline up to its cut, as a node's session: see `runCameraRole`. */
export function cameraSession(load: (config: TrackerConfig) => Promise<CameraParts> = loadCameraParts): OpenSession {
  return async (context) => {
    const { bus, sink, timers } = context;
    const { close, ...parts } = await load(context.config);
    const [counters, times] = [new TimedCounters(timers), new StageTimes(KEPT_TIMES)];
    const role: Role = {
      check: (config) => void new CameraHalf(ownCamera(config), parts),
      run: (config, told) =>
        runCameraRole({
          bus,
          sink,
          config,
          ...parts,
          counters,
          times,
          timers,
          stopwatch: () => timers.seconds(),
          ...told,
        }),
      times,
      inference: () => ({ inference: undefined, locating: locatingStatus(parts) }),
      sinceMessage: () => counters.sinceMessage,
      close,
    };
    return opened(context, role);
  };
}

/** A pipeline from its cut on, as a node's session: see `runInferenceRole`. */
export function inferenceSession(load: (config: TrackerConfig) => Promise<LoadedParts> = loadParts): OpenSession {
  return async (context) => {
    const { bus, sink, timers } = context;
    // where the hand is, is the camera role's business
    const { detection, reference } = context.config;
    const { close, inference, prior, proportions, gestures } = await load({
      ...context.config,
      detection: { ...detection, method: 'geometric' },
      reference: { ...reference, refine: 'none' },
    });
    const times = new StageTimes(KEPT_TIMES);
    const parts = {
      inference,
      ...(prior && { prior }),
      ...(proportions && { proportions }),
      ...(gestures && { gestures }),
    };
    const transforms = new TransformBuffer(context.config.transforms);
    let feed: TransformFeed | undefined;
    const role: Role = {
      check: (config) => {
        new InferenceHalf(config, { model: inference.model, ...(prior && { prior }) });
        new RigPlaces(config, transforms);
      },
      run: (config, { onEvent }) => {
        const { needsTransforms } = new RigPlaces(config, transforms);
        if (config.output.targetFrame !== '' || gesturesNeedTransforms(gestures) || needsTransforms)
          feed ??= transformsFrom(bus, config, transforms);
        const now = () => bus.now();
        const stopwatch = () => timers.seconds();
        return runInferenceRole({ bus, sink, config, ...parts, transforms, times, timers, now, stopwatch, onEvent });
      },
      times,
      inference: () => ({ inference: inference.status(), locating: {} }),
      sinceMessage: () => undefined,
      close: async () => {
        await feed?.stop();
        await close();
      },
    };
    return opened(context, role);
  };
}

async function opened(context: SessionContext, role: Role): Promise<NodeSession> {
  try {
    role.check(context.config);
    return new RoleSession(context, role);
  } catch (error) {
    await role.close();
    throw error;
  }
}

class RoleSession implements NodeSession {
  readonly #context: SessionContext;
  readonly #role: Role;
  readonly #faults = new InputFaults();
  #config: TrackerConfig;
  #running: RunningRole<RoleStatus> | undefined;
  #status: RoleStatus | undefined;
  /** Starts and stops one after another. */
  #line: Promise<void> = Promise.resolve();
  #wanted = false;
  #paused = false;

  constructor(context: SessionContext, role: Role) {
    this.#context = context;
    this.#role = role;
    this.#config = context.config;
  }

  start(): void {
    this.#wanted = true;
    void this.#settle();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#settle();
  }

  async close(): Promise<void> {
    await this.#line;
    await this.#role.close();
  }

  async pause(): Promise<void> {
    this.#paused = true;
    await this.#settle();
  }

  resume(): boolean {
    const was = this.#paused;
    this.#paused = false;
    void this.#settle();
    return was;
  }

  async reset(): Promise<void> {
    this.#running?.reset();
  }

  apply(config: TrackerConfig): void {
    this.#role.check(config);
    this.#config = config;
    void this.#settle(true);
  }

  facts(): SessionFacts {
    const status = this.#running?.status() ?? this.#status;
    const sinceMessage = this.#role.sinceMessage();
    const role: RoleFacts =
      status === undefined ? NO_SESSION : status.role === 'camera' ? ofCamera(status) : ofInference(status);
    return {
      ...NO_SESSION,
      ...role,
      sinceFrame: role.sinceFrame ?? sinceMessage,
      sinceMessage,
      paused: this.#paused,
      frames: role.counts.in,
      faults: this.#faults.all(),
      stages: this.#role.times.summary(),
      ...this.#role.inference(),
    };
  }

  /** Run, or run no more, as is wanted now. */
  #settle(anew = false): Promise<void> {
    this.#line = this.#line.then(async () => {
      const run = this.#wanted && !this.#paused;
      if (this.#running !== undefined && (!run || anew)) {
        const ending = this.#running;
        this.#running = undefined;
        await ending.stop();
        this.#status = ending.status();
      }
      if (run && this.#running === undefined) this.#begin();
    });
    return this.#line;
  }

  #begin(): void {
    const { onEnd, onFailure, onEvent, timers } = this.#context;
    const onDrop = (cause: string, text: string, topic: string) =>
      this.#faults.add(cause, text, topic, timers.seconds());
    try {
      const running = this.#role.run(this.#config, { onDrop, onEvent });
      this.#running = running;
      running.done.then(
        () => this.#running === running && onEnd(),
        (error: unknown) => this.#running === running && onFailure(error),
      );
    } catch (error) {
      onFailure(toVoxhandError(error));
    }
  }
}

function ofCamera({ camera, counts, replies, refused, problem }: CameraRoleStatus): RoleFacts {
  return {
    counts,
    published: counts.out,
    withheld: {},
    sinceFrame: undefined,
    roleProblem: problem,
    roleValues: { camera, ...prefixed('reply', replies), ...prefixed('refused', refused) },
  };
}

function ofInference({ cameras, refused, batches, lastRefusal, rig }: InferenceRoleStatus): RoleFacts {
  const all = cameras.map(({ counts }) => counts);
  const total = (of: (counts: RoleFacts['counts']) => number) => all.reduce((sum, counts) => sum + of(counts), 0);
  const troubled = cameras.find(({ problem }) => problem !== undefined);
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  const ofRig = rig && {
    counts: rig.counts,
    published: rig.output.sent,
    withheld: rig.output.withheld,
    cameras: rig.cameras.map((camera) => ({ ...camera, dropped: {} })),
    fusion: rig.fusion,
    ...(rig.placeProblem !== undefined && { cameraProblem: rig.placeProblem }),
  };
  return {
    counts: {
      in: total((counts) => counts.in),
      out: total((counts) => counts.out),
      tracked: total((counts) => counts.tracked),
      lost: merged(all.map(({ lost }) => lost)),
      dropped: merged(all.map(({ dropped }) => dropped)),
      pending: total((counts) => counts.pending),
    },
    published: cameras.reduce((sum, { published }) => sum + published, 0),
    withheld: merged(cameras.map(({ withheld }) => withheld)),
    sinceFrame: cameras.length === 0 ? undefined : Math.min(...cameras.map(({ silence }) => silence)),
    roleProblem: troubled === undefined ? (rig?.problem ?? lastRefusal) : `${troubled.name}: ${troubled.problem}`,
    roleValues: {
      cameras: cameras.map(({ name }) => name).join(' '),
      ...Object.fromEntries(cameras.map(({ name, silence }) => [`silence.${name}`, silence.toFixed(3)])),
      ...prefixed('batches_of', batches),
      ...(refusals > 0 && prefixed('refused', refused)),
    },
    ...ofRig,
  };
}

function merged(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const each of counts) for (const [name, count] of Object.entries(each)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

function prefixed(prefix: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${prefix}.${name}`, count]));
}
