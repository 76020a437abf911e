import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VoxhandError } from '../../errors/index.js';
import type { TrackResult } from '../../tracking/index.js';
import { EXIT } from '../exit-code.js';
import { openPage } from '../open-page.js';
import { formatError, formatReplay, hasLoss } from '../replay-report.js';
import type { ServeValues } from '../serve-options.js';
import { type StopSignal, stopSignal } from '../stop-signal.js';
import { type TalkOptions, Terminal } from '../terminal.js';
import { type ReplayCommandOptions, runReplay } from './replay.js';

const ofPackage = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const RECORDINGS = { demo: ofPackage('recordings/demo.mcap'), contactless: ofPackage('recordings/contactless.mcap') };
const PROFILE = ofPackage('launch/gestures/contactless.yaml');

export interface DemoCommandOptions extends ServeValues, TalkOptions {
  readonly once?: boolean;
  readonly contactless?: boolean;
  readonly open: boolean;
  readonly outputFolder: string;
  readonly model?: string;
}

export async function demo(_: readonly string[], options: DemoCommandOptions): Promise<number> {
  const recording = RECORDINGS[options.contactless === true ? 'contactless' : 'demo'];
  if (!existsSync(recording)) {
    throw new VoxhandError('FILE_NOT_FOUND', 'the demo recording is not here: it comes with the repository', {
      expected: 'a clone, or your own by voxhand synth and voxhand replay',
      where: recording,
    });
  }
  const terminal = new Terminal(options);
  const stop = stopSignal();
  try {
    return await (options.once === true ? once(options, terminal, stop) : inALoop(options, terminal, stop));
  } finally {
    stop.release();
  }
}

/** In real time, again and again, for viewers. */
async function inALoop(options: DemoCommandOptions, terminal: Terminal, stop: StopSignal): Promise<number> {
  const { once: _, outputFolder: __, contactless = false, open, model, ...server } = options;
  const play = { ...server, to: 'serve', rate: 1, loop: true } as const;
  const gestures = contactless ? { gestures: relative('', PROFILE) } : {};
  const how = { depth: 'none', rawJoints: false, previewFrames: 1, ...gestures, ...(model && { model }) } as const;
  terminal.say('Loading the network ...');
  const onShown = onFirstMove(() => {
    const seconds = (performance.now() / 1000).toFixed(1); // of the process
    terminal.say(`The first moving hand was there ${seconds} s after the start. Ctrl-C ends it.`);
  });
  const page = contactless ? { page: 'contactless.html' } : {};
  const listener = { onShown, ...page, ...(open && { onPage: openPage }) };
  const recording = RECORDINGS[contactless ? 'contactless' : 'demo'];
  await runReplay(relative('', recording), { ...play, ...how }, terminal, stop, listener);
  return EXIT.ok;
}

/** Calls once when a hand has been shown at two places. */
function onFirstMove(call: () => void): (results: readonly TrackResult[]) => void {
  let first: string | undefined;
  let isDone = false;
  return (results) => {
    for (const { hands } of isDone ? [] : results) {
      if (hands.length === 0) continue;
      const place = hands[0].positions.join(' ');
      first ??= place;
      isDone = place !== first;
      if (isDone) return call();
    }
  };
}

/** At full speed, with what came out of it as a recording, a picture and figures. */
async function once(
  { outputFolder, model }: DemoCommandOptions,
  terminal: Terminal,
  stop: StopSignal,
): Promise<number> {
  const common = { depth: 'raw', rawJoints: true, previewFrames: 12, ...(model && { model }) } as const;
  const replay = (what: string, more: Partial<ReplayCommandOptions>) => {
    terminal.say(what);
    return runReplay(relative('', RECORDINGS.demo), { ...common, ...more }, terminal, stop);
  };
  const network = await replay('Tracking the hand in the demo recording ...', {
    output: join(outputFolder, 'demo-hands.mcap'),
    preview: join(outputFolder, 'preview.png'),
  });
  const ideal = stop.signal.aborted
    ? null
    : await replay('Once more with perfect heat maps in place of the network ...', { ideal: true });
  terminal.result({ network, ideal }, (shown) =>
    shown.ideal?.error
      ? `${formatReplay(shown.network)}\n\nwith perfect heat maps: ${formatError(shown.ideal.error)}`
      : formatReplay(shown.network),
  );
  return stop.exitCode() ?? (hasLoss(network) ? EXIT.loss : EXIT.ok);
}
