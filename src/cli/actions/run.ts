import { VoxhandError } from '../../errors/index.js';
import type { Provider } from '../../inference/index.js';
import type { NodeLog, NodeObserver, Tap } from '../../node/index.js';
import { hostedNode, joinedObserver, TrackerNode, tappedBus, watchEventLoop } from '../../node/index.js';
import type { ROLES, TrackerConfig, ViewerPublisher } from '../../tracking/index.js';
import type { FoxgloveServer } from '../../transport/foxglove/index.js';
import { EVENT_TOPICS } from '../../transport/port/event-maker.js';
import type { BusSink } from '../../transport/port/index.js';
import { EXIT } from '../exit-code.js';
import { type OpenedBus, openLiveBus, type TrackerSpec } from '../live-bus.js';
import { packagedPage } from '../live-sink.js';
import type { NodeRecording, NodeRecordingOptions } from '../node-recording.js';
import { prepareOutput } from '../output-file.js';
import { type PrefixedRecordingValues, timedName, withoutPrefix } from '../recording-options.js';
import { unfoldRosArgs } from '../ros-args.js';
import { formatRun, inMs, type RunReport, sinkLosses, statusOf, trackerRunReport } from '../run-report.js';
import { type ServeValues, serverOptions } from '../serve-options.js';
import { StatusLine } from '../status-line.js';
import { type StopSignal, stopSignal } from '../stop-signal.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface RunCommandOptions extends PrefixedRecordingValues, ServeValues, TalkOptions {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly model?: string;
  readonly provider?: Provider;
  readonly gestures?: string;
  readonly depthTopic?: string;
  readonly cameraInfoTopic?: string;
  readonly source: string;
  readonly name: string;
  readonly tracker?: readonly string[];
  readonly role?: (typeof ROLES)[number];
  readonly lifecycle?: boolean;
  readonly serve?: true | number;
  readonly record?: string;
  readonly recordInput: boolean;
  readonly mqtt?: string;
  readonly mqttPrefix?: string;
  readonly duration?: number;
  /** Seconds. */
  readonly stopWithin: number;
  /** Folded: see `foldRosArgs`. */
  readonly rosArgs?: string;
}

/** The lag of the main thread that diagnostics speak of is that of this time at most, milliseconds. */
const RECENT = 10_000;

interface Running extends OpenedBus {
  readonly node: TrackerNode;
}

export async function run(_: readonly string[], options: RunCommandOptions): Promise<number> {
  const terminal = new Terminal(options);
  // never released: a launch file's second signal, which may come at the very end, must not kill what has ended well
  const stop = stopSignal({ endsWithin: options.stopWithin });
  const status = new StatusLine(options.quiet ? undefined : process.stderr);
  const total = watchEventLoop();
  const recent = watchEventLoop();
  const forget = setInterval(() => recent.reset(), RECENT);
  const opened: OpenedBus[] = [];
  const running: Running[] = [];
  let recording: NodeRecording | undefined;
  let server: FoxgloveServer | undefined;
  let mqtt: BusSink | undefined;
  const viewers: ViewerPublisher[] = [];
  let failure: unknown;
  const began = performance.now();
  try {
    const specs = trackerSpecs(options);
    const rosArgs = unfoldRosArgs(options.rosArgs);
    const output = options.record === undefined ? undefined : timedName(options.record);
    if (output !== undefined) await prepareOutput(output, ...(options.source === 'ros2' ? [] : [options.source]));
    for (const spec of specs) opened.push(await openLiveBus(options.source, spec, rosArgs));
    checkTopics(opened, specs);
    const say = (name: string, text: string) => status.above(`${name}: ${text}`, (line) => terminal.say(line));
    const names = specs.map(({ name }) => name);
    recording = output === undefined ? undefined : await openRecording(output, options, { opened, names }, say);
    server = options.serve === undefined ? undefined : await openServer(options, opened, terminal);
    mqtt = options.mqtt === undefined ? undefined : await openMqtt(options.mqtt, options.mqttPrefix, opened);
    const sinks = [
      ...(recording === undefined ? [] : [{ name: 'recording', sink: recording.output }]),
      ...(server === undefined ? [] : [{ name: 'foxglove', sink: server }]),
      ...(mqtt === undefined ? [] : [{ name: 'mqtt', sink: mqtt }]),
    ];
    for (const [i, { bus, config, host, takesResults }] of opened.entries()) {
      const { name } = specs[i];
      const log: NodeLog = (severity, text) => {
        // on ROS 2 it is in its own log, and on the console by that
        if (host === undefined) say(name, `${severity}: ${text}`);
      };
      if (!takesResults && sinks.length === 0) {
        terminal.warn(`${options.source} takes no results: add --serve, --record or --mqtt to see, keep or send them`);
      }
      const viewer = server === undefined ? undefined : await openViewer(server, config, options.points);
      if (viewer !== undefined) viewers.push(viewer);
      const taps: Tap[] = [];
      if (recording !== undefined && options.recordInput) taps.push({ sink: recording.input });
      if (server !== undefined) taps.push({ sink: server, topics: [config.topics.tf, config.topics.tfStatic] });
      const common = {
        bus: tappedBus(bus, taps),
        config,
        publishOnBus: takesResults,
        sinks,
        loopLag: recent.lag,
        log,
        observer: joinedObserver([
          ...(viewer === undefined ? [] : [observerOf(viewer)]),
          ...(recording === undefined ? [] : [recording.observer(i)]),
        ]),
      };
      const managed = options.lifecycle === true;
      const service = recording?.service;
      const node =
        host === undefined
          ? new TrackerNode({ ...common, name })
          : hostedNode({ ...common, host, managed, ...(service && { snapshot: service }) });
      running.push({ bus, config, takesResults, ...(host && { host }), node });
    }
    failure = await live(
      running,
      options,
      stop,
      () => {
        status.update(running.map(({ node }) => statusOf(node.report())).join(' | '));
      },
      status.period,
    );
  } finally {
    status.end();
    const reports = running.map(({ node }) => node.report());
    recording?.disarm();
    await Promise.all(running.map(({ node }) => node.close()));
    await Promise.all(viewers.map((viewer) => viewer.close().catch(() => undefined)));
    const recorded = await recording?.finish();
    await Promise.all(
      [server, mqtt, ...opened.map(({ bus }) => bus)].map((open) => open?.close().catch(() => undefined)),
    );
    const lag = total.lag();
    clearInterval(forget);
    for (const meter of [total, recent]) meter.stop();
    if (reports.length > 0) {
      const report: RunReport = {
        seconds: Number(((performance.now() - began) / 1000).toFixed(3)),
        trackers: reports.map(trackerRunReport),
        losses: sinkLosses(reports[0]),
        eventLoopLagMs: inMs(lag),
        recording: recorded ?? null,
      };
      if (failure === undefined) terminal.result(report, formatRun);
    }
  }
  if (failure !== undefined) throw failure;
  return EXIT.ok; // a signal is how it is meant to end
}

/**
 * Start all trackers and wait until somebody or something ends them.
 *
 * @returns the error that ended them, if any.
 */
async function live(
  running: readonly Running[],
  { duration, lifecycle = false }: RunCommandOptions,
  { signal }: StopSignal,
  onStatus: () => void,
  period: number,
): Promise<unknown> {
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  const status = setInterval(onStatus, 1000 * period);
  let timer: NodeJS.Timeout | undefined;
  try {
    // a managed node waits for its manager, unless there is none
    const started = Promise.all(running.map(({ node, host }) => (lifecycle && host ? undefined : node.start())));
    started.catch(() => undefined);
    await Promise.race([started, stopped]);
    if (signal.aborted) return undefined;
    const over = new Promise<void>((resolve) => {
      if (duration !== undefined) timer = setTimeout(resolve, 1000 * duration);
    });
    await Promise.race([stopped, over, ...running.map(({ node }) => ended(node, lifecycle))]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    clearInterval(status);
    clearTimeout(timer);
  }
}

/** Resolves when a node has ended; rejects where it cannot go on and nobody is there to configure it again. */
function ended(node: TrackerNode, managed: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    void node.ended.then(resolve);
    node.lifecycle.onChange((state) => {
      if (state === 'finalized') resolve();
      else if (state === 'unconfigured' && !managed) reject(node.lastError ?? new Error('the node has stopped'));
    });
  });
}

/** One tracker, or as many as `--tracker` names. */
function trackerSpecs(options: RunCommandOptions): TrackerSpec[] {
  const {
    tracker = [],
    name,
    config,
    set = [],
    model,
    provider,
    role,
    gestures,
    depthTopic,
    cameraInfoTopic,
  } = options;
  const text = (key: string, value: string | undefined) =>
    value === undefined ? [] : [`${key}=${JSON.stringify(value)}`];
  const overrides = [
    ...set,
    ...text('inference.model', model),
    ...text('inference.provider', provider),
    ...text('distribution.role', role),
    ...text('gestures.profile', gestures),
    ...text('topics.depth', depthTopic),
    ...text('topics.camera_info', cameraInfoTopic),
  ];
  if (tracker.length === 0) return [{ name, config, overrides }];
  if (config !== undefined) {
    throw new VoxhandError('USAGE', '--config is for one tracker', {
      expected: '--tracker name=file for each of several',
    });
  }
  return tracker.map((given) => {
    const at = given.indexOf('=');
    if (at < 1) {
      throw new VoxhandError('USAGE', 'not a tracker', {
        expected: 'name=config.yaml',
        found: given,
        where: '--tracker',
      });
    }
    return { name: given.slice(0, at), config: given.slice(at + 1), overrides };
  });
}

/** Two trackers that publish on the same topic would be one hand that jumps. */
function checkTopics(opened: readonly OpenedBus[], specs: readonly TrackerSpec[]): void {
  const owners = new Map<string, string>();
  for (const [i, { config }] of opened.entries()) {
    const { joints } = config.topics;
    const other = owners.get(joints);
    if (other !== undefined) {
      throw new VoxhandError('USAGE', `${other} and ${specs[i].name} would publish on the same topic`, {
        expected: 'another namespace or other topics for each, in its configuration',
        found: joints,
        where: '--tracker',
      });
    }
    owners.set(joints, specs[i].name);
  }
}

async function openRecording(
  path: string,
  options: RunCommandOptions,
  { opened, names }: Pick<NodeRecordingOptions, 'opened' | 'names'>,
  say: (name: string, text: string) => void,
): Promise<NodeRecording> {
  const { openNodeRecording } = await import('../node-recording.js');
  const host = opened.find((one) => one.host !== undefined)?.host;
  const log: NodeLog = (severity, text) => (host === undefined ? say(severity, text) : host.log(severity, text));
  return openNodeRecording({ path, values: withoutPrefix(options), opened, names, log });
}

async function openServer(
  options: RunCommandOptions,
  opened: readonly OpenedBus[],
  terminal: Terminal,
): Promise<FoxgloveServer> {
  const { createFoxgloveServer } = await import('../../foxglove.js');
  const server = await createFoxgloveServer({
    name: options.name,
    ...(await serverOptions(typeof options.serve === 'number' ? { ...options, port: options.serve } : options)),
    ...packagedPage(),
    now: () => opened[0].bus.now(),
    events: eventNames(opened),
    ...(opened[0].player && { playback: opened[0].player }),
  });
  terminal.say(`serving ${server.urls.page} and, for Foxglove, ${server.urls.socket}`);
  return server;
}

async function openMqtt(url: string, prefix: string | undefined, opened: readonly OpenedBus[]): Promise<BusSink> {
  const { createMqttSink } = await import('../../transport/mqtt/index.js');
  return createMqttSink(url, { events: eventNames(opened), ...(prefix !== undefined && { prefix }) });
}

/** Topics whose messages web pages and gateways get as events, whatever their names are. */
function eventNames(opened: readonly OpenedBus[]): string[] {
  const names = opened.flatMap(({ config: { topics } }) => [
    ...[topics.joints, topics.gestures, topics.pointer, topics.enabling],
  ]);
  return [...names, ...EVENT_TOPICS];
}

/** The pictures of a tracker for viewers. Its own transforms take the place of an invented world. */
async function openViewer(
  server: FoxgloveServer,
  config: TrackerConfig,
  pointStep: number | undefined,
): Promise<ViewerPublisher> {
  const { ViewerPublisher } = await import('../../foxglove.js');
  return new ViewerPublisher(server, config, {
    transforms: config.output.targetFrame === '',
    ...(pointStep !== undefined && { pointStep }),
  });
}

function observerOf(viewer: ViewerPublisher): NodeObserver {
  return {
    onFrame: (frame, views) => void viewer.publishFrame(frame, views),
    onResult: (result) => void viewer.publishResult(result),
  };
}
