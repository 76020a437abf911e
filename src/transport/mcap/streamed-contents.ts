import { McapStreamReader, type McapTypes } from '@mcap/core';
import { VoxhandError } from '../../errors/index.js';
import { Counts } from '../../timing/index.js';
import type { BusMessage, TopicInfo } from '../port/index.js';
import { isWithin, type McapContents, messageOf, type TimeRange } from './contents.js';
import { UnpackedBytes } from './decompress.js';
import type { FileReadable } from './file-readable.js';
import { type Loss, type MetadataRecord, metadataOf, topicOf } from './info.js';

const BLOCK_BYTES = 1n << 20n;

/** A record that declares more is not waited for: its length is damaged. */
const MOST_BYTES_A_RECORD = 256 * 1024 * 1024;

/**
 * Open a recording from front to back, for one without a (complete) index: read it once to see what is in it and where
 * it breaks. Memory stays at the size of its largest chunk.
 */
export async function openStreamed(
  path: string,
  file: FileReadable,
  decompressHandlers: McapTypes.DecompressHandlers,
): Promise<McapContents> {
  const topics = new Map<number, TopicInfo>();
  const counts = new Counts<number>();
  const metadata: MetadataRecord[] = [];
  let header: McapTypes.Header = { profile: '', library: '' };
  let startTime: bigint | undefined;
  let endTime: bigint | undefined;
  let loss: Loss | undefined;

  const schemas = new Map<number, McapTypes.Schema>();
  const unpacked = new UnpackedBytes(path, await file.size());
  const counted = Object.entries(decompressHandlers).map(([name, decompress]) => {
    const count = (data: Uint8Array, size: bigint): Uint8Array => {
      unpacked.add(size);
      return decompress(data, size);
    };
    return [name, count] as const;
  });
  const records = readRecords(file, Object.assign(Object.create(null), Object.fromEntries(counted)));
  for (;;) {
    const step = await records.next();
    if (step.done === true) {
      loss = step.value;
      break;
    }
    const record = step.value;
    if (record.type === 'Header') header = record;
    else if (record.type === 'Schema') schemas.set(record.id, record);
    else if (record.type === 'Metadata') metadata.push(metadataOf(record));
    else if (record.type === 'Channel' && !topics.has(record.id)) {
      topics.set(record.id, topicOf(record, schemas.get(record.schemaId)));
    } else if (record.type === 'Message') {
      counts.add(record.channelId);
      if (startTime === undefined || record.logTime < startTime) startTime = record.logTime;
      if (endTime === undefined || record.logTime > endTime) endTime = record.logTime;
    }
  }

  return {
    info: {
      path,
      size: Number(await file.size()),
      profile: header.profile,
      library: header.library,
      indexed: false,
      topics: [...topics].map(([id, topic]) => ({ ...topic, messageCount: counts.of(id) })),
      messageCount: counts.total,
      ...(startTime === undefined || endTime === undefined ? {} : { startTime, endTime }),
      metadata,
      truncated: loss?.code === 'MCAP_TRUNCATED',
      ...(loss === undefined ? {} : { loss }),
    },
    messages: (wanted, range) => read(file, decompressHandlers, topics, wanted, range),
    attachments: () => readAttachments(file, decompressHandlers),
  };
}

/** The messages up to where the recording ends or breaks off. Where it is damaged, an error follows the last of them. */
async function* read(
  file: FileReadable,
  decompressHandlers: McapTypes.DecompressHandlers,
  topics: ReadonlyMap<number, TopicInfo>,
  wanted: readonly string[] | undefined,
  range: TimeRange,
): AsyncGenerator<BusMessage, void, void> {
  const names = wanted && new Set(wanted);
  const records = readRecords(file, decompressHandlers);
  for (;;) {
    const step = await records.next();
    if (step.done === true) {
      if (step.value?.code === 'MCAP_INVALID') throw new VoxhandError('MCAP_INVALID', step.value.message);
      return;
    }
    if (step.value.type !== 'Message' || !isWithin(step.value.logTime, range)) continue;
    const message = messageOf(topics.get(step.value.channelId), step.value);
    if (names?.has(message.topic) ?? true) yield message;
  }
}

async function* readAttachments(
  file: FileReadable,
  decompressHandlers: McapTypes.DecompressHandlers,
): AsyncGenerator<McapTypes.Attachment, void, void> {
  for await (const record of readRecords(file, decompressHandlers)) {
    if (record.type === 'Attachment') yield record;
  }
}

/** Records, those inside chunks included, up to the end or to where it breaks; what is lost then is the return value. */
async function* readRecords(
  file: FileReadable,
  decompressHandlers: McapTypes.DecompressHandlers,
): AsyncGenerator<McapTypes.TypedMcapRecord, Loss | undefined, void> {
  const reader = new McapStreamReader({ decompressHandlers });
  const size = await file.size();
  let appended = 0n;
  let readableBytes = 0;
  const lost = (code: Loss['code'], message: string): Loss => ({
    code,
    message,
    readableBytes,
    lostBytes: Number(size) - readableBytes,
  });
  try {
    for (;;) {
      for (;;) {
        readableBytes = Number(appended) - reader.bytesRemaining();
        const record = reader.nextRecord();
        if (record === undefined) break;
        yield record;
      }
      if (reader.done()) return undefined;
      if (appended === size) return lost('MCAP_TRUNCATED', 'the recording ends before its footer');
      if (reader.bytesRemaining() > MOST_BYTES_A_RECORD) {
        return lost('MCAP_INVALID', `a record of more than ${MOST_BYTES_A_RECORD} bytes`);
      }
      const length = size - appended < BLOCK_BYTES ? size - appended : BLOCK_BYTES;
      const block = await file.read(appended, length);
      appended += length;
      reader.append(block);
    }
  } catch (error) {
    // of more than it may unpack to nothing is read
    if (error instanceof VoxhandError && error.code === 'FILE_INVALID') throw error;
    return lost('MCAP_INVALID', (error as Error).message);
  }
}
