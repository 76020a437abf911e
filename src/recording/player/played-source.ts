import type { BusMessage, BusSource, TopicInfo } from '../../transport/port/index.js';
import type { Player } from './player.js';

export interface PlayedSourceOptions {
  /** Called before the first message after a jump in time is given: whoever remembers what came before must forget it. */
  readonly onJump?: () => void;
}

/** What a player plays, as a bus to subscribe to; once, for there is one player. */
export class PlayedSource implements BusSource {
  readonly #source: BusSource;
  readonly #player: Player;
  readonly #onJump: () => void;

  /** @param source what the player plays: asked for its topics only */
  constructor(source: BusSource, player: Player, { onJump = () => undefined }: PlayedSourceOptions = {}) {
    this.#source = source;
    this.#player = player;
    this.#onJump = onJump;
  }

  topics(): readonly TopicInfo[] {
    return this.#source.topics();
  }

  async *subscribe(topics?: readonly string[]): AsyncGenerator<BusMessage, void, void> {
    let jumped = false;
    for await (const item of this.#player.played()) {
      if (item.kind === 'time') continue;
      jumped ||= item.jumped;
      if (!(topics?.includes(item.message.topic) ?? true)) continue;
      if (jumped) this.#onJump();
      jumped = false;
      yield item.message;
    }
  }

  async close(): Promise<void> {
    this.#player.close();
  }
}
