import { describe, expect, it } from 'vitest';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { toPointStamped } from '../../messages/points.js';
import type { BusMessage, BusSink } from './bus.js';
import { publisherOf } from './publisher.js';
import { teeSink } from './tee-sink.js';

const codec = cdrCodec('geometry_msgs/msg/PointStamped');
const point = toPointStamped(1n, 'camera', [0, 0, 1]);

/** A sink that keeps what it gets, or throws. */
function sink({ wanted = true, failure }: { wanted?: boolean; failure?: Error } = {}) {
  const got: BusMessage[] = [];
  const state = { got, closed: false };
  const write: BusSink['write'] = async (message) => {
    if (failure !== undefined) throw failure;
    got.push(message);
  };
  const it: BusSink = {
    write,
    advertise: (topic, codec) => publisherOf(topic, codec, write, () => wanted),
    close: async () => {
      state.closed = true;
    },
  };
  return { ...state, state, sink: it };
}

describe('several sinks as one', () => {
  it('give each message to those that want it', async () => {
    const [viewer, recording] = [sink({ wanted: false }), sink()];
    const publisher = teeSink([viewer.sink, recording.sink]).advertise('p', codec);
    expect(publisher.wanted()).toBe(true);
    await publisher.publish(point, 1n);
    expect([viewer.got.length, recording.got.length]).toEqual([0, 1]);
  });

  it('want nothing when none of them does', () => {
    const publisher = teeSink([sink({ wanted: false }).sink, sink({ wanted: false }).sink]).advertise('p', codec);
    expect(publisher.wanted()).toBe(false);
  });

  it('let the others have theirs when one fails, and then say so', async () => {
    const [broken, whole] = [sink({ failure: new Error('disk') }), sink()];
    const publisher = teeSink([broken.sink, whole.sink]).advertise('p', codec);
    await expect(publisher.publish(point, 1n)).rejects.toThrow('disk');
    expect(whole.got).toHaveLength(1);
  });

  it('are closed together', async () => {
    const [a, b] = [sink(), sink()];
    await teeSink([a.sink, b.sink]).close();
    expect([a.state.closed, b.state.closed]).toEqual([true, true]);
  });
});
