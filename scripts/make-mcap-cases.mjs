#!/usr/bin/env node
/**
 * Writes small recordings with every combination of what the MCAP format leaves to the writer, and what is in each:
 *
 *   node scripts/make-mcap-cases.mjs FOLDER
 *
 * FOLDER/cases.json lists them. The contents are the six of the format's own conformance tests (nothing, one message, ten, one
 * without a schema, an attachment, a metadata record); the features theirs too, and beside them compression, checksums, and a
 * record of a kind that nobody knows. Written record by record, not by a writer that has ideas of its own.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { McapConstants, McapRecordBuilder } from '@mcap/core';

const zstd = createRequire(import.meta.url)('@foxglove/wasm-zstd');
await zstd.isLoaded;
const { Opcode } = McapConstants;

const SCHEMA = { id: 1, name: 'Example', encoding: 'c', data: Uint8Array.of(4, 5, 6) };
const CHANNEL = { id: 1, schemaId: 1, topic: 'example', messageEncoding: 'a', metadata: new Map([['foo', 'bar']]) };
const BARE_CHANNEL = { ...CHANNEL, schemaId: 0 };
const message = (i) => ({
  channelId: 1,
  sequence: i + 10,
  logTime: BigInt(2 + i),
  publishTime: BigInt(1 + i),
  data: Uint8Array.of(1, 2, 3 + i),
});
const ATTACHMENT = {
  name: 'myFile',
  logTime: 2n,
  createTime: 1n,
  mediaType: 'application/octet-stream',
  data: Uint8Array.of(1, 2, 3),
};
const METADATA = { name: 'myMetadata', metadata: new Map([['foo', 'bar']]) };

const CONTENTS = {
  NoData: [],
  OneMessage: [SCHEMA, CHANNEL, message(0)],
  TenMessages: [SCHEMA, CHANNEL, ...Array.from({ length: 10 }, (_, i) => message(i))],
  OneSchemalessMessage: [BARE_CHANNEL, message(0)],
  OneAttachment: [ATTACHMENT],
  OneMetadata: [METADATA],
};

/** What may be asked for, and of which contents and with which others it has a meaning. */
const FEATURES = {
  ch: ({ messages }) => messages,
  mx: (_, on) => on.has('ch'),
  chx: (_, on) => on.has('ch'),
  zstd: (_, on) => on.has('ch'),
  crc: (_, on) => on.has('ch'),
  st: () => true,
  rsh: ({ schema }) => schema,
  rch: ({ messages }) => messages,
  ax: ({ attachment }) => attachment,
  mdx: ({ metadata }) => metadata,
  sum: (_, on) => ['st', 'rsh', 'rch', 'ax', 'mdx', 'chx'].some((feature) => on.has(feature)),
  pad: () => true,
  unknown: () => true,
};

function kindsOf(records) {
  return {
    messages: records.some((record) => 'sequence' in record),
    schema: records.includes(SCHEMA),
    attachment: records.includes(ATTACHMENT),
    metadata: records.includes(METADATA),
  };
}

function* variants(kinds, names = Object.keys(FEATURES), on = new Set()) {
  if (names.length === 0) {
    yield on;
    return;
  }
  const [name, ...rest] = names;
  yield* variants(kinds, rest, on);
  if (FEATURES[name](kinds, on)) yield* variants(kinds, rest, new Set([...on, name]));
}

function unknownRecord() {
  return Uint8Array.of(0x91, 3, 0, 0, 0, 0, 0, 0, 0, 7, 7, 7);
}

function recordsOf(write, padRecords) {
  const builder = new McapRecordBuilder({ padRecords });
  write(builder);
  return builder.buffer;
}

/** The bytes of a recording with these contents and features. */
function recording(contents, on) {
  const pad = on.has('pad');
  const parts = [];
  let length = 0;
  const put = (bytes) => {
    parts.push(bytes);
    length += bytes.byteLength;
  };
  put(recordsOf((b) => b.writeMagic()));
  put(recordsOf((b) => b.writeHeader({ profile: '', library: '' }), pad));
  const statistics = {
    messageCount: 0n,
    schemaCount: 0,
    channelCount: 0,
    attachmentCount: 0,
    metadataCount: 0,
    chunkCount: 0,
    messageStartTime: 0n,
    messageEndTime: 0n,
    channelMessageCounts: new Map(),
  };
  const schemas = [];
  const channels = [];
  const attachmentIndexes = [];
  const metadataIndexes = [];
  const chunkIndexes = [];
  const messages = contents.filter((record) => 'sequence' in record);
  const chunk = on.has('ch') ? new McapRecordBuilder({ padRecords: pad }) : undefined;
  const index = [];
  if (on.has('unknown')) put(unknownRecord());
  for (const record of contents) {
    const write = (b) => {
      if (record === SCHEMA) b.writeSchema(record);
      else if (record === CHANNEL || record === BARE_CHANNEL) b.writeChannel(record);
      else b.writeMessage(record);
    };
    if (record === SCHEMA) schemas.push(record);
    if (record === CHANNEL || record === BARE_CHANNEL) channels.push(record);
    if (record === ATTACHMENT) {
      const offset = BigInt(length);
      const bytes = recordsOf((b) => b.writeAttachment(record), pad);
      put(bytes);
      const { data, ...names } = record;
      attachmentIndexes.push({ ...names, offset, length: BigInt(bytes.byteLength), dataSize: BigInt(data.byteLength) });
    } else if (record === METADATA) {
      const offset = BigInt(length);
      const bytes = recordsOf((b) => b.writeMetadata(record), pad);
      put(bytes);
      metadataIndexes.push({ name: record.name, offset, length: BigInt(bytes.byteLength) });
    } else if (chunk === undefined) put(recordsOf(write, pad));
    else {
      if ('sequence' in record) index.push([record.logTime, BigInt(chunk.length)]);
      write(chunk);
    }
  }
  if (messages.length > 0) {
    const { logTime: messageStartTime } = messages[0];
    const { logTime: messageEndTime } = messages.at(-1);
    const count = BigInt(messages.length);
    Object.assign(statistics, {
      messageCount: count,
      messageStartTime,
      messageEndTime,
      channelMessageCounts: new Map([[1, count]]),
    });
    if (chunk !== undefined) {
      const data = chunk.buffer;
      const records = on.has('zstd') ? zstd.compress(data, 3) : data;
      const compression = on.has('zstd') ? 'zstd' : '';
      const times = { messageStartTime, messageEndTime };
      const start = BigInt(length);
      const sizes = { compression, uncompressedSize: BigInt(data.byteLength) };
      const uncompressedCrc = on.has('crc') ? crc32(data) : 0;
      const bytes = recordsOf((b) => b.writeChunk({ ...times, ...sizes, uncompressedCrc, records }), pad);
      put(bytes);
      const messageIndex = on.has('mx')
        ? recordsOf((b) => b.writeMessageIndex({ channelId: 1, records: index }), pad)
        : new Uint8Array(0);
      chunkIndexes.push({
        ...times,
        ...sizes,
        chunkStartOffset: start,
        chunkLength: BigInt(bytes.byteLength),
        messageIndexOffsets: new Map(on.has('mx') ? [[1, BigInt(length)]] : []),
        messageIndexLength: BigInt(messageIndex.byteLength),
        compressedSize: BigInt(records.byteLength),
      });
      put(messageIndex);
    }
  }
  Object.assign(statistics, {
    schemaCount: schemas.length,
    channelCount: channels.length,
    attachmentCount: attachmentIndexes.length,
    metadataCount: metadataIndexes.length,
    chunkCount: chunk === undefined || messages.length === 0 ? 0 : 1,
  });
  const dataSectionCrc = on.has('crc') || !on.has('ch') ? crc32(Buffer.concat(parts)) : 0;
  put(recordsOf((b) => b.writeDataEnd({ dataSectionCrc })));

  const summaryStart = length;
  const dataParts = parts.length;
  const offsets = [];
  const group = (feature, groupOpcode, items, write) => {
    if (!on.has(feature) || items.length === 0) return;
    const bytes = recordsOf((b) => {
      for (const item of items) write(b, item);
    }, pad);
    offsets.push({ groupOpcode, groupStart: BigInt(length), groupLength: BigInt(bytes.byteLength) });
    put(bytes);
  };
  group('rsh', Opcode.SCHEMA, schemas, (b, item) => b.writeSchema(item));
  group('rch', Opcode.CHANNEL, channels, (b, item) => b.writeChannel(item));
  group('st', Opcode.STATISTICS, [statistics], (b, item) => b.writeStatistics(item));
  group('mdx', Opcode.METADATA_INDEX, metadataIndexes, (b, item) => b.writeMetadataIndex(item));
  group('ax', Opcode.ATTACHMENT_INDEX, attachmentIndexes, (b, item) => b.writeAttachmentIndex(item));
  group('chx', Opcode.CHUNK_INDEX, chunkIndexes, (b, item) => b.writeChunkIndex(item));
  const hasSummary = length > summaryStart;
  const summaryOffsetStart = on.has('sum') && offsets.length > 0 ? BigInt(length) : 0n;
  if (summaryOffsetStart > 0n) {
    put(
      recordsOf((b) => {
        for (const offset of offsets) b.writeSummaryOffset(offset);
      }, pad),
    );
  }
  const footer = { summaryStart: hasSummary ? BigInt(summaryStart) : 0n, summaryOffsetStart, summaryCrc: 0 };
  const upToCrc = recordsOf((b) => b.writeFooter(footer)).subarray(0, -4);
  const summaryCrc = on.has('crc') || !on.has('ch') ? crc32(Buffer.concat([...parts.slice(dataParts), upToCrc])) : 0;
  put(recordsOf((b) => b.writeFooter({ ...footer, summaryCrc })));
  put(recordsOf((b) => b.writeMagic()));
  return Buffer.concat(parts);
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: node scripts/make-mcap-cases.mjs FOLDER\n');
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const cases = [];
for (const [name, contents] of Object.entries(CONTENTS)) {
  for (const on of variants(kindsOf(contents))) {
    const file = `${[name, ...on].join('-')}.mcap`;
    await writeFile(join(folder, file), recording(contents, on));
    cases.push({
      file,
      features: [...on],
      messages: contents.flatMap(({ sequence, logTime, publishTime, data }) =>
        sequence === undefined
          ? []
          : [{ sequence, logTime: String(logTime), publishTime: String(publishTime), data: [...data] }],
      ),
      schema: contents.includes(SCHEMA) ? SCHEMA.name : '',
      attachments: contents.includes(ATTACHMENT) ? [ATTACHMENT.name] : [],
      metadata: contents.includes(METADATA) ? [METADATA.name] : [],
    });
  }
}
await writeFile(join(folder, 'cases.json'), `${JSON.stringify(cases, null, 1)}\n`);
process.stdout.write(`${cases.length} recordings in ${folder}\n`);
