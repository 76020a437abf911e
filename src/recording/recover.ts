import { stat } from 'node:fs/promises';
import type { McapTypes } from '@mcap/core';
import { VoxhandError } from '../errors/index.js';
import { Counts } from '../timing/index.js';
import { messageOf } from '../transport/mcap/contents.js';
import { decompressors } from '../transport/mcap/decompress.js';
import { FileReadable } from '../transport/mcap/file-readable.js';
import { topicOf } from '../transport/mcap/info.js';
import { createMcapSink, type McapSink } from '../transport/mcap/mcap-sink.js';
import { refuseOtherFormat } from '../transport/mcap/other-formats.js';
import { VERSION } from '../version.js';
import { ChunkPlaces, type RecordingSummary, readSummary } from './salvage/read-summary.js';
import { type Damage, salvageRecords } from './salvage/salvage-records.js';

export interface RecoverOptions {
  /** Of the output's chunks; `zstd` by default. */
  readonly compression?: 'zstd' | 'none';
  /** Called with bytes that are read, of how many. */
  readonly onProgress?: (bytes: number, size: number) => void;
  /** Ends the recovery; what was recovered so far stays as `output.unfinished`, readable, and the output as it was. */
  readonly signal?: AbortSignal;
}

/** What was recovered and what was not. */
export interface RecoverReport {
  readonly input: string;
  /** Of a recovery that was ended by its signal `output.unfinished`. */
  readonly output: string;
  readonly bytes: number;
  /** Nothing was lost, and nothing was wrong: not even the index. */
  readonly whole: boolean;
  readonly recovered: {
    readonly messages: number;
    readonly attachments: number;
    readonly metadata: number;
    readonly topics: readonly { readonly topic: string; readonly messages: number }[];
  };
  readonly lost: {
    /** Messages that are known to be lost. */
    readonly messages: number;
    /** Whether these are all: the recording's own statistics could be read. */
    readonly exact: boolean;
    /** Of them, messages that are there but belong to no channel that is known. */
    readonly withoutChannel: number;
    /** Bytes that make no sense. */
    readonly bytes: number;
    /** The first of the places, at most 100. */
    readonly places: readonly Pick<Damage, 'offset' | 'bytes' | 'what' | 'messages'>[];
    readonly placeCount: number;
  };
  readonly aborted: boolean;
}

const MOST_PLACES = 100;

/**
 * Make a whole recording of one that breaks off or is damaged: cut off, with flipped bits, with zeros where a disk lost data.
 *
 * Everything that can be verified is kept, with its topics, times, metadata and attachments, and reading goes on behind each
 * damage. A chunk whose checksum is wrong is left out as a whole, for nobody knows which of its messages is wrong; of messages
 * outside of chunks, which have no checksum, a wrong byte is not noticed. Reads from front to back in constant memory.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`, `FILE_INVALID` for a file that cannot be read, a folder, or another format; as
 * `createMcapSink` for the output; `RECORDING_EMPTY` where there is no message to recover. Nothing is written then
 * @example
 * ```ts
 * const { recovered, lost } = await recoverRecording('cell.mcap.partial', 'cell.mcap');
 * console.log(`${recovered.messages} messages, ${lost.messages} lost`);
 * ```
 */
export async function recoverRecording(
  input: string,
  output: string,
  options: RecoverOptions = {},
): Promise<RecoverReport> {
  await refuseFolder(input);
  const file = await FileReadable.open(input);
  try {
    await refuseOtherFormat(file);
    const recovery = new Recovery(file, input, output, options);
    return await recovery.run();
  } finally {
    await file.close();
  }
}

class Recovery {
  readonly #file: FileReadable;
  readonly #input: string;
  readonly #output: string;
  readonly #options: RecoverOptions;
  readonly #schemas = new Map<number, McapTypes.Schema>();
  readonly #channels = new Map<number, McapTypes.Channel>();
  readonly #topics = new Map<number, ReturnType<typeof topicOf>>();
  readonly #messages = new Counts();
  readonly #places: RecoverReport['lost']['places'][number][] = [];
  /** From the index, whose checksum was right: believed more than what lies among the data. */
  #summary: RecordingSummary | undefined;
  /** Where chunks are indeed. */
  readonly #chunks = new ChunkPlaces();
  #header = { profile: 'ros2', library: '' };
  #sink: McapSink | undefined;
  #attachments = 0;
  #metadata = 0;
  #withoutChannel = 0;
  #lostMessages = 0;
  #lostBytes = 0;
  #placeCount = 0;
  #expected: bigint | undefined;
  #ended = false;

  constructor(file: FileReadable, input: string, output: string, options: RecoverOptions) {
    this.#file = file;
    this.#input = input;
    this.#output = output;
    this.#options = options;
  }

  async run(): Promise<RecoverReport> {
    const { onProgress, signal } = this.#options;
    const handlers = await decompressors();
    const size = Number(await this.#file.size());
    this.#summary = await readSummary(this.#file);
    for (const schema of this.#summary?.schemas.values() ?? []) this.#schemas.set(schema.id, schema);
    for (const channel of this.#summary?.channels.values() ?? []) this.#channels.set(channel.id, channel);
    this.#expected = this.#summary?.statistics?.messageCount;
    try {
      const options = { ...(signal && { signal }), onProgress: (bytes: number) => onProgress?.(bytes, size) };
      for await (const record of salvageRecords(this.#file, handlers, options)) {
        if (record.type === 'Message') await this.#keep(record);
        else if (record.type === 'Damage') this.#lose(record);
        else if (record.type === 'Header') this.#header = record;
        else if (record.type === 'Schema') this.#learn(this.#schemas, record);
        else if (record.type === 'Channel') this.#learn(this.#channels, record);
        else if (record.type === 'Statistics') this.#expected ??= record.messageCount;
        else if (record.type === 'ChunkEnd') {
          const { startTime, endTime } = record.header;
          this.#chunks.add(BigInt(record.offset), BigInt(record.bytes), startTime, endTime);
        } else if (record.type === 'End') this.#ended = true;
        else if (record.type === 'Attachment') {
          await (await this.#open()).addAttachment(record);
          this.#attachments++;
        } else if (record.type === 'Metadata') {
          await (await this.#open()).addMetadata(record.name, Object.fromEntries(record.metadata));
          this.#metadata++;
        }
      }
      const report = this.#report(size, signal?.aborted ?? false);
      await this.#finish(report);
      return report;
    } catch (error) {
      await this.#sink?.abort();
      throw error;
    }
  }

  /** Of records that disagree the index's is right, whose checksum is known, and of others the first. */
  #learn<T extends { readonly id: number }>(known: Map<number, T>, record: T): void {
    if (!known.has(record.id)) known.set(record.id, record);
  }

  async #keep(record: McapTypes.Message): Promise<void> {
    let topic = this.#topics.get(record.channelId);
    if (topic === undefined) {
      const channel = this.#channels.get(record.channelId);
      const schema = this.#schemas.get(channel?.schemaId ?? 0);
      if (channel === undefined || (channel.schemaId !== 0 && schema === undefined)) {
        this.#withoutChannel++;
        return;
      }
      topic = topicOf(channel, schema);
      this.#topics.set(record.channelId, topic);
    }
    await (await this.#open()).write(messageOf(topic, record));
    this.#messages.add(topic.topic);
  }

  #lose({ offset, bytes, what, messages }: Damage): void {
    this.#placeCount++;
    this.#lostBytes += bytes;
    this.#lostMessages += messages ?? 0;
    if (this.#places.length >= MOST_PLACES) return;
    this.#places.push({ offset, bytes, what, ...(messages === undefined ? {} : { messages }) });
  }

  async #open(): Promise<McapSink> {
    this.#sink ??= await createMcapSink(this.#output, {
      profile: this.#header.profile,
      library: `voxhand ${VERSION}`,
      // not the input, whose name is often just this one with .partial
      partialPath: this.#unfinished,
      ...(this.#options.compression && { compression: this.#options.compression }),
    });
    return this.#sink;
  }

  get #unfinished(): string {
    return `${this.#output}.unfinished`;
  }

  #report(size: number, aborted: boolean): RecoverReport {
    const topics = [...this.#messages].map(([topic, messages]) => ({ topic, messages }));
    const messages = this.#messages.total;
    const expected = this.#expected === undefined || aborted ? undefined : Number(this.#expected);
    // statistics that say less than there is are damaged themselves
    const exact = expected !== undefined && expected >= messages;
    const lost = exact ? expected - messages : this.#lostMessages + this.#withoutChannel;
    const isIndexed = this.#summary?.chunks.equals(this.#chunks) ?? false;
    return {
      input: this.#input,
      output: aborted ? this.#unfinished : this.#output,
      bytes: size,
      whole: this.#ended && isIndexed && this.#placeCount === 0 && lost === 0 && !aborted,
      recovered: { messages, attachments: this.#attachments, metadata: this.#metadata, topics },
      lost: {
        messages: lost,
        exact,
        withoutChannel: this.#withoutChannel,
        bytes: this.#lostBytes,
        places: this.#places,
        placeCount: this.#placeCount,
      },
      aborted,
    };
  }

  async #finish({ recovered, lost, whole, aborted, bytes }: RecoverReport): Promise<void> {
    if (aborted) {
      await this.#sink?.leave();
      return;
    }
    if (recovered.messages === 0 && recovered.attachments === 0) {
      const others = lost.withoutChannel === 0 ? '' : ` and ${lost.withoutChannel} messages that belong to no channel`;
      const first = lost.places[0] === undefined ? '' : ` (${lost.places[0].what})`;
      throw new VoxhandError('RECORDING_EMPTY', 'there is nothing to recover', {
        expected: 'a message that can be read',
        found: whole
          ? 'a whole recording without messages'
          : `${bytes} bytes, of which ${lost.bytes} make no sense${first}${others}`,
        where: this.#input,
      });
    }
    const sink = await this.#open();
    if (!whole) {
      await sink.addMetadata('voxhand.recover', {
        library: this.#header.library,
        recovered_messages: String(recovered.messages),
        lost_messages: lost.exact ? String(lost.messages) : `at least ${lost.messages}`,
        lost_bytes: String(lost.bytes),
      });
    }
    await sink.close();
  }
}

async function refuseFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return;
  throw new VoxhandError('FILE_INVALID', 'a folder', {
    expected: 'one of its files: they are recovered one by one, and read as one again from a folder of their own',
    where: path,
  });
}
