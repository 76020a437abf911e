import { VoxhandError } from '../errors/index.js';
import { Player, playInto } from '../recording/index.js';
import type { TrackerConfig } from '../tracking/index.js';
import { findInputTopics } from '../tracking/index.js';
import { handTopics } from '../tracking/output-topics.js';
import { openRecording } from '../transport/mcap/index.js';
import { MemoryBus } from '../transport/memory/index.js';
import type { BusMessage, LiveBus, PlaybackControl } from '../transport/port/index.js';

/** Without messages the bus's time goes on for so long, nanoseconds. */
const TIME_GOES_ON = 100_000_000n;

export interface PlayedBus {
  readonly bus: LiveBus;
  /** With the recording's own topics where the configured ones are not in it. */
  readonly config: TrackerConfig;
  readonly player: PlaybackControl;
}

/**
 * A recording as if it were live: its messages come in real time whether anybody is ready for them or not, and overload sheds
 * frames. It begins with the first subscription, its time is the recording's, and the bus ends with it. Results in it are left out.
 *
 * @param findTopics completes the configuration by what is in the recording
 * @throws VoxhandError as `openRecording`; `RECORDING_EMPTY`, `TOPIC_NOT_FOUND`
 */
export async function playedBus(
  path: string,
  given: TrackerConfig,
  findTopics: typeof findInputTopics = findInputTopics,
): Promise<PlayedBus> {
  const recording = await openRecording(path);
  try {
    const { topics, startTime, endTime } = recording.info();
    if (startTime === undefined || endTime === undefined) {
      throw new VoxhandError('RECORDING_EMPTY', 'nothing to play', { where: path });
    }
    const config = await findTopics(given, recording, path);
    const results = [...handTopics(config), config.topics.diagnostics];
    const played = topics.map(({ topic }) => topic).filter((topic) => !results.includes(topic));
    const player = new Player(recording, {
      begin: startTime,
      end: endTime,
      topics: played,
      frameTopic: config.topics.depth,
    });
    const clock = new PlayedClock(startTime);
    const bus = new MemoryBus({ capacity: 8, policy: 'drop-oldest', now: () => clock.now() });
    let playing: Promise<unknown> | undefined;
    const play = async () => {
      try {
        await playInto(player, bus, { onMessage: (message) => clock.saw(message) });
      } finally {
        await bus.close();
      }
    };
    const live: LiveBus = {
      topics: () => topics.filter(({ topic }) => played.includes(topic)),
      states: () => bus.states(),
      now: () => bus.now(),
      onEvent: () => bus.onEvent(),
      advertise: (topic, codec) => bus.advertise(topic, codec),
      write: (message) => bus.write(message),
      subscribe: (wanted) => ({
        [Symbol.asyncIterator]() {
          const messages = bus.subscribe(wanted)[Symbol.asyncIterator]();
          // whoever subscribes in the same turn, to the transforms for example, shall miss nothing
          setImmediate(() => {
            playing ??= play().catch(() => undefined);
          });
          return messages;
        },
      }),
      close: async () => {
        player.close();
        await playing;
        await bus.close();
        await recording.close();
      },
    };
    return { bus: live, config, player };
  } catch (error) {
    await recording.close();
    throw error;
  }
}

/** The recording's time: that of the newest message, and a little on from there. */
class PlayedClock {
  #logTime: bigint;
  #at = performance.now();

  constructor(begin: bigint) {
    this.#logTime = begin;
  }

  saw({ logTime }: BusMessage): void {
    this.#logTime = logTime;
    this.#at = performance.now();
  }

  now(): bigint {
    const since = BigInt(Math.round(1e6 * (performance.now() - this.#at)));
    return this.#logTime + (since < TIME_GOES_ON ? since : TIME_GOES_ON);
  }
}
