import { VoxhandError } from '../../errors/index.js';
import { listed } from '../../errors/shown.js';
import type { BusMessage, BusSource } from '../port/index.js';
import type { TimeRange } from './contents.js';
import type { McapInfo } from './info.js';

/** A file that lies in a recording. */
export interface RecordingAttachment {
  readonly name: string;
  readonly mediaType: string;
  /** Nanoseconds. */
  readonly logTime: bigint;
  readonly createTime: bigint;
  readonly data: Uint8Array;
}

/** A bus that lies on a disk: it can be read again, and from any time on. */
export interface RecordingSource extends BusSource {
  info(): McapInfo;
  /** @param range log times; all of them by default. */
  subscribe(topics?: readonly string[], range?: TimeRange): AsyncIterable<BusMessage>;
  /** Files that go with the recording, each in memory as a whole. */
  attachments(): AsyncIterable<RecordingAttachment>;
}

/** @throws VoxhandError `USAGE` for a closed recording; `RECORDING_EMPTY`; `TOPIC_NOT_FOUND` naming the topics there are */
export function checkSubscription(info: McapInfo, closed: boolean, topics: readonly string[] | undefined): void {
  const { path, messageCount, topics: known } = info;
  if (closed) throw new VoxhandError('USAGE', 'the recording is closed', { where: path });
  if (messageCount === 0) throw nothingToRead(info);
  const names = new Set(known.map(({ topic }) => topic));
  for (const topic of topics ?? []) {
    if (names.has(topic)) continue;
    throw new VoxhandError('TOPIC_NOT_FOUND', `no topic ${topic} in this recording`, {
      expected: `one of ${listed(known.map((there) => `${there.topic} (${there.schemaName})`))}`,
      found: topic,
      where: path,
    });
  }
}

/** Of a recording without a message that can be read. */
export function nothingToRead({ path, loss }: McapInfo): VoxhandError {
  return new VoxhandError('RECORDING_EMPTY', 'nothing to read', {
    expected: loss === undefined ? 'messages' : `messages: what is behind the damage, voxhand recover ${path} may find`,
    found: loss === undefined ? 'none' : `none up to byte ${loss.readableBytes}: ${loss.message}`,
    where: path,
  });
}
