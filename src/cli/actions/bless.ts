import { stat } from 'node:fs/promises';
import { type BlessReport, blessRecording } from '../../regression/bless-recording.js';
import { comparisonSummary } from '../../regression/index.js';
import { defined } from '../defined.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput } from '../output-file.js';
import { bytes, table } from '../table.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface BlessCommandOptions extends TalkOptions {
  readonly reason: string;
  readonly by?: string;
  readonly at?: string;
  readonly topic: string;
  readonly events: string;
  readonly rawJoints: boolean;
  readonly tolerances?: string;
  readonly dryRun?: boolean;
}

export async function bless([path, golden]: readonly string[], options: BlessCommandOptions): Promise<number> {
  const { reason, by, at, topic, events, rawJoints, tolerances, dryRun = false } = options;
  if (!dryRun) await prepareOutput(golden, path);
  const report = await blessRecording(path, golden, {
    reason,
    topic,
    eventsTopic: events,
    rawJoints,
    dryRun,
    ...defined({ by, at, tolerancesFile: tolerances }),
  });
  const size = report.written ? (await stat(golden)).size : null;
  new Terminal(options).result({ ...report, bytes: size, reason, dryRun }, (shown) => text(shown, size, dryRun));
  return EXIT.ok;
}

function text(report: BlessReport, size: number | null, dryRun: boolean): string {
  const { golden, outcome, comparison, sha256, previousSha256, blessings } = report;
  const what = {
    unchanged: 'has the same results already: nothing to renew',
    created: dryRun ? 'would be created' : 'created',
    renewed: dryRun ? 'would be renewed' : 'renewed',
  };
  const facts = [
    ...(comparison === null ? [] : [['  against the one before', comparisonSummary(comparison)]]),
    ['  digest', sha256],
    ...(previousSha256 === null ? [] : [['  digest before', previousSha256]]),
    ...Object.entries(report.topics).map(([topic, { messages }]) => [`  ${topic}`, `${messages} messages`]),
    ...(size === null ? [] : [['  size', bytes(size)]]),
    ...(outcome === 'unchanged' ? [] : [['  reason', blessings.at(-1)?.reason ?? '']]),
  ];
  return [`${golden}: ${what[outcome]}`, ...table(facts)].join('\n');
}
