import { basename, extname } from 'node:path';
import { VoxhandError } from '../../errors/index.js';
import { rigPicture } from '../../evaluation/rig-picture.js';
import { invertTransform, type Transform, transformPoints } from '../../geometry/index.js';
import { calibrateLive } from '../../recording/calibrate-live.js';
import {
  type CalibratedCamera,
  calibrateRecording,
  overlaidClouds,
  type RigCalibration,
  rigFileOf,
} from '../../recording/calibrate-rig.js';
import { withRecordedCameras } from '../../recording/calibration-cameras.js';
import { type AlignResult, alignmentVerdict, formatRigFile, placeDifference } from '../../rig/index.js';
import { loadConfig } from '../../tracking/load-config.js';
import { type LoadedParts, loadParts } from '../../tracking/load-parts.js';
import type { FoxgloveServer } from '../../transport/foxglove/index.js';
import type { CalibrationView } from '../calibration-view.js';
import { EXIT } from '../exit-code.js';
import { openLiveBus } from '../live-bus.js';
import { packagedPage } from '../live-sink.js';
import { prepareOutput, writeOutput } from '../output-file.js';
import { unfoldRosArgs } from '../ros-args.js';
import { type ServeValues, serverOptions } from '../serve-options.js';
import { StatusLine } from '../status-line.js';
import { stopSignal } from '../stop-signal.js';
import { painted, type TalkOptions, Terminal } from '../terminal.js';

export interface CalibrateCommandOptions extends ServeValues, TalkOptions {
  readonly source?: string;
  readonly serve?: true | number;
  /** Folded: see `foldRosArgs`. */
  readonly rosArgs?: string;
  readonly output?: string;
  readonly check?: boolean;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly picture?: string;
  readonly tolerance: number;
}

/** Milliseconds between two looks at what a live calibration has found, and how much longer than such a look takes. */
const TELL_EVERY = 2000;
const TELL_SHARE = 4;
/** Its joints are good enough to find the surfaces, and it looks at four times as many frames as the default. */
const LIVE_MODEL = 'compact-light';
/** A live calibration goes on for so long at least, seconds from the first to the last moment that both cameras saw the hand in. */
const WAVE_SECONDS = 20;

/** What was found of one camera against the first one: plain data. */
interface CameraReport {
  readonly name: string;
  readonly frames: number;
  readonly withHand: number;
  /** Frames that were not looked at, by cause. */
  readonly leftOut: Readonly<Record<string, number>>;
  readonly state: 'reference' | 'aligned' | 'refused';
  readonly reason?: string;
  readonly moments?: number;
  readonly translation?: readonly number[];
  readonly rotation?: readonly number[];
  readonly clockOffset?: number;
  /** Median distance of the palms afterwards, and before where a place was said; metres. */
  readonly residual?: number;
  readonly residualBefore?: number;
  /** How far the hand was from where it is by the new place; metres and degrees. */
  readonly moved?: { readonly metres: number; readonly degrees: number };
  /** Median distance between the surfaces that both saw, where they made the place exact; metres. */
  readonly surface?: number;
  readonly uncertainty?: { readonly metres: number; readonly degrees: number };
  readonly extent?: readonly number[];
  readonly seconds?: number;
  readonly good?: boolean;
  readonly verdict?: string;
  readonly holds?: boolean;
}

interface CalibrateReport {
  readonly input: string;
  readonly frame: string;
  readonly cameras: readonly CameraReport[];
  readonly written: readonly string[];
}

export async function calibrate([recording]: readonly string[], options: CalibrateCommandOptions): Promise<number> {
  const { output, check = false, tolerance, source } = options;
  const input = recording ?? source;
  if (input === undefined || (recording !== undefined && source !== undefined)) {
    throw new VoxhandError('USAGE', 'what to calibrate by', {
      expected: 'a recording, or --source',
      found: input === undefined ? 'neither' : 'both',
    });
  }
  if (!check && output === undefined) {
    throw new VoxhandError('USAGE', 'nowhere to write the calibration', { expected: '-o rig.yaml, or --check' });
  }
  const terminal = new Terminal(options);
  const stop = stopSignal();
  const picture = options.picture ?? (check || output === undefined ? undefined : `${withoutEnding(output)}.svg`);
  const rigFile = check ? undefined : output;
  const launch = rigFile && `${withoutEnding(rigFile)}.launch.py`;
  for (const file of [rigFile, launch, picture]) if (file !== undefined) await prepareOutput(file, input);
  let found: RigCalibration;
  try {
    found = await (recording === undefined
      ? live(input, options, terminal, stop.signal)
      : read(recording, options, terminal, stop.signal));
  } finally {
    stop.release();
  }
  const reports = found.cameras.map((camera) => reportOf(camera, tolerance / 1000));
  const written: string[] = [];
  const placed = reports.filter(({ state }) => state === 'aligned');
  if (rigFile !== undefined && launch !== undefined && placed.length > 0) {
    await writeOutput(rigFile, formatRigFile(rigFileOf(found)));
    await writeOutput(launch, launchFile(found));
    written.push(rigFile, launch);
  }
  if (picture !== undefined && placed.length > 0) {
    const svg = pictureOf(found);
    const png = extname(picture).toLowerCase() === '.png';
    await writeOutput(picture, png ? (await import('../rasterise.js')).svgToPng(svg) : svg);
    written.push(picture);
  }
  const { frame } = found;
  terminal.result({ input, frame, cameras: reports, written } satisfies CalibrateReport, (report) =>
    text(report, check),
  );
  const bad = reports.some(
    ({ state, good, holds }) => state !== 'reference' && (check ? holds !== true : good !== true),
  );
  // what is live is meant to end by a signal
  return (recording === undefined ? undefined : stop.exitCode()) ?? (bad ? EXIT.failed : EXIT.ok);
}

/** As fast as it can be read. */
async function read(
  recording: string,
  options: CalibrateCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RigCalibration> {
  const config = await loadConfig(options.config, options.set);
  let parts: LoadedParts | undefined;
  let progress: ReturnType<Terminal['progress']> | undefined;
  try {
    return await calibrateRecording(recording, {
      ...{ config, signal },
      load: async () => {
        parts = await loadParts(config);
        return parts;
      },
      onFrame: async (done, total) => {
        progress ??= terminal.progress(total, 'frames');
        progress.update(done);
        await new Promise(setImmediate); // signals are heard between frames
      },
    });
  } finally {
    progress?.end();
    await parts?.close();
  }
}

/** Until it is good or somebody ends it. */
async function live(
  source: string,
  options: CalibrateCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RigCalibration> {
  const spec = {
    name: 'voxhand_calibrate',
    config: options.config,
    overrides: [...(options.config === undefined ? [`inference.model=${LIVE_MODEL}`] : []), ...(options.set ?? [])],
    findTopics: withRecordedCameras,
  };
  const { bus, config } = await openLiveBus(source, spec, unfoldRosArgs(options.rosArgs));
  const status = new StatusLine(options.quiet ? undefined : process.stderr);
  let parts: LoadedParts | undefined;
  let server: FoxgloveServer | undefined;
  let view: CalibrationView | undefined;
  let tellAt = performance.now();
  try {
    server = await servedBy(options, terminal);
    terminal.say(
      'wave an open hand through all of the space that the cameras share; it ends when it is good, or by Ctrl-C',
    );
    const calibrator = await calibrateLive(bus, {
      ...{ config, signal },
      load: async () => {
        parts = await loadParts(config);
        return parts;
      },
      onFrame: async (seen, calibrator, waiting) => {
        if (server !== undefined)
          view ??= new (await import('../calibration-view.js')).CalibrationView(
            server,
            calibrator.config,
            options.points,
          );
        await view?.frame(seen);
        await new Promise(setImmediate); // signals are heard between frames
        const began = performance.now();
        if (began < tellAt) return false;
        const { stamp } = seen.frame;
        const now = calibrator.found(WAVE_SECONDS);
        tellAt = Math.max(began + TELL_EVERY, began + (1 + TELL_SHARE) * (performance.now() - began));
        const texts = new Map(
          now.cameras.flatMap((camera) => (camera.result ? [[camera.name, howFar(camera.result)] as const] : [])),
        );
        await view?.found(now, texts, stamp);
        const later = waiting > 1 ? [waitingText(waiting, now)] : [];
        status.update([...[...texts].map(([name, { text }]) => `${name}: ${text}`), ...later].join(' | '));
        return [...texts.values()].every(({ good }) => good);
      },
    });
    const found = calibrator.found();
    const unseen = found.cameras.some(({ leftOut: { ended = 0, full = 0 } }) => ended + full > 10);
    if (unseen && found.cameras.some(({ result }) => result?.state === 'refused')) {
      terminal.warn(
        `frames came faster than ${config.inference.model} could look at them: let it go on after the waving, take --set inference.model=${LIVE_MODEL}, or record the waving and calibrate by the recording`,
      );
    }
    return { input: source, aborted: signal.aborted, ...found };
  } finally {
    status.end();
    await parts?.close();
    await view?.close();
    for (const open of [server, bus]) await open?.close().catch(() => undefined);
  }
}

async function servedBy(options: CalibrateCommandOptions, terminal: Terminal): Promise<FoxgloveServer | undefined> {
  const { serve } = options;
  if (serve === undefined) return undefined;
  const { createFoxgloveServer } = await import('../../foxglove.js');
  const own = await serverOptions(typeof serve === 'number' ? { ...options, port: serve } : options);
  const server = await createFoxgloveServer({ name: 'voxhand calibrate', ...own, ...packagedPage() });
  terminal.say(`serving ${server.urls.page} and, for Foxglove, ${server.urls.socket}`);
  return server;
}

/** Of a machine that is slower than the cameras; whether waving may end. */
function waitingText(waiting: number, { cameras }: Pick<RigCalibration, 'cameras'>): string {
  const seen = Math.min(...cameras.flatMap(({ result }) => (result ? [result.coverage?.duration ?? 0] : [])));
  const enough = seen + waiting > WAVE_SECONDS ? ', which is enough: the hand may rest' : '';
  return `${Math.round(waiting)} s of waving wait to be looked at${enough}`;
}

/** How far the calibration of a camera is, and whether no more waving is needed. */
function howFar(result: AlignResult): { readonly good: boolean; readonly text: string } {
  if (result.state === 'refused') return { good: false, text: result.reason };
  const { good, text } = alignmentVerdict(result);
  const { duration } = result.coverage;
  const left = Math.ceil(WAVE_SECONDS - duration);
  return left > 0 ? { good: false, text: `${text}; ${left} s more` } : { good, text };
}

function reportOf(
  { name, frames, withHand, leftOut, result, told, toldResidual }: CalibratedCamera,
  tolerance: number,
): CameraReport {
  const seen = { name, frames, withHand, leftOut };
  if (result === undefined) return { ...seen, state: 'reference' };
  if (result.state === 'refused') {
    return { ...seen, state: 'refused', reason: result.reason, moments: result.moments, holds: false };
  }
  const { place, clockOffset, residual, surface, error, coverage, moments } = result;
  const middle = transformPoints(invertTransform(place), coverage.middle);
  const moved = told && placeDifference(told.place, place, middle);
  const { good, text: verdict } = alignmentVerdict(result);
  return {
    ...{ ...seen, state: 'aligned', moments, clockOffset, good, verdict, uncertainty: error },
    ...{ translation: place.translation, rotation: place.rotation, residual: residual.median },
    ...(surface && { surface: surface.median }),
    ...{ extent: coverage.extent, seconds: coverage.duration },
    ...(toldResidual !== undefined && { residualBefore: toldResidual }),
    ...(moved && { moved }),
    // what cannot be measured better than the tolerance is no proof against a calibration
    holds: moved !== undefined && moved.metres <= tolerance + error.metres,
  };
}

function text({ input, frame, cameras, written }: CalibrateReport, check: boolean): string {
  const first = cameras[0].name;
  const lines = cameras.flatMap((camera) => {
    const { name, state, reason, withHand, frames, leftOut } = camera;
    const causes = Object.entries(leftOut).map(([cause, count]) => `${count} ${cause}`);
    const others = causes.length > 0 ? ` (${causes.join(', ')} and not looked at)` : '';
    const seen = `hand in ${withHand} of ${frames} frames${others}`;
    if (state === 'reference') return [`${name}: ${seen}; places are in its frame ${frame}`];
    if (state === 'refused') return [`${name}: ${seen}`, `  ${painted('red', 'refused')}: ${reason}`];
    return [
      `${name}: ${seen}, in ${camera.moments} moments together with ${first}`,
      ...found(camera),
      ...verdictOf(camera, check),
    ];
  });
  return [`${input}`, ...lines, ...(written.length > 0 ? [`written: ${written.join(', ')}`] : [])].join('\n');
}

function found({
  translation = [],
  clockOffset = 0,
  residual = 0,
  residualBefore,
  surface,
  extent = [],
  seconds = 0,
  moved,
}: CameraReport): string[] {
  const place = translation.map((metres) => metres.toFixed(3)).join(', ');
  const before = residualBefore === undefined ? '' : `, ${mm(residualBefore)} by what was said before`;
  const surfaces = surface === undefined ? '' : `; surfaces ${mm(surface)} apart`;
  const by = moved && `the hand moves by ${mm(moved.metres)} and ${moved.degrees.toFixed(2)} degrees`;
  return [
    `  place ${place} m; clock ${(1000 * clockOffset).toFixed(1)} ms to be added${by === undefined ? '' : `; ${by}`}`,
    `  palms ${mm(residual)} apart${before}${surfaces}; the hand went through ${extent.map((metres) => Math.round(100 * metres)).join(' x ')} cm in ${seconds.toFixed(0)} s`,
  ];
}

function verdictOf({ good, verdict = '', holds, moved }: CameraReport, check: boolean): string[] {
  if (!check) return [`  ${painted(good === true ? 'green' : 'yellow', verdict)}`];
  if (moved === undefined) return [`  ${painted('yellow', 'nothing says where this camera is: calibrate')}`];
  return [
    holds === true
      ? `  ${painted('green', 'the calibration holds')}`
      : `  ${painted('red', 'the calibration does not hold: calibrate again')}`,
  ];
}

const mm = (metres: number) => `${(1000 * metres).toFixed(1)} mm`;

function withoutEnding(path: string): string {
  return path.slice(0, path.length - extname(path).length);
}

/** Clouds of the first camera that was placed against the reference, before and after. */
function pictureOf({ input, cameras }: RigCalibration): string {
  const [first, ...others] = cameras;
  const other = others.find(({ result }) => result?.state === 'aligned') as CalibratedCamera;
  const result = other.result as Extract<CalibratedCamera['result'], { state: 'aligned' }>;
  const overlaid = (place: Transform) => overlaidClouds(first, other, place, result.clockOffset);
  const before = other.told && overlaid(other.told.place);
  const apart = (metres: number | undefined) => (metres === undefined ? '' : `, palms ${mm(metres)} apart`);
  return rigPicture({
    title: `${basename(input)}: what ${first.name} and ${other.name} saw of the hand`,
    names: [first.name, other.name],
    ...(before && { before: { ...before, label: `before${apart(other.toldResidual)}` } }),
    after: { ...overlaid(result.place), label: `after${apart(result.residual.median)}` },
  });
}

/** A ROS 2 launch file that publishes the places on `/tf_static`. */
function launchFile({ frame, cameras }: RigCalibration): string {
  const nodes = cameras.flatMap(({ name, frame: child, result }) => {
    if (result?.state !== 'aligned') return [];
    const [x, y, z] = result.place.translation;
    const [qx, qy, qz, qw] = result.place.rotation;
    const given = { x, y, z, qx, qy, qz, qw };
    const numbers = Object.entries(given).flatMap(([key, value]) => [`'--${key}'`, `'${value.toFixed(6)}'`]);
    const names = [`'--frame-id'`, `'${frame}'`, `'--child-frame-id'`, `'${child}'`];
    return [
      '        Node(',
      "            package='tf2_ros',",
      "            executable='static_transform_publisher',",
      `            name='${name}_place',`,
      `            arguments=[${[...numbers, ...names].join(', ')}],`,
      '        ),',
    ];
  });
  return [
    '# Written by voxhand calibrate.',
    'from launch import LaunchDescription',
    'from launch_ros.actions import Node',
    '',
    '',
    'def generate_launch_description():',
    '    return LaunchDescription([',
    ...nodes,
    '    ])',
    '',
  ].join('\n');
}
