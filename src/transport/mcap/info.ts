import type { McapTypes } from '@mcap/core';
import type { InferenceStatus } from '../../inference/inference.js';
import type { TopicInfo } from '../port/index.js';

/** What is in a recording. */
export interface McapInfo {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** `ros2` for what ROS 2 tools write and read. */
  readonly profile: string;
  /** Who wrote it. */
  readonly library: string;
  /** Read by its index in order of log time; otherwise from front to back in the order of writing. */
  readonly indexed: boolean;
  /** One a channel: a topic that was recorded with two schemas is there twice. */
  readonly topics: readonly TopicInfo[];
  readonly messageCount: number;
  /** First and last log time, nanoseconds; absent in an empty recording. */
  readonly startTime?: bigint;
  readonly endTime?: bigint;
  /** Metadata records in the order of writing. */
  readonly metadata: readonly MetadataRecord[];
  /** The recording breaks off: what was left in it is all here, what followed is lost. */
  readonly truncated: boolean;
  /** What could not be read of a recording that breaks off or is damaged. */
  readonly loss?: Loss;
  /** Parts of a bag that its metadata.yaml does not name: read too, as further parts of its series. */
  readonly unlisted?: readonly string[];
}

export interface MetadataRecord {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface Loss {
  /** `MCAP_TRUNCATED`: it ends too early. `MCAP_INVALID`: there are bytes that make no sense. */
  readonly code: 'MCAP_TRUNCATED' | 'MCAP_INVALID';
  readonly message: string;
  /** Bytes from the front up to the end of the last whole record. */
  readonly readableBytes: number;
  readonly lostBytes: number;
}

/** That parts of a bag are read which its metadata.yaml does not name, and what to do about it. */
export function unlistedText({ unlisted = [], path }: Pick<McapInfo, 'unlisted' | 'path'>): {
  readonly text: string;
  readonly remedy: string;
} {
  return {
    text: `metadata.yaml does not name ${unlisted.join(', ')}, read too as further parts of the bag`,
    remedy: `ros2 bag reindex ${path} -s mcap takes them in; move away what is no part of it`,
  };
}

/** A channel of a recording as a topic. A channel without schema has empty schema fields. */
export function topicOf(
  channel: McapTypes.Channel,
  schema: McapTypes.Schema | undefined,
  messageCount?: number,
): TopicInfo {
  return {
    topic: channel.topic,
    schemaName: schema?.name ?? '',
    schemaEncoding: schema?.encoding ?? '',
    schemaData: schema?.data ?? new Uint8Array(0),
    messageEncoding: channel.messageEncoding,
    ...(messageCount === undefined ? {} : { messageCount }),
    ...(channel.metadata.size === 0 ? {} : { channelMetadata: Object.fromEntries(channel.metadata) }),
  };
}

export function metadataOf({ name, metadata }: McapTypes.Metadata): MetadataRecord {
  return { name, values: Object.assign(Object.create(null), Object.fromEntries(metadata)) };
}

/** Name of the metadata records that say where a recording comes from. */
export const PROVENANCE_RECORD = 'voxhand';

/**
 * What a recording says of where it comes from. There may be several records: what is known only later, or has changed, stands in
 * a later one, and is what counts.
 */
export function provenanceOf({ metadata }: Pick<McapInfo, 'metadata'>): Readonly<Record<string, string>> {
  const records = metadata.filter(({ name }) => name === PROVENANCE_RECORD);
  // without prototype: keys are what a recording says
  return Object.assign(Object.create(null), ...records.map(({ values }) => values));
}

/** The network that runs, as recordings name it. */
export function modelProvenance({
  model,
  providerActual,
}: Pick<InferenceStatus, 'model' | 'providerActual'>): Readonly<Record<string, string>> {
  return { model: `${model.name} ${model.version}`, model_sha256: model.sha256, provider: providerActual };
}
