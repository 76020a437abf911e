import { basename } from 'node:path';
import { VoxhandError } from '../../errors/index.js';
import { Player, playInto, rangeOf } from '../../recording/index.js';
import { openRecording, RecordingView } from '../../transport/mcap/index.js';
import { FaultySource } from '../../transport/port/index.js';
import { defined } from '../defined.js';
import { EXIT } from '../exit-code.js';
import { openLiveSink } from '../live-sink.js';
import type { LiveSinkName } from '../option-values.js';
import { type ReplaySourceOptions, replaySource, skippedText, warnOfUnlisted } from '../replay-source.js';
import { serverOptions } from '../serve-options.js';
import { stopSignal } from '../stop-signal.js';
import { type TalkOptions, Terminal } from '../terminal.js';

/** On /clock by default, Hz. */
const CLOCK_RATE = 100;

/** `voxhand replay --to ... --no-track`: the messages as they were recorded, at their times. */
export async function replayAsRecorded(
  input: string,
  to: LiveSinkName,
  options: ReplaySourceOptions & TalkOptions,
): Promise<number> {
  const terminal = new Terminal(options);
  const stop = stopSignal();
  const {
    faults,
    times,
    pace = { speed: 1, startPaused: false, stay: false },
    topics,
    remap,
    ...range
  } = replaySource(options);
  const recording = await openRecording(input);
  try {
    warnOfUnlisted(recording, terminal);
    const view = new RecordingView(recording, {
      range: await rangeOf(recording, range),
      ...defined({ topics, remap }),
    });
    const { startTime: begin = 0n, endTime: end = 0n, topics: shown, messageCount } = view.info();
    const faulty = faults && new FaultySource(view, faults);
    const clockRate = options.clock === true ? CLOCK_RATE : options.clock;
    const player = new Player(faulty ?? view, {
      ...pace,
      begin,
      end,
      times,
      ...(clockRate !== undefined && { clockRate }),
      onIdle: (seconds) => terminal.say(skippedText(seconds)),
    });
    const hasTransforms = shown.some(({ topic }) => topic === '/tf_static');
    const server = to === 'serve' ? await serverOptions(options) : {};
    const live = await openLiveSink(
      to,
      { name: basename(input), begin, end, speed: pace.speed, hasTransforms, server },
      terminal,
    );
    const progress = terminal.progress(times === 1 ? messageCount : Number.POSITIVE_INFINITY, 'messages');
    try {
      live.attach(player);
      stop.signal.addEventListener('abort', () => player.close(), { once: true });
      if (stop.signal.aborted) player.close();
      let done = 0;
      const messages = await playInto(player, live.sink, {
        onMessage: ({ logTime }) => progress.update(++done, `${(Number(logTime - begin) / 1e9).toFixed(1)} s`),
      });
      const seconds = progress.elapsed;
      progress.end();
      if (messages === 0 && !stop.signal.aborted) {
        throw new VoxhandError('RECORDING_EMPTY', 'no message was played', {
          expected: 'messages in the part that was asked for: see voxhand info, --start and --duration',
          where: input,
        });
      }
      const { loss } = recording.info();
      const result = { input, to, messages, seconds, faults: faulty?.counts ?? null, loss: loss ?? null };
      terminal.result(result, (shown) => `${shown.input}: ${messages} messages to ${to} in ${seconds.toFixed(1)} s`);
      return stop.exitCode() ?? (loss === undefined ? EXIT.ok : EXIT.loss);
    } finally {
      progress.end();
      await live.close();
    }
  } finally {
    await recording.close();
    stop.release();
  }
}
