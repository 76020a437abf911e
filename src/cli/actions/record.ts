import { VoxhandError } from '../../errors/index.js';
import type { RecordedPart, Recorder, RecorderReport, RecordingEnd, SnapshotOutcome } from '../../recording/index.js';
import { createRecorder, hasRecordingLoss, snapshotService } from '../../recording/index.js';
import { openRecording } from '../../transport/mcap/index.js';
import type { BusSource } from '../../transport/port/index.js';
import type { Ros2Host } from '../../transport/ros2/host.js';
import { VERSION } from '../../version.js';
import { defined } from '../defined.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput } from '../output-file.js';
import { type RecordingValues, recordingOptions, timedName } from '../recording-options.js';
import { describeEnd, describePart, describeSnapshot, formatRecording } from '../recording-text.js';
import { unfoldRosArgs } from '../ros-args.js';
import { stopSignal } from '../stop-signal.js';
import { byReason } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface RecordCommandOptions extends RecordingValues, TalkOptions {
  readonly output: string;
  readonly source?: readonly string[];
  readonly topics?: readonly string[];
  readonly exclude?: readonly string[];
  /** Folded: see `foldRosArgs`. */
  readonly rosArgs?: string;
}

/** Where results lie by default: see the configuration. */
const REASON_TOPICS = { hands: ['**/hand/joints', 'hand/joints'], gestures: ['**/hand/gestures', 'hand/gestures'] };

export async function record(_: readonly string[], options: RecordCommandOptions): Promise<number> {
  const terminal = new Terminal(options);
  const { source: specs = ['ros2'], topics, exclude, snapshot } = options;
  const output = timedName(options.output);
  const writing = recordingOptions(options, REASON_TOPICS);
  const rosArgs = rosArgsFor(specs, options.rosArgs);
  await prepareOutput(output, ...specs.filter((spec) => spec !== 'ros2'));
  const stop = stopSignal();
  const opened: OpenedSource[] = [];
  // from the start on: until something listens, SIGUSR1 makes Node wait for a debugger
  let begin: (recorder: Recorder) => void = () => undefined;
  const begun = new Promise<Recorder>((resolve) => {
    begin = resolve;
  });
  const onSignal = () => void begun.then((recorder) => recorder.snapshot('SIGUSR1'));
  if (snapshot !== undefined) process.on('SIGUSR1', onSignal);
  try {
    for (const spec of specs) opened.push(await openSource(spec, rosArgs));
    const hosts = opened.flatMap(({ host }) => host ?? []);
    for (const name of hosts.flatMap((host) => host.undeclaredOverrides())) {
      terminal.warn(`there is no parameter ${name}: it is ignored`);
    }
    const recorder = await createRecorder({
      ...writing,
      output,
      sources: opened.map(({ source }) => source),
      ...defined({ topics, exclude }),
      library: `voxhand ${VERSION}`,
      metadata: { sdk: `voxhand ${VERSION}`, source: specs.join(' ') },
      onTopic: (topic: string) => terminal.say(`topic ${topic}`),
      onPart: (part: RecordedPart) => terminal.say(describePart(part)),
      onEnd: (end: RecordingEnd) => terminal.warn(`the recording has ended: ${describeEnd(end)}`),
      onSnapshot: (outcome: SnapshotOutcome, reason: string) => {
        const wrong = describeSnapshot(outcome, reason);
        if (wrong !== undefined) terminal.warn(wrong);
      },
      onSourceError: ({ message, code }: { message: string; code: string }) =>
        terminal.warn(`a source has failed, the others go on: ${message} [${code}]`),
    });
    begin(recorder);
    if (snapshot !== undefined) {
      for (const host of hosts) host.trigger('~/snapshot', snapshotService(recorder));
    }
    stop.signal.addEventListener('abort', () => void recorder.stop());
    if (stop.signal.aborted) void recorder.stop();
    terminal.say(`recording to ${output}${snapshot === undefined ? '' : ` ${occasions(hosts)}`}; Ctrl-C ends it`);
    const report = await recorder.done;
    terminal.result({ output, ...report }, (shown) => formatRecording(shown.output, shown, sourceRows(shown)));
    return exitCodeOf(report);
  } finally {
    process.off('SIGUSR1', onSignal);
    await Promise.all(opened.map(({ source }) => source.close().catch(() => undefined)));
    stop.release();
  }
}

/** @throws VoxhandError `USAGE` for ROS arguments without ROS 2. */
function rosArgsFor(specs: readonly string[], folded: string | undefined): readonly string[] {
  const args = unfoldRosArgs(folded);
  if (args.length > 0 && !specs.includes('ros2')) {
    throw new VoxhandError('USAGE', '--ros-args without ROS 2', { expected: '--source ros2', found: specs.join(' ') });
  }
  return args;
}

function occasions(hosts: readonly Ros2Host[]): string {
  return ['on SIGUSR1', ...hosts.map(({ fullName }) => `the service ${fullName}/snapshot`), 'or a reason'].join(', ');
}

function exitCodeOf(report: RecorderReport): number {
  if (report.end.reason === 'write-failed') return EXIT.failed;
  const isLost = report.sourceErrors.length > 0 || Object.keys(report.sourceDrops).length > 0;
  return isLost || hasRecordingLoss(report) ? EXIT.loss : EXIT.ok;
}

function sourceRows({ sourceDrops, sourceErrors }: RecorderReport): string[][] {
  return [
    ...Object.entries(sourceDrops).map(([topic, counts]) => ['lost before', `${topic}: ${byReason(counts)}`]),
    ...sourceErrors.map(({ message, code }) => ['source failed', `${message} [${code}]`]),
  ];
}

/** Messages that wait for the recorder on each topic of a live source; what comes beyond is counted there. */
const QUEUE = 64;

/** Where messages come from. */
export interface OpenedSource {
  readonly source: BusSource;
  /** On ROS 2: the node. */
  readonly host?: Ros2Host;
}

/**
 * Open what a command line names as a source of messages. Each kind is loaded only when it is asked for.
 *
 * @param rosArguments from `--ros-args` on, for ROS 2
 * @throws VoxhandError as the source itself; `ROS2_UNAVAILABLE` and `CONNECTION_FAILED` among them
 */
export async function openSource(spec: string, rosArguments: readonly string[] = []): Promise<OpenedSource> {
  if (spec === 'ros2') return openRos2(rosArguments);
  if (/^wss?:\/\//.test(spec)) return { source: await openServer(spec) };
  return { source: await openRecording(spec) };
}

async function openRos2(rosArguments: readonly string[]): Promise<OpenedSource> {
  const { ros2Bus } = await import('../../ros2.js');
  const bus = await ros2Bus({ node: 'voxhand_recorder', capacity: QUEUE, rosArguments });
  return { source: bus, host: bus.host };
}

async function openServer(url: string): Promise<BusSource> {
  const { connectFoxglove } = await import('../../foxglove.js');
  return connectFoxglove(url, { queueSize: QUEUE });
}
