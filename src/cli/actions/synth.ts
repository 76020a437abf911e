import { ONE_SECOND } from '../../evaluation/index.js';
import { DepthRecorder } from '../../recording/index.js';
import {
  CAMERAS,
  type CameraName,
  type PresetName,
  type RigPresetName,
  syntheticStream,
  trueGestureEvents,
} from '../../synthetic/index.js';
import type { DepthCodec } from '../../transport/mcap/index.js';
import { VERSION } from '../../version.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput } from '../output-file.js';
import { recordFrames } from '../record-frames.js';
import { stopSignal } from '../stop-signal.js';
import { bytes } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface SynthCommandOptions extends TalkOptions {
  readonly output: string;
  readonly preset: PresetName | RigPresetName;
  /** Of a rig. */
  readonly motion: string;
  readonly angle?: number;
  readonly clockOffset: number;
  readonly jitter: number;
  readonly phase: number;
  readonly calibrationError?: { readonly metres: number; readonly degrees: number };
  readonly seconds: number;
  readonly frames?: number;
  readonly fps: number;
  readonly seed: number;
  readonly camera: CameraName;
  readonly handedness: 'right' | 'left';
  readonly codec: DepthCodec;
}

/** One camera; `synthRig` is for several. */
export async function synth(_: readonly string[], options: SynthCommandOptions): Promise<number> {
  const preset = options.preset as PresetName;
  const { output, seconds, fps, seed, camera, codec, handedness } = options;
  const frames = options.frames ?? Math.max(1, Math.round(seconds * fps));
  const terminal = new Terminal(options);
  const stop = stopSignal();
  const stream = syntheticStream({
    preset,
    frames,
    fps,
    seed,
    handedness,
    camera: CAMERAS[camera],
    start: ONE_SECOND,
  });
  await prepareOutput(output);
  const recorder = await DepthRecorder.create(output, {
    codec,
    library: `voxhand ${VERSION}`,
    metadata: {
      sdk: `voxhand ${VERSION}`,
      source: 'synthetic',
      preset,
      seed: String(seed),
      camera,
      handedness,
      fps: String(fps),
      frames: String(frames),
    },
  });
  const gestures = trueGestureEvents(stream.gestures, { start: ONE_SECOND });
  const written = await recordFrames(stream, {
    ...{ output, recorder, total: frames, terminal, stop },
    write: async ({ frame, truth, truths }) => {
      for (; gestures[0] !== undefined && gestures[0].stamp <= frame.stamp; gestures.shift()) {
        await recorder.writeGesture(gestures[0]);
      }
      await recorder.write(frame, truths.length === 0 ? truth : truths);
      return truths.some((hand) => hand.tracked);
    },
  });
  const { frames: done, withHand } = written;
  terminal.result({ output, frames: done, withHand, fps, preset, seed, camera, codec, bytes: written.bytes }, (shown) =>
    [
      `${shown.output}: ${done} frames (${withHand} with a hand), ${(done / fps).toFixed(1)} s, ${bytes(shown.bytes)}`,
      `preset ${preset}, seed ${seed}, camera ${camera}, ${codec}; ground truth on /hand/truth`,
    ].join('\n'),
  );
  return stop.exitCode() ?? EXIT.ok;
}
