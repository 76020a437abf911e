import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { VoxhandError } from '../errors/index.js';
import { type ResultDigest, resultDigest } from '../recording/index.js';
import { createMcapSink, openRecording, provenanceOf, type RecordingSource } from '../transport/mcap/index.js';
import { requireHands } from '../transport/port/index.js';
import { VERSION } from '../version.js';
import type { Comparison } from './compare/comparison.js';
import { comparisonSummary } from './compare/comparison-text.js';
import { type CompareFilesOptions, compareFiles } from './compare-recordings.js';
import { eventTopicNames, readHand } from './read-compared.js';

/** Metadata record of a golden recording: one for each time that it was blessed, the oldest first. */
export const BLESSING_RECORD = 'voxhand_golden';

/** Blessings that a golden recording remembers; older ones are forgotten. */
const MOST_REMEMBERED = 50;

export interface BlessOptions extends Pick<CompareFilesOptions, 'topic' | 'eventsTopic' | 'tolerancesFile'> {
  /** Why the results may change. */
  readonly reason: string;
  /** Who says so; left out by default. */
  readonly by?: string;
  /** When; left out by default, so that the same input gives the same bytes. */
  readonly at?: string;
  /** Keep each decoder's joints too, where the recording has them. Default true. */
  readonly rawJoints?: boolean;
  /** Only say what would change. Default false. */
  readonly dryRun?: boolean;
}

/** One time that a golden recording was renewed; values as they lie in its metadata. */
export type Blessing = Readonly<Record<string, string>>;

export interface BlessReport {
  readonly golden: string;
  /** `unchanged`: results and origin are the same, nothing to write. */
  readonly outcome: 'created' | 'renewed' | 'unchanged';
  /** False for a dry run, and where nothing changed. */
  readonly written: boolean;
  readonly topics: ResultDigest['topics'];
  /** Digest of joints and gesture events. */
  readonly sha256: string;
  readonly previousSha256: string | null;
  /** Against what was golden before; null where there was nothing, or nothing to compare with. */
  readonly comparison: Comparison | null;
  /** All that is remembered, the newest last. */
  readonly blessings: readonly Blessing[];
}

/**
 * Make a recording's results the golden ones: joints, raw joints and gesture events, without anything else that it holds. What
 * was golden before is compared with them, and replaced only when the new file is whole.
 *
 * @param path of the recording: a file, or a folder as `openRecording` takes it
 * @param golden a file
 * @throws VoxhandError `USAGE` without a reason, or for a golden recording that is a folder or would lie in the recording's own;
 * `MCAP_TRUNCATED` or `MCAP_INVALID` for a recording that is not whole, `MESSAGE_INVALID` for one with a result that cannot be
 * compared; `TOPIC_NOT_FOUND`; `SCHEMA_UNSUPPORTED`; `RECORDING_EMPTY`; `WRITE_FAILED`; `MCAP_INVALID` where `golden` is there and
 * no recording: it is left alone.
 * @example
 * ```ts
 * const { outcome } = await blessRecording('out/cell.mcap', 'goldens/cell.mcap', { reason: 'model compact 0.2' });
 * ```
 */
export async function blessRecording(path: string, golden: string, options: BlessOptions): Promise<BlessReport> {
  const { topic = '/hand/joints', eventsTopic = '/hand/gestures', dryRun = false } = options;
  if (options.reason.trim() === '') {
    throw new VoxhandError('USAGE', 'a golden recording is renewed for a reason', {
      expected: 'some words',
      where: golden,
    });
  }
  await checkPlace(path, golden);
  const source = await openRecording(path);
  try {
    const { loss } = source.info();
    if (loss !== undefined) {
      const detail = { found: loss.message, where: path };
      throw new VoxhandError(loss.code, 'an incomplete recording cannot become golden', detail);
    }
    await checkResults(source, topic);
    const digested = [topic, ...eventTopicNames(eventsTopic)];
    const digest = await resultDigest(source, digested);
    const before = await previous(path, golden, digested, { ...options, topic, eventsTopic });
    const origin = provenanceOf(source.info());
    const topics = goldenTopics(source, topic, eventsTopic, options.rawJoints ?? true);
    const all = await resultDigest(source, topics);
    const same = before !== undefined && before.contents.sha256 === all.sha256 && sameValues(before.origin, origin);
    const report = {
      golden,
      topics: all.topics,
      sha256: digest.sha256,
      previousSha256: before?.sha256 ?? null,
      comparison: before?.comparison ?? null,
    };
    if (same) return { ...report, outcome: 'unchanged', written: false, blessings: before.blessings };
    const blessings = [...(before?.blessings ?? []), blessing(options, report, before)].slice(-MOST_REMEMBERED);
    if (!dryRun) await write(source, golden, { topics, origin, blessings });
    return { ...report, outcome: before === undefined ? 'created' : 'renewed', written: !dryRun, blessings };
  } finally {
    await source.close();
  }
}

interface Previous {
  readonly sha256: string;
  /** Of everything in it. */
  readonly contents: ResultDigest;
  readonly origin: Readonly<Record<string, string>>;
  readonly blessings: readonly Blessing[];
  readonly comparison: Comparison | null;
}

/** What is golden until now. */
async function previous(
  path: string,
  golden: string,
  digested: readonly string[],
  { topic, eventsTopic, tolerancesFile }: Pick<BlessOptions, 'topic' | 'eventsTopic' | 'tolerancesFile'>,
): Promise<Previous | undefined> {
  if ((await kindOf(golden)) === undefined) return undefined;
  const source = await openRecording(golden);
  try {
    const info = source.info();
    const kept = {
      ...(topic && { topic }),
      ...(eventsTopic && { eventsTopic }),
      ...(tolerancesFile && { tolerancesFile }),
    };
    return {
      sha256: (await readable(() => resultDigest(source, digested)))?.sha256 ?? 'unreadable',
      contents: (await readable(() =>
        resultDigest(
          source,
          info.topics.map(({ topic: name }) => name),
        ),
      )) ?? { sha256: '', topics: {} },
      origin: provenanceOf(info),
      blessings: info.metadata.filter(({ name }) => name === BLESSING_RECORD).map(({ values }) => values),
      comparison: (await readable(async () => (await compareFiles(golden, path, kept)).comparison)) ?? null,
    };
  } finally {
    await source.close();
  }
}

/** What a golden recording that is damaged, empty or of other topics cannot say, it does not say; it is to be replaced. */
async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const codes = ['MCAP_INVALID', 'TOPIC_NOT_FOUND', 'RECORDING_EMPTY', 'SCHEMA_UNSUPPORTED'];
    if (error instanceof VoxhandError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  return stat(path).then(
    (found) => (found.isDirectory() ? 'folder' : 'file'),
    () => undefined,
  );
}

/** A golden recording is one file, and no part of the recording that it is made of. @throws VoxhandError `USAGE` */
async function checkPlace(path: string, golden: string): Promise<void> {
  const [from, to] = [await kindOf(path), await kindOf(golden)];
  const way = relative(path, golden);
  const within = from === 'folder' && way !== '..' && !way.startsWith(`..${sep}`);
  if (to !== 'folder' && !within) return;
  throw new VoxhandError('USAGE', 'a golden recording is a file of its own', {
    expected: 'a file outside of the recording',
    found: to === 'folder' ? 'a folder' : `a file in ${path}`,
    where: golden,
  });
}

/** @throws VoxhandError `RECORDING_EMPTY`, `TOPIC_NOT_FOUND`, `SCHEMA_UNSUPPORTED`, `MESSAGE_INVALID` */
async function checkResults(source: RecordingSource, topic: string): Promise<void> {
  let results = 0;
  for await (const message of source.subscribe([topic])) {
    requireHands(message.schemaName, topic);
    readHand(message);
    results++;
  }
  if (results > 0) return;
  throw new VoxhandError('RECORDING_EMPTY', 'no results to make golden', {
    where: `${topic} in ${source.info().path}`,
  });
}

function goldenTopics(source: RecordingSource, topic: string, eventsTopic: string, rawJoints: boolean): string[] {
  const names = new Set(source.topics().map((info) => info.topic));
  const raw = [...names].filter((name) => rawJoints && name.startsWith(`${topic}/raw/`)).sort();
  return [topic, ...raw, ...eventTopicNames(eventsTopic).filter((name) => names.has(name))];
}

function sameValues(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => a[key] === b[key]);
}

function blessing(
  { reason, by, at }: BlessOptions,
  { sha256, previousSha256, comparison }: Pick<BlessReport, 'sha256' | 'previousSha256' | 'comparison'>,
  before: Previous | undefined,
): Blessing {
  const number = Number(before?.blessings.at(-1)?.number ?? 0) + 1;
  const compared = comparison === null ? 'cannot be compared with the one before' : comparisonSummary(comparison);
  return {
    number: String(number),
    reason: reason.trim(),
    ...(by === undefined ? {} : { by }),
    ...(at === undefined ? {} : { at }),
    sha256,
    ...(previousSha256 === null ? {} : { previous_sha256: previousSha256, compared }),
  };
}

interface GoldenContent {
  readonly topics: readonly string[];
  readonly origin: Readonly<Record<string, string>>;
  readonly blessings: readonly Blessing[];
}

async function write(
  source: RecordingSource,
  golden: string,
  { topics, origin, blessings }: GoldenContent,
): Promise<void> {
  const sink = await createMcapSink(golden, { library: `voxhand ${VERSION}`, metadata: origin });
  try {
    for (const values of blessings) await sink.addMetadata(BLESSING_RECORD, values);
    for await (const message of source.subscribe(topics)) await sink.write(message);
  } catch (error) {
    await sink.abort();
    throw error;
  }
  await sink.close();
}
