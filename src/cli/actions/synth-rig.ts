import { VoxhandError } from '../../errors/index.js';
import { ONE_SECOND } from '../../evaluation/index.js';
import { matrixQuaternion } from '../../geometry/index.js';
import { createRigRecorder } from '../../recording/index.js';
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
import { recordFrames } from '../record-frames.js';
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
  const recorder = await createRigRecorder(output, {
    codec,
    cameras: rig.cameras.map(({ name, frameId, told }) => ({
      name,
      frameId,
      place: { translation: told.translation, rotation: matrixQuaternion(told.rotation) },
    })),
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
  const names = RIG_PRESETS[preset];
  const written = await recordFrames(rig, {
    ...{ output, recorder, total: frames * names.length, terminal, stop },
    write: async ({ camera: index, frame, taken, truths }) => {
      await recorder.write(index, frame, taken, truths);
      return truths?.some((hand) => hand.tracked) === true;
    },
  });
  const result = {
    output,
    frames: written.frames,
    cameras: names,
    withHand: written.withHand,
    fps,
    preset,
    motion,
    seed,
    camera,
    codec,
    bytes: written.bytes,
  };
  terminal.result(result, (shown) =>
    [
      `${shown.output}: ${shown.frames} frames of ${names.join(', ')} (${shown.withHand} moments with a hand), ${(frames / fps).toFixed(1)} s, ${bytes(shown.bytes)}`,
      `preset ${preset}, motion ${motion}, seed ${seed}, camera ${camera}, ${codec}; topics /<camera>/depth/..., ground truth on /hand/truth`,
    ].join('\n'),
  );
  return stop.exitCode() ?? EXIT.ok;
}
