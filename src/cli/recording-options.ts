import { type Command, Option } from 'commander';
import { VoxhandError } from '../errors/index.js';
import type { RecordingSinkOptions, SnapshotTriggerOptions } from '../recording/index.js';
import { RECORDING_COMPRESSIONS, type RecordingCompression } from '../recording/recorder/recorder-protocol.js';
import { defined } from './defined.js';
import { byteCount, byteLimit, collect, duration, timeLimit } from './option-values.js';

/** How a recording is written, on the command line of `record` and, with a prefix, of `run`. */
export interface RecordingValues {
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

/** {@link RecordingValues} as commander names the options `--record-split-size` and so on. */
export type PrefixedRecordingValues = {
  readonly [Key in keyof RecordingValues as `record${Capitalize<Key>}`]: RecordingValues[Key];
};

const PREFIX = 'record';

/** The heading of {@link PrefixedRecordingValues} in the help; they have an effect only where a recording is written. */
export const RECORDING_GROUP = 'The recording:';

/**
 * Add the options of {@link RecordingValues}.
 *
 * @param prefix whether they are called `--record-compression` and so on, for a command that does more than record
 */
export function addRecordingOptions(command: Command, { prefix = false }: { prefix?: boolean } = {}): Command {
  const before = prefix ? `--${PREFIX}-` : '--';
  const option = (flags: string, text: string) => {
    const made = new Option(`${before}${flags}`, text);
    return prefix ? made.helpGroup(RECORDING_GROUP) : made;
  };
  return command
    .addOption(
      option('compression <how>', 'none, fast (zstd), or small (zstd, several times slower).')
        .choices(RECORDING_COMPRESSIONS)
        .default('fast'),
    )
    .addOption(
      option(
        'split-size <bytes>',
        'Begin another file before one is larger: 2GB. Files are named FILE_0.mcap and so on.',
      ).argParser(byteLimit),
    )
    .addOption(option('split-duration <time>', 'Begin another file after this time: 10m.').argParser(timeLimit))
    .addOption(
      option('max-bytes <bytes>', 'End the recording before its files are larger together: 50GB.').argParser(byteLimit),
    )
    .addOption(option('max-duration <time>', 'End the recording after this time: 1h.').argParser(timeLimit))
    .addOption(
      option(
        'min-free <bytes>',
        'End the recording when the disk has less left; refuse a snapshot that would leave less.',
      )
        .argParser(byteCount)
        .default(128 << 20, '128MiB'),
    )
    .addOption(
      option('pending <bytes>', 'Bytes that may wait to be written.')
        .argParser(byteLimit)
        .default(128 << 20, '128MiB'),
    )
    .addOption(
      option(
        'snapshot <time>',
        'Keep this time in memory and write it only when asked to: by SIGUSR1, the service ~/snapshot on ROS 2, or a reason.',
      ).argParser(timeLimit),
    )
    .addOption(
      option('snapshot-bytes <bytes>', 'Memory that this may take, with what is being written.')
        .argParser(byteLimit)
        .default(512 << 20, '512MiB'),
    )
    .addOption(
      option(
        'snapshot-on <reason>',
        'lost-hand, gesture, or a topic whose every message is a reason; may be repeated.',
      ).argParser<readonly string[]>(collect),
    )
    .addOption(
      option('snapshot-after <time>', 'Time to go on after such a reason before it is written.').argParser(duration),
    )
    .addOption(option('overwrite', 'Replace files of the same name.'));
}

/** Without the prefix. */
export function withoutPrefix(options: PrefixedRecordingValues): RecordingValues {
  const entries = Object.entries(options).flatMap(([key, value]) => {
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : '';
    return name === '' ? [] : [[`${name[0].toLowerCase()}${name.slice(1)}`, value]];
  });
  return Object.fromEntries(entries) as RecordingValues;
}

/** Where reasons for a snapshot are to be looked for: topics or patterns. */
export interface ReasonTopics {
  readonly hands: readonly string[];
  readonly gestures: readonly string[];
}

/** @throws VoxhandError `USAGE` for options of a snapshot without one. */
export function recordingOptions(values: RecordingValues, topics: ReasonTopics): RecordingSinkOptions {
  const { compression, splitSize, splitDuration, maxBytes, maxDuration, minFree, pending } = values;
  const { snapshot, snapshotBytes, overwrite = false } = values;
  const triggers = triggersOf(values, topics);
  return {
    compression,
    ...defined({ splitBytes: splitSize, splitSeconds: splitDuration, maxBytes, maxSeconds: maxDuration, triggers }),
    minFreeBytes: minFree,
    pendingBytes: pending,
    ...(snapshot !== undefined && { ring: { seconds: snapshot, bytes: snapshotBytes } }),
    overwrite,
  };
}

/** Topics that `--snapshot-on` names. */
export function reasonsByName({ snapshotOn = [] }: RecordingValues): readonly string[] {
  return snapshotOn.filter((reason) => reason !== 'lost-hand' && reason !== 'gesture');
}

function triggersOf(values: RecordingValues, { hands, gestures }: ReasonTopics): SnapshotTriggerOptions | undefined {
  const { snapshot, snapshotOn: reasons, snapshotAfter } = values;
  if (snapshotAfter !== undefined && reasons === undefined) {
    throw new VoxhandError('USAGE', 'there is no reason after which the recording could go on', {
      expected: '--snapshot-on with it; a signal or a service has it written at once',
      where: '--snapshot-after',
    });
  }
  if (reasons === undefined) return undefined;
  if (snapshot === undefined) {
    throw new VoxhandError('USAGE', 'there is nothing that a reason could have written', {
      expected: '--snapshot with it',
      where: '--snapshot-on',
    });
  }
  return {
    lostHand: reasons.includes('lost-hand') ? hands : [],
    event: [...(reasons.includes('gesture') ? gestures : []), ...reasonsByName(values)],
    ...(snapshotAfter !== undefined && { afterSeconds: snapshotAfter }),
  };
}

/** A recording's name with the time in the place of `{time}`, as `20261122T183000Z`. */
export function timedName(name: string, date: Date = new Date()): string {
  return name.replaceAll('{time}', date.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, ''));
}
