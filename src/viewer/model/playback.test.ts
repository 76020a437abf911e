import { describe, expect, it } from 'vitest';
import type { ClientMessage, PlaybackStateMessage } from '../../transport/foxglove/protocol/index.js';
import { Playback } from './playback.js';

const SECOND = 1_000_000_000n;
const START = 100n * SECOND;
const END = 110n * SECOND;

function setUp({ step = false, connected = true } = {}) {
  const sent: ClientMessage[] = [];
  let now = 0;
  const playback = new Playback(
    (request) => {
      if (connected) sent.push(request);
      return connected;
    },
    () => now,
  );
  playback.onInfo({
    op: 'serverInfo',
    name: '',
    capabilities: ['playbackControl'],
    metadata: step ? { 'voxhand.step': 'true' } : {},
    dataStartTime: { sec: 100, nsec: 0 },
    dataEndTime: { sec: 110, nsec: 0 },
  });
  const state = (change: Partial<PlaybackStateMessage> = {}) =>
    playback.onState({
      op: 'playbackState',
      status: 'playing',
      currentTime: START + SECOND,
      speed: 1,
      didSeek: false,
      ...change,
    });
  /** The server has done what was asked for last. */
  const answer = (change: Partial<PlaybackStateMessage> = {}) => {
    const request = sent.at(-1) as { requestId: string };
    state({ requestId: request.requestId, ...change });
  };
  state();
  const last = () => sent.at(-1);
  return { playback, sent, state, answer, last, wait: (ms: number) => (now += ms) };
}

describe('playback', () => {
  it('is not offered by a live server, nor by one that does not say from when to when', () => {
    const playback = new Playback(() => true);
    playback.onInfo({ op: 'serverInfo', name: '', capabilities: [] });
    expect(playback.view).toBeUndefined();
    playback.onInfo({ op: 'serverInfo', name: '', capabilities: ['playbackControl'] });
    expect(playback.view).toBeUndefined();
    expect(playback.isRunning).toBe(true);
    playback.toggle();
    playback.step(1);
  });

  it('shows the time of what was seen last, within the recording', () => {
    const { playback } = setUp();
    expect(playback.view).toEqual({ status: 'playing', time: START + SECOND, speed: 1, start: START, end: END });
    playback.onFrame(START + 2n * SECOND);
    expect(playback.view?.time).toBe(START + 2n * SECOND);
    playback.onTime(END + 1n);
    expect(playback.view?.time).toBe(END);
    playback.onTime(0n);
    expect(playback.view?.time).toBe(START);
  });

  it('pauses, and plays on at the same speed', () => {
    const { playback, last, answer } = setUp();
    playback.toggle();
    expect(last()).toMatchObject({ op: 'playbackControlRequest', command: 'pause', speed: 1 });
    answer({ status: 'paused', speed: 0.5 });
    expect(playback.isRunning).toBe(false);
    playback.toggle();
    expect(last()).toMatchObject({ command: 'play', speed: 0.5 });
    expect(last()).not.toHaveProperty('seekTime');
  });

  it('toggled twice before an answer ends as it began', () => {
    const { playback, sent, answer } = setUp();
    playback.toggle();
    playback.toggle();
    expect(sent).toHaveLength(1);
    answer({ status: 'paused' });
    expect(sent.map((request) => (request as { command: string }).command)).toEqual(['pause', 'play']);
  });

  it('begins again where it is at its end', () => {
    const { playback, last, state } = setUp();
    state({ status: 'ended', currentTime: END });
    playback.toggle();
    expect(last()).toMatchObject({ command: 'play', seekTime: START });
  });

  it('seeks one place at a time, and of places asked for meanwhile to the last', () => {
    const { playback, sent, answer } = setUp();
    for (let i = 1n; i <= 50n; i++) playback.seek(START + i);
    expect(sent).toHaveLength(1);
    answer();
    expect(sent.map((request) => (request as { seekTime: bigint }).seekTime)).toEqual([START + 1n, START + 50n]);
    answer();
    expect(sent).toHaveLength(2);
  });

  it('seeks within the recording and stays as it was', () => {
    const { playback, last, answer } = setUp();
    playback.seek(0n);
    expect(last()).toMatchObject({ command: 'play', seekTime: START });
    answer({ status: 'paused' });
    playback.seek(END * 2n);
    expect(last()).toMatchObject({ command: 'pause', seekTime: END });
  });

  it('jumps from where it was asked to go, not from where it still is', () => {
    const { playback, sent, answer } = setUp();
    playback.seek(START + 5n * SECOND);
    playback.jump(SECOND);
    playback.jump(SECOND);
    answer({ currentTime: START + 5n * SECOND });
    expect(sent.at(-1)).toMatchObject({ seekTime: START + 7n * SECOND });
    answer({ currentTime: START + 7n * SECOND });
    playback.jump(-100n * SECOND);
    expect(sent.at(-1)).toMatchObject({ seekTime: START });
  });

  it('goes on without an answer that never comes', () => {
    const { playback, sent, wait } = setUp();
    playback.pause();
    playback.seek(START);
    playback.tick();
    expect(sent).toHaveLength(1);
    wait(2000);
    playback.tick();
    expect(sent).toHaveLength(2);
  });

  it('steps by frames where the server can, all steps that were asked for', () => {
    const { playback, sent, answer } = setUp({ step: true });
    playback.step(1);
    playback.step(1);
    playback.step(1);
    playback.step(-1);
    expect(sent).toMatchObject([{ op: 'voxhandStep', frames: 1 }]);
    answer({ status: 'paused' });
    expect(sent).toMatchObject([{ frames: 1 }, { op: 'voxhandStep', frames: 1 }]);
    answer({ status: 'paused' });
    expect(sent).toHaveLength(2);
  });

  it('steps by seeking to frames that were seen where the server cannot', () => {
    const { playback, sent, answer } = setUp();
    const frames = [0n, 40n, 80n, 119n, 160n].map((ms) => START + ms * 1_000_000n);
    for (const frame of frames) playback.onFrame(frame);
    playback.step(-1);
    expect(sent.at(-1)).toMatchObject({ command: 'pause', seekTime: frames[3] });
    playback.step(-1);
    answer({ status: 'paused', currentTime: frames[3] });
    expect(sent.at(-1)).toMatchObject({ command: 'pause', seekTime: frames[2] });
  });

  it.each([
    [1, 1, 2],
    [1, -1, 0.5],
    [0.1, -1, undefined],
    [8, 1, undefined],
    [0.3, 1, 0.5],
    [Math.fround(0.1), 1, 0.25],
  ] as const)('at speed %f goes %i to %s', (speed, direction, expected) => {
    const { playback, sent, state } = setUp();
    state({ speed });
    playback.changeSpeed(direction);
    expect((sent.at(-1) as { speed: number } | undefined)?.speed).toBe(expected);
  });

  it('goes to a moment and pauses there, whatever it did before', () => {
    const { playback, answer, last } = setUp();
    playback.show(START + 3n * SECOND);
    expect(last()).toMatchObject({ command: 'pause', seekTime: START + 3n * SECOND });
    expect(playback.isSettled).toBe(false);
    answer({ status: 'paused', currentTime: START + 3n * SECOND });
    expect(playback.isSettled).toBe(true);
    playback.show(END + SECOND);
    expect(last()).toMatchObject({ seekTime: END });
  });

  it('forgets what was asked for when the connection ends', () => {
    const { playback, sent } = setUp();
    playback.pause();
    playback.seek(START);
    playback.reset();
    playback.tick();
    expect(playback.view).toBeUndefined();
    expect(sent).toHaveLength(1);
  });

  it('asks for nothing twice where it cannot be sent', () => {
    const { playback } = setUp({ connected: false });
    playback.pause();
    expect(playback.view?.status).toBe('playing');
  });
});
