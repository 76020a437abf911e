import { VoxhandError } from '../errors/index.js';
import { type FaultSpec, parseFaults } from '../faults/index.js';
import { type RecordingSource, unlistedText } from '../transport/mcap/index.js';
import { defined } from './defined.js';
import type { LiveSinkName } from './option-values.js';
import type { ServeValues } from './serve-options.js';
import type { Terminal } from './terminal.js';

/** Options of a replay that say what is read, and how fast. */
export interface ReplaySourceOptions extends ServeValues {
  readonly start?: number;
  readonly duration?: number;
  readonly topics?: readonly string[];
  readonly remap?: readonly string[];
  readonly fault?: readonly string[];
  /** True: without end. */
  readonly loop?: true | number;
  readonly rate?: number;
  readonly startPaused?: boolean;
  readonly to?: LiveSinkName;
  readonly serve?: true | number;
  readonly clock?: true | number;
  readonly track?: boolean;
}

/** `--serve 8766` written out. */
export function withServe<Options extends ReplaySourceOptions>(options: Options): Options {
  const { serve, to } = options;
  if (serve === undefined) return options;
  if (to !== undefined && to !== 'serve') throw usage('--serve is short for --to serve', 'one of them');
  return { ...options, to: 'serve', ...(typeof serve === 'number' && { port: serve }) };
}

/** The same as a replay takes it. */
export interface ReplaySource {
  readonly start?: number;
  readonly duration?: number;
  readonly topics?: readonly string[];
  readonly remap?: Readonly<Record<string, string>>;
  readonly faults?: FaultSpec;
  readonly times: number;
  readonly pace?: { readonly speed: number; readonly startPaused: boolean; readonly stay: boolean };
}

/** @throws VoxhandError `USAGE` for options that contradict each other, or that cannot be understood */
export function replaySource(options: ReplaySourceOptions): ReplaySource {
  const { start, duration, topics, remap, fault, loop, rate, startPaused = false, to, track = true } = options;
  if (startPaused && to !== 'serve')
    throw usage('--start-paused waits for somebody who presses play', '--to serve with it');
  if (options.clock !== undefined && (to !== 'ros2' || track)) {
    throw usage('--clock is the time of a recording that is played', '--to ros2 --no-track with it');
  }
  if (!track && to === undefined) throw usage('--no-track leaves nothing to do', '--to with it');
  const paced = rate !== undefined || to !== undefined;
  return {
    ...defined({ start, duration, topics }),
    ...(remap && { remap: Object.fromEntries(remap.map(renaming)) }),
    ...(fault && { faults: parseFaults(fault.join(',')) }),
    times: loop === true ? Number.POSITIVE_INFINITY : (loop ?? 1),
    ...(paced && { pace: { speed: rate ?? 1, startPaused, stay: to === 'serve' } }),
  };
}

/** What is said of a time without messages that was left out. */
export function skippedText(seconds: number): string {
  const years = seconds / (365.25 * 86_400);
  const time = years >= 1 ? `${years.toFixed(1)} years` : `${seconds.toFixed(0)} s`;
  return `Left out ${time} without messages${years >= 1 ? ': log times are of two clocks, see voxhand check' : ''}.`;
}

/** `/a:=/b` */
function renaming(text: string): readonly [string, string] {
  const [, from, to] = /^([^:\s]+):=([^:\s]+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) throw usage(`--remap ${text} cannot be understood`, '--remap /old:=/new');
  return [from, to];
}

function usage(summary: string, expected: string): VoxhandError {
  return new VoxhandError('USAGE', summary, { expected });
}

/** That parts of a bag are read which its metadata.yaml does not name. */
export function warnOfUnlisted(recording: RecordingSource, terminal: Terminal): void {
  const info = recording.info();
  if (info.unlisted !== undefined) terminal.warn(unlistedText(info).text);
}
