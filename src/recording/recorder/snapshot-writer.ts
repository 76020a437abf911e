import { type Chunk, packChunk } from './chunk.js';
import type { PartFile } from './part-file.js';
import type { ErrorJson, SnapshotResult } from './recorder-protocol.js';
import type { RecordingParts } from './recording-parts.js';
import { sizeOf } from './snapshot-ring.js';

/** What a file is to be made of. */
export interface Snapshot {
  readonly reason: string;
  /** What was known of the recording when it was asked for. */
  readonly known: Readonly<Record<string, string>>;
  /** Messages that are published once, from before it begins, as message records. */
  readonly latched: { readonly records: Uint8Array; readonly count: number };
  /** At least one, oldest first. */
  readonly chunks: readonly Chunk[];
  /** Called once with the outcome. */
  readonly done: (result: SnapshotResult) => void;
}

export interface SnapshotEvents {
  /** What was asked for is in a file; of `repeated` messages, again. */
  wrote(chunk: Chunk): void;
  repeated(messages: number): void;
  /** A snapshot does without these: the disk has too little left. */
  leftOut(chunks: readonly Chunk[]): void;
  /** Why the disk has no room for so many bytes; undefined where it has. */
  refusal(bytes: number): ErrorJson | undefined;
  /** The disk refused, or a limit is reached. The caller then calls {@link SnapshotWriter.abandon}. */
  failed(cause: unknown): void;
  full(): void;
  /** {@link SnapshotWriter.step} has something to do again. */
  wake(): void;
}

interface Job extends Omit<Snapshot, 'chunks'> {
  /** Chunks that are not written yet; those that are must be free to go. */
  readonly left: Chunk[];
  part?: PartFile;
  /** The part is closed and reported, whole or not. */
  isClosed?: boolean;
  error?: ErrorJson;
}

/**
 * Writes snapshots one after another, each a piece at a time, so that its thread can do other things in between: a step creates
 * the file, writes a chunk, or has the disk finish the file, which nobody waits for.
 */
export class SnapshotWriter {
  readonly #parts: RecordingParts;
  readonly #events: SnapshotEvents;
  readonly #jobs: Job[] = [];
  #bytes = 0;
  #isFinishing = false;

  constructor(parts: RecordingParts, events: SnapshotEvents) {
    this.#parts = parts;
    this.#events = events;
  }

  /** Bytes of chunks that are not written yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Snapshots that are not finished. */
  get waiting(): number {
    return this.#jobs.length;
  }

  /** The file that grows; undefined where none does. */
  get part(): PartFile | undefined {
    return this.#isFinishing ? undefined : this.#jobs.at(0)?.part;
  }

  add({ chunks, ...snapshot }: Snapshot): void {
    this.#jobs.push({ ...snapshot, left: [...chunks] });
    for (const chunk of chunks) this.#bytes += sizeOf(chunk);
  }

  /** Write a piece. @returns whether there is more to do, and not only to wait for the disk */
  step(): boolean {
    const [job] = this.#jobs;
    if (job !== undefined && !this.#isFinishing) this.#attempt(() => this.#advance(job));
    return this.#jobs.length > 0 && !this.#isFinishing;
  }

  /** {@link step}, but that it waits for the disk to finish a file. */
  force(): void {
    const [job] = this.#jobs;
    const part = job?.part;
    if (part === undefined || job.left.length > 0) this.step();
    else this.#attempt(() => this.#close(job, part));
  }

  /** Write all of them, and wait for the disk. */
  finish(): void {
    while (this.#jobs.length > 0) this.force();
  }

  /** The one that is being written ends with what is in it by now, in a whole file. @returns whether there was one */
  cut(error: ErrorJson): boolean {
    const [job] = this.#jobs;
    if (job?.part === undefined || job.left.length === 0) return false;
    this.#leaveOut(job, error);
    return true;
  }

  /** The recording has ended: what is in a file is finished if the disk allows. @returns what is in none */
  abandon(error: ErrorJson): readonly Chunk[] {
    const jobs = this.#jobs.splice(0);
    this.#isFinishing = false;
    this.#bytes = 0;
    for (const { part, isClosed = false, reason, done } of jobs) {
      try {
        if (part !== undefined && !isClosed) this.#parts.close(part, reason);
      } catch {
        // the first error is the one that is reported
      }
      done(this.#result(part, error));
    }
    return jobs.flatMap(({ left }) => left);
  }

  #advance(job: Job): void {
    if (job.part === undefined) this.#begin(job);
    else if (job.left.length > 0) this.#append(job, job.part);
    else this.#finishSoon(job, job.part);
  }

  #begin(job: Job): void {
    const error = this.#events.refusal(job.left.reduce((sum, chunk) => sum + sizeOf(chunk), 0));
    if (error !== undefined) {
      this.#leaveOut(job, error);
      this.#done(job);
      return;
    }
    const { reason, known, latched } = job;
    job.part = this.#parts.begin({ reason }, known);
    if (latched.count === 0) return;
    this.#parts.append(job.part, packChunk(latched.records));
    this.#events.repeated(latched.count);
  }

  #append({ left }: Job, part: PartFile): void {
    const [chunk] = left;
    if (!this.#parts.fits(part, chunk)) {
      this.#events.full();
      return;
    }
    this.#parts.append(part, chunk);
    left.shift();
    this.#bytes -= sizeOf(chunk);
    this.#events.wrote(chunk);
  }

  #finishSoon(job: Job, part: PartFile): void {
    this.#isFinishing = true;
    part.finishSoon((error) => {
      this.#isFinishing = false;
      job.isClosed = true;
      this.#parts.closed(part, error === null, job.reason);
      if (error === null) this.#done(job);
      else this.#events.failed(error);
      this.#events.wake();
    });
  }

  #close(job: Job, part: PartFile): void {
    this.#isFinishing = false;
    job.isClosed = true;
    this.#parts.close(part, job.reason);
    this.#done(job);
  }

  #done(job: Job): void {
    this.#jobs.shift();
    const { part, error } = job;
    job.done(this.#result(part, error));
  }

  #result(part: PartFile | undefined, error: ErrorJson | undefined): SnapshotResult {
    const report = part && this.#parts.finished.at(-1);
    return { ...(report && { part: report }), ...(error && { error }) };
  }

  #leaveOut(job: Job, error: ErrorJson): void {
    const chunks = job.left.splice(0);
    for (const chunk of chunks) this.#bytes -= sizeOf(chunk);
    job.error = error;
    this.#events.leftOut(chunks);
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#events.failed(error);
    }
  }
}
