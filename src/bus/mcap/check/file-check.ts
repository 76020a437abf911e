import { crc32 } from 'node:zlib';
import type { McapTypes } from '@mcap/core';
import type { BusMessage } from '../../port/index.js';
import { messageOf } from '../contents.js';
import { decompressors } from '../decompress.js';
import { FileReadable } from '../file-readable.js';
import { topicOf } from '../info.js';
import { readSummary } from '../salvage/read-summary.js';
import { type Damage, salvageRecords, TORN_END } from '../salvage/salvage-records.js';
import type { Finding } from './finding.js';

const BLOCK_BYTES = 1 << 20;
/** Frame and checksum of the record that ends the data. */
const DATA_END_BYTES = 13;

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
 * Look through a file from front to back: every record, every checksum.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`, `FILE_INVALID`
 */
export async function checkFile(path: string, { onMessage, onProgress, signal }: FileCheckOptions): Promise<FileCheck> {
  const file = await FileReadable.open(path);
  try {
    const size = Number(await file.size());
    const summary = await readSummary(file);
    const schemas = new Map<number, McapTypes.Schema>(summary?.schemas);
    const channels = new Map<number, McapTypes.Channel>(summary?.channels);
    const topics = new Map<number, ReturnType<typeof topicOf>>();
    const damages: Damage[] = [];
    let damageCount = 0;
    let damagedBytes = 0;
    let lostMessages = 0;
    let tornBytes = 0;
    let messages = 0;
    let chunks = 0;
    let unchecked = 0;
    let dataCrc: number | undefined;
    let ended = false;
    for await (const record of salvageRecords(file, await decompressors())) {
      if (signal?.aborted) break;
      if (record.type === 'Message') {
        messages++;
        let topic = topics.get(record.channelId);
        if (topic === undefined) {
          const channel = channels.get(record.channelId);
          if (channel === undefined) continue;
          topic = topicOf(channel, schemas.get(channel.schemaId));
          topics.set(record.channelId, topic);
        }
        onMessage(messageOf(topic, record));
      } else if (record.type === 'Schema' && !schemas.has(record.id)) schemas.set(record.id, record);
      else if (record.type === 'Channel' && !channels.has(record.id)) channels.set(record.id, record);
      else if (record.type === 'Damage' && record.what === TORN_END) tornBytes = record.bytes;
      else if (record.type === 'Damage') {
        damageCount++;
        damagedBytes += record.bytes;
        lostMessages += record.messages ?? 0;
        if (damages.length < 3) damages.push(record);
      } else if (record.type === 'ChunkEnd') {
        chunks++;
        if (record.header.crc === 0) unchecked++;
        onProgress?.(record.offset);
      } else if (record.type === 'End') {
        ended = true;
        dataCrc = record.dataSectionCrc;
      }
    }
    const recover = `voxhand recover ${path} -o recovered.mcap`;
    const findings: Finding[] = [];
    const add = (severity: Finding['severity'], code: Finding['code'], text: string, remedy: string, count?: number) =>
      findings.push({ severity, code, text: `${path}: ${text}`, remedy, ...(count === undefined ? {} : { count }) });
    if (damageCount > 0) {
      const places = damages.map(({ offset, what }) => `${what} at byte ${offset}`).join('; ');
      const lost = lostMessages > 0 ? `, ${lostMessages} messages` : '';
      add('error', 'damaged', `${damagedBytes} bytes make no sense${lost}: ${places}`, recover, damageCount);
    }
    if (!ended && !signal?.aborted)
      add(
        'error',
        'not-finished',
        `it breaks off, ${tornBytes} bytes within a record: its recorder was killed, or the file is cut off`,
        recover,
      );
    else if (summary === undefined || (chunks > 0 && summary.chunkIndexes < chunks)) {
      add('warning', 'not-indexed', 'it has no index of its chunks: it is read from front to back only', recover);
    }
    const expected = summary?.statistics?.messageCount;
    if (expected !== undefined && Number(expected) !== messages && damageCount === 0 && !signal?.aborted) {
      add('warning', 'statistics', `${messages} messages, though its index speaks of ${expected}`, recover);
    }
    if (messages > 0 && (chunks === 0 || unchecked > 0)) {
      const what = chunks === 0 ? 'messages outside of chunks' : `${unchecked} of ${chunks} chunks`;
      add('info', 'no-checksums', `${what} have no checksum: damage would not be noticed`, 'record with checksums');
    }
    if (ended && dataCrc && damageCount === 0 && !(await isDataSound(file, dataCrc))) {
      add('error', 'data-checksum', 'the checksum of all data is wrong, though every chunk is right', recover);
    }
    return { path, bytes: size, messages, findings };
  } finally {
    await file.close();
  }
}

/** Whether the bytes up to the end of the data have the checksum that is said there. */
async function isDataSound(file: FileReadable, expected: number): Promise<boolean> {
  const footer = await file.read((await file.size()) - 37n, 37n);
  const summaryStart = Number(new DataView(footer.buffer, footer.byteOffset).getBigUint64(9, true));
  // without a summary the footer follows the data
  const end = (summaryStart === 0 ? Number(await file.size()) - 37 : summaryStart) - DATA_END_BYTES;
  let crc = 0;
  for (let offset = 0; offset < end; offset += BLOCK_BYTES) {
    crc = crc32(await file.read(BigInt(offset), BigInt(Math.min(BLOCK_BYTES, end - offset))), crc);
  }
  return crc === expected;
}
