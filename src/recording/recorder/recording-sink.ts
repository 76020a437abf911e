import { Worker } from 'node:worker_threads';
import { VoxhandError } from '../../errors/index.js';
import { workerScript } from '../../inference/node/worker-script.js';
import type { Codec } from '../../messages/index.js';
import { Counts, nanoseconds } from '../../timing/index.js';
import { ChannelRegistry } from '../../transport/mcap/channel-registry.js';
import { type BusMessage, type BusSink, type Publisher, publisherOf } from '../../transport/port/index.js';
import { topicMatcher } from '../../transport/port/topic-pattern.js';
import type {
  RecordedPart,
  RecorderReply,
  RecorderRequest,
  RecordingCompression,
  RecordingEnd,
  WorkerSetup,
  WrittenSummary,
} from './recorder-protocol.js';
import type { RecordedTopic, RecordingReport } from './recording-report.js';
import { SlabQueue } from './slab-queue.js';
import { type SnapshotTriggerOptions, SnapshotTriggers } from './snapshot-triggers.js';

export interface RecordingSinkOptions {
  /** What the recording says of its kind; `ros2` by default. */
  readonly profile?: string;
  /** Who writes it: `voxhand 0.1.0`. */
  readonly library?: string;
  /** Where the content comes from, written into every part as metadata record `voxhand`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Default `fast`. Chunks that would come too late packed are written as they are. */
  readonly compression?: RecordingCompression;
  /** Begin another file before one has more bytes than this. A chunk, see `chunkBytes`, is never split. */
  readonly splitBytes?: number;
  /** Begin another file when one covers this time, seconds of log time. */
  readonly splitSeconds?: number;
  /** End before the files have more bytes than this together. */
  readonly maxBytes?: number;
  /** End when the messages cover this time, seconds of log time. */
  readonly maxSeconds?: number;
  /**
   * End when the disk has less left than this; 128 MiB by default, 0 for no such end. With `ring` a snapshot is refused that would
   * leave less, and the ring goes on.
   */
  readonly minFreeBytes?: number;
  /**
   * Write nothing until {@link RecordingSink.snapshot} is called; keep the newest `seconds` of messages in memory, in at most
   * `bytes` (512 MiB by default) as they are packed. A snapshot that is being written is part of these bytes, less and less.
   */
  readonly ring?: { readonly seconds: number; readonly bytes?: number };
  /** With `ring`: messages that have it written. By default only {@link RecordingSink.snapshot} does. */
  readonly triggers?: SnapshotTriggerOptions;
  /** Topics or patterns that are published once and are valid from then on: repeated where a part begins. Default `**\/tf_static`. */
  readonly latched?: readonly string[];
  /** Bytes that may wait for the worker; 128 MiB by default. */
  readonly pendingBytes?: number;
  /**
   * What happens to a message when so many wait: `drop` and count it, at once (the default, for what is live), or `wait` until
   * there is room (for what can be held up).
   */
  readonly policy?: 'drop' | 'wait';
  /** Bytes of messages in a chunk; 2 MiB by default. */
  readonly chunkBytes?: number;
  /** Messages go to the file after this time at the latest, seconds; 0.25 by default. */
  readonly flushSeconds?: number;
  /** What is in the file is brought to the disk this often, seconds; 0.5 by default. */
  readonly syncSeconds?: number;
  /** Replace files of the same name; by default that is an error. */
  readonly overwrite?: boolean;
  /** Called with every file that is finished. */
  readonly onPart?: (part: RecordedPart) => void;
  /** Called once, when a limit or the disk has ended the recording before {@link RecordingSink.close}. */
  readonly onEnd?: (end: RecordingEnd) => void;
  /** Called with the outcome of every snapshot. */
  readonly onSnapshot?: (outcome: SnapshotOutcome, reason: string) => void;
}

/** What came of {@link RecordingSink.snapshot}. */
export interface SnapshotOutcome {
  /** The file; absent where none was begun. */
  readonly part?: RecordedPart;
  /**
   * Why not all that was in the ring is in a file that is whole; absent where it is. `RECORDING_EMPTY` where nothing was in it;
   * `USAGE` without a ring; `WRITE_FAILED` where the disk has too little left or too many wait to be written, and where a limit or
   * the disk has ended the recording, by this snapshot or before.
   */
  readonly error?: VoxhandError;
}

interface TopicCounts {
  readonly message: BusMessage;
  received: number;
  written: number;
  forgotten: number;
  readonly dropped: Counts;
}

/**
 * Start a recording whose packing and writing are done by a worker thread.
 *
 * A file is called `path.partial` until it is whole; what a recorder that was killed left under that name is kept as
 * `path.partial.1` and so on. With a split or a ring the files are called `name_0.mcap`, `name_1.mcap` and so on.
 *
 * What was written longer ago than `flushSeconds` and a worker's turn survives the end of the process, and what was written
 * `syncSeconds` before that the end of the machine. A disk that is full, fails or is slow never throws out of `write`: it
 * ends the recording, which `onEnd` and the report say once, with what was there in a file that can be read.
 *
 * @throws VoxhandError `WRITE_FAILED` where the file cannot be created or the disk has too little left; `USAGE` where there
 * is a recording of this name, and for triggers without a ring
 * @example
 * ```ts
 * const recording = await createRecordingSink('cell.mcap', { splitBytes: 1e9, onEnd: ({ error }) => console.error(error) });
 * for await (const message of bus.subscribe()) await recording.write(message);
 * const { written, topics } = await recording.finish();
 * ```
 */
export async function createRecordingSink(path: string, options: RecordingSinkOptions = {}): Promise<RecordingSink> {
  const { profile = 'ros2', library = 'voxhand', metadata = {}, compression = 'fast', ring, ...rest } = options;
  const { splitBytes, splitSeconds, maxBytes, maxSeconds, minFreeBytes = 128 << 20, overwrite = false } = rest;
  const { pendingBytes = 128 << 20, syncSeconds = 0.5, triggers: triggerOptions } = rest;
  if (triggerOptions !== undefined && ring === undefined) {
    throw new VoxhandError('USAGE', 'there is nothing that a trigger could have written', {
      expected: 'a ring with it',
    });
  }
  const triggers = triggerOptions && new SnapshotTriggers(triggerOptions);
  const backlog = new SharedArrayBuffer(4);
  const setup: WorkerSetup = {
    path,
    profile,
    library,
    metadata,
    compression,
    ...(splitBytes !== undefined && { splitBytes }),
    ...(splitSeconds !== undefined && { splitNs: nanoseconds(splitSeconds) }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(maxSeconds !== undefined && { maxNs: nanoseconds(maxSeconds) }),
    minFreeBytes,
    ...(ring && { ring: { ns: nanoseconds(ring.seconds), bytes: ring.bytes ?? 512 << 20 } }),
    syncMs: 1000 * syncSeconds,
    overwrite,
    pendingBytes,
    backlog,
  };
  const script = workerScript(import.meta.url, './worker.js');
  const worker = new Worker(script, { workerData: setup, name: 'voxhand recorder', execArgv: [] });
  const died = new Promise<VoxhandError>((resolve) => {
    const lost = (found: string, cause?: unknown) =>
      resolve(new VoxhandError('WRITE_FAILED', "the recorder's worker died", { found, where: path, cause }));
    worker.once('error', (cause) => lost(String(cause), cause));
    worker.once('exit', (code) => lost(`exit code ${code}`));
  });
  const first = new Promise<RecorderReply>((resolve) => worker.once('message', resolve));
  const reply = await Promise.race([first, died]);
  if (reply instanceof VoxhandError) throw reply;
  if (reply.type === 'refused') {
    await died;
    throw VoxhandError.fromJSON(reply.error);
  }
  return new RecordingSink(worker, died, backlog, options, triggers);
}

/** A recording that another thread writes. */
export class RecordingSink implements BusSink {
  readonly #worker: Worker;
  readonly #backlog: Int32Array;
  readonly #wait: boolean;
  readonly #flushMs: number;
  readonly #onPart: NonNullable<RecordingSinkOptions['onPart']>;
  readonly #onEnd: NonNullable<RecordingSinkOptions['onEnd']>;
  readonly #onSnapshot: NonNullable<RecordingSinkOptions['onSnapshot']>;
  readonly #isLatched: (topic: string) => boolean;
  readonly #queue: SlabQueue;
  readonly #channels = new ChannelRegistry();
  readonly #counts = new Map<number, TopicCounts>();
  readonly #parts: RecordedPart[] = [];
  readonly #written: Promise<WrittenSummary | undefined>;
  readonly #triggers: SnapshotTriggers | undefined;
  /** Those who wait for their snapshot, by its number. */
  readonly #snapshots = new Map<number, (outcome: SnapshotOutcome) => void>();
  #nextSnapshot = 0;
  /** Under `wait`, each write waits for this and becomes this. */
  #last: Promise<unknown> = Promise.resolve();
  #room = new Signal();
  #timer: NodeJS.Timeout | undefined;
  #end: RecordingEnd | undefined;
  #finishing: Promise<RecordingReport> | undefined;

  /** Use {@link createRecordingSink}. */
  constructor(
    worker: Worker,
    died: Promise<VoxhandError>,
    backlog: SharedArrayBuffer,
    options: RecordingSinkOptions,
    triggers: SnapshotTriggers | undefined,
  ) {
    const { policy = 'drop', flushSeconds = 0.25, latched = ['**/tf_static', 'tf_static'] } = options;
    const { chunkBytes: slabBytes = 2 << 20, pendingBytes = 128 << 20, onPart, onEnd, onSnapshot } = options;
    this.#worker = worker;
    this.#triggers = triggers;
    this.#backlog = new Int32Array(backlog);
    this.#wait = policy === 'wait';
    this.#flushMs = 1000 * flushSeconds;
    this.#onPart = onPart ?? (() => undefined);
    this.#onEnd = onEnd ?? (() => undefined);
    this.#onSnapshot = onSnapshot ?? (() => undefined);
    this.#isLatched = topicMatcher(latched);
    this.#queue = new SlabQueue({
      slabBytes: Math.min(slabBytes, pendingBytes),
      pendingBytes,
      send: (buffer, length) => {
        Atomics.add(this.#backlog, 0, Math.ceil(buffer.byteLength / 1024));
        this.#send({ type: 'slab', buffer, length }, [buffer]);
      },
    });
    this.#written = new Promise((resolve) => {
      worker.on('message', (reply: RecorderReply) => this.#receive(reply, resolve));
      void died.then((error) => {
        this.#workerDied(error);
        resolve(undefined);
      });
    });
  }

  /** Why nothing is recorded any more; undefined while the recording goes on. */
  get end(): RecordingEnd | undefined {
    return this.#end;
  }

  advertise<T>(topic: string, codec: Codec<T>): Publisher<T> {
    return publisherOf(
      topic,
      codec,
      (message) => this.write(message),
      () => this.#end === undefined,
    );
  }

  /**
   * Record a message; its bytes are copied before the promise resolves. Where it cannot be recorded it is counted, and
   * nothing is thrown, whatever the disk does.
   *
   * @throws VoxhandError `MESSAGE_INVALID` for a negative time; `USAGE` after {@link finish}.
   */
  async write(message: BusMessage): Promise<void> {
    if (this.#finishing !== undefined) {
      throw new VoxhandError('USAGE', 'the recording is closed', { where: message.topic });
    }
    if (message.logTime < 0n || message.publishTime < 0n) {
      throw new VoxhandError('MESSAGE_INVALID', 'a recording has no time before 1970', {
        expected: 'nanoseconds >= 0',
        found: `log time ${message.logTime}, publish time ${message.publishTime}`,
        where: message.topic,
      });
    }
    if (this.#wait) {
      const turn = this.#last.then(() => this.#putInTurn(message));
      this.#last = turn;
      await turn;
    } else this.#put(message);
  }

  /**
   * Of a recording with a ring: write what is in it, with the reason in the file's metadata, and empty it. The thread
   * writes, between the messages that come meanwhile; this one does not wait. While one is written, others wait for it with what
   * was in the ring when they were asked for.
   *
   * @returns what came of it, when the file is finished and on the disk. Never rejects, so that nobody has to wait for it.
   * @example
   * ```ts
   * const { part, error } = await recording.snapshot('operator pressed the button');
   * console.log(part?.path ?? error?.message);
   * ```
   */
  async snapshot(reason: string): Promise<SnapshotOutcome> {
    if (this.#finishing === undefined) return this.#askForSnapshot(reason);
    return { error: new VoxhandError('USAGE', 'the recording is closed') };
  }

  /**
   * Add what is known only now of where the recording comes from, or has changed: together with all that was given before it
   * becomes another metadata record `voxhand` of the file that is being written, and stands in front of those to come. A snapshot
   * says what was known when it was asked for. After the end nothing happens.
   */
  describe(values: Readonly<Record<string, string>>): void {
    if (this.#finishing === undefined) this.#send({ type: 'describe', values });
  }

  /** From now on no message is a reason for a snapshot: the one that writes them ends. A reason that waits for its time stays. */
  disarm(): void {
    this.#triggers?.disarm();
  }

  /** Files that are finished by now. */
  get parts(): readonly RecordedPart[] {
    return this.#parts;
  }

  /** Finish the recording; what was written before is on the disk when this resolves. Never rejects for the disk's sake. */
  finish(): Promise<RecordingReport> {
    this.#finishing ??= this.#finish();
    return this.#finishing;
  }

  /** {@link finish}, as the port wants it. @throws VoxhandError `WRITE_FAILED` where the disk has ended the recording. */
  async close(): Promise<void> {
    const { end } = await this.finish();
    if (end.error !== undefined) throw VoxhandError.fromJSON(end.error);
  }

  async #putInTurn(message: BusMessage): Promise<void> {
    const { channelId, counts } = this.#channelOf(message);
    counts.received++;
    while (!this.#tryPut(channelId, message, counts)) await this.#room.wait();
    this.#seeReason(message);
  }

  #put(message: BusMessage): void {
    const { channelId, counts } = this.#channelOf(message);
    counts.received++;
    if (!this.#tryPut(channelId, message, counts)) counts.dropped.add('queue-full');
    this.#seeReason(message);
  }

  #seeReason(message: BusMessage): void {
    const reason = this.#triggers?.see(message);
    if (reason !== undefined && this.#end === undefined) void this.#askForSnapshot(reason);
  }

  async #askForSnapshot(reason: string): Promise<SnapshotOutcome> {
    const outcome = await this.#outcomeOf(reason);
    this.#onSnapshot(outcome, reason);
    return outcome;
  }

  #outcomeOf(reason: string): Promise<SnapshotOutcome> {
    if (this.#end?.error !== undefined) return Promise.resolve({ error: VoxhandError.fromJSON(this.#end.error) });
    this.#flush();
    return new Promise((resolve) => {
      const number = this.#nextSnapshot++;
      this.#snapshots.set(number, resolve);
      this.#send({ type: 'snapshot', number, reason });
    });
  }

  /** @returns false where there is no room now */
  #tryPut(channelId: number, message: BusMessage, counts: TopicCounts): boolean {
    if (this.#end !== undefined) counts.dropped.add(this.#end.reason);
    else if (!this.#queue.fits(message)) counts.dropped.add('too-large');
    else if (!this.#queue.push(channelId, message)) return false;
    else this.#timer ??= setTimeout(() => this.#flush(), this.#flushMs);
    return true;
  }

  #channelOf(message: BusMessage): { readonly channelId: number; readonly counts: TopicCounts } {
    const { channelId, newSchema: schema, newChannel: channel } = this.#channels.channelOf(message);
    if (channel !== undefined) {
      const latched = this.#isLatched(message.topic);
      this.#counts.set(channelId, { message, received: 0, written: 0, forgotten: 0, dropped: new Counts() });
      this.#send({ type: 'channel', channel, ...(schema && { schema }), latched });
    }
    return { channelId, counts: this.#counts.get(channelId) as TopicCounts };
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue.flush();
  }

  async #finish(): Promise<RecordingReport> {
    await this.#last.catch(() => undefined);
    const waiting = this.#triggers?.takeWaiting();
    if (waiting !== undefined) void this.#askForSnapshot(waiting);
    this.#flush();
    const metadata: Record<string, string> = {};
    let received = 0;
    let dropped = 0;
    for (const { message, received: count, dropped: causes } of this.#counts.values()) {
      const lost = causes.total;
      received += count;
      dropped += lost;
      if (lost > 0) metadata[`dropped ${message.topic}`] = String(lost);
    }
    this.#send({ type: 'close', metadata: { ...metadata, received: String(received), dropped: String(dropped) } });
    const written = await this.#written;
    await new Promise((resolve) => setImmediate(resolve)); // the parts and the end are told before the report
    return this.#report(written);
  }

  #report(written: WrittenSummary | undefined): RecordingReport {
    for (const { id, messages } of written?.written ?? []) this.#countsOf(id).written += messages;
    for (const { id, messages } of written?.forgotten ?? []) this.#countsOf(id).forgotten += messages;
    const end = written?.end ?? this.#end ?? { reason: 'stopped' };
    for (const { id, messages } of written?.unwritten ?? []) this.#countsOf(id).dropped.add(end.reason, messages);
    for (const { id, messages } of written?.leftOut ?? []) this.#countsOf(id).dropped.add('min-free', messages);
    const topics: RecordedTopic[] = [...this.#counts.values()].map(({ message, dropped, ...counts }) => {
      if (written === undefined) counts.written = counts.received - dropped.total;
      const { topic, schemaName } = message;
      return { topic, schemaName, ...counts, dropped: dropped.snapshot() };
    });
    const parts = written?.parts ?? this.#parts;
    return {
      parts,
      end,
      topics,
      received: topics.reduce((total, { received }) => total + received, 0),
      written: topics.reduce((total, topic) => total + topic.written, 0),
      bytes: parts.reduce((total, { bytes }) => total + bytes, 0),
      unpackedChunks: written?.unpackedChunks ?? 0,
      repeated: written?.repeated ?? 0,
      refused: written?.refused ?? 0,
    };
  }

  #countsOf(channelId: number): TopicCounts {
    return this.#counts.get(channelId) as TopicCounts;
  }

  #send(request: RecorderRequest, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, transfer);
  }

  #receive(reply: RecorderReply, closed: (written: WrittenSummary) => void): void {
    if (reply.type === 'spare') {
      this.#queue.returned(reply.buffer);
      this.#room.tell();
    } else if (reply.type === 'part') {
      this.#parts.push(reply.part);
      this.#onPart(reply.part);
    } else if (reply.type === 'ended') {
      this.#ended(reply.end);
    } else if (reply.type === 'snapshot') {
      const { part, error } = reply.result;
      this.#answer(reply.number, { ...(part && { part }), ...(error && { error: VoxhandError.fromJSON(error) }) });
    } else if (reply.type === 'closed') {
      closed(reply.written);
    }
  }

  #answer(number: number, outcome: SnapshotOutcome): void {
    const answer = this.#snapshots.get(number);
    this.#snapshots.delete(number);
    answer?.(outcome);
  }

  #ended(end: RecordingEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#room.tell();
    if (end.reason !== 'stopped') this.#onEnd(end);
  }

  #workerDied(error: VoxhandError): void {
    for (const counts of this.#queue.abandon()) {
      for (const [channelId, messages] of counts) this.#countsOf(channelId).dropped.add('write-failed', messages);
    }
    if (this.#finishing === undefined) this.#ended({ reason: 'write-failed', error: error.toJSON() });
    else this.#room.tell();
    for (const number of [...this.#snapshots.keys()]) this.#answer(number, { error });
  }
}

/** Lets those that wait for something look again. */
class Signal {
  #waiting: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
