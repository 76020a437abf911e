import { Player } from '../../recording/player/player.js';
import {
  type Channel,
  type ClientMessage,
  carryOut,
  dataRange,
  stateMessage,
  toChannel,
} from '../../transport/foxglove/protocol/index.js';
import type { BusMessage } from '../../transport/port/bus.js';
import { assignCameras } from '../channels/cameras.js';
import { assignRoles } from '../channels/roles.js';
import type { ConnectionEvents, Source } from '../connection/connection.js';
import type { McapFile } from './mcap-file.js';

/** Plays a recording to the page as a server would: without one, and without anything being tracked. */
export class FileConnection implements Source {
  readonly #file: McapFile;
  readonly #events: ConnectionEvents;
  readonly #player: Player;
  readonly #channels = new Map<number, Channel>();
  readonly #byTopic = new Map<string, Channel>();
  readonly #frameTopic: string | undefined;
  /** Log time of the newest message given, by topic. */
  readonly #given = new Map<string, bigint>();
  #wanted: ReadonlySet<string> = new Set();
  #closed = false;

  constructor(file: McapFile, events: ConnectionEvents) {
    this.#file = file;
    this.#events = events;
    for (const info of file.topics()) {
      if (this.#byTopic.has(info.topic)) continue;
      const channel = toChannel(this.#channels.size + 1, info.topic, info);
      this.#channels.set(channel.id, channel);
      this.#byTopic.set(info.topic, channel);
    }
    const roles = assignRoles(this.#channels.values());
    this.#frameTopic = (roles.get('joints') ?? roles.get('depth') ?? roles.get('truth'))?.topic;
    const cameras = assignCameras(this.#channels.values(), roles).flatMap(({ depth, camera }) => [depth, camera]);
    const { begin, end } = file;
    this.#player = new Player(file, {
      ...{ begin, end, stay: true },
      topics: [...new Set([...roles.values(), ...cameras].map(({ topic }) => topic))],
      ...(this.#frameTopic !== undefined && { frameTopic: this.#frameTopic }),
    });
  }

  connect(): void {
    const { name, metadata } = this.#file;
    this.#player.onChange((change) => {
      if (this.#closed) return;
      if (change.didSeek) {
        this.#given.clear();
        void this.#catchUp(this.#wanted);
      }
      this.#events.playback(stateMessage(change));
    });
    this.#events.state({ phase: 'open' });
    this.#events.info({
      ...{ op: 'serverInfo', name, sessionId: `${name} ${Math.random()}`, capabilities: ['playbackControl'] },
      metadata: { ...metadata, recording: name, 'voxhand.step': 'true' },
      ...dataRange(this.#player.state()),
    });
    this.#events.channels(this.#channels);
    this.#events.playback(stateMessage({ state: this.#player.state(), didSeek: false }));
    this.#play().catch((error: unknown) => this.#say(error));
  }

  want(channelIds: ReadonlySet<number>): void {
    const before = this.#wanted;
    this.#wanted = new Set([...channelIds].flatMap((id) => this.#channels.get(id)?.topic ?? []));
    void this.#catchUp([...this.#wanted].filter((topic) => !before.has(topic)));
  }

  send(message: ClientMessage): boolean {
    if (message.op !== 'playbackControlRequest' && message.op !== 'voxhandStep') return false;
    carryOut(this.#player, message).then(
      (state) => void (this.#closed || this.#events.playback(state)),
      (error: unknown) => this.#say(error),
    );
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#player.close();
  }

  async #play(): Promise<void> {
    for await (const item of this.#player.played()) {
      if (item.kind !== 'message') continue;
      const { message } = item;
      this.#give(message);
      // whatever the page has to do beside it: it draws
      if (message.topic === this.#frameTopic) await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** What held on these topics before the place at which the player is. */
  async #catchUp(topics: Iterable<string>): Promise<void> {
    const { currentTime } = this.#player.state();
    try {
      for (const topic of topics) {
        for (const message of await this.#file.upTo(topic, currentTime)) {
          if ((this.#given.get(topic) ?? 0n) <= message.logTime) this.#give(message);
        }
      }
    } catch (error) {
      this.#say(error);
    }
  }

  #give({ topic, data, logTime }: BusMessage): void {
    const channel = this.#byTopic.get(topic);
    if (this.#closed || channel === undefined || !this.#wanted.has(topic)) return;
    this.#given.set(topic, logTime);
    this.#events.message(channel, data, logTime);
  }

  #say(error: unknown): void {
    if (this.#closed) return;
    this.#events.status('error', error instanceof Error ? error.message : String(error), 'file');
  }
}
