import { POSITION_COUNT, parseJointLines } from '../../hand/index.js';
import { fitPosePrior, posePriorsToJson } from '../../smoothing/index.js';
import { openRecording } from '../../transport/mcap/index.js';
import { isRecording } from '../../transport/mcap/open-recording.js';
import { readText } from '../../transport/port/files.js';
import { readHands } from '../../transport/port/index.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput, writeOutput } from '../output-file.js';
import { table } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface FitPriorCommandOptions extends TalkOptions {
  readonly output: string;
  readonly components: number;
  readonly frame: 'palm' | 'camera' | 'both';
  readonly root: 'wrist' | 'middle_mcp' | 'palm';
  readonly handedness: 'right' | 'left' | 'unknown';
  readonly topic: string;
}

export async function fitPrior([path]: readonly string[], options: FitPriorCommandOptions): Promise<number> {
  const { output, components, frame, root, handedness, topic } = options;
  const terminal = new Terminal(options);
  const poses = joined((await isRecording(path)) ? await recordedPoses(path, topic) : await writtenPoses(path));
  const frames = frame === 'both' ? (['palm', 'camera'] as const) : [frame];
  const priors = frames.map((each) => fitPosePrior(poses, { components, frame: each, root, handedness }));
  await prepareOutput(output, path);
  await writeOutput(output, posePriorsToJson(priors));
  const fitted = priors.map((prior) => ({
    frame: prior.frame,
    root: prior.root,
    handedness: prior.handedness,
    poses: prior.poses,
    components: prior.components.length,
    explainedVariance: [...prior.explainedVariance],
    explained: prior.explainedVariance.reduce((sum, share) => sum + share, 0),
  }));
  terminal.result({ input: path, output, priors: fitted }, (shown) => {
    const rows = fitted.map((prior) => [
      prior.frame,
      String(prior.poses),
      String(prior.components),
      `${(100 * prior.explained).toFixed(2)}%`,
      ...[1, 5, 10].map((k) => `${(100 * sum(prior.explainedVariance.slice(0, k))).toFixed(1)}%`),
    ]);
    const head = ['frame', 'poses', 'components', 'variance explained', 'by 1', 'by 5', 'by 10'];
    return [shown.output, ...table([head, ...rows], [1, 2, 3, 4, 5, 6])].join('\n');
  });
  return EXIT.ok;
}

async function writtenPoses(path: string): Promise<Float64Array[]> {
  const text = await readText(path, 'the joints');
  return parseJointLines(text, path).filter((pose) => pose !== undefined);
}

async function recordedPoses(path: string, topic: string): Promise<Float64Array[]> {
  const recording = await openRecording(path);
  const poses: Float64Array[] = [];
  try {
    for await (const hand of readHands(recording, topic)) {
      // a joint of confidence 0 stands in for one that is not known
      if (hand.tracked && hand.confidences.every((c) => c > 0)) poses.push(hand.positions);
    }
  } finally {
    await recording.close();
  }
  return poses;
}

function joined(poses: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(POSITION_COUNT * poses.length);
  poses.forEach((pose, i) => {
    all.set(pose, POSITION_COUNT * i);
  });
  return all;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
