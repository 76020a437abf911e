import { stat } from 'node:fs/promises';
import { importFolder } from '../../evaluation/index.js';
import { parseJointLines } from '../../hand/index.js';
import type { DepthCodec, DepthEncoding } from '../../transport/mcap/index.js';
import { readText } from '../../transport/port/files.js';
import { VERSION } from '../../version.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput } from '../output-file.js';
import type { Progress } from '../progress.js';
import { stopSignal } from '../stop-signal.js';
import { bytes } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface ImportCommandOptions extends TalkOptions {
  readonly output: string;
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly depthUnit: number;
  /** By the names of the images where it is left out. */
  readonly fps?: number;
  readonly joints?: string;
  readonly handedness?: 'right' | 'left';
  readonly frameId: string;
  readonly codec: DepthCodec;
  readonly encoding: DepthEncoding;
  readonly start: bigint;
}

export async function importImages([folder]: readonly string[], options: ImportCommandOptions): Promise<number> {
  const { output, fx, fy, cx, cy, depthUnit, fps, frameId, codec, encoding, start, handedness = 'right' } = options;
  const terminal = new Terminal(options);
  const joints =
    options.joints === undefined
      ? undefined
      : parseJointLines(await readText(options.joints, 'the joints'), options.joints);
  await prepareOutput(output);
  const stop = stopSignal();
  let progress: Progress | undefined;
  try {
    const summary = await importFolder(folder, output, {
      camera: { fx, fy, cx, cy },
      depthUnit,
      ...(fps !== undefined && { fps }),
      frameId,
      codec,
      encoding,
      start,
      handedness,
      ...(joints && { joints }),
      library: `voxhand ${VERSION}`,
      metadata: {
        sdk: `voxhand ${VERSION}`,
        source: 'imported PNGs',
        depth_unit: String(depthUnit),
        fps: fps === undefined ? 'times of the file names' : String(fps),
      },
      onFrame: (done, total) => {
        progress ??= terminal.progress(total, 'images');
        progress.update(done);
      },
      onSkip: (file, { code, message }) => {
        progress?.end();
        terminal.warn(`left out ${file}: ${message} [${code}]`);
      },
      signal: stop.signal,
    });
    progress?.end();
    const { size } = await stat(output);
    terminal.result({ input: folder, output, ...summary, bytes: size }, (shown) => {
      const left = summary.skipped.length === 0 ? '' : `, ${summary.skipped.length} left out`;
      return `${shown.output}: ${summary.frames} of ${summary.files} images${left}, ${summary.width} x ${summary.height}, ${bytes(size)}`;
    });
    return stop.exitCode() ?? (summary.skipped.length > 0 ? EXIT.loss : EXIT.ok);
  } finally {
    progress?.end();
    stop.release();
  }
}
