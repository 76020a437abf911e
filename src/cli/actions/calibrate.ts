import { basename, extname } from 'node:path';
import { VoxhandError } from '../../errors/index.js';
import { rigPicture } from '../../evaluation/rig-picture.js';
import { invertTransform, type Transform, transformPoints } from '../../geometry/index.js';
import {
  type CalibratedCamera,
  calibrateRecording,
  overlaidClouds,
  type RigCalibration,
  rigFileOf,
} from '../../recording/calibrate-rig.js';
import { alignmentVerdict, formatRigFile, placeDifference } from '../../rig/index.js';
import { loadConfig } from '../../tracking/load-config.js';
import { type LoadedParts, loadParts } from '../../tracking/load-parts.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput, writeOutput } from '../output-file.js';
import { stopSignal } from '../stop-signal.js';
import { painted, type TalkOptions, Terminal } from '../terminal.js';

export interface CalibrateCommandOptions extends TalkOptions {
  readonly output?: string;
  readonly check?: boolean;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly picture?: string;
  readonly tolerance: number;
}

/** What was found of one camera against the first one: plain data. */
interface CameraReport {
  readonly name: string;
  readonly frames: number;
  readonly withHand: number;
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

export async function calibrate([input]: readonly string[], options: CalibrateCommandOptions): Promise<number> {
  const { output, check = false, tolerance } = options;
  if (!check && output === undefined) {
    throw new VoxhandError('USAGE', 'nowhere to write the calibration', { expected: '-o rig.yaml, or --check' });
  }
  const terminal = new Terminal(options);
  const stop = stopSignal();
  const config = await loadConfig(options.config, options.set);
  const picture = options.picture ?? (check || output === undefined ? undefined : `${withoutEnding(output)}.svg`);
  const rigFile = check ? undefined : output;
  const launch = rigFile && `${withoutEnding(rigFile)}.launch.py`;
  for (const file of [rigFile, launch, picture]) if (file !== undefined) await prepareOutput(file, input);
  let parts: LoadedParts | undefined;
  let found: RigCalibration;
  try {
    let progress: ReturnType<Terminal['progress']> | undefined;
    found = await calibrateRecording(input, {
      ...{ config, signal: stop.signal },
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
    progress?.end();
  } finally {
    await parts?.close();
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
  return stop.exitCode() ?? (bad ? EXIT.failed : EXIT.ok);
}

function reportOf(
  { name, frames, withHand, result, told, toldResidual }: CalibratedCamera,
  tolerance: number,
): CameraReport {
  const seen = { name, frames, withHand };
  if (result === undefined) return { ...seen, state: 'reference' };
  if (result.state === 'refused') {
    return { ...seen, state: 'refused', reason: result.reason, moments: result.moments, holds: false };
  }
  const { place, clockOffset, residual, error, coverage, moments } = result;
  const middle = transformPoints(invertTransform(place), coverage.middle);
  const moved = told && placeDifference(told.place, place, middle);
  const { good, text: verdict } = alignmentVerdict(result);
  return {
    ...{ ...seen, state: 'aligned', moments, clockOffset, good, verdict, uncertainty: error },
    ...{ translation: place.translation, rotation: place.rotation, residual: residual.median },
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
    const { name, state, reason, withHand, frames } = camera;
    const seen = `hand in ${withHand} of ${frames} frames`;
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
  extent = [],
  seconds = 0,
  moved,
}: CameraReport): string[] {
  const place = translation.map((metres) => metres.toFixed(3)).join(', ');
  const before = residualBefore === undefined ? '' : `, ${mm(residualBefore)} by what was said before`;
  const by = moved && `the hand moves by ${mm(moved.metres)} and ${moved.degrees.toFixed(2)} degrees`;
  return [
    `  place ${place} m; clock ${(1000 * clockOffset).toFixed(1)} ms to be added${by === undefined ? '' : `; ${by}`}`,
    `  palms ${mm(residual)} apart${before}; the hand went through ${extent.map((metres) => Math.round(100 * metres)).join(' x ')} cm in ${seconds.toFixed(0)} s`,
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
