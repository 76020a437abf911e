import { basename } from 'node:path';
import { toVoxhandError } from '../../errors/index.js';
import { evaluateRecording, type RecordingEvaluation } from '../../evaluation/evaluate-recording.js';
import {
  formatHandTracks,
  formatPerJoint,
  formatReports,
  formatSkeletons,
  successCurvePlot,
  type TruthByStamp,
} from '../../evaluation/index.js';
import { loadTruth } from '../../evaluation/load-truth.js';
import { addSeenJoints } from '../../evaluation/seen-joints.js';
import type { HandJoints } from '../../hand/index.js';
import type { PosePrior } from '../../smoothing/index.js';
import { loadPrior, parseConfig, type TrackerConfig } from '../../tracking/index.js';
import { loadConfig } from '../../tracking/load-config.js';
import { openRecording, provenanceOf, type RecordingSource } from '../../transport/mcap/index.js';
import { isRecording } from '../../transport/mcap/open-recording.js';
import { readHands } from '../../transport/port/index.js';
import { eachDepthFrame } from '../depth-pictures.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput, writeOutput } from '../output-file.js';
import { svgToPng } from '../rasterise.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface EvalCommandOptions extends TalkOptions {
  readonly truth: string;
  readonly topic: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly plot?: string;
}

export async function evaluate([path]: readonly string[], options: EvalCommandOptions): Promise<number> {
  const terminal = new Terminal(options);
  if (options.plot !== undefined) await prepareOutput(options.plot, path, options.truth);
  const recording = await openRecording(path);
  try {
    const config = await configFor(recording, options);
    const results = readHands(recording, config.topics.joints);
    const truth = await loadTruth(options.truth, { topic: options.topic, results });
    const prior = await priorOf(config, terminal);
    const visible = await visibleIn([path, options.truth], truth);
    const reports = await evaluateRecording(recording, { truth, config, visible, ...(prior && { prior }) });
    if (reports.decoders.length === 0) {
      terminal.say(
        `${path} has no raw joints: nothing to say on decoders and smoothing (replay it without --no-raw-joints)`,
      );
    }
    if (options.plot !== undefined) await writePlot(options.plot, basename(path), reports);
    const { loss } = recording.info();
    const result = {
      recording: path,
      truth: options.truth,
      plot: options.plot ?? null,
      loss: loss ?? null,
      ...reports,
    };
    terminal.result(result, text);
    return loss === undefined ? EXIT.ok : EXIT.loss;
  } finally {
    await recording.close();
  }
}

/** Which joints of the truth depth images show: those beside the results, or else those of the truth. */
async function visibleIn(paths: readonly string[], truth: TruthByStamp): Promise<Map<HandJoints, Uint8Array>> {
  const seen = new Map<HandJoints, Uint8Array>();
  const recordings: string[] = [];
  for (const path of paths) if (await isRecording(path)) recordings.push(path);
  await eachDepthFrame(recordings, {}, (frame) => {
    addSeenJoints(seen, frame, truth);
    return true;
  });
  return seen;
}

/** The configuration that is asked for, or else the one that the recording was made with. */
async function configFor(recording: RecordingSource, { config, set }: EvalCommandOptions): Promise<TrackerConfig> {
  if (config !== undefined) return loadConfig(config, set);
  const { configuration = '' } = provenanceOf(recording.info());
  return parseConfig(configuration, 'the configuration in the recording', set);
}

/** A prior that is not to be had costs its rows only. */
async function priorOf({ smoothing }: TrackerConfig, terminal: Terminal): Promise<PosePrior | undefined> {
  try {
    return await loadPrior(smoothing.prior.file);
  } catch (error) {
    terminal.say(`the stage prior is left out: ${toVoxhandError(error).message}`);
    return undefined;
  }
}

async function writePlot(
  plot: string,
  title: string,
  { recorded, decoders, smoothing }: RecordingEvaluation,
): Promise<void> {
  const last = smoothing.slice(1);
  const svg = successCurvePlot([recorded, ...decoders, ...last], title);
  await writeOutput(plot, svgToPng(svg));
}

function text({ recorded, decoders, smoothing, jointStates, tracks, isSeveral }: RecordingEvaluation): string {
  const all = [recorded, ...decoders, ...smoothing.slice(1)];
  const parts = [formatReports(all), formatSkeletons(all, jointStates)];
  if (isSeveral) parts.push(formatHandTracks(tracks));
  parts.push(formatPerJoint([recorded, ...decoders]));
  return parts.join('\n\n');
}
