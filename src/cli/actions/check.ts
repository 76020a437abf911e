import { type CheckReport, checkRecording } from '../../recording/index.js';
import { EXIT } from '../exit-code.js';
import { stopSignal } from '../stop-signal.js';
import { bytes, table } from '../table.js';
import { painted, type TalkOptions, Terminal } from '../terminal.js';

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
    terminal.result(report, text);
    return stop.exitCode() ?? (report.ok ? EXIT.ok : EXIT.failed);
  } finally {
    progress.end();
    stop.release();
  }
}

function text({ path, files, messages, startTime, endTime, topics, findings, ok, aborted }: CheckReport): string {
  const size = files.reduce((sum, file) => sum + file.bytes, 0);
  const seconds = startTime === undefined || endTime === undefined ? 0 : Number(endTime - startTime) / 1e9;
  const rows = topics.map(({ topic, schemaName, messages: count, rate }) => [
    `  ${topic}`,
    schemaName || '(no schema)',
    String(count),
    rate === null ? '' : `${rate.toFixed(1)} Hz`,
  ]);
  const found = findings.map(({ severity, code, topic = '', text: what, remedy }) => [
    `${painted(severity === 'error' ? 'red' : 'yellow', severity.toUpperCase())} ${code}${topic === '' ? '' : ` ${topic}`}`,
    `  ${what}`,
    `  ${remedy}`,
  ]);
  return [
    `${path}: ${bytes(size)}, ${seconds.toFixed(2)} s, ${messages} messages`,
    '',
    ...(rows.length === 0 ? [] : ['topics', ...table(rows, [2, 3]), '']),
    ...found.flatMap((lines) => [...lines, '']),
    aborted ? 'stopped by a signal: only a part was looked at' : verdict(ok, findings.length),
  ].join('\n');
}

function verdict(ok: boolean, findings: number): string {
  if (ok) return painted('green', 'nothing is wrong');
  return findings === 1 ? '1 finding' : `${findings} findings`;
}
