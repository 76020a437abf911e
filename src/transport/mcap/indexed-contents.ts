import { McapIndexedReader, type McapTypes } from '@mcap/core';
import type { BusMessage, TopicInfo } from '../port/index.js';
import { type McapContents, messageOf, type TimeRange } from './contents.js';
import { UnpackedBytes } from './decompress.js';
import type { FileReadable } from './file-readable.js';
import { type MetadataRecord, metadataOf, topicOf } from './info.js';
import { inOrder, readInOrder } from './ordered-chunks.js';

/**
 * Open a recording by its index.
 *
 * @throws VoxhandError `FILE_INVALID` where it unpacks to more than it may
 * @returns undefined for one whose index is missing, damaged, or does not lead to every message: it must be read from
 * front to back.
 */
export async function openIndexed(
  path: string,
  file: FileReadable,
  decompressHandlers: McapTypes.DecompressHandlers,
): Promise<McapContents | undefined> {
  let reader: McapIndexedReader;
  const metadata: MetadataRecord[] = [];
  try {
    reader = await McapIndexedReader.Initialize({ readable: file, decompressHandlers });
    for await (const record of reader.readMetadata()) metadata.push(metadataOf(record));
  } catch {
    return undefined;
  }
  const { statistics, header } = reader;
  if (statistics === undefined || !leadsToAll(reader, statistics)) return undefined;

  const topics = new Map<number, TopicInfo>();
  for (const channel of reader.channelsById.values()) {
    const count = Number(statistics.channelMessageCounts.get(channel.id) ?? 0n);
    topics.set(channel.id, topicOf(channel, reader.schemasById.get(channel.schemaId), count));
  }
  const unpacked = new UnpackedBytes(path, await file.size());
  for (const { uncompressedSize } of reader.chunkIndexes) unpacked.add(uncompressedSize);
  const messageCount = Number(statistics.messageCount);
  const chunks = inOrder(reader.chunkIndexes);
  return {
    info: {
      path,
      size: Number(await file.size()),
      profile: header.profile,
      library: header.library,
      indexed: true,
      topics: [...topics.values()],
      messageCount,
      ...(messageCount === 0 ? {} : { startTime: statistics.messageStartTime, endTime: statistics.messageEndTime }),
      metadata,
      truncated: false,
    },
    messages: (wanted, range) =>
      chunks === undefined
        ? read(reader, topics, wanted, range)
        : readChunks(file, chunks, decompressHandlers, topics, wanted, range),
    attachments: () => reader.readAttachments(),
  };
}

async function* readChunks(
  file: FileReadable,
  chunks: readonly McapTypes.ChunkIndex[],
  decompressHandlers: McapTypes.DecompressHandlers,
  topics: ReadonlyMap<number, TopicInfo>,
  wanted: readonly string[] | undefined,
  range: TimeRange,
): AsyncGenerator<BusMessage, void, void> {
  const names = wanted && new Set(wanted);
  const channels = names && new Set([...topics].flatMap(([id, { topic }]) => (names.has(topic) ? [id] : [])));
  for await (const record of readInOrder(file, chunks, decompressHandlers, channels, range)) {
    yield messageOf(topics.get(record.channelId), record);
  }
}

async function* read(
  reader: McapIndexedReader,
  topics: ReadonlyMap<number, TopicInfo>,
  wanted: readonly string[] | undefined,
  { start, end }: TimeRange,
): AsyncGenerator<BusMessage, void, void> {
  const names = wanted && new Set(wanted);
  // the reader looks each channel up in a list
  const isAll = names === undefined || [...topics.values()].every(({ topic }) => names.has(topic));
  const records = reader.readMessages({
    ...(isAll || wanted === undefined ? {} : { topics: wanted }),
    ...(start === undefined ? {} : { startTime: start }),
    ...(end === undefined ? {} : { endTime: end - 1n }),
  });
  for await (const record of records) {
    yield messageOf(topics.get(record.channelId), record);
  }
}

/** Writers may leave out the parts of the index that a reader needs, or write messages outside of chunks. */
function leadsToAll(reader: McapIndexedReader, statistics: McapTypes.Statistics): boolean {
  const { chunkIndexes, channelsById, schemasById, attachmentIndexes, metadataIndexes } = reader;
  const channels = [...channelsById.values()];
  return (
    chunkIndexes.length === statistics.chunkCount &&
    channels.length === statistics.channelCount &&
    attachmentIndexes.length === statistics.attachmentCount &&
    metadataIndexes.length === statistics.metadataCount &&
    channels.every(({ schemaId }) => schemaId === 0 || schemasById.has(schemaId)) &&
    chunkIndexes.every(({ messageIndexLength }) => messageIndexLength > 0n) &&
    (chunkIndexes.length > 0 || statistics.messageCount === 0n)
  );
}
