import { of } from 'rxjs';
import { expect, it } from 'vitest';
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
