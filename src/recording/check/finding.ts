/** `error`: voxhand, or any reader, cannot use it as it is. `warning`: results will be worse. `info`: good to know. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a recording can have. The codes are stable. */
export type FindingCode =
  | 'empty' // no message
  | 'damaged' // bytes that make no sense, or fail their checksum
  | 'not-finished' // no footer: its recorder was killed, or the file is cut off
  | 'not-indexed' // cannot be read in order of time, nor from the middle
  | 'index-wrong' // leads to places where no chunk is
  | 'channel-missing' // messages of a channel that is nowhere described
  | 'no-checksums'
  | 'data-checksum' // of all data, though each chunk's own is right
  | 'statistics' // the index has another number of messages
  | 'message-invalid' // does not decode as its schema says
  | 'schema-unknown' // of an encoding that we do not decode
  | 'stamp-zero'
  | 'stamp-backwards'
  | 'stamp-repeated'
  | 'stamp-offset' // stamps are of another clock than log times
  | 'log-time-backwards' // written out of order
  | 'gap' // much longer than usual between two messages
  | 'log-time-apart' // logged at time 0 or in a far future, beside wall time
  | 'sequence-gap' // the publisher has counted more messages than there are
  | 'unlisted-part' // a part of a bag that its metadata.yaml does not name
  | 'several-recordings' // the files of a folder are no parts of one
  | 'topics-unclear' // several topics could be meant, and none has the default name
  | 'no-depth' // nothing that voxhand could track a hand in
  | 'depth-encoding' // a depth topic whose images are none
  | 'depth-invalid' // a depth image that cannot be decoded
  | 'depth-blank' // a depth image in which nothing was measured
  | 'depth-unit' // no depth in it can be metres
  | 'camera-missing'
  | 'camera-invalid'
  | 'camera-unpaired' // depth images without an info of the same stamp
  | 'camera-changes' // intrinsics change on the way
  | 'frame-differs' // depth and camera info name different frames: the info may be of another camera
  | 'no-tf-static';

export interface Finding {
  readonly severity: Severity;
  readonly code: FindingCode;
  readonly topic?: string;
  /** What was found. */
  readonly text: string;
  /** What to do about it. */
  readonly remedy: string;
  /** How often. */
  readonly count?: number;
  /** Log time of the first, nanoseconds. */
  readonly logTime?: bigint;
}

/** Counts one kind of finding, and remembers where and how it was first. */
export class Tally {
  #count = 0;
  #first: { readonly logTime: bigint; readonly text: string } | undefined;

  get count(): number {
    return this.#count;
  }

  /** @param text what was found, of the first one */
  add(logTime: bigint, text = ''): void {
    this.#count++;
    this.#first ??= { logTime, text };
  }

  /** The finding, if there is one. */
  finding(describe: (count: number, text: string) => Omit<Finding, 'count' | 'logTime'>): readonly Finding[] {
    if (this.#first === undefined) return [];
    const { logTime, text } = this.#first;
    return [{ ...describe(this.#count, text), count: this.#count, logTime }];
  }
}
