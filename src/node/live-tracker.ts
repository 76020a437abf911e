import { toVoxhandError, VoxhandError } from '../errors/index.js';
import {
  type FrameTracker,
  firstSide,
  networkRefiner,
  StageTimes,
  type TrackerConfig,
  TrackingSession,
  trackerFor,
  type WithheldCause,
} from '../tracking/index.js';
import { type LoadedParts, loadParts, locatingStatus } from '../tracking/load-parts.js';
import { handTopics } from '../tracking/output-topics.js';
import { InputFaults } from './input-faults.js';
import type { NodeSession, OpenSession, SessionContext, SessionFacts } from './node-session.js';
import { TimedCounters } from './timed-counters.js';

/** Stage times are of the last ten seconds or so. */
const KEPT_TIMES = 300;
/** A source that failed is subscribed to again after this, seconds. */
const RETRY = 1;
/** With `output.on_demand`: how often to look whether there are subscribers, seconds. */
const LOOK = 0.25;

/**
 * A {@link TrackingSession} on a live bus as a node's session: it is run again after a failure of the source, and with `output.on_demand`
 * only while its topics have subscribers. It can be started and stopped, paused and reset any number of times.
 */
export class LiveTracker implements NodeSession {
  readonly #counters: TimedCounters;
  readonly #times = new StageTimes(KEPT_TIMES);
  readonly #faults = new InputFaults();
  readonly #context: SessionContext;
  readonly #parts: LoadedParts;
  readonly #session: TrackingSession;
  readonly #fault: (cause: string, text: string, topic: string) => void;
  #config: TrackerConfig;
  #running = false;
  #timer: unknown;

  /** @throws VoxhandError as `HandTracker` for a configuration that the parts do not fit. */
  constructor(context: SessionContext, parts: LoadedParts) {
    const { bus, sink, config, timers, observer } = context;
    this.#context = context;
    this.#parts = parts;
    this.#config = config;
    this.#counters = new TimedCounters(timers);
    const fault = (cause: string, text: string, topic: string) =>
      this.#faults.add(cause, text, topic, timers.seconds());
    this.#fault = fault;
    this.#session = new TrackingSession({
      ...{ source: bus, live: true, sink, config, timers, counters: this.#counters, times: this.#times },
      tracker: this.#create(config),
      gestures: parts.gestures,
      onDrop: fault,
      onUnpublishable: ({ code, message }) => fault(code, message, this.#config.topics.joints),
      ...(observer.onFrame && { onTurn: (frame, views) => observer.onFrame?.(frame, views) }),
      onResult: (result) => observer.onResult?.(result),
    });
  }

  facts(): SessionFacts {
    return {
      ...this.#session.facts(),
      idle: this.#running && !this.#session.running && this.#config.output.onDemand,
      sinceMessage: this.#counters.sinceMessage,
      faults: this.#faults.all(),
      roleProblem: undefined,
      roleValues: {},
      inference: this.#parts.inference.status(),
      locating: locatingStatus(this.#parts),
    };
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#begin();
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#leave('deactivated');
  }

  async close(): Promise<void> {
    await this.#parts.close();
    await this.#session.idle();
  }

  pause(): Promise<void> {
    return this.#session.pause();
  }

  resume(): boolean {
    return this.#session.resume();
  }

  reset(): Promise<void> {
    return this.#session.reset();
  }

  apply(config: TrackerConfig): void {
    const next = this.#create(config);
    const before = this.#config;
    this.#config = config;
    const { rawJoints } = config.output;
    const concerned = !sameBut(config, before, ['output', 'diagnostics']) || rawJoints !== before.output.rawJoints;
    this.#session.apply(config, {
      tracker: concerned ? next : undefined,
      output: !same(config.output, before.output),
    });
  }

  #begin(): void {
    if (!this.#running) return;
    if (this.#config.output.onDemand) this.#look();
    else this.#run();
  }

  #run(): void {
    const { timers, onEnd } = this.#context;
    const { topics } = this.#config;
    this.#session.run().then(
      (ended) => {
        if (!ended) return;
        timers.clearTimeout(this.#timer);
        onEnd();
      },
      (error: unknown) => {
        const { code, message } = toVoxhandError(error);
        this.#fault(code, message, topics.depth);
        void this.#leave('reset');
        this.#timer = timers.setTimeout(() => this.#begin(), 1000 * RETRY);
      },
    );
  }

  /** Run while there are subscribers, and look again. */
  #look(): void {
    const { timers, wanted } = this.#context;
    const listened = wanted(handTopics(this.#config));
    if (listened && !this.#session.running) this.#run();
    if (!listened && this.#session.running) void this.#leave('unwanted');
    this.#timer = timers.setTimeout(() => this.#begin(), 1000 * LOOK);
  }

  #leave(cause: WithheldCause): Promise<void> {
    this.#context.timers.clearTimeout(this.#timer);
    return this.#session.stop(cause);
  }

  #create(config: TrackerConfig): FrameTracker {
    const { timers } = this.#context;
    const { inference, detection, refiner, prior, proportions } = this.#parts;
    if (config.smoothing.stages.includes('prior') && prior === undefined) {
      throw new VoxhandError('CONFIG_INVALID', 'the pose prior was not loaded', {
        expected: 'smoothing.stages with prior when the node is configured',
        where: 'smoothing.stages',
      });
    }
    const maxMove = config.reference.maxRefinement;
    const own = refiner && networkRefiner(refiner.inference, { handedness: firstSide(config), maxMove });
    return trackerFor(config, {
      ...{ inference, counters: this.#counters, times: this.#times, stopwatch: () => timers.seconds() },
      sheds: config.policy === 'latest',
      ...(prior && { prior }),
      ...(proportions && { proportions }),
      ...(detection && { detection }),
      ...(own && { refiner: own }),
    });
  }
}

/**
 * The whole pipeline as a node's session.
 *
 * @param load by default `loadParts`
 */
export function wholeSession(load: (config: TrackerConfig) => Promise<LoadedParts> = loadParts): OpenSession {
  return async (context) => {
    const parts = await load(context.config);
    try {
      return new LiveTracker(context, parts);
    } catch (error) {
      await parts.close();
      throw error;
    }
  };
}

function sameBut(a: TrackerConfig, b: TrackerConfig, rooms: readonly (keyof TrackerConfig)[]): boolean {
  const rest = (config: TrackerConfig) =>
    Object.entries(config).filter(([room]) => !rooms.includes(room as keyof TrackerConfig));
  return same(rest(a), rest(b));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
