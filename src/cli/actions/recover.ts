import { type RecoverReport, recoverRecording } from '../../recording/index.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput } from '../output-file.js';
import { stopSignal } from '../stop-signal.js';
import { bytes, table } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface RecoverCommandOptions extends TalkOptions {
  readonly output: string;
  readonly compression: 'zstd' | 'none';
}

export async function recover([input]: readonly string[], options: RecoverCommandOptions): Promise<number> {
  const { output, compression } = options;
  const terminal = new Terminal(options);
  await prepareOutput(output, input);
  const stop = stopSignal();
  const progress = terminal.progress(100, '%');
  try {
    const report = await recoverRecording(input, output, {
      compression,
      signal: stop.signal,
      onProgress: (done, size) => progress.update(Math.floor((100 * done) / Math.max(1, size))),
    });
    progress.end();
    terminal.result(report, text);
    return stop.exitCode() ?? (report.whole ? EXIT.ok : EXIT.loss);
  } finally {
    progress.end();
    stop.release();
  }
}

function text({ input, output, bytes: size, whole, recovered, lost, aborted }: RecoverReport): string {
  const facts = [
    ['input', `${input}: ${bytes(size)}`],
    ['recovered', `${recovered.messages} messages on ${recovered.topics.length} topics`],
    ['lost', whole ? 'nothing: the recording was whole' : lossText(lost)],
    ...(aborted ? [['stopped', `by a signal; what is there so far is in ${output}`]] : [['output', output]]),
  ];
  const places = lost.places.map((place) => [
    `  ${place.offset}`,
    bytes(place.bytes),
    place.messages === undefined ? '' : `${place.messages} messages`,
    place.what,
  ]);
  const more = lost.placeCount - places.length;
  return [
    ...table(facts),
    ...(places.length === 0 ? [] : ['', 'damage at byte', ...table(places, [1, 2])]),
    ...(more > 0 ? [`  and ${more} places more`] : []),
  ].join('\n');
}

function lossText({ exact, messages, bytes: lostBytes, placeCount }: RecoverReport['lost']): string {
  if (messages === 0 && placeCount === 0) return 'nothing that is known: its index or its end was missing or wrong';
  return `${exact ? '' : 'at least '}${messages === 1 ? '1 message' : `${messages} messages`}, ${bytes(lostBytes)}`;
}
