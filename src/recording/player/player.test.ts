import { describe, expect, it, test } from 'vitest';
import { ManualClock, settle } from '../../../test/helpers/manual-clock.js';
import type { LiveTimers } from '../../timing/live-timers.js';
import { isWithin } from '../../transport/mcap/contents.js';
import { MemoryBus } from '../../transport/memory/memory-bus.js';
import type { BusMessage } from '../../transport/port/bus.js';
import type { PlaybackChange, PlaybackCommand } from '../../transport/port/playback.js';
import { playInto } from './play-into.js';
import { PlayedSource } from './played-source.js';
import { type PlayableSource, Player, type PlayerOptions } from './player.js';

const MS = 1_000_000n;
const START = 5_000n * MS;

const message = (topic: string, ms: number): BusMessage => ({
  topic,
  schemaName: '',
  schemaEncoding: '',
  schemaData: new Uint8Array(0),
  messageEncoding: 'cdr',
  data: new Uint8Array(1),
  logTime: START + BigInt(ms) * MS,
  publishTime: START,
  sequence: 0,
});

/** A second: a frame every 100 ms, from 0 to 900, and with each an info that was logged just before it. */
function source(): PlayableSource & { open: number } {
  const state = {
    open: 0,
    topics: () => [],
    async *subscribe(topics: readonly string[] | undefined, range = {}) {
      state.open++;
      try {
        for (let ms = 0; ms < 1000; ms += 100) {
          for (const each of [message('info', ms), message('frame', ms)]) {
            if ((topics?.includes(each.topic) ?? true) && isWithin(each.logTime, range)) yield each;
          }
        }
      } finally {
        state.open--;
      }
    },
    close: async () => undefined,
  };
  return state;
}

function playing(options: Partial<PlayerOptions> = {}) {
  const timers = new ManualClock();
  const recording = source();
  const player = new Player(recording, {
    begin: START,
    end: START + 900n * MS,
    frameTopic: 'frame',
    timers,
    ...options,
  });
  /** What came, as `topic@ms of the recording/ms of the clock`, `!` after a jump. */
  const log: string[] = [];
  const changes: PlaybackChange[] = [];
  player.onChange((change) => changes.push(change));
  let failure: unknown;
  const done = (async () => {
    for await (const item of player.played()) {
      const time = item.kind === 'time' ? item.time : item.message.logTime;
      const name = item.kind === 'time' ? 'time' : `${item.jumped ? '!' : ''}${item.message.topic}`;
      log.push(`${name}@${(time - START) / MS}/${Math.round(1000 * timers.seconds())}`);
    }
  })().catch((error: unknown) => {
    failure = error;
  });
  const taken = () => log.splice(0);
  const frames = () => taken().filter((line) => line.includes('frame'));
  return { timers, player, recording, taken, frames, changes, done, failure: () => failure };
}

const framesAt = (pairs: readonly (readonly [ms: number, at: number])[]) =>
  pairs.map(([ms, at]) => `frame@${ms}/${at}`);

describe('a player', () => {
  it('gives each message at its time, and ends with the recording', async () => {
    const { timers, frames, player, done, recording } = playing();
    await timers.advance(0.25);
    expect(frames()).toEqual(
      framesAt([
        [0, 0],
        [100, 100],
        [200, 200],
      ]),
    );
    expect(player.state()).toMatchObject({ status: 'playing', currentTime: START + 200n * MS, speed: 1 });
    await timers.advance(2);
    await done;
    expect(frames()).toHaveLength(7);
    expect(player.state()).toMatchObject({ status: 'ended', currentTime: START + 900n * MS });
    expect(recording.open).toBe(0);
    await expect(player.command({ kind: 'play' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.each([
    [
      2,
      [
        [0, 0],
        [100, 50],
        [200, 100],
        [300, 150],
        [400, 200],
      ],
    ],
    [
      0.5,
      [
        [0, 0],
        [100, 200],
      ],
    ],
  ] as const)('runs at %s times real time', async (speed, expected) => {
    const { timers, frames } = playing({ speed });
    await timers.advance(0.21);
    expect(frames()).toEqual(framesAt(expected));
  });

  it('waits for nothing at infinite speed', async () => {
    const { done, frames } = playing({ speed: Infinity });
    await done;
    expect(frames()).toHaveLength(10);
  });

  it('is begun again as often as it is told, each time said as a jump', async () => {
    const { done, taken, changes } = playing({ speed: Infinity, times: 3 });
    await done;
    const log = taken();
    expect(log.filter((line) => line.includes('frame'))).toHaveLength(30);
    expect(log.filter((line) => line.startsWith('!'))).toEqual(['!info@0/0', '!info@0/0']);
    expect(changes.filter(({ didSeek }) => didSeek)).toHaveLength(2);
  });

  it('is not begun again where there is nothing to play', async () => {
    const { done } = playing({ speed: Infinity, times: Infinity, topics: ['other'] });
    await done;
  });

  it('does not hurry after who takes its messages slowly', async () => {
    const timers = new ManualClock();
    const player = new Player(source(), { begin: START, end: START + 900n * MS, timers });
    const at: number[] = [];
    void (async () => {
      for await (const item of player.played()) {
        if (item.kind !== 'message' || item.message.topic !== 'frame') continue;
        at.push(Math.round(1000 * timers.seconds()));
        if (at.length === 2) await new Promise<void>((resolve) => void timers.setTimeout(resolve, 2000));
      }
    })();
    await timers.advance(3);
    expect(at.slice(0, 5)).toEqual([0, 100, 2100, 2200, 2300]);
  });

  it('waits for a message after hours, in sleeps that timers can be set to, and leaves out months without any', async () => {
    const sleeps: number[] = [];
    const clock = new ManualClock();
    const timers: LiveTimers = {
      seconds: () => clock.seconds(),
      setTimeout: (callback, ms) => {
        sleeps.push(ms);
        return clock.setTimeout(callback, ms);
      },
      clearTimeout: (timer) => clock.clearTimeout(timer),
    };
    const near = 59_000;
    const far = 100n * 86_400_000n;
    const idle: number[] = [];
    const recording: PlayableSource = {
      topics: () => [],
      async *subscribe() {
        yield message('frame', 0);
        yield message('frame', near);
        yield message('frame', Number(far));
      },
      close: async () => undefined,
    };
    const player = new Player(recording, {
      begin: START,
      end: START + far * MS,
      speed: 0.01,
      timers,
      onIdle: (s) => idle.push(s),
    });
    const done = playInto(player, new MemoryBus());
    await clock.advance(5000);
    expect(idle).toEqual([]);
    await clock.advance(1000);
    expect(await done).toBe(3);
    expect(idle).toEqual([Number(far) / 1000 - 59]);
    expect(sleeps.length).toBe(2);
    expect(Math.max(...sleeps)).toBeLessThan(2 ** 31);
  });

  it('hands on an error of its recording', async () => {
    const broken: PlayableSource = {
      topics: () => [],
      async *subscribe() {
        yield message('frame', 0);
        throw new Error('damaged');
      },
      close: async () => undefined,
    };
    const player = new Player(broken, { begin: START, end: START, speed: Infinity });
    await expect(playInto(player, new MemoryBus())).rejects.toThrow('damaged');
  });
});

describe('a player that is controlled', () => {
  it('pauses, and plays on from there', async () => {
    const { timers, player, frames } = playing();
    await timers.advance(0.15);
    await player.command({ kind: 'pause' });
    await timers.advance(10);
    expect(frames()).toEqual(
      framesAt([
        [0, 0],
        [100, 100],
      ]),
    );
    expect(player.state().status).toBe('paused');
    await player.command({ kind: 'play' });
    await timers.advance(0.15);
    expect(frames()).toEqual(framesAt([[200, 10_250]]));
  });

  it('may begin paused', async () => {
    const { timers, player, frames } = playing({ startPaused: true });
    await timers.advance(1);
    expect(frames()).toEqual([]);
    await player.command({ kind: 'play' });
    await timers.advance(0.05);
    expect(frames()).toEqual(framesAt([[0, 1000]]));
  });

  it('changes its speed where it is', async () => {
    const { timers, player, frames } = playing();
    await timers.advance(0.15);
    await player.command({ kind: 'speed', speed: 10 });
    await timers.advance(0.02);
    expect(frames()).toEqual(
      framesAt([
        [0, 0],
        [100, 100],
        [200, 155],
        [300, 165],
      ]),
    );
    await expect(player.command({ kind: 'speed', speed: 0 })).rejects.toMatchObject({ code: 'USAGE' });
    expect(player.state().speed).toBe(10);
  });

  it('seeks either way while it plays, and says so before the first message there', async () => {
    const { timers, player, taken, changes } = playing();
    await timers.advance(0.25);
    taken();
    const there = player.command({ kind: 'seek', time: START + 650n * MS });
    await timers.advance(0.051);
    await there;
    expect(taken()).toEqual(['!info@700/300', 'frame@700/300']);
    expect(changes).toMatchObject([{ didSeek: true, state: { status: 'playing', currentTime: START + 650n * MS } }]);
    void player.command({ kind: 'seek', time: 0n });
    await timers.advance(0.01);
    expect(taken()).toEqual(['!info@0/301', 'frame@0/301']);
    void player.command({ kind: 'seek', time: 1n << 62n });
    await timers.advance(0.01);
    expect(taken()).toEqual(['!info@900/311', 'frame@900/311']);
  });

  it('shows the frame that it was moved to while paused', async () => {
    const { player, taken } = playing({ startPaused: true, stay: true });
    await player.command({ kind: 'seek', time: START + 450n * MS });
    expect(taken()).toEqual(['!info@500/0', 'frame@500/0']);
    expect(player.state()).toMatchObject({ status: 'paused', currentTime: START + 500n * MS });
  });

  it('steps on and back by frames, with what goes with them', async () => {
    const { player, taken } = playing({ startPaused: true, stay: true });
    await player.command({ kind: 'step', frames: 1 });
    expect(taken()).toEqual(['info@0/0', 'frame@0/0']);
    await player.command({ kind: 'step', frames: 3 });
    expect(taken().at(-1)).toBe('frame@300/0');
    await player.command({ kind: 'step', frames: -1 });
    expect(taken()).toEqual(['!info@200/0', 'frame@200/0']);
    await player.command({ kind: 'step', frames: -100 });
    expect(taken()).toEqual(['!info@0/0', 'frame@0/0']);
    await player.command({ kind: 'step', frames: 100 });
    expect(taken().at(-1)).toBe('frame@900/0');
    expect(player.state().status).toBe('ended');
    await player.command({ kind: 'step', frames: -2 });
    expect(taken().at(-1)).toBe('frame@800/0');
    expect(player.state().status).toBe('paused');
  });

  it('pauses to step, and refuses to where there are no frames', async () => {
    const { timers, player, frames } = playing();
    await timers.advance(0.25);
    frames();
    await player.command({ kind: 'step', frames: 1 });
    expect(frames()).toEqual(['frame@300/250']);
    expect(player.state().status).toBe('paused');
    const other = playing({ frameTopic: undefined as never });
    await expect(other.player.command({ kind: 'step', frames: 1 })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('stays at its end where it is told to, and starts again', async () => {
    const { timers, player, frames } = playing({ stay: true });
    await timers.advance(2);
    expect(player.state().status).toBe('ended');
    frames();
    await player.command({ kind: 'play' });
    await timers.advance(0.05);
    expect(frames()).toEqual(framesAt([[0, 2000]]));
  });

  it('carries out commands in their order, as a viewer sends them', async () => {
    const { timers, player, frames } = playing({ stay: true });
    await timers.advance(0.15);
    frames();
    const commands: PlaybackCommand[] = [
      { kind: 'pause' },
      { kind: 'speed', speed: 2 },
      { kind: 'seek', time: START + 600n * MS },
    ];
    await Promise.all(commands.map((command) => player.command(command)));
    expect(frames()).toEqual(framesAt([[600, 150]]));
    expect(player.state()).toMatchObject({ status: 'paused', speed: 2 });
  });

  it('ends when it is closed, and leaves nobody waiting', async () => {
    const { timers, player, done, recording } = playing({ startPaused: true });
    await timers.advance(0.1);
    const step = player.command({ kind: 'seek', time: START });
    player.close();
    await Promise.all([done, step]);
    expect(recording.open).toBe(0);
  });
});

describe('a player into a bus', () => {
  it('says the time at its rate, while nothing is played too', async () => {
    const { timers, taken } = playing({ clockRate: 50, topics: ['frame'] });
    await timers.advance(0.15);
    const times = taken().filter((line) => line.startsWith('time'));
    expect(times.slice(0, 4)).toEqual(['time@0/0', 'time@20/20', 'time@40/40', 'time@60/60']);
    expect(times.length).toBeGreaterThanOrEqual(7);
  });

  it('says the time at its rate where that does not go into the time between messages', async () => {
    const { timers, taken } = playing({ clockRate: 15, topics: ['frame'] });
    await timers.advance(0.9);
    const times = taken().flatMap((line) => (/^time@(\d+)/.exec(line) ?? []).slice(1).map(Number));
    expect(times.length).toBeGreaterThanOrEqual(14);
    for (const [i, time] of times.entries()) expect(Math.abs(time - (1000 * i) / 15)).toBeLessThan(3);
  });

  it('publishes messages and the time', async () => {
    const bus = new MemoryBus({ capacity: 1000 });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { topic, schemaName } of bus.subscribe())
        seen.push(schemaName === '' ? topic : `${topic} ${schemaName}`);
    })();
    await settle();
    const player = new Player(source(), { begin: START, end: START + 900n * MS, speed: Infinity, clockRate: 10 });
    expect(await playInto(player, bus)).toBe(20);
    await bus.close();
    await reading;
    expect(seen.filter((topic) => topic === 'frame')).toHaveLength(10);
    expect(seen).toContain('/clock rosgraph_msgs/msg/Clock');
  });

  it('tells whoever subscribes of a jump before the first message that it is given', async () => {
    const player = new Player(source(), { begin: START, end: START + 900n * MS, speed: Infinity, times: 2 });
    const log: string[] = [];
    const played = new PlayedSource(source(), player, { onJump: () => log.push('jump') });
    for await (const { topic, logTime } of played.subscribe(['frame'])) log.push(`${topic}@${(logTime - START) / MS}`);
    expect(log.indexOf('jump')).toBe(10);
    expect(log).toHaveLength(21);
  });
});
