/** `buffering`: playing as soon as what is needed is there. `ended`: at the end of the recording, and not looping. */
export type PlaybackStatus = 'playing' | 'paused' | 'buffering' | 'ended';

/** Where a player is. All times are nanoseconds on the recording's clock. */
export interface PlaybackState {
  readonly status: PlaybackStatus;
  readonly currentTime: bigint;
  /** Times real time, > 0. */
  readonly speed: number;
  /** First and last moment that can be played. */
  readonly begin: bigint;
  readonly end: bigint;
}

/** Commands to a player. */
export type PlaybackCommand =
  /** From the beginning where it has ended; nothing where it plays already. */
  | { readonly kind: 'play' }
  | { readonly kind: 'pause' }
  /** Go this many frames on, or back where negative, and stay paused there. */
  | { readonly kind: 'step'; readonly frames: number }
  /** A time outside the recording means its nearer end. Plays on where it was playing. */
  | { readonly kind: 'seek'; readonly time: bigint }
  | { readonly kind: 'speed'; readonly speed: number };

export interface PlaybackChange {
  readonly state: PlaybackState;
  /** The time jumped (a seek, a step back, a loop): what was played before does not lead up to it. */
  readonly didSeek: boolean;
}

/**
 * A player that can be controlled from outside: a replayer implements it, a server or a command line uses it. Several may
 * control the same player.
 */
export interface PlaybackControl {
  /** At this moment. */
  state(): PlaybackState;
  /**
   * Resolves when the command has taken effect: after a seek or a step, when the first message there is published. Commands
   * are carried out in the order in which they come.
   *
   * @throws VoxhandError `USAGE` for what this player cannot do: a speed out of range, a step where there are no frames. The
   * state is then as it was before.
   */
  command(command: PlaybackCommand): Promise<void>;
  /**
   * Listen to each change of status or speed, and of each jump in time before the first message there is published,
   * whoever caused it; not of the mere passing of time. Returns a function that ends it. Listeners must not throw.
   */
  onChange(listener: (change: PlaybackChange) => void): () => void;
}
