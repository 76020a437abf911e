import { crc32 } from 'node:zlib';
import type { McapTypes } from '@mcap/core';
import { toVoxhandError } from '../../errors/index.js';
import { messageOf } from '../../transport/mcap/contents.js';
import { isSqlite, openDb3 } from '../../transport/mcap/db3-source.js';
import { decompressors } from '../../transport/mcap/decompress.js';
import { FileReadable } from '../../transport/mcap/file-readable.js';
import { topicOf } from '../../transport/mcap/info.js';
import { unpackedMessage } from '../../transport/mcap/message-compression.js';
import { refuseOtherFormat } from '../../transport/mcap/other-formats.js';
import type { BusMessage } from '../../transport/port/index.js';
import { ChunkPlaces, type RecordingSummary, readSummary } from '../salvage/read-summary.js';
import { type Damage, type DataSection, type Salvaged, salvageRecords, TORN_END } from '../salvage/salvage-records.js';
import type { Finding } from './finding.js';

const BLOCK_BYTES = 1 << 20;

export interface FileCheckOptions {
  readonly onMessage: (message: BusMessage) => void;
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** What one file holds, and what is wrong with it as a file. */
export interface FileCheck {
  readonly path: string;
  readonly bytes: number;
  readonly messages: number;
  readonly findings: readonly Finding[];
}

/**
 * Look through a file from front to back: every record, every checksum; every message of a bag in sqlite3, which has no checksums.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`; `FILE_INVALID` for what is no file, or one of another format
 */
export async function checkFile(path: string, options: FileCheckOptions): Promise<FileCheck> {
  if (await isSqlite(path)) return checkDb3(path, options);
  const file = await FileReadable.open(path);
  try {
    await refuseOtherFormat(file);
    const seen = await lookThrough(file, options);
    const findings = await findingsOf(file, seen, options.signal);
    return { path, bytes: Number(await file.size()), messages: seen.messages, findings };
  } finally {
    await file.close();
  }
}

async function checkDb3(path: string, { onMessage, onProgress, signal }: FileCheckOptions): Promise<FileCheck> {
  const source = await openDb3(path);
  const { size: bytes, messageCount } = source.info();
  const findings: Finding[] = [];
  let messages = 0;
  try {
    if (messageCount > 0) {
      for await (const message of source.subscribe()) {
        if (signal?.aborted) break;
        onMessage(message);
        messages++;
        onProgress?.((bytes * messages) / messageCount);
      }
    }
  } catch (thrown) {
    const { message: text, expected: remedy = '' } = toVoxhandError(thrown);
    findings.push({ severity: 'error', code: 'damaged', text, remedy });
  } finally {
    await source.close();
  }
  return { path, bytes, messages, findings };
}

/** What was seen of a file. */
interface Seen {
  readonly summary: RecordingSummary | undefined;
  messages: number;
  withoutChannel: number;
  /** The first of them. */
  readonly damages: Damage[];
  damageCount: number;
  damagedBytes: number;
  lostMessages: number;
  tornBytes: number;
  readonly chunks: ChunkPlaces;
  uncheckedChunks: number;
  end: Extract<Salvaged, { type: 'End' }> | undefined;
}

async function lookThrough(file: FileReadable, { onMessage, ...options }: FileCheckOptions): Promise<Seen> {
  const summary = await readSummary(file);
  const schemas = new Map<number, McapTypes.Schema>(summary?.schemas);
  const channels = new Map<number, McapTypes.Channel>(summary?.channels);
  const topics = new Map<number, ReturnType<typeof topicOf>>();
  const seen: Seen = {
    summary,
    messages: 0,
    withoutChannel: 0,
    damages: [],
    damageCount: 0,
    damagedBytes: 0,
    lostMessages: 0,
    tornBytes: 0,
    chunks: new ChunkPlaces(),
    uncheckedChunks: 0,
    end: undefined,
  };
  const handlers = await decompressors();
  for await (const record of salvageRecords(file, handlers, options)) {
    if (record.type === 'Message') {
      seen.messages++;
      let topic = topics.get(record.channelId);
      if (topic === undefined) {
        const channel = channels.get(record.channelId);
        if (channel === undefined) {
          seen.withoutChannel++;
          continue;
        }
        topic = topicOf(channel, schemas.get(channel.schemaId));
        topics.set(record.channelId, topic);
      }
      onMessage(unpackedMessage(messageOf(topic, record), handlers));
    } else if (record.type === 'Schema' && !schemas.has(record.id)) schemas.set(record.id, record);
    else if (record.type === 'Channel' && !channels.has(record.id)) channels.set(record.id, record);
    else if (record.type === 'Damage' && record.what === TORN_END) seen.tornBytes = record.bytes;
    else if (record.type === 'Damage') {
      seen.damageCount++;
      seen.damagedBytes += record.bytes;
      seen.lostMessages += record.messages ?? 0;
      if (seen.damages.length < 3) seen.damages.push(record);
    } else if (record.type === 'ChunkEnd') {
      const { startTime, endTime, crc } = record.header;
      seen.chunks.add(BigInt(record.offset), BigInt(record.bytes), startTime, endTime);
      if (crc === 0) seen.uncheckedChunks++;
    } else if (record.type === 'End') seen.end = record;
  }
  return seen;
}

async function findingsOf(file: FileReadable, seen: Seen, signal: AbortSignal | undefined): Promise<Finding[]> {
  const { summary, messages, damageCount, damages, lostMessages, chunks, end } = seen;
  const { path } = file;
  const size = Number(await file.size());
  const recover = `voxhand recover ${path} -o recovered.mcap`;
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], code: Finding['code'], text: string, remedy: string, count?: number) =>
    findings.push({ severity, code, text: `${path}: ${text}`, remedy, ...(count === undefined ? {} : { count }) });

  if (messages === 0 && damages[0]?.offset === 0) {
    const [{ what }] = damages;
    const text =
      size === 0 ? 'a file without a byte' : `not an MCAP file: ${what}, and no message in its ${size} bytes`;
    add('error', 'damaged', text, 'look for the right file, or for a copy of it', damageCount);
    return findings;
  }
  if (damageCount > 0) {
    const places = damages.map(({ offset, what }) => `${what} at byte ${offset}`).join('; ');
    const more = damageCount > damages.length ? `; and ${damageCount - damages.length} places more` : '';
    const lost = lostMessages > 0 ? `, ${lostMessages} messages` : '';
    add('error', 'damaged', `${seen.damagedBytes} bytes make no sense${lost}: ${places}${more}`, recover, damageCount);
  }
  if (seen.withoutChannel > 0) {
    const text = `${seen.withoutChannel} messages belong to no channel: their topic is not known`;
    add('error', 'channel-missing', text, `${recover} leaves them out`, seen.withoutChannel);
  }
  // nothing more is known of what was not read to its end
  if (signal?.aborted) return findings;
  if (end === undefined) {
    const text = `it breaks off, ${seen.tornBytes} bytes within a record: its recorder was killed, or the file is cut off`;
    add('error', 'not-finished', text, recover);
  } else if (summary === undefined || summary.chunks.count < chunks.count) {
    add('warning', 'not-indexed', 'it has no index of its chunks: it is read from front to back only', recover);
  } else if (messages > 0 && chunks.count === 0 && damageCount === 0) {
    add('warning', 'not-indexed', 'it has no chunks, and so no index: it is read from front to back only', recover);
  } else if (damageCount === 0 && !summary.chunks.equals(chunks)) {
    add('error', 'index-wrong', 'its index does not lead to its chunks: it cannot be read by it', recover);
  }
  const expected = summary?.statistics?.messageCount;
  if (expected !== undefined && Number(expected) !== messages && damageCount === 0) {
    add('warning', 'statistics', `${messages} messages, though its index has ${expected}`, recover);
  }
  if (messages > 0 && (chunks.count === 0 || seen.uncheckedChunks > 0)) {
    const what =
      chunks.count === 0 ? 'messages outside of chunks' : `${seen.uncheckedChunks} of ${chunks.count} chunks`;
    add('info', 'no-checksums', `${what} have no checksum: damage would not be noticed`, 'record with checksums');
  }
  if (damageCount === 0 && (await isDataSound(file, end?.data, signal)) === false) {
    add('error', 'data-checksum', 'the checksum of all data is wrong, though every chunk is right', recover);
  }
  return findings;
}

/** Whether the data have the checksum that stands behind them; undefined where none is, or it was not taken to its end. */
async function isDataSound(
  file: FileReadable,
  data: DataSection | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  if (data === undefined || data.crc === 0) return undefined;
  let crc = 0;
  for (let offset = 0; offset < data.bytes; offset += BLOCK_BYTES) {
    if (signal?.aborted) return undefined;
    crc = crc32(await file.read(BigInt(offset), BigInt(Math.min(BLOCK_BYTES, data.bytes - offset))), crc);
  }
  return crc === data.crc;
}
