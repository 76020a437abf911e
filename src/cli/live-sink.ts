import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DepthFrame } from '../depth/index.js';
import type { FoxgloveServerOptions } from '../foxglove.js';
import type { Inference } from '../inference/index.js';
import type { ReplayProgress } from '../recording/index.js';
import type { CameraView } from '../rig/index.js';
import type { TrackResult } from '../tracking/index.js';
import { latchedTopics } from '../tracking/output-topics.js';
import type {
  BusSink,
  PlaybackChange,
  PlaybackCommand,
  PlaybackControl,
  PlaybackState,
} from '../transport/port/index.js';
import type { LiveSinkName } from './option-values.js';
import type { Terminal } from './terminal.js';

/** Somebody who watches a replay while it goes on. */
export interface LiveSink {
  readonly sink: BusSink;
  /** Whether it wants depth images and camera infos as they were recorded; else it makes pictures of its own. */
  readonly takesInput: boolean;
  /** Called with the player that it may control. */
  attach(player: PlaybackControl): void;
  /** Shown every frame; wait for it. */
  show?(
    frame: DepthFrame,
    results: readonly TrackResult[],
    progress: ReplayProgress,
    inference: Inference,
    views: readonly CameraView[],
  ): Promise<void>;
  close(): Promise<void>;
}

export interface LiveSinkOptions {
  /** Of the recording. */
  readonly name: string;
  /** Of the server: see `serverOptions`. */
  readonly server: FoxgloveServerOptions;
  /** What can be played, nanoseconds. */
  readonly begin: bigint;
  readonly end: bigint;
  readonly speed: number;
  /** Whether the recording says where its camera is. */
  readonly hasTransforms: boolean;
  /** Of the depth image as points: see `ViewerOptions`. */
  readonly pointStep?: number;
  /** Of the packaged pages, the one that is shown: the viewer by default. */
  readonly page?: string;
  /** Called with the address of the page, where there is a server with one. */
  readonly onPage?: (url: string) => void;
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
  const { ros2Bus } = await import('../ros2.js');
  const sink = await ros2Bus({ node: 'voxhand_replay' });
  return { sink, takesInput: true, attach: () => undefined, close: () => sink.close() };
}

async function openServer(
  { name, server, begin, end, speed, hasTransforms, pointStep, page = '', onPage }: LiveSinkOptions,
  terminal: Terminal,
): Promise<LiveSink> {
  const { createFoxgloveServer } = await import('../foxglove.js');
  const { ReplayViews } = await import('./replay-views.js');
  const playback = new LatePlayer({ status: 'buffering', currentTime: begin, speed, begin, end });
  let views: InstanceType<typeof ReplayViews> | undefined;
  const results = latchedTopics().map((topic) => [topic, 1]);
  // drawings too: who comes while the player rests gets the last ones
  const latched = {
    '/tf_static': 64,
    '**/camera_info': 1,
    '**/markers': 1,
    '**/scene': 1,
    ...Object.fromEntries(results),
  };
  const sink = await createFoxgloveServer({
    ...{ name, playback, latched },
    metadata: { recording: name },
    ...server,
    ...packagedPage(),
    // who comes while the player rests sees the present picture
    onSubscribe: () => {
      if (playback.state().status !== 'playing') void views?.repeat();
    },
  });
  const { href } = new URL(`${page}${new URL(sink.urls.page).search}`, sink.urls.page);
  terminal.say(`The page       ${href}`);
  terminal.say(`For Foxglove   ${sink.urls.socket}   (Open connection, Foxglove WebSocket; Lichtblick too)`);
  if (packagedPage().page !== undefined) onPage?.(href);
  return {
    sink,
    takesInput: false,
    attach: (player) => playback.attach(player),
    async show(frame, results, progress, inference, rig) {
      views ??= new ReplayViews(sink, {
        transforms: !hasTransforms && progress.config.output.targetFrame === '',
        clock: () => performance.now() / 1000,
        timed: true,
        ...(pointStep !== undefined && { pointStep }),
      });
      await views.publish(frame, results, progress, inference, rig);
    },
    async close() {
      await views?.close();
      await sink.close();
    },
  };
}

/** The page's files as an option of a server; nothing where they were not built. */
export function packagedPage(): { readonly page?: string } {
  return existsSync(PAGE) ? { page: PAGE } : {};
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
