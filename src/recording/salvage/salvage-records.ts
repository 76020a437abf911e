import { crc32 } from 'node:zlib';
import { McapConstants, McapStreamReader, type McapTypes } from '@mcap/core';
import type { FileReadable } from '../../transport/mcap/file-readable.js';
import { ByteWindow } from './byte-window.js';
import {
  type ChunkHeader,
  COMPRESSIONS,
  chunkHeaderAt,
  compressionAt,
  FRAME_BYTES,
  frameAt,
  indexedMessages,
  isFilled,
  isPlausible,
  PLAUSIBLE_BYTES,
  type RecordFrame,
} from './record-frame.js';

const { MCAP_MAGIC, Opcode } = McapConstants;

/** A message may be so far in time from the one before it to be believed where nothing else says that it is one. */
const PLAUSIBLE_NS = 86_400_000_000_000n;

/** Below, opcodes are kept for later versions of the format; from here on, for whoever wants them. */
const FIRST_PRIVATE_OPCODE = 0x80;

/** What is said of a record that the file is too short for. */
export const TORN_END = 'the file ends within a record';

/** A stretch of a file that makes no sense. */
export interface Damage {
  readonly type: 'Damage';
  readonly offset: number;
  readonly bytes: number;
  readonly what: string;
  /** Messages in it, where the index behind a chunk tells. */
  messages?: number;
}

/** A message as it lies in its chunk; `data` is a view of bytes that stay as they are. */
export type SalvagedMessage = McapTypes.TypedMcapRecords['Message'];

export type Salvaged =
  | Damage
  | SalvagedMessage
  | McapTypes.TypedMcapRecords['Header']
  | McapTypes.TypedMcapRecords['Schema']
  | McapTypes.TypedMcapRecords['Channel']
  | McapTypes.TypedMcapRecords['Metadata']
  | McapTypes.TypedMcapRecords['Attachment']
  | McapTypes.TypedMcapRecords['Statistics']
  | { readonly type: 'ChunkEnd'; readonly offset: number; readonly bytes: number; readonly header: ChunkHeader }
  | { readonly type: 'End'; readonly data: DataSection | undefined };

/** What a recording says of all that is in front of its index. */
export interface DataSection {
  readonly bytes: number;
  /** 0: it was not taken. */
  readonly crc: number;
}

export interface SalvageOptions {
  /** Told of bytes that are read. */
  readonly onProgress?: (bytes: number) => void;
  /** Ends it, without `End`. */
  readonly signal?: AbortSignal;
}

/** What the index at the end is made of. */
const INDEX_OPCODES: readonly number[] = [
  Opcode.STATISTICS,
  Opcode.CHUNK_INDEX,
  Opcode.ATTACHMENT_INDEX,
  Opcode.METADATA_INDEX,
  Opcode.SUMMARY_OFFSET,
];

/** Records that are parsed by the reference reader, one by one. */
const PARSED: readonly number[] = [
  Opcode.HEADER,
  Opcode.SCHEMA,
  Opcode.CHANNEL,
  Opcode.METADATA,
  Opcode.ATTACHMENT,
  Opcode.STATISTICS,
];

/**
 * The records of a recording in the order of the file, however damaged it is: what makes no sense, or fails its checksum, is
 * left out and said, and reading goes on where the next record can be found. Throws only where the file cannot be read.
 *
 * `End` comes where the footer is reached, so that a file without it is known to break off. In memory is one chunk, and those
 * before it until they are collected.
 */
export async function* salvageRecords(
  file: FileReadable,
  decompressHandlers: McapTypes.DecompressHandlers,
  options: SalvageOptions = {},
): AsyncGenerator<Salvaged, void, void> {
  const window = await ByteWindow.open(file);
  const reader = new SalvageReader(window, decompressHandlers, options);
  yield* reader.read();
}

class SalvageReader {
  readonly #window: ByteWindow;
  readonly #handlers: McapTypes.DecompressHandlers;
  readonly #options: SalvageOptions;
  readonly #channels = new Set<number>();
  #newest: bigint | undefined;
  /** Messages that the record in hand has given. */
  #given = 0;
  /** Messages of the last sound chunk whose indexes have not come yet. */
  #owed = 0;
  /** Whether messages lie in chunks; then what looks like a message outside of them is a piece of a damaged chunk. */
  #isChunked: boolean | undefined;
  /** Whether what comes may be a piece of a damaged chunk: its messages cannot be verified. */
  #isTorn = false;
  /** Once the data have ended: the rest is the index. */
  #data: DataSection | undefined;

  constructor(window: ByteWindow, handlers: McapTypes.DecompressHandlers, options: SalvageOptions) {
    this.#window = window;
    this.#handlers = handlers;
    this.#options = options;
  }

  async *read(): AsyncGenerator<Salvaged, void, void> {
    const { size } = this.#window;
    const magic = await this.#window.bytes(0, MCAP_MAGIC.length);
    if (!MCAP_MAGIC.every((byte, i) => byte === magic[i])) yield damage(0, magic.byteLength, 'no MCAP magic in front');
    let offset = magic.byteLength;
    while (offset < size && !this.#isAborted()) {
      this.#options.onProgress?.(offset);
      const mended = await this.#mend(offset);
      if (mended !== undefined) yield damage(offset, 0, mended);
      const frame = frameAt(await this.#window.bytes(offset, FRAME_BYTES));
      if (frame?.opcode === Opcode.FOOTER && (await this.#isFooter(offset, frame))) {
        yield { type: 'End', data: this.#data };
        return;
      }
      const end = frame === undefined ? undefined : offset + FRAME_BYTES + frame.length;
      const fits = end !== undefined && end <= size;
      this.#given = 0;
      const problem = frame !== undefined && fits ? yield* this.#record(offset, frame) : 'no record';
      if (problem === undefined) {
        if (frame?.opcode === Opcode.CHUNK) this.#owed = this.#given;
        // what was read is sound in itself; where no record follows, its length is not
        const isPlaced = frame?.opcode !== Opcode.CHUNK || (await this.#follows(end as number));
        offset = isPlaced ? (end as number) : await this.#resync(offset + FRAME_BYTES);
        continue;
      }
      const isChunk = chunkHeaderAt(await this.#window.bytes(offset, PLAUSIBLE_BYTES)) !== undefined;
      if (isChunk) this.#isChunked = true;
      // where its length can be believed the damage ends with the record
      const next = fits && (await this.#isFrame(end)) ? end : await this.#resync(offset + 1);
      if (this.#isAborted()) return;
      const cut = next === size && !fits && (frame !== undefined || size - offset < FRAME_BYTES);
      const found = damage(offset, next - offset, cut ? TORN_END : problem);
      const [indexed, behind] = await this.#indexed(next);
      // where it was no chunk, they may be the rest of the indexes of the chunk before
      const messages = indexed - (isChunk ? 0 : this.#owed) - this.#given;
      if (messages > 0) found.messages = messages;
      yield found;
      this.#owed = 0;
      offset = behind;
    }
  }

  /** @returns what is wrong with the record, or undefined for one that is given or of no interest */
  async *#record(offset: number, frame: RecordFrame): AsyncGenerator<Salvaged, string | undefined, void> {
    const { opcode, length } = frame;
    const end = offset + FRAME_BYTES + length;
    if (opcode === Opcode.HEADER && offset !== MCAP_MAGIC.length) return 'a header that is not in front';
    if (PARSED.includes(opcode)) {
      const record = parsed(await this.#window.bytes(offset, FRAME_BYTES + length));
      if (typeof record === 'string') return record;
      const fills = this.#isFilled(offset, await this.#window.bytes(offset, PLAUSIBLE_BYTES));
      if (!fills && !(await this.#isFrame(end))) return 'a record whose fields do not fill it';
      if (record.type === 'Channel') this.#channels.add(record.id);
      yield record;
      return undefined;
    }
    if (this.#data !== undefined)
      return opcode <= Opcode.DATA_END || (await this.#isFrame(end)) ? undefined : 'no record';
    switch (opcode) {
      case Opcode.CHUNK:
        return yield* this.#chunk(offset, length);
      case Opcode.MESSAGE:
        if (length < 22) return 'a message shorter than its header';
        if (this.#isTorn) return 'a piece of a damaged chunk';
        // nothing else says that its length is right
        if (!(await this.#follows(end))) return 'a message that is not followed by a record';
        this.#isChunked ??= false;
        yield this.#message(await this.#window.bytes(offset, FRAME_BYTES + length));
        return undefined;
      case Opcode.MESSAGE_INDEX: {
        const messages = indexedMessages(await this.#window.bytes(offset, 15));
        if (messages === undefined) return 'a message index that contradicts itself';
        this.#owed = Math.max(0, this.#owed - messages);
        return undefined;
      }
      case Opcode.DATA_END: {
        if (length < 4 || !(await this.#isFrame(end))) return 'an end of data that is none';
        const bytes = await this.#window.bytes(offset + FRAME_BYTES, 4);
        this.#data = { bytes: offset, crc: new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) };
        return undefined;
      }
      default: {
        // what we do not know is skipped, as the format wants it, unless it was a chunk once: then its indexes follow
        const [messages] = await this.#indexed(end);
        const isUnknown = opcode > Opcode.DATA_END && (await this.#isFrame(end));
        return isUnknown && messages === 0 ? undefined : 'a record of a kind that has no place here';
      }
    }
  }

  async *#chunk(offset: number, length: number): AsyncGenerator<Salvaged, string | undefined, void> {
    const bytes = await this.#window.bytes(offset, FRAME_BYTES + length);
    const header = chunkHeaderAt(bytes);
    if (header === undefined) {
      const compression = compressionAt(bytes);
      return compression === undefined || COMPRESSIONS.includes(compression)
        ? 'a chunk that contradicts itself'
        : `a chunk packed by ${JSON.stringify(compression)}, which we cannot unpack`;
    }
    this.#isChunked = true;
    this.#isTorn = false;
    const packed = bytes.subarray(header.dataOffset, header.dataOffset + header.dataLength);
    let records: Uint8Array;
    try {
      records = this.#unpacked(header, packed);
    } catch (error) {
      return (error as Error).message;
    }
    let at = 0;
    while (at < records.byteLength) {
      const frame = frameAt(records, at);
      const end = at + FRAME_BYTES + (frame?.length ?? Number.POSITIVE_INFINITY);
      if (frame === undefined || end > records.byteLength) return 'a chunk whose records do not fit into it';
      const record = records.subarray(at, end);
      if (frame.opcode === Opcode.MESSAGE && frame.length >= 22) yield this.#message(record);
      else if (frame.opcode === Opcode.SCHEMA || frame.opcode === Opcode.CHANNEL) {
        const found = parsed(record);
        if (typeof found === 'string') return found;
        if (found.type === 'Channel') this.#channels.add(found.id);
        yield found;
      }
      at = end;
    }
    yield { type: 'ChunkEnd', offset, bytes: FRAME_BYTES + length, header };
    return undefined;
  }

  #unpacked({ compression, crc, uncompressedSize }: ChunkHeader, packed: Uint8Array): Uint8Array {
    let records = packed;
    if (compression !== '' && packed.byteLength > 0) {
      const decompress = this.#handlers[compression];
      if (decompress === undefined) throw new Error(`a chunk packed by ${compression}, which we cannot unpack`);
      try {
        records = decompress(packed, BigInt(uncompressedSize));
      } catch (error) {
        throw new Error(`a chunk that does not unpack: ${(error as Error).message}`);
      }
    }
    if (crc !== 0 && crc32(records) !== crc) throw new Error('a chunk with a wrong checksum');
    return records;
  }

  #message(bytes: Uint8Array): SalvagedMessage {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const logTime = view.getBigUint64(15, true);
    this.#newest = logTime;
    this.#given++;
    return {
      type: 'Message',
      channelId: view.getUint16(9, true),
      sequence: view.getUint32(11, true),
      logTime,
      publishTime: view.getBigUint64(23, true),
      data: bytes.subarray(31),
    };
  }

  /** How many messages the indexes that follow speak of, and where they end. */
  async #indexed(from: number): Promise<readonly [messages: number, end: number]> {
    let messages = 0;
    let offset = from;
    for (;;) {
      const bytes = await this.#window.bytes(offset, 15);
      const count = indexedMessages(bytes);
      const end = offset + FRAME_BYTES + (frameAt(bytes)?.length ?? 0);
      if (count === undefined || end > this.#window.size) break;
      messages += count;
      offset = end;
    }
    return [messages, offset];
  }

  async #isFooter(offset: number, frame: RecordFrame): Promise<boolean> {
    const magic = await this.#window.bytes(offset + FRAME_BYTES + frame.length, MCAP_MAGIC.length + 1);
    return (
      frame.length >= 20 && magic.byteLength === MCAP_MAGIC.length && MCAP_MAGIC.every((byte, i) => byte === magic[i])
    );
  }

  /**
   * A frame with one wrong bit is put right in the window: no length is believed whose record is neither filled by its fields nor
   * followed by another record, and no kind whose fields are those of another one. Where exactly one other bit fits, it was that.
   *
   * @returns what was wrong, or undefined where nothing was mended
   */
  async #mend(offset: number): Promise<string | undefined> {
    const bytes = await this.#window.bytes(offset, PLAUSIBLE_BYTES);
    if (this.#isFilled(offset, bytes) && (await this.#follows(endOf(offset, bytes)))) return undefined;
    // of the index nothing depends on; nor can a record be judged whose kind we do not know
    if (this.#data !== undefined && (await this.#isFrame(endOf(offset, bytes)))) return undefined;
    const bit = await this.#wrongBit(offset);
    if (bit === undefined) return undefined;
    const byte = (await this.#window.bytes(offset, FRAME_BYTES))[bit >> 3] ^ (1 << (bit & 7));
    this.#window.mend(offset + (bit >> 3), byte);
    return `a record whose ${bit < 8 ? 'kind' : 'length'} had a wrong bit, put right`;
  }

  /** The one bit of the frame here without which it would be that of a record which fills it and which is followed by another. */
  async #wrongBit(offset: number): Promise<number | undefined> {
    const bytes = (await this.#window.bytes(offset, PLAUSIBLE_BYTES)).slice();
    if (bytes.byteLength < FRAME_BYTES) return undefined;
    const fitting: number[] = [];
    for (let bit = 0; bit < 8 * FRAME_BYTES; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      if (this.#isFilled(offset, bytes)) {
        // a channel's first message comes right behind it
        const id = bytes[0] === Opcode.CHANNEL ? bytes[FRAME_BYTES] | (bytes[FRAME_BYTES + 1] << 8) : undefined;
        const isNew = id !== undefined && !this.#channels.has(id);
        if (isNew) this.#channels.add(id);
        if (await this.#isRecord(endOf(offset, bytes))) fitting.push(bit);
        if (isNew) this.#channels.delete(id);
      }
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  /** Whether the fields of a record that begins here are as long as its frame says; of a message, whether its header can be believed. */
  #isFilled(offset: number, bytes: Uint8Array): boolean {
    const frame = frameAt(bytes);
    if (frame === undefined) return false;
    if (frame.opcode === Opcode.HEADER) return offset === MCAP_MAGIC.length && isFilled(bytes, 0, ['text', 'text']);
    if (!isPlausible(bytes, this.#window.size - offset, this.#isKnown)) return false;
    if (frame.opcode !== Opcode.CHUNK) return true;
    const header = chunkHeaderAt(bytes);
    return header !== undefined && header.dataOffset + header.dataLength === FRAME_BYTES + frame.length;
  }

  /** Outside of chunks: of a channel that is known, and near in time to the one before. */
  readonly #isKnown = (channelId: number, logTime: bigint): boolean =>
    this.#isChunked !== true &&
    this.#channels.has(channelId) &&
    distance(logTime, this.#newest ?? logTime) < PLAUSIBLE_NS;

  /** Whether there is a record here beyond doubt. */
  async #isRecord(offset: number): Promise<boolean> {
    const bytes = await this.#window.bytes(offset, PLAUSIBLE_BYTES);
    const isIndex = INDEX_OPCODES.includes(frameAt(bytes)?.opcode ?? 0) && (await this.#isFrame(endOf(offset, bytes)));
    return isIndex || this.#isFilled(offset, bytes);
  }

  /** Whether the file ends here, or a record begins, or what was one but for a bit. */
  async #follows(offset: number): Promise<boolean> {
    return (await this.#isFrame(offset)) || (await this.#wrongBit(offset)) !== undefined;
  }

  /** Whether a record of a kind that is known could begin here, or the file ends. */
  async #isFrame(offset: number): Promise<boolean> {
    if (offset === this.#window.size) return true;
    const frame = frameAt(await this.#window.bytes(offset, FRAME_BYTES));
    if (frame === undefined || offset + FRAME_BYTES + frame.length > this.#window.size) return false;
    return frame.opcode <= Opcode.DATA_END || frame.opcode >= FIRST_PRIVATE_OPCODE;
  }

  /** The next place at which a record can be made out; the end of the file where there is none. */
  async #resync(from: number): Promise<number> {
    const inChunks = () => false;
    if (this.#isChunked !== false) {
      const next = await this.#find(from, inChunks);
      const opcode = frameAt(await this.#window.bytes(next, FRAME_BYTES))?.opcode;
      if (this.#isChunked || opcode === Opcode.CHUNK || opcode === Opcode.MESSAGE_INDEX) {
        this.#isTorn = true;
        return next;
      }
    }
    return this.#find(
      from,
      (channelId, logTime) =>
        this.#channels.has(channelId) && distance(logTime, this.#newest ?? logTime) < PLAUSIBLE_NS,
    );
  }

  async #find(from: number, isMessage: (channelId: number, logTime: bigint) => boolean): Promise<number> {
    const { size } = this.#window;
    for (let offset = from; offset < size && !this.#isAborted(); ) {
      this.#options.onProgress?.(offset);
      const ahead = await this.#window.ahead(offset, PLAUSIBLE_BYTES);
      const last = offset + ahead.byteLength === size ? ahead.byteLength : ahead.byteLength - PLAUSIBLE_BYTES + 1;
      for (let i = 0; i < last; i++) {
        if (!couldBegin(ahead, i)) continue;
        const bytes = ahead.subarray(i, i + PLAUSIBLE_BYTES);
        if (!isPlausible(bytes, size - offset - i, isMessage)) continue;
        const end = offset + i + FRAME_BYTES + (frameAt(bytes) as RecordFrame).length;
        if (bytes[0] === Opcode.FOOTER || (await this.#isFrame(end))) return offset + i;
      }
      offset += last;
    }
    return size;
  }

  #isAborted(): boolean {
    return this.#options.signal?.aborted ?? false;
  }
}

/** Where the record of these bytes ends; where they are none, beyond any file. */
function endOf(offset: number, bytes: Uint8Array): number {
  return offset + FRAME_BYTES + (frameAt(bytes)?.length ?? Number.POSITIVE_INFINITY);
}

/** A quick look at most places: most bytes are no opcode, and no length has its upper half. */
function couldBegin(bytes: Uint8Array, i: number): boolean {
  return (
    bytes[i] !== 0 && bytes[i] <= Opcode.DATA_END && (bytes[i + 5] | bytes[i + 6] | bytes[i + 7] | bytes[i + 8]) === 0
  );
}

/** One record by the reference reader; a string says why not. */
function parsed(bytes: Uint8Array): Exclude<Salvaged, Damage | SalvagedMessage> | string {
  const reader = new McapStreamReader({ noMagicPrefix: true });
  try {
    reader.append(bytes);
    const record = reader.nextRecord();
    switch (record?.type) {
      case 'Header':
      case 'Schema':
      case 'Channel':
      case 'Metadata':
      case 'Attachment':
      case 'Statistics':
        return record;
      default:
        return 'a record that is shorter than it says';
    }
  } catch (error) {
    return (error as Error).message;
  }
}

function damage(offset: number, bytes: number, what: string): Damage {
  return { type: 'Damage', offset, bytes, what };
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}
