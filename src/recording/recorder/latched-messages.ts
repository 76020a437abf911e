import { LOG_TIME_OFFSET, messageRecords } from './message-record.js';

/** Newest messages kept of each channel: a graph may have several publishers of static transforms. */
const KEPT_MESSAGES = 32;
const KEPT_BYTES = 1 << 20;

/**
 * The newest messages of topics that are published once and are valid from then on, such as static transforms, so that they can
 * be repeated where a part begins.
 */
export class LatchedMessages {
  readonly #kept = new Map<number, Uint8Array[]>();

  /** Follow a channel. */
  add(channelId: number): void {
    if (!this.#kept.has(channelId)) this.#kept.set(channelId, []);
  }

  /** Keep what there is of the channels in these records. */
  see(records: Uint8Array): void {
    if (this.#kept.size === 0) return;
    for (const { channelId, offset, length } of messageRecords(records)) {
      const kept = this.#kept.get(channelId);
      if (kept === undefined || length > KEPT_BYTES) continue;
      kept.push(new Uint8Array(records.subarray(offset, offset + length)));
      let bytes = kept.reduce((sum, record) => sum + record.byteLength, 0);
      while (kept.length > KEPT_MESSAGES || bytes > KEPT_BYTES) bytes -= (kept.shift() as Uint8Array).byteLength;
    }
  }

  /** What is kept and was logged before `logTime`, as records that are logged then; and how many they are. */
  recordsAt(logTime: bigint): { readonly records: Uint8Array; readonly count: number } {
    const records = [...this.#kept.values()].flat().filter((record) => logTimeOf(record) < logTime);
    const copies = records.map((record) => new Uint8Array(record));
    for (const copy of copies) viewOf(copy).setBigUint64(LOG_TIME_OFFSET, logTime, true);
    return { records: Buffer.concat(copies), count: copies.length };
  }
}

function logTimeOf(record: Uint8Array): bigint {
  return viewOf(record).getBigUint64(LOG_TIME_OFFSET, true);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
