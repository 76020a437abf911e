import type {
  ClientMessage,
  PlaybackStateMessage,
  ServerInfo,
  WireTime,
} from '../../transport/foxglove/protocol/index.js';
import { FrameStamps } from './frame-stamps.js';
import { SpeedMeter } from './rate-meter.js';

export const SPEEDS: readonly number[] = [0.1, 0.25, 0.5, 1, 2, 4, 8];

/** A request that is not answered after this long is taken for lost, milliseconds. */
const ANSWER_WITHIN = 1500;
/** What a voxhand server says in its metadata where it can step by frames. */
const STEP_KEY = 'voxhand.step';

export interface PlaybackView {
  readonly status: PlaybackStateMessage['status'];
  /** Nanoseconds. */
  readonly time: bigint;
  /** As it is set. */
  readonly speed: number;
  /** As it is, over the last two seconds; undefined where too little is known. */
  readonly realSpeed: number | undefined;
  readonly start: bigint;
  readonly end: bigint;
}

/** How it should be: playing or not, how fast, and from where. */
interface Wish {
  readonly command: 'play' | 'pause';
  readonly speed: number;
  readonly seek?: bigint;
}

/**
 * The playback that a server offers, and its remote control.
 *
 * One request is under way at a time. What is wished for meanwhile is sent when the answer is there, the newest wish only:
 * dragging along the time line asks for as many pictures as the server can give.
 */
export class Playback {
  /** Of the frames seen, to step by seeking where a server cannot step. */
  readonly stamps = new FrameStamps();
  readonly #send: (request: ClientMessage) => boolean;
  readonly #now: () => number;
  readonly #session = Math.random().toString(36).slice(2, 10);
  readonly #real = new SpeedMeter();
  #range: { readonly start: bigint; readonly end: bigint } | undefined;
  #canStep = false;
  #state: PlaybackStateMessage | undefined;
  #time = 0n;
  #count = 0;
  #asked: { readonly wish: Wish; readonly id: string; readonly at: number } | undefined;
  #wish: Wish | undefined;
  #steps = 0;

  /**
   * @param send false where it cannot be sent
   * @param now milliseconds on a clock that only goes forward
   */
  constructor(send: (request: ClientMessage) => boolean, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  /** Undefined where the server plays nothing back, or lets nobody control it. */
  get view(): PlaybackView | undefined {
    if (this.#range === undefined) return undefined;
    const { start, end } = this.#range;
    const { status = 'buffering', speed = 1 } = this.#state ?? {};
    const realSpeed = this.#real.speed(this.#now());
    return { status, time: this.#within(this.#time), speed, realSpeed, start, end };
  }

  /** Whether time goes on: always, unless the server plays back and stands still. */
  get isRunning(): boolean {
    return this.#range === undefined || this.#state === undefined || this.#state.status === 'playing';
  }

  onInfo({ capabilities, metadata, dataStartTime, dataEndTime }: ServerInfo): void {
    const start = nanoseconds(dataStartTime);
    const end = nanoseconds(dataEndTime);
    const offered = capabilities.includes('playbackControl') && start !== undefined && end !== undefined && end > start;
    this.#range = offered ? { start, end } : undefined;
    this.#canStep = metadata?.[STEP_KEY] === 'true';
    this.#time = start ?? 0n;
  }

  onState(state: PlaybackStateMessage): void {
    const same = state.status === this.#state?.status && state.speed === this.#state.speed;
    if (state.didSeek || !same) this.#real.clear();
    this.#state = state;
    this.#time = state.currentTime;
    if (state.requestId !== undefined && state.requestId === this.#asked?.id) this.#asked = undefined;
    this.#sendNext();
  }

  /** A frame of this moment was seen. */
  onFrame(time: bigint): void {
    this.stamps.add(time);
    this.#real.put(time, this.#now());
    this.#time = time;
  }

  onTime(time: bigint): void {
    this.#time = time;
  }

  /** To be called now and then: goes on without an answer that never came. */
  tick(): void {
    if (this.#asked !== undefined && this.#now() - this.#asked.at > ANSWER_WITHIN) this.#asked = undefined;
    this.#sendNext();
  }

  /** The connection is gone, and what was asked for with it. */
  reset(): void {
    this.#range = undefined;
    this.#state = undefined;
    this.#asked = undefined;
    this.#wish = undefined;
    this.#steps = 0;
    this.stamps.clear();
    this.#real.clear();
  }

  play(): void {
    // At the end there is nothing left to play: begin again.
    const atEnd = this.#asked === undefined && this.#state?.status === 'ended';
    this.#ask({ command: 'play', ...(atEnd && this.#range !== undefined && { seek: this.#range.start }) });
  }

  pause(): void {
    this.#ask({ command: 'pause' });
  }

  toggle(): void {
    if (this.#aim.command === 'play') this.pause();
    else this.play();
  }

  /** Go to a moment and stay as it was, playing or paused. */
  seek(time: bigint): void {
    this.#steps = 0;
    this.#ask({ seek: this.#within(time) });
  }

  /** Go to a moment and pause there. */
  show(time: bigint): void {
    this.#steps = 0;
    this.#ask({ command: 'pause', seek: this.#within(time) });
  }

  /** Whether everything that was asked for has happened. */
  get isSettled(): boolean {
    return this.#asked === undefined && this.#wish === undefined && this.#steps === 0;
  }

  /** Go on, or back, by so many nanoseconds from where it will be. */
  jump(nanoseconds: bigint): void {
    this.seek(this.#aimedTime + nanoseconds);
  }

  /** Pause, and show the next frame or the one before. */
  step(direction: 1 | -1): void {
    if (this.#range === undefined) return;
    if (this.#canStep) {
      this.#steps += direction;
      this.#sendNext();
    } else {
      this.#ask({ command: 'pause', seek: this.#within(this.stamps.step(this.#aimedTime, direction)) });
    }
  }

  setSpeed(speed: number): void {
    this.#ask({ speed });
  }

  /** One step faster or slower. */
  changeSpeed(direction: 1 | -1): void {
    const { speed } = this.#aim;
    const next = direction === 1 ? SPEEDS.find((s) => s > speed * 1.001) : SPEEDS.findLast((s) => s < speed * 0.999);
    if (next !== undefined) this.setSpeed(next);
  }

  /** What will be once everything asked for has happened. */
  get #aim(): Wish {
    const coming = this.#wish ?? this.#asked?.wish;
    if (coming !== undefined) return { command: coming.command, speed: coming.speed };
    const { status = 'buffering', speed = 1 } = this.#state ?? {};
    return { command: status === 'playing' || status === 'buffering' ? 'play' : 'pause', speed };
  }

  get #aimedTime(): bigint {
    return this.#wish?.seek ?? this.#asked?.wish.seek ?? this.#time;
  }

  #ask(change: Partial<Wish>): void {
    if (this.#range === undefined) return;
    const seek = change.seek ?? this.#wish?.seek;
    this.#wish = { ...this.#aim, ...change, ...(seek !== undefined && { seek }) };
    this.#sendNext();
  }

  #sendNext(): void {
    if (this.#asked !== undefined || (this.#wish === undefined && this.#steps === 0)) return;
    const requestId = `${this.#session}-${++this.#count}`;
    const wish = this.#wish ?? { command: 'pause', speed: this.#aim.speed };
    const { seek, ...control } = wish;
    const sent =
      this.#wish === undefined
        ? this.#send({ op: 'voxhandStep', frames: this.#steps, requestId })
        : this.#send({
            op: 'playbackControlRequest',
            ...control,
            ...(seek !== undefined && { seekTime: seek }),
            requestId,
          });
    if (this.#wish === undefined) this.#steps = 0;
    this.#wish = undefined;
    if (sent) this.#asked = { wish, id: requestId, at: this.#now() };
  }

  #within(time: bigint): bigint {
    const { start, end } = this.#range ?? { start: time, end: time };
    return time < start ? start : time > end ? end : time;
  }
}

function nanoseconds(time: WireTime | undefined): bigint | undefined {
  return time && BigInt(time.sec) * 1_000_000_000n + BigInt(time.nsec);
}
