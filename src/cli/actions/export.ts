import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { VoxhandError, writeFailed } from '../../errors/index.js';
import { HandDescriber, type HandJoints } from '../../hand/index.js';
import { HAND_JOINTS_SCHEMA } from '../../messages/index.js';
import { trackerConfig } from '../../tracking/index.js';
import { type McapInfo, openRecording } from '../../transport/mcap/index.js';
import { handMoments, readHands } from '../../transport/port/index.js';
import { EXIT } from '../exit-code.js';
import { type JointFormat, jointFormat } from '../joint-rows.js';
import { prepareOutput } from '../output-file.js';
import { stopSignal } from '../stop-signal.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface ExportCommandOptions extends TalkOptions {
  readonly format: 'csv' | 'jsonl';
  readonly description?: boolean;
  readonly topic?: string;
  readonly output?: string;
}

export async function exportJoints([path]: readonly string[], options: ExportCommandOptions): Promise<number> {
  const { format, output, description = false, json = false } = options;
  if (json && output === undefined) {
    throw new VoxhandError('USAGE', '--json is for the summary, and stdout has the joints', {
      expected: '--format jsonl for joints as JSON, or -o with --json',
    });
  }
  const terminal = new Terminal(options);
  if (output !== undefined) await prepareOutput(output, path);
  const recording = await openRecording(path);
  const stop = stopSignal();
  try {
    const topic = jointsTopic(recording.info(), options.topic);
    const rows = { count: 0 };
    const written = jointFormat(format, description);
    const lines = Readable.from(linesOf(readHands(recording, topic), written, rows, stop.signal));
    if (output === undefined) await toStdout(lines);
    else await toFile(lines, output);
    const { loss } = recording.info();
    const result = { recording: path, topic, output: output ?? null, format, hands: rows.count, loss: loss ?? null };
    if (output !== undefined) terminal.result(result, (shown) => `${shown.output}: ${rows.count} lines of ${topic}`);
    if (loss !== undefined) terminal.warn(`INCOMPLETE: the input breaks off: ${loss.message}`);
    return stop.exitCode() ?? (loss === undefined ? EXIT.ok : EXIT.loss);
  } finally {
    stop.release();
    await recording.close();
  }
}

/** The topic that is asked for, else that of results, else the only one with joints. */
function jointsTopic({ topics, path }: McapInfo, wanted: string | undefined): string {
  const candidates = topics.filter(({ schemaName }) => schemaName === HAND_JOINTS_SCHEMA).map(({ topic }) => topic);
  const usual = wanted ?? trackerConfig().topics.joints;
  if (candidates.includes(usual)) return usual;
  if (wanted === undefined && candidates.length === 1) return candidates[0];
  throw new VoxhandError('TOPIC_NOT_FOUND', 'no joints to export', {
    expected:
      candidates.length > 0
        ? `--topic with one of ${candidates.join(', ')}`
        : `a topic of ${HAND_JOINTS_SCHEMA}: voxhand replay ${path} -o hands.mcap tracks a recording of depth images`,
    found: wanted ?? 'none of the usual name',
    where: path,
  });
}

async function* linesOf(
  hands: AsyncIterable<HandJoints>,
  { header, line }: JointFormat,
  rows: { count: number },
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  if (header !== undefined) yield `${header}\n`;
  const describer = new HandDescriber();
  for await (const moment of handMoments(hands)) {
    if (signal.aborted) return;
    const tracked = moment.flatMap((hand) => (hand.tracked ? [{ id: hand.handId, ...hand }] : []));
    const described = describer.describe({ stamp: moment[0].stamp, hands: tracked });
    for (const hand of moment) yield `${line(hand, hand.tracked ? described.get(hand.handId) : undefined)}\n`;
    rows.count += moment.length;
  }
}

/** A reader that has had enough (`| head`) ends it. */
async function toStdout(lines: Readable): Promise<void> {
  try {
    await pipeline(lines, process.stdout, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

async function toFile(lines: Readable, path: string): Promise<void> {
  const file = createWriteStream(path);
  let failure: unknown;
  file.on('error', (error) => {
    failure = error;
  });
  try {
    await pipeline(lines, file);
  } catch (error) {
    throw failure === error ? writeFailed(error, path) : error;
  }
}
