import { expect, it } from 'vitest';
import { OPEN_HAND } from '../../../test/helpers/hands.js';
import { fromHandJointsMessage } from '../../messages/hand-joints-message.js';
import { recordedCodec } from '../../messages/recorded-codec.js';
import { TransformBuffer } from '../../rig/transform-buffer.js';
import { trackerConfig } from '../../tracking/config.js';
import type { BusSink } from '../../transport/port/bus.js';
import { publisherOf } from '../../transport/port/publisher.js';
import { ServedOutput } from './served-output.js';

it('retracts what it has shown before what comes after a jump in time or a reset, though the id may be the same', async () => {
  const config = trackerConfig({ output: { reference: false, markers: false, poses: false } });
  const said: string[] = [];
  const sink: BusSink = {
    advertise: (topic, codec) =>
      publisherOf(topic, codec, async (message) => {
        if (topic !== config.topics.joints) return;
        const joints = fromHandJointsMessage(recordedCodec(message).decode(message.data) as never);
        said.push(`${joints.stamp} ${joints.handId} ${joints.tracked}`);
      }),
    write: async () => undefined,
    close: async () => undefined,
  };
  const served = new (class extends ServedOutput {
    async show(stamp: bigint): Promise<void> {
      this.next(stamp);
      this.renew({ reset: () => [] });
      const hand = { id: 0, handedness: 'right' as const, positions: OPEN_HAND, confidences: new Float32Array(21) };
      await this.results.deliver(
        [{ stamp, frameId: 'camera', hands: [hand], lost: [], lagFrames: 0, details: new Map() }],
        this.results.arrived(),
      );
    }
  })({ sink, config, transforms: new TransformBuffer(config.transforms) });
  for (const stamp of [100n, 200n, 150n]) await served.show(stamp);
  served.reset();
  await served.show(160n);
  expect(said).toEqual(['100 0 true', '200 0 true', '201 0 false', '150 0 true', '151 0 false', '160 0 true']);
});
