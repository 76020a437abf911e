import { VoxhandError } from '../../errors/index.js';
import { type CutReport, cutRecording } from '../../recording/index.js';
import { defined } from '../defined.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput } from '../output-file.js';
import { stopSignal } from '../stop-signal.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface CutCommandOptions extends TalkOptions {
  readonly output: string;
  readonly start?: number;
  readonly duration?: number;
  readonly end?: number;
  readonly topics?: readonly string[];
  readonly exclude?: readonly string[];
  /** False: none. */
  readonly latch?: readonly string[] | false;
  readonly compression: 'zstd' | 'none';
}

export async function cut([input]: readonly string[], options: CutCommandOptions): Promise<number> {
  const { output, start = 0, topics, exclude, latch, compression } = options;
  const length = lengthOf(options);
  const terminal = new Terminal(options);
  await prepareOutput(output, input);
  const stop = stopSignal();
  const progress = terminal.progress(Number.POSITIVE_INFINITY, 'messages');
  try {
    const report = await cutRecording(input, output, {
      start,
      ...defined({ duration: length, topics, exclude, latched: latch === false ? [] : latch }),
      compression,
      signal: stop.signal,
      onProgress: (messages) => progress.update(messages),
    });
    progress.end();
    terminal.result(report, text);
    return stop.exitCode() ?? (report.loss === undefined ? EXIT.ok : EXIT.loss);
  } finally {
    progress.end();
    stop.release();
  }
}

function lengthOf({ start = 0, duration, end }: CutCommandOptions): number | undefined {
  if (end === undefined) return duration;
  if (duration !== undefined)
    throw new VoxhandError('USAGE', '--end and --duration both set the end', { expected: 'one of them' });
  if (end > start) return end - start;
  throw new VoxhandError('USAGE', 'the end is before the start', {
    expected: `more than ${start} s`,
    found: `${end} s`,
  });
}

function text({ output, messages, latched, startTime, endTime, topics, loss, aborted }: CutReport): string {
  const seconds = (Number(endTime - startTime) / 1e9).toFixed(2);
  const again = latched === 0 ? '' : `, ${latched} of them from before`;
  return [
    `${output}: ${seconds} s, ${messages} messages${again} on ${topics.length} topics`,
    ...(loss ? [`INCOMPLETE: the input breaks off: ${loss.message}`] : []),
    ...(aborted ? ['stopped by a signal: not all that was asked for'] : []),
  ].join('\n');
}
