import { encode } from 'fast-png';
import { compareFiles } from '../../regression/compare-recordings.js';
import type { DrawnComparison } from '../../regression/index.js';
import { comparedWithLoss, comparisonPage, formatComparison, junitReport } from '../../regression/index.js';
import { depthPictures } from '../depth-pictures.js';
import { EXIT } from '../exit-code.js';
import { prepareOutput, writeOutput } from '../output-file.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface CompareCommandOptions extends TalkOptions {
  readonly tolerances?: string;
  readonly topic: string;
  readonly events: string;
  readonly junit?: string;
  readonly html?: string;
  readonly worst: number;
  readonly input?: string;
}

export async function compare([golden, found]: readonly string[], options: CompareCommandOptions): Promise<number> {
  const { tolerances, topic, events, junit, html, worst, input } = options;
  const terminal = new Terminal(options);
  for (const file of [junit, html]) {
    if (file !== undefined) await prepareOutput(file, golden, found, ...(input === undefined ? [] : [input]));
  }
  const drawn = await compareFiles(golden, found, {
    topic,
    eventsTopic: events,
    worst,
    ...(tolerances !== undefined && { tolerancesFile: tolerances }),
  });
  const { comparison } = drawn;
  if (junit !== undefined) await write(junit, junitReport(comparison));
  if (html !== undefined) {
    const candidates = input === undefined ? [found, golden] : [input];
    await write(html, await page(drawn, candidates, input !== undefined, terminal));
  }
  terminal.result({ ...comparison, junit: junit ?? null, html: html ?? null }, formatComparison);
  if (comparedWithLoss(comparison)) return EXIT.loss;
  return comparison.verdict === 'not' ? EXIT.failed : EXIT.ok;
}

async function page(
  drawn: DrawnComparison,
  candidates: readonly string[],
  asked: boolean,
  terminal: Terminal,
): Promise<string> {
  const stamps = drawn.drawing.worst.map(({ stamp }) => stamp);
  const { pictures, from } = await depthPictures(candidates, stamps, asked);
  if (stamps.length > 0) {
    terminal.say(
      from === undefined
        ? 'no depth images in the recordings: hands are drawn alone (see --input)'
        : `depth images of ${pictures.size} of ${stamps.length} frames from ${from}`,
    );
  }
  return comparisonPage(drawn, { encodePng: encode, pictures });
}

async function write(path: string, text: string): Promise<void> {
  await writeOutput(path, text);
}
