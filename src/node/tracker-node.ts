import { inWords, toVoxhandError, VoxhandError } from '../errors/index.js';
import { cdrCodec, toDiagnosticArray } from '../messages/index.js';
import type { LiveTimers } from '../timing/index.js';
import { processTimers } from '../timing/live-timers.js';
import { isCameraSchema, isDepthSchema } from '../tracking/depth-frames.js';
import { changedParameters, changeParameters, type TrackerConfig, type TrackerParameter } from '../tracking/index.js';
import {
  type BusEvent,
  type BusSink,
  type LiveBus,
  type Publisher,
  type TopicState,
  teeSink,
} from '../transport/port/index.js';
import type { Lifecycle, LifecycleHandlers, SetResult, TransitionOutcome } from '../transport/ros2/host.js';
import { LifecycleMachine } from '../transport/ros2/lifecycle-machine.js';
import { GuardedSink, type LossySink } from './guarded-sink.js';
import { wholeSession } from './live-tracker.js';
import { nodeDiagnostics } from './node-diagnostics.js';
import { NO_SESSION, type NodeFacts, schemasOf } from './node-facts.js';
import { type Finding, findingsOf } from './node-rules.js';
import type { NodeObserver, NodeSession, OpenSession } from './node-session.js';
import { RecentCounts } from './recent-counts.js';
import { cameraSession, inferenceSession } from './role-session.js';

/** Troubles that a bus told of and that are remembered; older ones are forgotten. */
const EVENTS_KEPT = 16;
/** A trouble that the bus does not repeat is forgotten after this, seconds. */
const EVENT_SECONDS = 30;
/** A fault of an input counts as present for this long, seconds. */
const FAULT_SECONDS = 5;
/** A report that is to say that nothing comes any more is so much later than it could be, seconds. */
const AFTER_SILENCE = 0.01;

export type NodeLog = (severity: 'info' | 'warn' | 'error', text: string) => void;

export interface TrackerNodeOptions {
  /** In diagnostics, in ROS 2 the full one (`/cell/left`); `hand_tracker` by default. */
  readonly name?: string;
  /** Where frames come from and hands go to. It stays open when the node closes. */
  readonly bus: LiveBus;
  readonly config: TrackerConfig;
  /** Whether hands and diagnostics go out on the bus, too; by default they do. Off for a bus that takes nothing. */
  readonly publishOnBus?: boolean;
  readonly observer?: NodeObserver;
  /** Where hands go beside the bus: recordings, viewers. They stay open when the node closes. */
  readonly sinks?: readonly { readonly name: string; readonly sink: LossySink }[];
  /** Makes the life cycle of the node's handlers: `host.lifecycle` for a managed ROS 2 node. By default the node's own. */
  readonly lifecycle?: (handlers: LifecycleHandlers) => Lifecycle;
  /** What it does between configure and cleanup; by default what `distribution.role` says. */
  readonly open?: OpenSession;
  /** By default the process's own clock. */
  readonly timers?: LiveTimers;
  /** By how much the main thread is late, for the diagnostics: see `watchEventLoop`. */
  readonly loopLag?: () => NodeFacts['loopLag'];
  /** Told of findings that come and go, and of what happens to the node. */
  readonly log?: NodeLog;
}

/** A node at one moment: its figures, and what is wrong. */
export interface NodeReport {
  readonly facts: NodeFacts;
  readonly findings: readonly Finding[];
}

/**
 * A hand tracker as a live node on any bus: a managed state machine, parameters that change while it runs, pause and reset,
 * diagnostics. Nothing that happens on the bus can end it; what is wrong is said in the diagnostics, and put right it goes on.
 *
 * ```text
 * unconfigured ──configure: load, warm up, advertise──▶ inactive ──activate: subscribe──▶ active
 *      ▲                                                  │  ▲                              │
 *      ├──────────────────cleanup: free───────────────────┘  └──deactivate: output stops────┤
 *      └──error: free◀── a transition failed, the network was given up ◀────────────────────┘
 * ```
 *
 * @example
 * ```ts
 * const node = new TrackerNode({ bus, config });
 * await node.start(); // configure and activate
 * node.setParameters(new Map([['smoothing.one_euro.beta', 80]]));
 * await node.close();
 * ```
 */
export class TrackerNode {
  readonly name: string;
  readonly lifecycle: Lifecycle;
  readonly #bus: LiveBus;
  readonly #sinks: readonly GuardedSink[];
  readonly #sink: BusSink;
  readonly #timers: LiveTimers;
  readonly #open: OpenSession;
  readonly #loopLag: (() => NodeFacts['loopLag']) | undefined;
  readonly #log: NodeLog;
  readonly #observer: NodeObserver;
  readonly #recent: RecentCounts;
  readonly #ended: { resolve: () => void; promise: Promise<void> };
  readonly #unlisten: () => void;
  #config: TrackerConfig;
  #session: NodeSession | undefined;
  #diagnostics: Publisher<ReturnType<typeof toDiagnosticArray>> | undefined;
  #events: { readonly event: BusEvent; readonly seconds: number }[] = [];
  #said = new Map<string, string>();
  /** Where the network runs, as the observer was told. */
  #provider: string | undefined;
  #lastError: VoxhandError | undefined;
  #activeSince: number | undefined;
  #timer: unknown;
  #reported: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(options: TrackerNodeOptions) {
    const { name = 'hand_tracker', bus, config, sinks = [], lifecycle, timers = processTimers } = options;
    const { open = openByRole, loopLag, log = () => undefined, publishOnBus = true, observer = {} } = options;
    this.name = name;
    this.#bus = bus;
    this.#config = config;
    this.#timers = timers;
    this.#recent = new RecentCounts(timers.seconds());
    this.#open = open;
    this.#loopLag = loopLag;
    this.#log = (severity, text) => log(severity, inWords(text));
    this.#observer = observer;
    const guard = (sink: LossySink, sinkName: string, fragile: boolean) =>
      new GuardedSink(sink, {
        name: sinkName,
        fragile,
        onFault: ({ topic, error }) => this.#log('error', `${sinkName}: ${topic}: ${error.message} [${error.code}]`),
      });
    this.#sinks = [
      ...(publishOnBus ? [guard(bus, 'bus', false)] : []),
      ...sinks.map((more) => guard(more.sink, more.name, true)),
    ];
    this.#sink = teeSink(this.#sinks);
    let resolve = () => {};
    this.#ended = {
      promise: new Promise((done) => {
        resolve = done;
      }),
      resolve: () => resolve(),
    };
    this.#unlisten = bus.onEvent((event) => this.#hear(event));
    this.lifecycle = (lifecycle ?? ((handlers) => new LifecycleMachine(handlers)))(this.#handlers());
    this.#arm();
  }

  get config(): TrackerConfig {
    return this.#config;
  }

  /** Resolves when the bus has no more messages, or the node is closed. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** The error that sent the node to its error state, or refused a transition. */
  get lastError(): VoxhandError | undefined {
    return this.#lastError;
  }

  /**
   * Configure and activate: a plain node, without a manager.
   *
   * @throws VoxhandError what kept it from that: the model, the provider, the configuration.
   */
  async start(): Promise<void> {
    for (const transition of ['configure', 'activate']) {
      if (await this.lifecycle.change(transition)) continue;
      throw this.#lastError ?? new VoxhandError('INTERNAL', `cannot ${transition}`, { found: this.lifecycle.state });
    }
  }

  /** Work on no frame until {@link resume}. A hand that is shown is taken back. @returns what to tell the caller. */
  async pause(): Promise<string> {
    await this.#required('pause').pause();
    return 'paused';
  }

  /** @returns what to tell the caller. */
  async resume(): Promise<string> {
    return this.#required('resume').resume() ? 'resumed' : 'was not paused';
  }

  /** Begin anew with the next frame: the tracker, its windows, its sense of time. @returns what to tell the caller. */
  async reset(): Promise<string> {
    await this.#required('reset').reset();
    return 'reset';
  }

  /**
   * Change parameters: all of them between two frames, or none. What is `fixed` can be changed while the node is unconfigured only.
   *
   * @returns why not, where they are refused; the old values then stay.
   */
  setParameters(changes: ReadonlyMap<string, unknown>): SetResult {
    try {
      const before = this.#config;
      const next = changeParameters(before, changes, (parameter) => this.#allows(parameter));
      const changed = changedParameters(before, next);
      if (changed.length === 0) return { ok: true };
      this.#session?.apply(next);
      this.#config = next;
      if (this.#session !== undefined) this.#tellConfigured(this.#session);
      if (changed.some((name) => name.startsWith('diagnostics.'))) this.#arm();
      this.#log('info', `changed: ${changed.join(', ')}`);
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: inWords(toVoxhandError(error).message) };
    }
  }

  /** How the node is, now. */
  report(): NodeReport {
    const facts = this.#facts();
    return { facts, findings: findingsOf(facts) };
  }

  /** Shut down: output stops, networks are freed, nothing is published any more. Bus and sinks stay open. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#timers.clearTimeout(this.#timer);
    // a transition that is under way ends first; it cannot be broken off
    while (!RESTING.includes(this.lifecycle.state)) await this.#stateChange();
    if (this.lifecycle.state !== 'finalized') await this.lifecycle.change('shutdown');
    await this.#reported;
    await this.#report().catch(() => undefined);
    this.#timers.clearTimeout(this.#timer);
    this.#unlisten();
    this.#ended.resolve();
  }

  #stateChange(): Promise<void> {
    return new Promise((resolve) => {
      const end = this.lifecycle.onChange(() => {
        end();
        resolve();
      });
    });
  }

  #handlers(): LifecycleHandlers {
    return {
      onConfigure: async () => {
        this.#lastError = undefined;
        this.#session = await this.#open({
          bus: this.#bus,
          sink: this.#sink,
          config: this.#config,
          timers: this.#timers,
          wanted: (topics) => this.#sinks.some((sink) => sink.wanted(topics)),
          onEnd: () => this.#ended.resolve(),
          onFailure: (error) => void this.lifecycle.fail(error),
          onEvent: (event) => {
            if (event.severity === 'info') this.#log('info', event.text);
            this.#hear(event);
          },
          observer: this.#observer,
        });
        const { inference } = this.#session.facts();
        this.#tellConfigured(this.#session);
        const network =
          inference && `: ${inference.model.name} ${inference.model.version} on ${inference.providerActual}`;
        this.#log('info', `configured${network ?? ''}`);
      },
      onActivate: () => {
        this.#session?.start();
        this.#activeSince = this.#timers.seconds();
        this.#log('info', `active: ${workOf(this.#config)}`);
      },
      onDeactivate: async () => {
        await this.#deactivate();
        this.#log('info', 'inactive');
      },
      onCleanup: async (): Promise<TransitionOutcome> => {
        await this.#free();
        return 'success';
      },
      onShutdown: async (): Promise<TransitionOutcome> => {
        await this.#free();
        return 'success';
      },
      onError: async (thrown): Promise<TransitionOutcome> => {
        const error = toVoxhandError(thrown);
        this.#lastError = error;
        this.#log('error', `${error.message} [${error.code}]`);
        await this.#free();
        return 'success';
      },
    };
  }

  #tellConfigured(session: NodeSession): void {
    const { inference } = session.facts();
    this.#provider = inference?.providerActual;
    this.#observer.onConfigured?.(this.#config, inference);
  }

  async #deactivate(): Promise<void> {
    this.#activeSince = undefined;
    await this.#session?.stop();
  }

  async #free(): Promise<void> {
    await this.#deactivate();
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    await session.close();
  }

  #required(what: string): NodeSession {
    if (this.#session !== undefined && this.lifecycle.state === 'active') return this.#session;
    throw new VoxhandError('USAGE', `cannot ${what}`, { expected: 'an active node', found: this.lifecycle.state });
  }

  #allows({ change }: TrackerParameter): boolean {
    return change === 'live' || this.lifecycle.state === 'unconfigured';
  }

  #hear(event: BusEvent): void {
    if (event.severity !== 'info') this.#log(event.severity, event.text);
    const others = this.#events.filter(
      ({ event: known }) => known.topic !== event.topic || (known.kind !== event.kind && event.severity !== 'info'),
    );
    // good news of a topic takes back what was bad
    const events = event.severity === 'info' ? others : [...others, { event, seconds: this.#timers.seconds() }];
    this.#events = events.slice(-EVENTS_KEPT);
  }

  /** The next report is in a period, or when the input has just been silent for too long; a change of the period counts from now. */
  #arm(): void {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = this.#timers.setTimeout(() => {
      this.#reported = this.#report().catch((error: unknown) => {
        // nothing of a report is worth the node's life
        this.#log('error', `report: ${toVoxhandError(error).message}`);
      });
      this.#arm();
    }, 1000 * this.#untilReport());
  }

  #untilReport(): number {
    const { period, silenceAfter } = this.#config.diagnostics;
    const since = this.lifecycle?.state === 'active' ? this.#session?.facts().sinceMessage : undefined;
    return since === undefined || since > silenceAfter
      ? period
      : Math.min(period, silenceAfter - since + AFTER_SILENCE);
  }

  /** Say what is new, publish the diagnostics, and see to what cannot go on. */
  async #report(): Promise<void> {
    const { facts, findings } = this.report();
    this.#say(findings);
    if (this.#config.diagnostics.enabled) await this.#publishDiagnostics(facts, findings);
    const { inference, locating } = facts.session;
    // a network that was started again may run elsewhere
    const moved = inference !== undefined && inference.providerActual !== this.#provider;
    if (moved && this.#session !== undefined) this.#tellConfigured(this.#session);
    const failed = [inference, ...Object.values(locating)].find((status) => status?.state === 'failed');
    if (failed?.failure !== undefined && this.lifecycle.state === 'active') {
      const { code, message } = failed.failure;
      await this.lifecycle.fail(new VoxhandError(code, message, { where: failed.model.name }));
    }
  }

  /** Findings are logged when they come and when they go, not as long as they last. */
  #say(findings: readonly Finding[]): void {
    const now = new Map(findings.map(({ rule, text }) => [rule.id, text]));
    for (const { rule, text } of findings) {
      if (!this.#said.has(rule.id)) this.#log(rule.level === 'warn' ? 'warn' : 'error', text);
    }
    for (const id of this.#said.keys()) if (!now.has(id)) this.#log('info', `no longer: ${id}`);
    this.#said = now;
  }

  async #publishDiagnostics(facts: NodeFacts, findings: readonly Finding[]): Promise<void> {
    this.#diagnostics ??= this.#sink.advertise(
      this.#config.topics.diagnostics,
      cdrCodec('diagnostic_msgs/msg/DiagnosticArray'),
    );
    if (this.#config.output.lazy && !this.#diagnostics.wanted()) return;
    const message = toDiagnosticArray(facts.now, nodeDiagnostics(facts, findings), facts.session.lastFrame?.frameId);
    await this.#diagnostics.publish(message, facts.now);
  }

  #facts(): NodeFacts {
    const config = this.#config;
    const { depth, cameraInfo } = config.topics;
    const seconds = this.#timers.seconds();
    const session = this.#session?.facts() ?? NO_SESSION;
    const { counts, stamps, inference, locating } = session;
    const topics = this.#bus.topics();
    const states = this.#bus.states();
    const recent = this.#recent.see(seconds, {
      in: counts.in,
      out: counts.out,
      frames: session.frames,
      restarts: [inference, ...Object.values(locating)].reduce((sum, status) => sum + (status?.restarts ?? 0), 0),
      ...tagged('dropped', counts.dropped),
      ...tagged('lost', counts.lost),
      ...tagged('stamps', stamps),
    });
    const others = (fits: (schema: string) => boolean, own: string) =>
      topics.filter(({ topic, schemaName }) => topic !== own && fits(schemaName)).map(({ topic }) => topic);
    this.#events = this.#events.filter((known) => seconds - known.seconds < EVENT_SECONDS);
    return {
      name: this.name,
      state: this.lifecycle.state,
      config,
      activeSeconds: this.#activeSince === undefined ? 0 : seconds - this.#activeSince,
      session,
      input: {
        depth: states.find(({ topic }) => topic === depth),
        camera: states.find(({ topic }) => topic === cameraInfo),
        depthSchemas: schemasOf(topics, depth),
        cameraSchemas: schemasOf(topics, cameraInfo),
        depthCandidates: others(isDepthSchema, depth),
        cameraCandidates: others(isCameraSchema, cameraInfo),
      },
      recent: {
        seconds: recent.seconds,
        rate: recent.seconds === 0 ? 0 : recent.counts.frames / recent.seconds,
        in: recent.counts.in,
        out: recent.counts.out,
        dropped: untagged('dropped', recent.counts),
        lost: untagged('lost', recent.counts),
        stamps: { next: 0, zero: 0, again: 0, jump: 0, ...untagged('stamps', recent.counts) },
        restarts: recent.counts.restarts,
        faults: session.faults.filter((fault) => seconds - fault.seconds < FAULT_SECONDS),
      },
      loopLag: this.#loopLag?.(),
      sinks: this.#sinks.map((sink) => ({
        ...{ name: sink.name, gone: sink.gone },
        ...{ faults: sink.faults(), losses: sink.losses() },
      })),
      events: troubles(
        states,
        this.#events.map(({ event }) => event),
      ),
      now: this.#bus.now(),
      lastError: this.#lastError && { code: this.#lastError.code, message: this.#lastError.message },
    };
  }
}

/** What a bus told of and has not taken back. Of a topic that knows its trouble at this moment, that one counts. */
function troubles(states: readonly TopicState[], told: readonly BusEvent[]): BusEvent[] {
  const known = states.filter((state) => 'trouble' in state);
  const others = told.filter((event) => !known.some(({ topic }) => topic === event.topic));
  return [...others, ...known.flatMap(({ trouble }) => (trouble === undefined ? [] : [trouble]))];
}

/** What a node of this role does, in words. */
function workOf({ topics, distribution: { role, camera } }: TrackerConfig): string {
  if (role === 'camera')
    return `${topics.depth} in, ${topics.voxels} out as camera ${camera}, answers on ${topics.feedback}`;
  if (role === 'inference') return `${topics.voxels} of all cameras in, joints and answers on ${topics.feedback} out`;
  return `${topics.depth} in, ${topics.joints} out`;
}

const RESTING = ['unconfigured', 'inactive', 'active', 'finalized'];

const openByRole: OpenSession = (context) => {
  const sessions = { whole: wholeSession, camera: cameraSession, inference: inferenceSession };
  return sessions[context.config.distribution.role]()(context);
};

function tagged(tag: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${tag} ${name}`, count]));
}

function untagged(tag: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).flatMap(([name, count]) =>
      name.startsWith(`${tag} `) ? [[name.slice(tag.length + 1), count]] : [],
    ),
  );
}
