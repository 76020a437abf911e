import { type CheckReport, checkRecording } from '../../bus/mcap/index.js';
import { EXIT } from '../exit-code.js';
import { stopSignal } from '../stop-signal.js';
import { bytes, table } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export async function check([path]: readonly string[], options: TalkOptions): Promise<number> {
  const terminal = new Terminal(options);
  const stop = stopSignal();
  const progress = terminal.progress(100, '%');
  try {
    const report = await checkRecording(path, {
      signal: stop.signal,
      onProgress: (done, total) => progress.update(Math.floor((100 * done) / Math.max(1, total))),
    });
    progress.end();
    terminal.result(report, () => text(report));
    return stop.exitCode() ?? (report.ok ? EXIT.ok : EXIT.failed);
  } finally {
    progress.end();
    stop.release();
  }
}

function text({ path, files, messages, startTime, endTime, topics, findings, ok }: CheckReport): string {
  const size = files.reduce((sum, file) => sum + file.bytes, 0);
  const seconds = startTime === undefined || endTime === undefined ? 0 : Number(endTime - startTime) / 1e9;
  const rows = topics.map(({ topic, schemaName, messages: count, rate }) => [
    `  ${topic}`,
    schemaName || '(no schema)',
    String(count),
    rate === null ? '' : `${rate.toFixed(1)} Hz`,
  ]);
  const found = findings.map(({ severity, code, topic = '', text: what, remedy }) => [
    `${severity.toUpperCase()} ${code}${topic === '' ? '' : ` ${topic}`}`,
    `  ${what}`,
    `  ${remedy}`,
  ]);
  return [
    `${path}: ${bytes(size)}, ${seconds.toFixed(2)} s, ${messages} messages`,
    '',
    ...(rows.length === 0 ? [] : ['topics', ...table(rows, [2, 3]), '']),
    ...(found.length === 0 ? ['nothing is wrong'] : found.flatMap((lines) => [...lines, '']).slice(0, -1)),
    ...(found.length > 0 && ok ? ['', 'nothing is wrong'] : []),
  ].join('\n');
}
