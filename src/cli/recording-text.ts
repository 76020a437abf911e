import {
  type RecordedPart,
  type RecordedTopic,
  type RecordingEnd,
  type RecordingReport,
  type SnapshotOutcome,
  WANTED_ENDS,
} from '../recording/index.js';
import { Counts } from '../timing/index.js';
import { byReason, bytes, table } from './table.js';

/**
 * How a recording ended, in words.
 *
 * @param before what options of a recording begin with
 */
export function describeEnd({ reason, error }: RecordingEnd, before = '--'): string {
  const texts = {
    stopped: 'stopped',
    'max-bytes': `${before}max-bytes is reached`,
    'max-duration': `${before}max-duration is reached`,
    'min-free': `the disk has less left than ${before}min-free`,
    'write-failed': 'the disk has failed',
  };
  return error === undefined ? texts[reason] : `${texts[reason]}: ${error.message} [${error.code}]`;
}

/** Printed when a file is finished. */
export function describePart({ path, reason, whole }: RecordedPart): string {
  return `wrote ${whole ? path : `${path}.partial`}${reason === undefined ? '' : ` (${reason})`}`;
}

/** What is wrong with a snapshot, if anything. */
export function describeSnapshot({ part, error }: SnapshotOutcome, reason: string): string | undefined {
  if (error === undefined) return undefined;
  const what = part === undefined ? 'no snapshot' : `the snapshot ${part.path} lacks what came last`;
  return `${what} (${reason}): ${error.message}`;
}

/**
 * What a recording holds, and what it lacks.
 *
 * @param more rows of a table below those on the whole
 */
export function formatRecording(output: string, report: RecordingReport, more: readonly string[][] = []): string {
  const { parts, topics, written, end, unpackedChunks, refused } = report;
  const dropped = new Counts();
  for (const topic of topics) {
    for (const [cause, count] of lossesOf(topic)) dropped.add(cause, count);
  }
  const facts = [
    ['recorded', `${written} messages on ${topics.length} topics, ${bytes(report.bytes)}`],
    ['dropped', byReason(dropped.snapshot())],
    ['ended', describeEnd(end)],
    ...(unpackedChunks === 0 ? [] : [['not packed', `${unpackedChunks} chunks, to keep up`]]),
    ...(refused === 0 ? [] : [['not written', `${refused} snapshots, or not all of them`]]),
    ...more,
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

/** A node's recording in a line. */
export function summariseRecording(path: string, report: RecordingReport): string {
  const { written, parts, end, topics, refused } = report;
  const paths = parts.map((part) => (part.whole ? part.path : `${part.path}.partial`));
  const [first = `no file: ${path} was not asked for`] = paths;
  const files = paths.length < 4 ? paths.join(', ') || first : `${paths.length} files, ${first} to ${paths.at(-1)}`;
  const how = end.reason === 'stopped' ? '' : `; ended: ${describeEnd(end, '--record-')}`;
  const missing = refused === 0 ? '' : `; ${refused} snapshots were refused or cut short`;
  const lossy = topics.filter((topic) => lossesOf(topic).length > 0).map(({ topic }) => topic);
  const dropped = lossy.length === 0 ? '' : `; dropped some of ${lossy.join(', ')}`;
  return `recorded ${written} messages to ${files}${how}${missing}${dropped}`;
}

/** What is missing: not what came after an end that was asked for. */
function lossesOf({ dropped }: RecordedTopic): [string, number][] {
  return Object.entries(dropped).filter(([cause]) => !WANTED_ENDS.includes(cause));
}
