import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BusSink, PlaybackChange, PlaybackCommand, PlaybackControl, PlaybackState } from '../bus/port/index.js';
import type { DepthFrame } from '../frames/index.js';
import type { TrackerConfig, TrackResult } from '../pipeline/index.js';
import type { LiveSinkName } from './live-sink-names.js';
import type { Terminal } from './terminal.js';

/** Somebody who watches a replay while it goes on. */
export interface LiveSink {
  readonly sink: BusSink;
  /** Whether it wants depth images and camera infos as they were recorded; else it makes pictures of its own. */
  readonly takesInput: boolean;
  /** Told of the player that it may control. */
  attach(player: PlaybackControl): void;
  /** Shown every frame; wait for it. */
  show?(config: TrackerConfig, frame: DepthFrame, results: readonly TrackResult[]): Promise<void>;
  close(): Promise<void>;
}

export interface LiveSinkOptions {
  /** Of the server. */
  readonly port?: number;
  /** What can be played, nanoseconds. */
  readonly begin: bigint;
  readonly end: bigint;
  readonly speed: number;
  /** Whether the recording says where its camera is. */
  readonly hasTransforms: boolean;
}

const PAGE = fileURLToPath(new URL('../viewer', import.meta.url));

/** Open it; what it needs is loaded only then. @throws VoxhandError `ROS2_UNAVAILABLE`, `SERVER_FAILED` */
export async function openLiveSink(
  name: LiveSinkName,
  options: LiveSinkOptions,
  terminal: Terminal,
): Promise<LiveSink> {
  return name === 'ros2' ? openRos2() : openServer(options, terminal);
}

async function openRos2(): Promise<LiveSink> {
  const { ros2Bus } = await import('../bus/ros2/index.js');
  const sink = await ros2Bus({ node: 'voxhand_replay' });
  return { sink, takesInput: true, attach: () => undefined, close: () => sink.close() };
}

async function openServer(
  { port, begin, end, speed, hasTransforms }: LiveSinkOptions,
  terminal: Terminal,
): Promise<LiveSink> {
  const { createFoxgloveServer, ViewerPublisher } = await import('../bus/foxglove/index.js');
  const playback = new LatePlayer({ status: 'buffering', currentTime: begin, speed, begin, end });
  const sink = await createFoxgloveServer({
    ...(port !== undefined && { port }),
    ...(existsSync(PAGE) && { page: PAGE }),
    playback,
  });
  terminal.say(`serving ${sink.urls.page} and, for Foxglove, ${sink.urls.socket}`);
  let viewer: InstanceType<typeof ViewerPublisher> | undefined;
  return {
    sink,
    takesInput: false,
    attach: (player) => playback.attach(player),
    async show(config, frame, results) {
      const transforms = !hasTransforms && config.output.targetFrame === '';
      viewer ??= new ViewerPublisher(sink, config, { transforms });
      await viewer.publish(frame, results);
    },
    async close() {
      await viewer?.close();
      await sink.close();
    },
  };
}

/** Stands in for a player that does not exist yet. */
class LatePlayer implements PlaybackControl {
  readonly #before: PlaybackState;
  readonly #listeners = new Set<(change: PlaybackChange) => void>();
  readonly #attached: Promise<PlaybackControl>;
  #resolve: (player: PlaybackControl) => void = () => undefined;
  #player: PlaybackControl | undefined;

  constructor(before: PlaybackState) {
    this.#before = before;
    this.#attached = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  attach(player: PlaybackControl): void {
    this.#player = player;
    for (const listener of this.#listeners) {
      player.onChange(listener);
      listener({ state: player.state(), didSeek: false });
    }
    this.#resolve(player);
  }

  state(): PlaybackState {
    return this.#player?.state() ?? this.#before;
  }

  async command(command: PlaybackCommand): Promise<void> {
    await (await this.#attached).command(command);
  }

  onChange(listener: (change: PlaybackChange) => void): () => void {
    if (this.#player !== undefined) return this.#player.onChange(listener);
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
