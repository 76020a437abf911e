import { cdrCodec } from '../../messages/index.js';
import { toStamp } from '../../timing/index.js';
import type { BusMessage, BusSink } from '../../transport/port/index.js';
import type { Player } from './player.js';

export interface PlayIntoOptions {
  /** Where the time goes, if the player says it; `/clock` by default, as simulated time on ROS 2. */
  readonly clockTopic?: string;
  readonly onMessage?: (message: BusMessage) => void;
}

/**
 * Publish what a player plays, until it ends or is closed.
 *
 * @returns how many messages went out, the time not among them
 * @throws VoxhandError as the recording and the sink
 */
export async function playInto(
  player: Player,
  sink: BusSink,
  { clockTopic = '/clock', onMessage }: PlayIntoOptions = {},
): Promise<number> {
  const codec = cdrCodec('rosgraph_msgs/msg/Clock');
  let clock: ReturnType<typeof sink.advertise<unknown>> | undefined;
  let messages = 0;
  for await (const item of player.played()) {
    if (item.kind === 'time') {
      clock ??= sink.advertise<unknown>(clockTopic, codec);
      await clock.publish({ clock: toStamp(item.time) }, item.time);
    } else {
      await sink.write(item.message);
      messages++;
      onMessage?.(item.message);
    }
  }
  return messages;
}
