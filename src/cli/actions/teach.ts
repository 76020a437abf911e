import { Document, parseDocument } from 'yaml';
import { parseYaml } from '../../errors/parse-yaml.js';
import { parseGestureProfile, teachPose } from '../../gestures/index.js';
import type { HandJoints } from '../../hand/index.js';
import { rangeOf } from '../../recording/index.js';
import { openRecording, RecordingView } from '../../transport/mcap/index.js';
import { exists, readText } from '../../transport/port/files.js';
import { readHands } from '../../transport/port/index.js';
import { defined } from '../defined.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput, writeOutput } from '../output-file.js';
import { type TalkOptions, Terminal } from '../terminal.js';

/** Samples that a pose is learned from at most: a minute. */
const MOST_SAMPLES = 2000;

export interface TeachCommandOptions extends TalkOptions {
  readonly output: string;
  readonly topic: string;
  readonly hand?: number;
  readonly start?: number;
  readonly duration?: number;
}

export async function teach([name, path]: readonly string[], options: TeachCommandOptions): Promise<number> {
  const { output } = options;
  const terminal = new Terminal(options);
  await prepareOutput(output, path);
  const pose = teachPose(name, await samplesOf(path, options));
  const profile = (await exists(output)) ? await readText(output, 'the profile of gestures') : '';
  const text = withPose(profile, pose, output);
  parseGestureProfile(parseYaml(text, output), output); // a name that is taken, or a profile that was not right before
  await writeOutput(output, text);
  const { samples, threshold } = pose;
  terminal.result({ output, name, samples, threshold }, (shown) => {
    return `${shown.output}: pose ${name} from ${samples} samples, rejected from a distance of ${threshold.toFixed(2)}`;
  });
  return EXIT.ok;
}

async function samplesOf(
  path: string,
  { topic, hand: id, start, duration }: TeachCommandOptions,
): Promise<HandJoints[]> {
  const recording = await openRecording(path);
  try {
    const range = await rangeOf(recording, defined({ start, duration }));
    const samples: HandJoints[] = [];
    for await (const hand of readHands(new RecordingView(recording, { range }), topic)) {
      if (hand.tracked && (id === undefined || hand.handId === id)) samples.push(hand);
      if (samples.length === MOST_SAMPLES) break;
    }
    return samples;
  } finally {
    await recording.close();
  }
}

/** A profile's text with one more pose, or another one of the same name; its comments stay. */
function withPose(profile: string, pose: ReturnType<typeof teachPose>, where: string): string {
  const plain = parseYaml(profile, where) as { taught?: readonly { name?: unknown }[] } | null;
  const document = plain === null ? new Document({}) : parseDocument(profile);
  const others = (plain?.taught ?? []).filter(({ name }) => name !== pose.name);
  const short = (numbers: readonly number[]) => numbers.map((number) => Number(number.toFixed(4)));
  const rounded = { ...pose, mean: short(pose.mean), deviation: short(pose.deviation) };
  const list = document.createNode([...others, rounded]);
  document.set('taught', list);
  return document.toString({ lineWidth: 120, flowCollectionPadding: false });
}
