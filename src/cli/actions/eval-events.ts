import { readMadeGestures, readToldGestures } from '../../evaluation/evaluate-events.js';
import { formatGestureErrors, gestureErrors } from '../../evaluation/index.js';
import { TRUE_GESTURES_TOPIC } from '../../recording/index.js';
import { openRecording } from '../../transport/mcap/index.js';
import { EXIT } from '../exit-code.js';
import { type TalkOptions, Terminal } from '../terminal.js';

export interface EvalEventsCommandOptions extends TalkOptions {
  readonly truth: string;
  readonly events?: boolean;
  readonly gesturesTopic: string;
  readonly only?: string;
}

/** In place of a topic: all that is told is false. */
const NOTHING_MEANT = 'none';

/** `voxhand eval --events` */
export async function evaluateEvents(
  [path]: readonly string[],
  { truth, gesturesTopic, only, ...talk }: EvalEventsCommandOptions,
): Promise<number> {
  const terminal = new Terminal(talk);
  const results = await openRecording(path);
  try {
    const truthFile = await openRecording(truth);
    try {
      const names = only?.split(',').map((name) => name.trim());
      const isAsked = ({ gesture }: { readonly gesture: string }): boolean => names?.includes(gesture) ?? true;
      const { startTime = 0n, endTime = 0n, loss } = results.info();
      const told = await readToldGestures(results, [gesturesTopic, TRUE_GESTURES_TOPIC]);
      const made = gesturesTopic === NOTHING_MEANT ? [] : await readMadeGestures(truthFile, gesturesTopic);
      const report = gestureErrors(
        told.filter(isAsked),
        made.filter((one) => isAsked(one) && one.from >= startTime && one.from <= endTime),
        { seconds: Number(endTime - startTime) / 1e9 },
      );
      terminal.result({ recording: path, truth, loss: loss ?? null, ...report }, formatGestureErrors);
      return loss === undefined ? EXIT.ok : EXIT.loss;
    } finally {
      await truthFile.close();
    }
  } finally {
    await results.close();
  }
}
