import type { McapTypes } from '@mcap/core';
import { VoxhandError } from '../../hand/index.js';
import type { BusMessage, TopicInfo } from '../port/index.js';
import type { McapInfo } from './info.js';

/** A recording opened one way or the other: by its index, or from front to back. */
export interface McapContents {
  readonly info: McapInfo;
  /** Messages of these topics, or of all. May throw anything; the caller gives it its type. */
  messages(topics: readonly string[] | undefined): AsyncGenerator<BusMessage, void, void>;
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
  };
}
