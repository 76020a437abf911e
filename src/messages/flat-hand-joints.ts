import type { UncheckedHand } from '../hand/index.js';
import { cdrCodec } from './cdr-codec.js';
import type { MessageSchema } from './codec.js';
import { HAND_JOINTS_SCHEMA, HANDEDNESS } from './generated.js';

/** Bytes of CDR's own header; alignment counts from behind it. */
const HEADER_BYTES = 4;

const text = new TextDecoder();
const checked = new WeakMap<Uint8Array, boolean>();

/** Is a topic's schema our own definition of HandJoints in CDR, whatever its comments say? */
export function isOwnHandJoints({ schemaName, schemaData, messageEncoding }: MessageSchema): boolean {
  if (schemaName !== HAND_JOINTS_SCHEMA || messageEncoding !== 'cdr') return false;
  let own = checked.get(schemaData);
  if (own === undefined) {
    own = withoutComments(schemaData) === withoutComments(cdrCodec(HAND_JOINTS_SCHEMA).schemaData);
    checked.set(schemaData, own);
  }
  return own;
}

/** The lines of a ros2msg text that are neither comments nor empty. */
function withoutComments(schema: Uint8Array): string {
  const lines = text.decode(schema).split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).join('\n');
}

/**
 * Read a HandJoints in one go, twenty times as fast as by its definition, which makes an object of each point: what a
 * comparison of long recordings spends its time on.
 *
 * Only for messages of {@link isOwnHandJoints}. The result owns its arrays.
 *
 * @returns undefined for bytes that are not such a message to their end: the codec says what is wrong with them.
 */
export function readFlatHandJoints(bytes: Uint8Array): UncheckedHand | undefined {
  if (bytes.byteLength < HEADER_BYTES || bytes[0] !== 0 || bytes[1] > 1) return undefined;
  try {
    return read(new Cursor(bytes));
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a field lies outside the message
    throw error;
  }
}

function read(at: Cursor): UncheckedHand | undefined {
  const stamp = at.time();
  const frameId = at.string();
  const handId = at.uint32();
  const handedness = HANDEDNESS[at.uint8()];
  const tracked = at.uint8();
  if (handedness === undefined || tracked > 1) return undefined;
  const skeleton = at.string();
  const positions = at.float64s(3 * at.uint32());
  const confidences = at.float32s(at.uint32());
  const lagFrames = at.uint32();
  const age = at.time();
  return {
    stamp,
    frameId,
    handId,
    handedness,
    tracked: tracked === 1,
    skeleton,
    positions,
    confidences,
    lagFrames,
    age,
  };
}

/** Reads CDR from front to back; a field that is not there is a `RangeError`. */
class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  #at = HEADER_BYTES;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = bytes[1] === 1;
  }

  uint8(): number {
    return this.#view.getUint8(this.#at++);
  }

  uint32(): number {
    this.#align(4);
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, this.#little);
  }

  /** Seconds with sign and nanoseconds, as nanoseconds. */
  time(): bigint {
    this.#align(4);
    this.#at += 8;
    const seconds = this.#view.getInt32(this.#at - 8, this.#little);
    return BigInt(seconds) * 1_000_000_000n + BigInt(this.#view.getUint32(this.#at - 4, this.#little));
  }

  string(): string {
    const length = this.uint32();
    const end = this.#take(length);
    const from = end - length;
    const terminated = length > 0 && this.#bytes[end - 1] === 0;
    return text.decode(this.#bytes.subarray(from, terminated ? end - 1 : end));
  }

  float64s(count: number): Float64Array {
    if (count === 0) return new Float64Array(0); // nothing to align
    this.#align(8);
    const from = this.#take(8 * count) - 8 * count;
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = this.#view.getFloat64(from + 8 * i, this.#little);
    return values;
  }

  float32s(count: number): Float32Array {
    if (count === 0) return new Float32Array(0);
    this.#align(4);
    const from = this.#take(4 * count) - 4 * count;
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = this.#view.getFloat32(from + 4 * i, this.#little);
    return values;
  }

  /** Step over bytes that must be there; gives the place behind them. */
  #take(count: number): number {
    if (count > this.#view.byteLength - this.#at) throw new RangeError('beyond the end');
    this.#at += count;
    return this.#at;
  }

  #align(size: number): void {
    this.#at += (size - ((this.#at - HEADER_BYTES) % size)) % size;
  }
}
