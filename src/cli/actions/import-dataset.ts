import { stat } from 'node:fs/promises';
import { DATA_SETS, type DataSetName, importDataSet } from '../../evaluation/index.js';
import type { DepthCodec, DepthEncoding } from '../../transport/mcap/index.js';
import { VERSION } from '../../version.js';
import { defined } from '../defined.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput } from '../output-file.js';
import type { Progress } from '../progress.js';
import { stopSignal } from '../stop-signal.js';
import { bytes } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface ImportDatasetCommandOptions extends TalkOptions {
  readonly output: string;
  readonly dataset: DataSetName;
  readonly labels?: string;
  readonly frames?: number;
  readonly fps?: number;
  readonly handedness?: 'right' | 'left';
  readonly frameId: string;
  readonly codec: DepthCodec;
  readonly encoding: DepthEncoding;
  readonly start: bigint;
}

/** So many frames that are left out are named one by one; the rest is counted. */
const MOST_NAMED = 20;

export async function importDataset(
  [folder]: readonly string[],
  options: ImportDatasetCommandOptions,
): Promise<number> {
  const { output, dataset, labels, frames, fps, handedness, frameId, codec, encoding, start } = options;
  const terminal = new Terminal(options);
  await prepareOutput(output, ...(labels === undefined ? [] : [labels]));
  const stop = stopSignal();
  let progress: Progress | undefined;
  let left = 0;
  try {
    const summary = await importDataSet(folder, output, {
      dataSet: dataset,
      frameId,
      codec,
      encoding,
      start,
      ...defined({ labels, frames, fps, handedness }),
      library: `voxhand ${VERSION}`,
      metadata: { sdk: `voxhand ${VERSION}` },
      onFrame: (done) => {
        progress ??= terminal.progress(frames ?? Infinity, 'frames');
        progress.update(done);
      },
      onSkip: (file, { code, message }) => {
        progress?.end();
        if (++left <= MOST_NAMED) terminal.warn(`left out ${file}: ${message} [${code}]`);
        if (left === MOST_NAMED + 1) terminal.warn('left out more frames, which are counted (--json lists them)');
      },
      signal: stop.signal,
    });
    progress?.end();
    const { missingJoints: missing, nearJoints: near } = summary;
    const { title } = DATA_SETS[dataset];
    if (missing.length > 0) terminal.say(`${title} lacks some of our joints (confidence 0): ${missing.join(', ')}`);
    if (near.length > 0)
      terminal.say(`joints of ${title} that only lie near ours (confidence 0.5): ${near.join(', ')}`);
    const { size } = await stat(output);
    terminal.result({ input: folder, output, ...summary, bytes: size }, (shown) => {
      const { skippedFrames, files, sequences, width, height } = summary;
      const lost = skippedFrames === 0 ? '' : `, ${skippedFrames} left out`;
      const parts = sequences === 1 ? '' : `, ${sequences} sequences`;
      return `${shown.output}: ${summary.frames} of ${files} frames of ${title}${lost}${parts}, ${width} x ${height}, ${bytes(size)}`;
    });
    return stop.exitCode() ?? (summary.skippedFrames > 0 ? EXIT.loss : EXIT.ok);
  } finally {
    progress?.end();
    stop.release();
  }
}
