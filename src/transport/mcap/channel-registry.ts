import type { BusMessage } from '../port/index.js';

/** A schema as a recording keeps it. */
export interface RecordedSchema {
  readonly id: number;
  readonly name: string;
  readonly encoding: string;
  readonly data: Uint8Array;
}

/** A channel as a recording keeps it; `schemaId` 0 says that there is no schema. */
export interface RecordedChannel {
  readonly id: number;
  readonly schemaId: number;
  readonly topic: string;
  readonly messageEncoding: string;
  readonly metadata: ReadonlyMap<string, string>;
}

/** What a message's channel is called, and what must be written of it first. */
export interface ChannelOf {
  readonly channelId: number;
  /** The message's schema, the first time that it is seen. */
  readonly newSchema?: RecordedSchema;
  /** The message's channel, the first time that it is seen. */
  readonly newChannel?: RecordedChannel;
}

interface Recent extends ChannelOf {
  readonly schemaName: string;
  readonly schemaEncoding: string;
  readonly messageEncoding: string;
  readonly channelMetadata: BusMessage['channelMetadata'];
}

/**
 * Numbers for the channels and schemas of one recording: one channel for each topic, schema and metadata, one schema for all
 * topics that share it. Channels count from 0 and schemas from 1, in the order in which they are seen.
 */
export class ChannelRegistry {
  readonly #schemaIds = new Map<string, number>();
  readonly #channelIds = new Map<string, number>();
  /** What these schema bytes meant last on each topic: one look instead of a comparison of texts for every message. */
  readonly #recent = new WeakMap<Uint8Array, Map<string, Recent>>();

  channelOf(message: BusMessage): ChannelOf {
    const { topic, schemaName, schemaEncoding, schemaData, messageEncoding, channelMetadata } = message;
    const recent = this.#recent.get(schemaData)?.get(topic);
    if (
      recent?.schemaName === schemaName &&
      recent.schemaEncoding === schemaEncoding &&
      recent.messageEncoding === messageEncoding &&
      recent.channelMetadata === channelMetadata
    ) {
      return recent;
    }
    const found = this.#register(message);
    const topics = this.#recent.get(schemaData) ?? new Map<string, Recent>();
    this.#recent.set(schemaData, topics);
    topics.set(topic, { channelId: found.channelId, schemaName, schemaEncoding, messageEncoding, channelMetadata });
    return found;
  }

  #register({ topic, messageEncoding, channelMetadata = {}, ...message }: BusMessage): ChannelOf {
    const { schemaName: name, schemaEncoding: encoding, schemaData: data } = message;
    let newSchema: RecordedSchema | undefined;
    let schemaId: number | undefined = 0; // MCAP's way to say: no schema
    if (name !== '' || data.byteLength > 0) {
      const key = JSON.stringify([name, encoding, new TextDecoder('latin1').decode(data)]);
      schemaId = this.#schemaIds.get(key);
      if (schemaId === undefined) {
        schemaId = this.#schemaIds.size + 1;
        this.#schemaIds.set(key, schemaId);
        newSchema = { id: schemaId, name, encoding, data };
      }
    }
    const metadata = Object.entries(channelMetadata);
    const key = JSON.stringify([topic, schemaId, messageEncoding, metadata]);
    const known = this.#channelIds.get(key);
    if (known !== undefined) return { channelId: known };
    const channelId = this.#channelIds.size;
    this.#channelIds.set(key, channelId);
    const newChannel = { id: channelId, schemaId, topic, messageEncoding, metadata: new Map(metadata) };
    return { channelId, newChannel, ...(newSchema && { newSchema }) };
  }
}
