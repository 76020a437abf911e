import { VoxhandError } from '../../errors/index.js';
import type { LiveTimers } from '../../timing/index.js';
import { processTimers } from '../../timing/live-timers.js';
import type { TimeRange } from '../../transport/mcap/contents.js';
import type { BusMessage, BusSource } from '../../transport/port/bus.js';
import type {
  PlaybackChange,
  PlaybackCommand,
  PlaybackControl,
  PlaybackState,
  PlaybackStatus,
} from '../../transport/port/playback.js';
import { Pace } from './pace.js';

export interface PlayerOptions {
  /** First and last moment that is played, nanoseconds. */
  readonly begin: bigint;
  readonly end: bigint;
  /** Exact names of the topics that are played; all of them by default. */
  readonly topics?: readonly string[];
  /** Times real time; 1 by default. Infinity: as fast as the messages are taken. */
  readonly speed?: number;
  /** How often it is played; 1 by default, Infinity without end. */
  readonly times?: number;
  readonly startPaused?: boolean;
  /** The topic whose messages are frames, by which is stepped. */
  readonly frameTopic?: string;
  /** Publish the time at this rate, Hz of real time; by default it is not published. */
  readonly clockRate?: number;
  /** Wait for commands at the end, in place of ending there. */
  readonly stay?: boolean;
  /** The process's own by default. */
  readonly timers?: LiveTimers;
  /** Told of a time without messages that is left out, seconds of the recording. */
  readonly onIdle?: (seconds: number) => void;
}

/** What a player gives: messages, each at its turn, and where that is asked for the time. */
export type Played =
  | {
      readonly kind: 'message';
      readonly message: BusMessage;
      /** The first after a jump in time (a seek, a step back, a loop): what came before does not lead up to it. */
      readonly jumped: boolean;
    }
  | { readonly kind: 'time'; readonly time: bigint };

/** What a player's speed may be. */
const SPEEDS = { least: 0.01, most: 100 };
/** Slept at most, seconds, before the clock is looked at again: timers cannot be set for more than 24 days. */
const MOST_SLEEP = 3600;
/** A longer time without messages is not waited out, nanoseconds of the recording. */
const MOST_IDLE = 60_000_000_000n;
/** Looked back for a frame at first, nanoseconds; then four times as far, and so on. */
const FIRST_LOOK_BACK = 1_000_000_000n;

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Plays a recording: gives its messages at their times, and can be paused, sped up, stepped and moved.
 *
 * The messages are pulled, so whoever takes them holds up the player, which then plays more slowly and loses nothing. Commands
 * are carried out between two messages. One loop over {@link played} at a time.
 *
 * @example
 * ```ts
 * const player = new Player(recording, { begin, end, speed: 2, times: Infinity });
 * for await (const item of player.played()) if (item.kind === 'message') await server.write(item.message);
 * ```
 */
export class Player implements PlaybackControl {
  readonly #source: PlayableSource;
  readonly #options: PlayerOptions;
  readonly #timers: LiveTimers;
  readonly #pace: Pace;
  readonly #listeners = new Set<(change: PlaybackChange) => void>();
  readonly #commands: (Waiting & { readonly command: PlaybackCommand })[] = [];
  /** Resolved when the message that is given next has been taken. */
  #moving: Waiting[] = [];
  #taken: Waiting[] = [];
  #status: PlaybackStatus;
  #current: bigint;
  #messages: AsyncIterator<BusMessage> | undefined;
  #head: BusMessage | undefined;
  #pass = 1;
  #hasPlayed = false;
  #jumped = false;
  /** Frames that are given before it pauses, and then the log time up to which messages belong to the last of them. */
  #steps = 0;
  #rest: bigint | undefined;
  #lastTick: bigint | undefined;
  #wake: () => void = () => undefined;
  #closed = false;

  /** @throws VoxhandError `USAGE` for a speed that cannot be */
  constructor(source: PlayableSource, options: PlayerOptions) {
    const { begin, speed = 1, startPaused = false, timers = processTimers } = options;
    if (speed !== Number.POSITIVE_INFINITY) checkSpeed(speed);
    this.#source = source;
    this.#options = options;
    this.#timers = timers;
    this.#pace = new Pace(timers, speed);
    this.#status = startPaused ? 'paused' : 'playing';
    this.#current = begin;
  }

  state(): PlaybackState {
    const { begin, end } = this.#options;
    return { status: this.#status, currentTime: this.#current, speed: this.#pace.speed, begin, end };
  }

  command(command: PlaybackCommand): Promise<void> {
    if (this.#closed) return Promise.reject(new VoxhandError('USAGE', 'the player has ended'));
    return new Promise((resolve, reject) => {
      this.#commands.push({ command, resolve, reject });
      this.#wake();
    });
  }

  onChange(listener: (change: PlaybackChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** End the loop over {@link played} at the next message. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** What is played, each at its turn. Errors of the source come out of the loop. */
  async *played(): AsyncGenerator<Played, void, void> {
    this.#pace.start(this.#current);
    try {
      while (!this.#closed) {
        settle(this.#taken);
        await this.#obey();
        if (this.#closed || (this.#status === 'ended' && this.#options.stay !== true)) return;
        const item = await this.#next();
        if (item !== undefined) yield item;
      }
    } finally {
      this.#closed = true;
      settle(this.#taken);
      settle(this.#moving);
      settle(this.#commands);
      await this.#leave();
    }
  }

  /** What is due now; undefined where it had to wait and something may have changed. */
  async #next(): Promise<Played | undefined> {
    const isMoving = this.#steps > 0 || this.#rest !== undefined;
    if (this.#status === 'ended' || (this.#status === 'paused' && !isMoving)) {
      await this.#sleep(Number.POSITIVE_INFINITY);
      return undefined;
    }
    this.#head ??= await this.#fetch();
    const head = this.#head;
    if (head === undefined) {
      this.#atEnd();
      return undefined;
    }
    if (this.#rest !== undefined && head.logTime > this.#rest) {
      this.#rest = undefined;
      settle(this.#moving);
      return undefined;
    }
    if (this.#status === 'playing') {
      this.#skipIdle(head);
      const wait = this.#pace.until(head.logTime);
      const tick = this.#tick(head.logTime, wait);
      if (tick !== undefined) return { kind: 'time', time: tick };
      if (wait > 0) {
        await this.#sleep(Math.min(wait, this.#untilTick()));
        return undefined;
      }
    }
    return this.#give(head);
  }

  /** Where nothing happens for long, as between a log time of 0 and wall time, playing goes on behind it. */
  #skipIdle({ logTime }: BusMessage): void {
    const idle = logTime - this.#current;
    if (this.#pace.speed === Number.POSITIVE_INFINITY || idle <= MOST_IDLE) return;
    this.#current = logTime;
    this.#pace.start(logTime);
    this.#options.onIdle?.(Number(idle) / 1e9);
  }

  #give(message: BusMessage): Played {
    const jumped = this.#jumped;
    this.#jumped = false;
    this.#hasPlayed = true;
    this.#head = undefined;
    this.#current = message.logTime;
    const { frameTopic } = this.#options;
    if (this.#steps > 0 && (frameTopic === undefined || message.topic === frameTopic)) {
      this.#steps--;
      // what was logged with the frame goes with it
      if (this.#steps === 0) this.#rest = message.logTime;
    }
    if (this.#status === 'playing') this.#taken.push(...this.#moving.splice(0));
    return { kind: 'message', message, jumped };
  }

  /** Carry out what was commanded, in order. */
  async #obey(): Promise<void> {
    for (let next = this.#commands.shift(); next !== undefined; next = this.#commands.shift()) {
      try {
        if (await this.#carryOut(next.command)) this.#moving.push(next);
        else next.resolve();
      } catch (error) {
        next.reject(error);
      }
    }
  }

  /** @returns whether it takes effect only with the next message */
  async #carryOut(command: PlaybackCommand): Promise<boolean> {
    const { begin, end, frameTopic } = this.#options;
    switch (command.kind) {
      case 'play':
        if (this.#status === 'playing') return false;
        this.#stopMoving();
        if (this.#status === 'ended') {
          this.#pass = 1;
          await this.#jump(begin);
        }
        this.#pace.start(this.#current);
        this.#change('playing');
        return false;
      case 'pause':
        if (this.#status === 'playing') this.#change('paused');
        return false;
      case 'speed':
        checkSpeed(command.speed);
        this.#pace.start(this.#status === 'playing' ? this.#pace.now() : this.#current, command.speed);
        this.#tell(false);
        return false;
      case 'seek':
        this.#stopMoving();
        await this.#jump(command.time < begin ? begin : command.time > end ? end : command.time);
        if (this.#status === 'ended') this.#change('paused');
        if (this.#status === 'paused') this.#steps = 1;
        return true;
      case 'step': {
        if (frameTopic === undefined)
          throw new VoxhandError('USAGE', 'there are no frames to step by', { found: 'no depth topic' });
        if (command.frames === 0) return false;
        this.#stopMoving();
        if (this.#status === 'playing') this.#change('paused');
        if (command.frames > 0) {
          if (this.#status === 'ended') return false;
          this.#steps = command.frames;
          return true;
        }
        await this.#jump(await this.#framesBack(frameTopic, -command.frames));
        if (this.#status === 'ended') this.#change('paused');
        this.#steps = 1;
        return true;
      }
    }
  }

  /** The time from which the frame so many before the current one comes next. */
  async #framesBack(frameTopic: string, frames: number): Promise<bigint> {
    const { begin } = this.#options;
    const end = this.#status === 'ended' ? this.#options.end + 1n : this.#current;
    for (let look = FIRST_LOOK_BACK; ; look *= 4n) {
      const start = end - look > begin ? end - look : begin;
      const times: bigint[] = [];
      for await (const { logTime } of this.#source.subscribe([frameTopic], { start, end })) {
        times.push(logTime);
        if (times.length > frames + 1) times.shift();
      }
      // from just behind the frame before it, so that all that goes with it is there
      if (times.length > frames) return times[0] + 1n;
      if (start === begin) return begin;
    }
  }

  async #fetch(): Promise<BusMessage | undefined> {
    if (this.#messages === undefined) this.#open(this.#current);
    const step = await (this.#messages as AsyncIterator<BusMessage>).next();
    return step.done === true ? undefined : step.value;
  }

  #open(start: bigint): void {
    const range: TimeRange = { start, end: this.#options.end + 1n };
    this.#messages = this.#source.subscribe(this.#options.topics, range)[Symbol.asyncIterator]();
  }

  async #leave(): Promise<void> {
    const messages = this.#messages;
    this.#messages = undefined;
    this.#head = undefined;
    await messages?.return?.();
  }

  async #jump(time: bigint): Promise<void> {
    await this.#leave();
    this.#current = time;
    this.#open(time);
    this.#pace.start(time);
    this.#jumped = true;
    this.#lastTick = undefined;
    this.#tell(true);
  }

  #atEnd(): void {
    const { begin, times = 1 } = this.#options;
    this.#stopMoving();
    // a recording in which there is nothing to play is not played again and again
    if (this.#status === 'playing' && this.#pass < times && this.#hasPlayed) {
      this.#pass++;
      this.#hasPlayed = false;
      this.#commands.unshift({
        command: { kind: 'seek', time: begin },
        resolve: () => undefined,
        reject: () => undefined,
      });
      return;
    }
    this.#current = this.#options.end;
    this.#change('ended');
  }

  /** What was on its way has arrived, as far as it will. */
  #stopMoving(): void {
    this.#steps = 0;
    this.#rest = undefined;
    settle(this.#moving);
  }

  #change(status: PlaybackStatus): void {
    this.#status = status;
    this.#tell(false);
  }

  #tell(didSeek: boolean): void {
    const change = { state: this.state(), didSeek };
    for (const listener of this.#listeners) listener(change);
  }

  /** The time to be published before a message whose turn comes after `wait` seconds. */
  #tick(next: bigint, wait: number): bigint | undefined {
    if (this.#options.clockRate === undefined) return undefined;
    const time = wait > 0 ? this.#pace.now() : next;
    const period = this.#tickPeriod();
    const last = this.#lastTick;
    if (last !== undefined && time - last < period) return undefined;
    // on a grid, so that a timer that is late makes the next ones no later
    this.#lastTick = last === undefined || time - last >= 2n * period ? time : last + period;
    return time;
  }

  /** Between two ticks, nanoseconds of the recording. */
  #tickPeriod(): bigint {
    const { clockRate = 1 } = this.#options;
    return BigInt(Math.round((Math.min(this.#pace.speed, SPEEDS.most) * 1e9) / clockRate));
  }

  /** Seconds of the real clock until the time is to be published again. */
  #untilTick(): number {
    if (this.#options.clockRate === undefined || this.#lastTick === undefined) return Number.POSITIVE_INFINITY;
    return this.#pace.until(this.#lastTick + this.#tickPeriod());
  }

  /** Until the time is over or something is commanded. */
  async #sleep(seconds: number): Promise<void> {
    if (this.#commands.length > 0 || this.#closed) return;
    await new Promise<void>((resolve) => {
      const timer =
        seconds < Infinity ? this.#timers.setTimeout(resolve, 1000 * Math.min(seconds, MOST_SLEEP)) : undefined;
      this.#wake = () => {
        if (timer !== undefined) this.#timers.clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => undefined;
  }
}

function settle(waiting: Waiting[]): void {
  for (const { resolve } of waiting.splice(0)) resolve();
}

function checkSpeed(speed: number): void {
  if (speed >= SPEEDS.least && speed <= SPEEDS.most) return;
  throw new VoxhandError('USAGE', 'a speed that cannot be played', {
    expected: `from ${SPEEDS.least} to ${SPEEDS.most}`,
    found: String(speed),
  });
}

/** A bus that can be read from any time on, again and again. */
export interface PlayableSource extends BusSource {
  subscribe(topics?: readonly string[], range?: TimeRange): AsyncIterable<BusMessage>;
}
