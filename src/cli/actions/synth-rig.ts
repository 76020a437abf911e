import { stat } from 'node:fs/promises';
import { VoxhandError } from '../../errors/index.js';
import { ONE_SECOND } from '../../evaluation/index.js';
import { axesQuaternion, type RigidTransform, type Transform, type Vec3 } from '../../geometry/index.js';
import { RigRecorder } from '../../recording/index.js';
import {
  CAMERAS,
  PRESETS,
  type PresetName,
  RIG_PRESETS,
  type RigPresetName,
  syntheticRig,
} from '../../synthetic/index.js';
import { VERSION } from '../../version.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput } from '../output-file.js';
import { stopSignal } from '../stop-signal.js';
import { bytes } from '../table.js';
import { Terminal } from '../terminal.js';
import type { SynthCommandOptions } from './synth.js';

/** `voxhand synth --preset two-cameras`: several cameras, each on topics of its own. */
export async function synthRig(_: readonly string[], options: SynthCommandOptions): Promise<number> {
  const { output, seconds, fps, seed, camera, codec, handedness, motion, clockOffset, jitter, phase } = options;
  const preset = options.preset as RigPresetName;
  const frames = options.frames ?? Math.max(1, Math.round(seconds * fps));
  if (!Object.hasOwn(PRESETS, motion)) {
    throw new VoxhandError('USAGE', 'no such motion', {
      expected: `--motion one of ${Object.keys(PRESETS).join(', ')}`,
      found: motion,
    });
  }
  const terminal = new Terminal(options);
  const stop = stopSignal();
  const { angle, calibrationError } = options;
  const rig = syntheticRig({
    ...{ preset, frames, fps, seed, handedness, clockOffset, jitter, phase, start: ONE_SECOND },
    motion: motion as PresetName,
    camera: CAMERAS[camera],
    ...(angle !== undefined && { angle }),
    ...(calibrationError !== undefined && { calibrationError }),
  });
  await prepareOutput(output);
  const recorder = await RigRecorder.create(output, {
    codec,
    cameras: rig.cameras.map(({ name, frameId, told }) => ({ name, frameId, place: transformOf(told) })),
    library: `voxhand ${VERSION}`,
    metadata: {
      ...{ sdk: `voxhand ${VERSION}`, source: 'synthetic', preset, motion, camera, handedness },
      ...{ seed: String(seed), fps: String(fps), frames: String(frames) },
      ...{ clock_offset: String(clockOffset), jitter: String(jitter), phase: String(phase) },
      ...(calibrationError && {
        calibration_error: `${1000 * calibrationError.metres} mm, ${calibrationError.degrees} degrees`,
      }),
    },
  });
  const total = frames * rig.cameras.length;
  const progress = terminal.progress(total, 'frames');
  let done = 0;
  let tracked = 0;
  try {
    for (const { camera: index, frame, taken, truths } of rig) {
      if (stop.signal.aborted) break;
      await recorder.write(index, frame, taken, truths);
      if (truths?.some((hand) => hand.tracked)) tracked++;
      progress.update(++done);
      await new Promise(setImmediate); // signals are heard between frames
    }
    await recorder.close();
  } catch (error) {
    await recorder.abort();
    throw error;
  } finally {
    progress.end();
    stop.release();
  }
  const { size } = await stat(output);
  const names = RIG_PRESETS[preset];
  const result = {
    output,
    frames: done,
    cameras: names,
    withHand: tracked,
    fps,
    preset,
    motion,
    seed,
    camera,
    codec,
    bytes: size,
  };
  terminal.result(result, (shown) =>
    [
      `${shown.output}: ${done} frames of ${names.join(', ')} (${tracked} moments with a hand), ${(frames / fps).toFixed(1)} s, ${bytes(size)}`,
      `preset ${preset}, motion ${motion}, seed ${seed}, camera ${camera}, ${codec}; topics /<camera>/depth/..., ground truth on /hand/truth`,
    ].join('\n'),
  );
  return stop.exitCode() ?? EXIT.ok;
}

function transformOf({ rotation: r, translation }: RigidTransform): Transform {
  const axis = (k: number): Vec3 => [r[k], r[3 + k], r[6 + k]];
  return { translation, rotation: axesQuaternion(axis(0), axis(1), axis(2)) };
}
