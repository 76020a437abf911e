import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import type { BusMessage, BusSource, LiveBus } from '../../transport/port/index.js';
import { topicMatcher } from '../../transport/port/topic-pattern.js';
import type { RecordingEnd } from './recorder-protocol.js';
import type { RecordingReport } from './recording-report.js';
import type { RecordingSink, RecordingSinkOptions, SnapshotOutcome } from './recording-sink.js';
import { createRecordingSink } from './recording-sink.js';

export interface RecorderOptions extends RecordingSinkOptions {
  /** The file, or what the names of several are made of. */
  readonly output: string;
  /** Where messages come from. They stay open when the recorder ends. */
  readonly sources: readonly BusSource[];
  /** Names or patterns of topics, see `topicMatcher`; all of them by default. */
  readonly topics?: readonly string[];
  /** Names or patterns of topics that are left out of those. */
  readonly exclude?: readonly string[];
  /**
   * Whether the sources go on without us: topics may appear later, nobody waits for the disk, and `maxSeconds` passes whether
   * messages come or not. By default as the sources say: a bus with a clock of its own is live, a recording is not.
   */
  readonly live?: boolean;
  /** How often to look for new topics on live sources, seconds; 1 by default. */
  readonly discoverSeconds?: number;
  /** Called with every topic that is recorded from now on. */
  readonly onTopic?: (topic: string) => void;
  /** Called with a source that has failed; the others go on. */
  readonly onSourceError?: (error: VoxhandError) => void;
}

/** What a {@link Recorder} says at the end. */
export interface RecorderReport extends RecordingReport {
  /** Sources that failed, and how. */
  readonly sourceErrors: readonly ReturnType<VoxhandError['toJSON']>[];
  /** Messages that live sources say they have lost before we got them, by topic and cause. */
  readonly sourceDrops: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Record what buses say, until they end, a limit or the disk ends it, or {@link Recorder.stop} is called.
 *
 * Packing and writing are done by a worker thread, see {@link createRecordingSink}: this thread copies each message once.
 *
 * @throws VoxhandError as {@link createRecordingSink}; `TOPIC_NOT_FOUND` where sources that are not live have no such topic
 * @example
 * ```ts
 * const recorder = await createRecorder({ output: 'cell.mcap', sources: [bus], topics: ['/depth/**', '/tf*'] });
 * process.once('SIGTERM', () => void recorder.stop());
 * const { written, topics } = await recorder.done;
 * ```
 */
export async function createRecorder(options: RecorderOptions): Promise<Recorder> {
  const { output, sources, live = sources.some(isLive), onEnd } = options;
  const wanted = wantedTopics(options);
  if (!live) checkTopics(sources, wanted);
  let ended: (end: RecordingEnd) => void = () => undefined;
  // what is live is measured by the clock: a latched message comes with the time at which it was published
  const { maxSeconds, ...sinkOptions } = options;
  const sink = await createRecordingSink(output, {
    ...sinkOptions,
    ...(!live && maxSeconds !== undefined && { maxSeconds }),
    policy: live ? 'drop' : 'wait',
    onEnd: (end) => {
      onEnd?.(end);
      ended(end);
    },
  });
  const recorder = new Recorder(sink, wanted, live, options);
  ended = () => void recorder.stop();
  return recorder;
}

/** A recording that is under way. */
export class Recorder {
  /** Resolves when the recording has ended, whatever its reason, with its files finished. */
  readonly done: Promise<RecorderReport>;
  readonly #sink: RecordingSink;
  readonly #isWanted: (topic: string) => boolean;
  readonly #options: RecorderOptions;
  readonly #subscriptions = new Set<AsyncIterator<BusMessage>>();
  readonly #errors: VoxhandError[] = [];
  readonly #finish: (report: RecorderReport) => void;
  readonly #timers: NodeJS.Timeout[] = [];
  #stopping = false;
  #timedOut = false;

  /** Use {@link createRecorder}. */
  constructor(sink: RecordingSink, isWanted: (topic: string) => boolean, live: boolean, options: RecorderOptions) {
    const { sources, discoverSeconds = 1, maxSeconds } = options;
    this.#sink = sink;
    this.#isWanted = isWanted;
    this.#options = options;
    let finish: (report: RecorderReport) => void = () => undefined;
    this.done = new Promise((resolve) => {
      finish = resolve;
    });
    this.#finish = finish;
    if (live && maxSeconds !== undefined) this.#timers.push(setTimeout(() => this.#timeOut(), 1000 * maxSeconds));
    const all = sources.map((source) => (live ? this.#follow(source, discoverSeconds) : this.#record(source)));
    void Promise.all(all).then(() => this.stop());
  }

  /** Files and counts so far are in the report at the end; this is what is finished by now. */
  get parts(): RecordingSink['parts'] {
    return this.#sink.parts;
  }

  /** Write what is in the ring, where there is one, and say what came of it: see {@link RecordingSink.snapshot}. */
  snapshot(reason: string): Promise<SnapshotOutcome> {
    return this.#sink.snapshot(reason);
  }

  /** End the recording. May be called at any time and more than once. */
  stop(): Promise<RecorderReport> {
    if (!this.#stopping) {
      this.#stopping = true;
      void this.#end();
    }
    return this.done;
  }

  #timeOut(): void {
    this.#timedOut = true;
    void this.stop();
  }

  async #end(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    // a subscription that waits for a message need not end before one comes
    for (const subscription of this.#subscriptions) subscription.return?.().catch(() => undefined);
    const report = await this.#sink.finish();
    const end: RecordingEnd =
      this.#timedOut && report.end.reason === 'stopped' ? { reason: 'max-duration' } : report.end;
    this.#finish({
      ...report,
      end,
      sourceErrors: this.#errors.map((error) => error.toJSON()),
      sourceDrops: Object.fromEntries(this.#options.sources.flatMap((source) => this.#dropsOf(source))),
    });
  }

  #dropsOf(source: BusSource): [string, Readonly<Record<string, number>>][] {
    if (!isLive(source)) return [];
    return source
      .states()
      .filter(({ topic, dropped }) => this.#isWanted(topic) && Object.values(dropped).some((count) => count > 0))
      .map(({ topic, dropped }) => [topic, dropped]);
  }

  /** All of a source that is not live, in its order. */
  async #record(source: BusSource): Promise<void> {
    const topics = matching(source, this.#isWanted);
    for (const topic of topics) this.#options.onTopic?.(topic);
    if (topics.length > 0) await this.#pump(source, topics);
  }

  /** A live source, until all its subscriptions have ended by themselves. */
  async #follow(source: BusSource, discoverSeconds: number): Promise<void> {
    const followed = new Map<string, boolean>();
    await new Promise<void>((resolve) => {
      const look = () => {
        for (const topic of matching(source, this.#isWanted)) {
          if (followed.has(topic)) continue;
          followed.set(topic, true);
          this.#options.onTopic?.(topic);
          void this.#pump(source, [topic]).then(() => {
            followed.set(topic, false);
            if (![...followed.values()].some(Boolean)) resolve();
          });
        }
      };
      look();
      this.#timers.push(setInterval(look, 1000 * discoverSeconds));
    });
  }

  async #pump(source: BusSource, topics: readonly string[]): Promise<void> {
    let subscription: AsyncIterator<BusMessage> | undefined;
    try {
      subscription = source.subscribe(topics)[Symbol.asyncIterator]();
      this.#subscriptions.add(subscription);
      for (;;) {
        const step = await subscription.next();
        if (step.done === true || this.#stopping) return;
        await this.#sink.write(step.value);
      }
    } catch (thrown) {
      if (this.#stopping) return;
      const error = toVoxhandError(thrown);
      this.#errors.push(error);
      this.#options.onSourceError?.(error);
    } finally {
      if (subscription !== undefined) this.#subscriptions.delete(subscription);
    }
  }
}

function isLive(source: BusSource): source is LiveBus {
  return 'now' in source && 'onEvent' in source;
}

function wantedTopics({ topics, exclude = [] }: RecorderOptions): (topic: string) => boolean {
  const wanted = topicMatcher(topics);
  const excluded = topicMatcher(exclude);
  return (topic) => wanted(topic) && !excluded(topic);
}

function matching(source: BusSource, wanted: (topic: string) => boolean): string[] {
  return [...new Set(source.topics().map(({ topic }) => topic))].filter(wanted);
}

function checkTopics(sources: readonly BusSource[], wanted: (topic: string) => boolean): void {
  if (sources.some((source) => matching(source, wanted).length > 0)) return;
  const there = sources.flatMap((source) => source.topics().map(({ topic }) => topic));
  throw new VoxhandError('TOPIC_NOT_FOUND', 'none of the wanted topics is there', {
    expected: there.length === 0 ? 'a source with topics' : `a name or pattern that matches one of ${there.join(', ')}`,
  });
}
