import {
  createRecorder,
  hasRecordingLoss,
  type RecordedTopic,
  type RecorderReport,
  type RecordingCompression,
  type RecordingEnd,
  type SnapshotTriggerOptions,
  WANTED_ENDS,
} from '../../bus/mcap/index.js';
import type { BusSource } from '../../bus/port/index.js';
import { VERSION } from '../../version.js';
import { EXIT } from '../exit-code.js';
import { openSource } from '../open-source.js';
import { prepareOutput } from '../output-file.js';
import { stopSignal } from '../stop-signal.js';
import { byReason, bytes, table } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface RecordCommandOptions extends TalkOptions {
  readonly output: string;
  readonly source?: readonly string[];
  readonly topics?: readonly string[];
  readonly exclude?: readonly string[];
  readonly compression: RecordingCompression;
  readonly splitSize?: number;
  readonly splitDuration?: number;
  readonly maxBytes?: number;
  readonly maxDuration?: number;
  readonly minFree: number;
  readonly pending: number;
  readonly snapshot?: number;
  readonly snapshotBytes: number;
  readonly snapshotOn?: readonly string[];
  readonly snapshotAfter?: number;
  readonly overwrite?: boolean;
}

/** Where results lie by default: see the configuration. */
const HAND_TOPICS = ['**/hand/joints', 'hand/joints'];
const GESTURE_TOPICS = ['**/hand/gestures', 'hand/gestures'];

export async function record(_: readonly string[], options: RecordCommandOptions): Promise<number> {
  const terminal = new Terminal(options);
  const { source: specs = ['ros2'], snapshot } = options;
  const output = options.output.replaceAll('{time}', compactTime(new Date()));
  await prepareOutput(output, ...specs);
  const stop = stopSignal();
  const sources: BusSource[] = [];
  try {
    for (const spec of specs) sources.push(await openSource(spec));
    const recorder = await createRecorder({ output, sources, ...recorderOptions(options, specs, terminal) });
    const onSnapshot = () => recorder.snapshot('SIGUSR1');
    if (snapshot !== undefined) process.on('SIGUSR1', onSnapshot);
    stop.signal.addEventListener('abort', () => void recorder.stop());
    if (stop.signal.aborted) void recorder.stop();
    terminal.say(`recording to ${output}${snapshot === undefined ? '' : ' on SIGUSR1 or a reason'}; Ctrl-C ends it`);
    const report = await recorder.done;
    process.off('SIGUSR1', onSnapshot);
    terminal.result({ output, ...report }, () => formatRecording(output, report));
    return exitCodeOf(report);
  } finally {
    await Promise.all(sources.map((source) => source.close().catch(() => undefined)));
    stop.release();
  }
}

function recorderOptions(options: RecordCommandOptions, specs: readonly string[], terminal: Terminal) {
  const { topics, exclude, compression, splitSize, splitDuration, maxBytes, maxDuration, minFree, pending } = options;
  const { snapshot, snapshotBytes, overwrite = false } = options;
  const triggers = triggersOf(options);
  return {
    ...(topics && { topics }),
    ...(exclude && { exclude }),
    compression,
    ...(splitSize !== undefined && { splitBytes: splitSize }),
    ...(splitDuration !== undefined && { splitSeconds: splitDuration }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(maxDuration !== undefined && { maxSeconds: maxDuration }),
    minFreeBytes: minFree,
    pendingBytes: pending,
    ...(snapshot !== undefined && { ring: { seconds: snapshot, bytes: snapshotBytes } }),
    ...(triggers && { triggers }),
    overwrite,
    library: `voxhand ${VERSION}`,
    metadata: { sdk: `voxhand ${VERSION}`, source: specs.join(' ') },
    onTopic: (topic: string) => terminal.say(`topic ${topic}`),
    onPart: ({ path, reason }: { path: string; reason?: string }) =>
      terminal.say(`wrote ${path}${reason === undefined ? '' : ` (${reason})`}`),
    onEnd: (end: RecordingEnd) => terminal.warn(`the recording has ended: ${describeEnd(end)}`),
    onSourceError: ({ message, code }: { message: string; code: string }) =>
      terminal.warn(`a source has failed, the others go on: ${message} [${code}]`),
  };
}

function triggersOf({ snapshotOn, snapshotAfter }: RecordCommandOptions): SnapshotTriggerOptions | undefined {
  if (snapshotOn === undefined && snapshotAfter === undefined) return undefined;
  const reasons = snapshotOn ?? [];
  const event = reasons.flatMap((reason) =>
    reason === 'gesture' ? GESTURE_TOPICS : reason === 'lost-hand' ? [] : [reason],
  );
  return {
    lostHand: reasons.includes('lost-hand') ? HAND_TOPICS : [],
    event,
    ...(snapshotAfter !== undefined && { afterSeconds: snapshotAfter }),
  };
}

function exitCodeOf(report: RecorderReport): number {
  if (report.end.reason === 'write-failed') return EXIT.failed;
  const isLost = report.sourceErrors.length > 0 || Object.keys(report.sourceDrops).length > 0;
  return isLost || hasRecordingLoss(report) ? EXIT.loss : EXIT.ok;
}

function describeEnd({ reason, error }: RecordingEnd): string {
  const texts = {
    stopped: 'stopped',
    'max-bytes': '--max-bytes is reached',
    'max-duration': '--max-duration is reached',
    'min-free': 'the disk has less left than --min-free',
    'write-failed': 'the disk has failed',
  };
  return error === undefined ? texts[reason] : `${texts[reason]}: ${error.message} [${error.code}]`;
}

function formatRecording(output: string, report: RecorderReport): string {
  const { parts, topics, written, end, unpackedChunks, sourceErrors, sourceDrops } = report;
  const dropped: Record<string, number> = {};
  for (const topic of topics) {
    for (const [cause, count] of lossesOf(topic)) dropped[cause] = (dropped[cause] ?? 0) + count;
  }
  const facts = [
    ['recorded', `${written} messages on ${topics.length} topics, ${bytes(report.bytes)}`],
    ['dropped', byReason(dropped)],
    ['ended', describeEnd(end)],
    ...(unpackedChunks === 0 ? [] : [['not packed', `${unpackedChunks} chunks, to keep up`]]),
    ...Object.entries(sourceDrops).map(([topic, counts]) => ['lost before', `${topic}: ${byReason(counts)}`]),
    ...sourceErrors.map(({ message, code }) => ['source failed', `${message} [${code}]`]),
  ];
  const files = parts.map(({ path, bytes: size, messages, whole, reason = '' }) => [
    `  ${whole ? path : `${path}.partial`}`,
    bytes(size),
    `${messages} messages`,
    whole ? reason : 'breaks off: voxhand recover',
  ]);
  const lossy = topics.filter((topic) => lossesOf(topic).length > 0);
  return [
    ...table(facts),
    '',
    'files',
    ...(files.length === 0 ? [`  (none: ${output} was not asked for)`] : table(files, [1, 2])),
    ...(lossy.length === 0
      ? []
      : [
          '',
          'dropped by topic',
          ...table(lossy.map((t) => [`  ${t.topic}`, byReason(Object.fromEntries(lossesOf(t)))])),
        ]),
  ].join('\n');
}

/** What is missing: not what came after an end that was asked for. */
function lossesOf({ dropped }: RecordedTopic): [string, number][] {
  return Object.entries(dropped).filter(([cause]) => !WANTED_ENDS.includes(cause));
}

/** `20261122T183000Z` */
function compactTime(date: Date): string {
  return date.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
}
