import { toVoxhandError } from '../../errors/index.js';
import { recordedCodec } from '../../messages/index.js';
import { plausibleStart } from '../../recording/index.js';
import { firstMessage } from '../../tracking/depth-frames.js';
import { findInputTopics, trackerConfig } from '../../tracking/index.js';
import { type McapInfo, openRecording, type RecordingSource, unlistedText } from '../../transport/mcap/index.js';
import { EXIT } from '../exit-code.js';
import { printable } from '../printable.js';
import { bytes, table } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

/** What voxhand would read of a recording, or why it cannot. */
type Inputs = { readonly depth: string; readonly camera: string } | { readonly problem: string };

export async function info([path]: readonly string[], options: TalkOptions): Promise<number> {
  const source = await openRecording(path);
  const contents = source.info();
  const [inputs, duration] = await Promise.all([inputsOf(source), durationOf(source)]).finally(() => source.close());
  const topics = contents.topics.map(({ topic, schemaName, messageEncoding, messageCount = 0 }) => ({
    topic,
    type: schemaName,
    encoding: messageEncoding,
    messages: messageCount,
    rate: messageCount > 1 && duration > 0 ? (messageCount - 1) / duration : null,
  }));
  const { size, profile, library, indexed, messageCount, startTime, endTime, metadata, loss, unlisted = [] } = contents;
  const result = {
    path,
    bytes: size,
    profile,
    library,
    indexed,
    messages: messageCount,
    startTime: startTime ?? null,
    endTime: endTime ?? null,
    durationSeconds: duration,
    topics,
    inputs,
    metadata,
    loss: loss ?? null,
    unlisted,
  };
  new Terminal(options).result(result, () => text(printable({ ...result, metadata: metadata.map(inLines) })));
  return loss === undefined ? EXIT.ok : EXIT.loss;
}

async function inputsOf(source: RecordingSource): Promise<Inputs> {
  const { path, messageCount } = source.info();
  try {
    if (messageCount === 0) return { problem: 'there is no message' };
    const { depth, cameraInfo } = (await findInputTopics(trackerConfig(), source, path)).topics;
    for (const topic of [depth, cameraInfo]) {
      // what cannot be decoded would be dropped
      const message = await firstMessage(source, topic);
      if (message !== undefined) recordedCodec(message).decode(message.data);
    }
    return { depth, camera: cameraInfo };
  } catch (error) {
    return { problem: toVoxhandError(error).message.replace(/; at [^;]*$/, '') };
  }
}

/** Seconds from the first message that has a time of its own: one at log time 0 beside wall time has none. */
async function durationOf(source: RecordingSource): Promise<number> {
  const { endTime } = source.info();
  return endTime === undefined ? 0 : Number(endTime - (await plausibleStart(source))) / 1e9;
}

function text(result: {
  path: string;
  bytes: number;
  profile: string;
  library: string;
  indexed: boolean;
  messages: number;
  durationSeconds: number;
  topics: readonly { topic: string; type: string; messages: number; rate: number | null }[];
  inputs: Inputs;
  metadata: McapInfo['metadata'];
  loss: McapInfo['loss'] | null;
  unlisted: readonly string[];
}): string {
  const { path, messages, durationSeconds, topics, inputs, loss } = result;
  const rows = topics.map(({ topic, type, messages: count, rate }) => [
    `  ${topic}`,
    type || '(no schema)',
    String(count),
    rate === null ? '' : `${rate.toFixed(1)} Hz`,
  ]);
  return [
    `${path}: ${bytes(result.bytes)}, ${durationSeconds.toFixed(2)} s, ${messages} messages`,
    `written by ${result.library || 'unknown'}, profile ${result.profile || '(none)'}, ${result.indexed ? 'with' : 'without'} index`,
    ...(loss
      ? [
          `INCOMPLETE: ${loss.message}; ${bytes(loss.lostBytes)} cannot be read [${loss.code}]; voxhand recover keeps the rest`,
        ]
      : []),
    ...(result.unlisted.length > 0 ? [`Warning: ${unlistedText(result).text}`] : []),
    '',
    'topics',
    ...(rows.length === 0 ? ['  (none)'] : table(rows, [2, 3])),
    '',
    'voxhand would read',
    ...('problem' in inputs
      ? [`  nothing: ${inputs.problem}`]
      : [`  depth   ${inputs.depth}`, `  camera  ${inputs.camera}`]),
    ...result.metadata.flatMap(({ name, values }) => [
      '',
      `metadata ${name}`,
      ...table(Object.entries(values).map(([key, value]) => [`  ${key}`, value])),
    ]),
  ].join('\n');
}

/** Of a value of several lines, how many they are. */
function inLines({ name, values }: McapInfo['metadata'][number]): McapInfo['metadata'][number] {
  const entries = Object.entries(values).map(([key, value]) => {
    const lines = value.trim().split('\n');
    return [key, lines.length === 1 ? lines[0] : `(${lines.length} lines)`];
  });
  return { name, values: Object.fromEntries(entries) };
}
