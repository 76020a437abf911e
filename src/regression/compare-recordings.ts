import { VoxhandError } from '../errors/index.js';
import { nanoseconds } from '../timing/index.js';
import { type McapInfo, openRecording, provenanceOf } from '../transport/mcap/index.js';
import { type BusMessage, type BusSource, requireHands } from '../transport/port/index.js';
import type { ComparedHand } from './compare/compared-hand.js';
import type { ComparedLoss, DrawnComparison, StageTimeDifference } from './compare/comparison.js';
import { ComparisonMeter } from './compare/comparison-meter.js';
import { EventMeter } from './compare/event-comparison.js';
import { judge } from './compare/judge.js';
import { matchedFrames } from './compare/matched-frames.js';
import { FrameOrder, orderedFrames } from './compare/ordered-frames.js';
import { provenanceDifferences } from './compare/provenance.js';
import { StreamTiming } from './compare/stream-timing.js';
import { type ToleranceSettings, tolerances } from './compare/tolerances.js';
import { loadTolerances, tolerancesBeside } from './load-tolerances.js';
import { eventTopicNames, isEventTopic, readEvent, readHand } from './read-compared.js';

/** A recording to compare: what `openRecording` gives. */
export interface ComparedSource extends BusSource {
  info(): Pick<McapInfo, 'path' | 'metadata' | 'loss'>;
}

export interface CompareOptions {
  /** Topic of the results, of type HandJoints. Default `/hand/joints`. */
  readonly topic?: string;
  /**
   * Topic of gesture events; compared where either recording has it, as are `pointer` and `enabling` beside it. Default
   * `/hand/gestures`.
   */
  readonly eventsTopic?: string;
  /** What may differ; see `tolerances` for the defaults. */
  readonly tolerances?: ToleranceSettings;
  /** Frames to keep for drawing: those that are farthest apart. Default 6. */
  readonly worst?: number;
}

export interface CompareFilesOptions extends CompareOptions {
  /**
   * File of tolerances. By default the one beside the golden recording, if there is one: `demo.tolerances.yaml` beside
   * `demo.mcap` or `demo.golden.mcap`. Single `tolerances` go before those of the file.
   */
  readonly tolerancesFile?: string;
}

/** Metadata record with times of stages, as `inference_p50_ms`. */
const STAGE_TIMES = 'voxhand_stages';

/**
 * Compare the results of a recording with those of a golden one, frame by frame by their stamps: how far joints moved, what
 * is missing or new, hands and gesture events that came or went; apart from that, when results were there and where the
 * recordings come from.
 *
 * Both are read once, side by side, in memory that does not grow with them. A recording that breaks off or is damaged is
 * compared up to there, and a result that cannot be decoded counts as not there: `loss` and `unreadable` say so.
 *
 * @throws VoxhandError `TOPIC_NOT_FOUND` where a whole recording has no such topic, `RECORDING_EMPTY`,
 * `SCHEMA_UNSUPPORTED` for a topic of another type, `CONFIG_INVALID` for the tolerances.
 */
export async function compareRecordings(
  golden: ComparedSource,
  found: ComparedSource,
  options: CompareOptions = {},
): Promise<DrawnComparison> {
  const { topic = '/hand/joints', eventsTopic = '/hand/gestures', worst } = options;
  const limits = tolerances(options.tolerances);
  const events = new EventMeter();
  const sides = [
    new Side(golden, { topic, eventsTopic, takeEvent: (event) => events.addGolden(event) }),
    new Side(found, { topic, eventsTopic, takeEvent: (event) => events.addNew(event) }),
  ] as const;
  const meter = new ComparisonMeter(worst);
  const tolerance = nanoseconds(limits.stamp);
  const [left, right] = sides.map((side) => orderedFrames(side.hands(), side.order));
  for await (const frames of matchedFrames(left, right, tolerance)) meter.add(frames);

  const [goldenTiming, newTiming] = sides.map((side) => side.timing.report(side.order.order()));
  const evidence = {
    ...meter.report(),
    events: sides.some((side) => side.hasEvents)
      ? events.report(limits.events.window, (hand) => String(meter.goldenIdOf(Number(hand))))
      : null,
    timing: { golden: goldenTiming, new: newTiming, stages: stageTimes(golden, found) },
  };
  return {
    comparison: {
      ...judge(evidence, limits),
      topic,
      golden: sides[0].report(),
      new: sides[1].report(),
      ...evidence,
      provenance: provenanceDifferences(provenanceOf(golden.info()), provenanceOf(found.info())),
      tolerances: limits,
    },
    drawing: meter.drawing(),
  };
}

/**
 * Compare two recordings on the disk, see {@link compareRecordings}: each a file, or a folder as `openRecording` takes it.
 *
 * @throws VoxhandError also as `openRecording` and `loadTolerances`.
 * @example
 * ```ts
 * const { comparison } = await compareFiles('golden/cell.mcap', 'out/cell.mcap', { tolerances: { meanMm: 0.5 } });
 * if (comparison.verdict === 'not') console.log(formatComparison(comparison));
 * ```
 */
export async function compareFiles(
  golden: string,
  found: string,
  { tolerancesFile, ...options }: CompareFilesOptions = {},
): Promise<DrawnComparison> {
  const file = tolerancesFile ?? (await tolerancesBeside(golden));
  const settings = { ...(file === undefined ? {} : await loadTolerances(file)), ...options.tolerances };
  const sources = [await openRecording(golden)];
  try {
    sources.push(await openRecording(found));
    return await compareRecordings(sources[0], sources[1], { ...options, tolerances: settings });
  } finally {
    for (const source of sources) await source.close();
  }
}

interface SideOptions {
  readonly topic: string;
  readonly eventsTopic: string;
  readonly takeEvent: (event: NonNullable<ReturnType<typeof readEvent>>) => void;
}

/** One recording on its way through a comparison. */
class Side {
  /** Topics of events that there are. */
  readonly #eventTopics: readonly string[];
  readonly timing = new StreamTiming();
  readonly order = new FrameOrder<ComparedHand>();
  readonly #source: ComparedSource;
  readonly #options: SideOptions;
  #unreadable = 0;
  #loss: ComparedLoss | undefined;

  constructor(source: ComparedSource, options: SideOptions) {
    this.#source = source;
    this.#options = options;
    const { topic, eventsTopic } = options;
    const names = eventTopicNames(eventsTopic);
    this.#eventTopics = source
      .topics()
      .filter((info) => info.topic !== topic && names.includes(info.topic) && isEventTopic(info))
      .map((info) => info.topic);
    const { loss } = source.info();
    if (loss !== undefined) this.#loss = { code: loss.code, message: loss.message };
  }

  get hasEvents(): boolean {
    return this.#eventTopics.length > 0;
  }

  /** The results; events are handed on as they come by. Ends where the recording breaks. */
  async *hands(): AsyncGenerator<ComparedHand, void, void> {
    const { takeEvent } = this.#options;
    const topics = this.#topics();
    if (topics.length === 0) return;
    for await (const message of this.#upToDamage(this.#source.subscribe(topics))) {
      if (this.#eventTopics.includes(message.topic)) {
        this.#decoded(() => readEvent(message), takeEvent);
        continue;
      }
      const hand = this.#decoded(() => readHand(message));
      if (hand === undefined) continue;
      this.timing.add(hand);
      yield hand;
    }
  }

  report() {
    return { path: this.#source.info().path, unreadable: this.#unreadable, loss: this.#loss ?? null };
  }

  #topics(): string[] {
    const { topic } = this.#options;
    const found = this.#source.topics().filter((info) => info.topic === topic);
    for (const { schemaName } of found) requireHands(schemaName, `${topic} in ${this.#source.info().path}`);
    const events = this.#eventTopics;
    // a recording that broke off before its first result has none; of a whole one, the bus says what is not there
    return found.length === 0 && this.#loss !== undefined ? [...events] : [topic, ...events];
  }

  async *#upToDamage(messages: AsyncIterable<BusMessage>): AsyncGenerator<BusMessage, void, void> {
    try {
      yield* messages;
    } catch (error) {
      const known = error instanceof VoxhandError ? error : undefined;
      if (known?.code === 'RECORDING_EMPTY' && this.#loss !== undefined) return;
      if (known?.code !== 'MCAP_INVALID') throw error;
      this.#loss ??= { code: known.code, message: known.message };
    }
  }

  #decoded<T>(decode: () => T | undefined, take?: (value: T) => void): T | undefined {
    try {
      const value = decode();
      if (value !== undefined) take?.(value);
      return value;
    } catch (error) {
      if (!(error instanceof VoxhandError) || error.code !== 'MESSAGE_INVALID') throw error;
      this.#unreadable++;
      return undefined;
    }
  }
}

function metadata(source: ComparedSource, name: string): Readonly<Record<string, string>> {
  const records = source.info().metadata.filter((record) => record.name === name);
  return Object.assign({}, ...records.map(({ values }) => values));
}

/** Times of stages that the recordings carry in their metadata, name by name. */
function stageTimes(golden: ComparedSource, found: ComparedSource): StageTimeDifference[] {
  const [a, b] = [metadata(golden, STAGE_TIMES), metadata(found, STAGE_TIMES)];
  const number = (text: string | undefined) => {
    const value = Number(text ?? Number.NaN);
    return Number.isFinite(value) ? value : null;
  };
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .sort()
    .map((what) => ({ what, golden: number(a[what]), new: number(b[what]) }));
}
