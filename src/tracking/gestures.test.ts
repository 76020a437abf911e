import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepingSink } from '../../test/helpers/keeping-sink.js';
import { ManualClock } from '../../test/helpers/manual-clock.js';
import { scriptedMoments, secondsOf } from '../../test/helpers/scripted-hands.js';
import type { GestureProfileInput } from '../gestures/gesture-profile.js';
import type { GestureEventMessage, PointerEventMessage } from '../messages/generated.js';
import { recordedCodec } from '../messages/recorded-codec.js';
import { TransformBuffer } from '../rig/transform-buffer.js';
import type { BusMessage } from '../transport/port/bus.js';
import { trackerConfig } from './config.js';
import { Counters } from './counters.js';
import { loadGestures } from './load-gestures.js';
import { eventTopics, handTopics } from './output-topics.js';
import { ResultOutput } from './result-output.js';

const NAMES = ['begin', 'update', 'end', 'cancel'];
const FIST = { keys: [{ t: 0, pose: 'fist' as const }], id: 4 };
const [first, ...rest] = [...scriptedMoments([FIST], { until: 0.5 })].map((moment) => ({
  ...moment,
  details: new Map(),
}));

type Triple = [number, number, number];

function output(timers?: ManualClock, gestures: GestureProfileInput = { gestures: ['fist'] }) {
  const config = trackerConfig({ gestures: { profile: 'gestures.yaml' } });
  const { sink, got } = keepingSink();
  const transforms = new TransformBuffer(config.transforms);
  const counters = new Counters();
  const results = new ResultOutput({
    ...{ sink, config, counters, transforms, timers },
    gestures,
  });
  const events = () =>
    got
      .filter(({ topic }) => topic === '/hand/gestures')
      .map((message) => recordedCodec(message).decode(message.data) as GestureEventMessage)
      .filter(({ phase }) => phase !== 1)
      .map(({ hand_id, gesture, phase, reason }) => `hand ${hand_id} ${gesture} ${NAMES[phase]}: ${reason}`);
  return { results, events, got, transforms };
}

describe('gestures of what goes out', () => {
  it('are published after the joints that they come from, with the same stamp', async () => {
    const { results, events, got } = output();
    await results.deliver([first, ...rest]);
    expect(events()).toEqual([expect.stringMatching(/^hand 4 fist begin: ./)]);
    const at = got.findIndex(({ topic }) => topic === '/hand/gestures');
    const joints = got.slice(0, at).findLast(({ topic }) => topic === '/hand/joints');
    expect(joints?.logTime).toBe(got[at].logTime);
  });

  it('are cancelled when the hand is retracted by a stop', async () => {
    const timers = new ManualClock();
    const { results, events } = output(timers);
    for (const moment of [first, ...rest]) {
      await timers.advance(1 / 30);
      await results.deliver([moment]);
    }
    await results.leave('deactivated');
    expect(events()).toEqual([
      expect.stringContaining('fist begin'),
      'hand 4 fist cancel: the hand is lost: retracted',
    ]);
  });

  it('are cancelled 100 ms after a camera fell silent, before the hand is retracted', async () => {
    const timers = new ManualClock();
    const { results, events, got } = output(timers);
    for (const moment of [first, ...rest]) {
      await timers.advance(1 / 30);
      results.alive();
      await results.deliver([moment], results.arrived());
    }
    await timers.advance(0.099);
    expect(events()).toHaveLength(1);
    await timers.advance(0.003);
    expect(events()).toEqual([expect.anything(), 'hand 4 fist cancel: no result for 0.10 s']);
    const cancel = got.at(-1) as BusMessage;
    expect(cancel.topic).toBe('/hand/gestures');
    expect(secondsOf(cancel.logTime) - secondsOf(rest[rest.length - 1].stamp)).toBeCloseTo(0.101, 3);
    await timers.advance(1);
    expect(events()).toHaveLength(2);
  });
});

it('surfaces lie where the transforms say, and are not operated where those are missing', async () => {
  const wall = {
    ...{ name: 'wall', frame: 'room', interaction: 'touch' as const, width: 1, height: 0.6 },
    ...{ origin: [2.5, 0.7, 0.4] as Triple, xAxis: [-1, 0, 0] as Triple, yAxis: [0, 1, 0] as Triple },
  };
  const cursorsOn = async (known: boolean) => {
    const { results, got, transforms } = output(undefined, { surfaces: [wall], gestures: [] });
    const transform = { translation: [2, 1, 0], rotation: [0, 0, 0, 1] } as const;
    if (known) transforms.add({ parent: 'room', child: 'camera', stamp: 0n, transform }, true);
    await results.deliver([first, ...rest]);
    const decoded = got
      .filter(({ topic }) => topic === '/hand/pointer')
      .map((message) => recordedCodec(message).decode(message.data) as PointerEventMessage);
    return decoded.map(({ surface, phase, u, v }) => [surface, phase, u, v] as const);
  };
  expect(await cursorsOn(false)).toEqual([]);
  const cursors = await cursorsOn(true);
  expect(cursors.length).toBeGreaterThan(10);
  for (const [surface, , u, v] of cursors) {
    expect(surface).toBe('wall');
    expect(Math.hypot(u - 0.5, v - 0.5)).toBeLessThan(0.15);
  }
});

describe('the profile of gestures', () => {
  it('makes topics of results, and nothing without it', () => {
    const topics = (profile: string) => handTopics(trackerConfig({ namespace: 'cell', gestures: { profile } }));
    expect(topics('a.yaml').filter((topic) => !topics('').includes(topic))).toEqual([
      ...['/cell/hand/gestures', '/cell/hand/pointer', '/cell/hand/enabling'],
    ]);
    expect(eventTopics(trackerConfig())).toEqual([]);
  });

  it('is read from a file, and its faults are named with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gestures-'));
    const file = (text: string) => {
      const path = join(folder, 'profile.yaml');
      writeFileSync(path, text);
      return trackerConfig({ gestures: { profile: path } });
    };
    expect(await loadGestures(trackerConfig())).toBeUndefined();
    expect(await loadGestures(file('frame_rate: 60\ngestures: [fist]\n'))).toMatchObject({
      frameRate: 60,
      gestures: ['fist'],
    });
    await expect(loadGestures(file('gestures: [fist]\nspeed: 3\n'))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/speed.*profile\.yaml/s),
    });
    await expect(loadGestures(trackerConfig({ gestures: { profile: '/no/such.yaml' } }))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
});
