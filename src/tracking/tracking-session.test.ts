import { from, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { keepingSink } from '../../test/helpers/keeping-sink.js';
import { ManualClock } from '../../test/helpers/manual-clock.js';
import { scriptedMoments } from '../../test/helpers/scripted-hands.js';
import type { GestureProfileInput } from '../gestures/gesture-profile.js';
import type { GestureEventMessage, PointerEventMessage } from '../messages/generated.js';
import { fromHandJointsMessage } from '../messages/hand-joints-message.js';
import { recordedCodec } from '../messages/recorded-codec.js';
import type { BusSink, BusSource } from '../transport/port/bus.js';
import { publisherOf } from '../transport/port/publisher.js';
import { trackerConfig } from './config.js';
import { type FrameTracker, TrackingSession } from './tracking-session.js';

const NOTHING: BusSource = {
  topics: () => [],
  subscribe: async function* () {},
  close: async () => undefined,
};

it('lets a tracker settle what may wait when the results are written, frame by frame', async () => {
  const done: string[] = [];
  const tracker: FrameTracker = {
    async track(frame) {
      const { stamp, frameId } = frame as { stamp: bigint; frameId: string };
      done.push(`tracked ${stamp}`);
      return [
        {
          stamp,
          frameId,
          hands: [],
          lost: [{ id: 0, handedness: 'right', reason: 'no-hand' }],
          lagFrames: 0,
          details: new Map(),
        },
      ];
    },
    settle: () => void done.push('settled'),
  };
  const sink: BusSink = {
    advertise: (topic, codec) =>
      publisherOf(topic, codec, async (message) => void done.push(`${topic} ${message.logTime}`)),
    write: async () => undefined,
    close: async () => undefined,
  };
  const camera = { width: 2, height: 1, fx: 2, fy: 2, cx: 1, cy: 0 };
  const frames = of(
    ...[7n, 8n].map((stamp) => ({ stamp, frameId: 'camera', width: 2, height: 1, depth: new Float32Array(2), camera })),
  );
  const config = trackerConfig({ policy: 'every', output: { reference: false, markers: false, poses: false } });
  await new TrackingSession({ source: NOTHING, sink, config, tracker, frames, live: true }).run();
  const joints = done.filter((what) => !what.startsWith('/') || what.startsWith('/hand/joints'));
  expect(joints).toEqual(['tracked 7', '/hand/joints 7', 'settled', 'tracked 8', '/hand/joints 8', 'settled']);
});

describe('after a jump in time', () => {
  const FRAMES = 20;
  const JUMP = 12;
  const PHASES = ['hover', 'down', 'move', 'up', 'cancel'];
  const moments = [...scriptedMoments([{ keys: [{ t: 0, pose: 'fist' }], id: 0 }], { until: 1 })].slice(0, FRAMES);
  const surface = { name: 'wall', interaction: 'touch' as const, width: 1, height: 0.6 };
  const gestures: GestureProfileInput = {
    gestures: ['fist'],
    surfaces: [{ ...surface, origin: [0.5, -0.3, 0.4], xAxis: [-1, 0, 0], yAxis: [0, 1, 0] }],
  };

  /** A fist that is the hand 0, and after the jump, which is no step of the stamps, the hand 1, or nothing. */
  async function seen({ live, back }: { readonly live: boolean; readonly back: boolean }): Promise<string[]> {
    let [at, id] = [0, 0];
    const tracker: FrameTracker = {
      async track() {
        const { hands, ...moment } = moments[at++]!;
        const now = id === 0 || back ? hands.map((hand) => ({ ...hand, id })) : [];
        return [{ ...moment, hands: now, lagFrames: 0, details: new Map() }];
      },
      reset: () => {
        id++;
        return [];
      },
    };
    const { sink, got } = keepingSink();
    const camera = { width: 2, height: 1, fx: 2, fy: 2, cx: 1, cy: 0 };
    let done = (): void => undefined;
    async function* frames() {
      for (const [i, { stamp, frameId }] of moments.entries()) {
        if (i === JUMP) session.jump();
        const worked = new Promise<void>((resolve) => {
          done = resolve;
        });
        yield { stamp, frameId, width: 2, height: 1, depth: new Float32Array(2), camera };
        await worked;
      }
    }
    const config = trackerConfig({ policy: 'every', gestures: { profile: 'gestures.yaml' } });
    const session: TrackingSession = new TrackingSession({
      source: NOTHING,
      sink,
      config,
      tracker,
      gestures,
      live,
      ...(live && { timers: new ManualClock() }),
      frames: from(frames()),
      onFrame: () => done(),
    });
    await session.run();
    return got.flatMap((message) => {
      const { topic } = message;
      const decoded = recordedCodec(message).decode(message.data);
      if (topic === config.topics.joints) {
        const { handId, tracked } = fromHandJointsMessage(decoded as never);
        return tracked ? [`hand ${handId}`] : [`hand ${handId} retracted`];
      }
      if (topic === '/hand/markers') {
        const { markers } = decoded as { markers: { ns: string; action: number }[] };
        return markers.flatMap(({ ns, action }) => (action === 2 || action === 3 ? [`marker ${ns} deleted`] : []));
      }
      if (topic === '/hand/gestures') {
        const { hand_id, gesture, phase } = decoded as GestureEventMessage;
        return phase === 3 ? [`hand ${hand_id} ${gesture} cancelled`] : [];
      }
      if (topic !== '/hand/pointer') return [];
      const { hand_id, phase } = decoded as PointerEventMessage;
      return PHASES[phase] === 'cancel' ? [`hand ${hand_id} pointer cancelled`] : [];
    });
  }

  it.each([
    ['a live stream', { live: true, back: true }],
    ['a recording, which goes on with another hand', { live: false, back: true }],
    ['a recording, which goes on without a hand', { live: false, back: false }],
  ])('all that was shown is retracted once, before what follows, of %s', async (_, { live, back }) => {
    const all = await seen({ live, back });
    expect(all.slice(0, JUMP)).toEqual(Array(JUMP).fill('hand 0'));
    const after = back ? Array(FRAMES - JUMP).fill('hand 1') : [];
    expect(all.slice(JUMP)).toEqual([
      ...['hand 0 retracted', ...Array(3).fill('marker hand/0 deleted')],
      ...['hand 0 fist cancelled', 'hand 0 pointer cancelled', ...after],
    ]);
  });
});
