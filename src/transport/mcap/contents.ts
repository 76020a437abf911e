import type { McapTypes } from '@mcap/core';
import { VoxhandError } from '../../errors/index.js';
import type { BusMessage, TopicInfo } from '../port/index.js';
import type { McapInfo } from './info.js';

/** Log times, nanoseconds: from `start` on, up to `end` without it. What is left out has no bound. */
export interface TimeRange {
  readonly start?: bigint;
  readonly end?: bigint;
}

/** A recording opened one way or the other: by its index, or from front to back. */
export interface McapContents {
  readonly info: McapInfo;
  /** Messages of these topics, or of all, that were logged in this range. May throw anything; the caller gives it its type. */
  messages(topics: readonly string[] | undefined, range: TimeRange): AsyncGenerator<BusMessage, void, void>;
  /** Files that go with the recording. */
  attachments(): AsyncGenerator<McapTypes.Attachment, void, void>;
}

export function isWithin(logTime: bigint, { start, end }: TimeRange): boolean {
  return (start === undefined || logTime >= start) && (end === undefined || logTime < end);
}

/** A message record with what its channel says of it. */
export function messageOf(topic: TopicInfo | undefined, record: McapTypes.Message): BusMessage {
  if (topic === undefined) {
    throw new VoxhandError('MCAP_INVALID', 'a message belongs to no channel', { found: `channel ${record.channelId}` });
  }
  return {
    topic: topic.topic,
    schemaName: topic.schemaName,
    schemaEncoding: topic.schemaEncoding,
    schemaData: topic.schemaData,
    messageEncoding: topic.messageEncoding,
    data: record.data,
    logTime: record.logTime,
    publishTime: record.publishTime,
    sequence: record.sequence,
    ...(topic.channelMetadata && { channelMetadata: topic.channelMetadata }),
  };
}
