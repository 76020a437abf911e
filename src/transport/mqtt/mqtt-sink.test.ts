import { describe, expect, it } from 'vitest';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { toEnablingStateMessage, toGestureEventMessage } from '../../messages/gesture-messages.js';
import { createMqttSink } from './mqtt-sink.js';

const GESTURE = cdrCodec('voxhand_msgs/msg/GestureEvent');

/** A broker's client that keeps what it is given. */
function broker() {
  const sent: { topic: string; text: string; qos: number; retain?: boolean | undefined }[] = [];
  const listeners = new Map<string, () => void>();
  const state = { connected: true, acknowledges: true, asked: {} as Readonly<Record<string, unknown>>, ended: false };
  const client = {
    get connected() {
      return state.connected;
    },
    publish(topic: string, text: string, { qos, retain }: { qos: number; retain?: boolean }, done: () => void) {
      sent.push({ topic, text, qos, retain });
      if (state.acknowledges) done();
    },
    on: (event: string, listener: () => void) => listeners.set(event, listener),
    endAsync: async () => {
      state.ended = true;
    },
  };
  const load = async () => ({
    connectAsync: async (_: string, options: Readonly<Record<string, unknown>>) => {
      state.asked = options;
      return client;
    },
  });
  return { sent, state, load, again: () => listeners.get('connect')?.() };
}

function fist(phase: 'BEGIN' | 'UPDATE' | 'END') {
  return toGestureEventMessage({
    ...{ stamp: 1_500_000_000n, frameId: 'camera', handId: 1, handedness: 'right', gesture: 'fist', phase },
    ...{ confidence: 1, position: [0, 0, 0.5], direction: [0, 0, 0], duration: 0, reason: 'held' },
  });
}

describe('an MQTT broker', () => {
  it('gets events as JSON on a topic each, what begins and ends for certain, and a last will', async () => {
    const { sent, state, load } = broker();
    const sink = await createMqttSink('mqtt://plc:1883', { prefix: 'cell', load });
    expect(state.asked).toMatchObject({ will: { topic: 'cell/status', payload: 'offline', qos: 1, retain: true } });
    const gestures = sink.advertise('/hand/gestures', GESTURE);
    expect(gestures.wanted()).toBe(true);
    for (const phase of ['BEGIN', 'UPDATE', 'END'] as const) await gestures.publish(fist(phase), 1n);
    const state7 = { name: 'run', handId: 1, sequence: 7, expiry: 0.1, reason: 'held', since: 0n, stamp: 1n };
    const enabling = sink.advertise('/hand/enabling', cdrCodec('voxhand_msgs/msg/EnablingState'));
    await enabling.publish(toEnablingStateMessage({ ...state7, engaged: true }), 1n);
    await enabling.publish(toEnablingStateMessage({ ...state7, engaged: false }), 1n);
    await sink.close();
    expect(sent.map(({ topic, qos, retain }) => `${topic} ${qos}${retain === true ? ' retained' : ''}`)).toEqual([
      'cell/status 1 retained',
      ...['cell/gesture/fist 1', 'cell/gesture/fist 0', 'cell/gesture/fist 1'],
      ...['cell/enabling/run 0', 'cell/enabling/run 1'],
      'cell/status 1 retained',
    ]);
    expect(JSON.parse(sent[1].text)).toMatchObject({
      v: 1,
      type: 'gesture',
      gesture: 'fist',
      phase: 'begin',
      time: 1.5,
    });
    expect([sent[0].text, sent.at(-1)?.text, state.ended]).toEqual(['online', 'offline', true]);
  });

  it('that is away or does not keep up gets nothing late: events are left out and counted', async () => {
    const { sent, state, load, again } = broker();
    const sink = await createMqttSink('mqtt://plc', { load });
    state.connected = false;
    await sink.write({
      ...GESTURE,
      topic: '/hand/gestures',
      logTime: 1n,
      publishTime: 1n,
      sequence: 0,
      data: GESTURE.encode(fist('BEGIN')),
    });
    expect(sink.advertise('/hand/gestures', GESTURE).wanted()).toBe(false);
    state.connected = true;
    again();
    state.acknowledges = false;
    const gestures = sink.advertise('/hand/gestures', GESTURE);
    for (let i = 0; i < 300; i++) await gestures.publish(fist('UPDATE'), 1n);
    await sink.write({
      ...GESTURE,
      topic: '/a/gestures',
      logTime: 1n,
      publishTime: 1n,
      sequence: 0,
      data: new Uint8Array(7),
    });
    expect(sink.losses()).toEqual({ 'dropped gesture': 1 + 300 - 256, 'undecodable /a/gestures': 1 });
    expect(sent.filter(({ topic }) => topic === 'voxhand/gesture/fist')).toHaveLength(256);
    expect(sent.filter(({ text }) => text === 'online')).toHaveLength(2);
  });

  it('that cannot be reached is named without its password, and a missing package with the remedy', async () => {
    const load = async () => ({ connectAsync: () => Promise.reject(new Error('connect ECONNREFUSED')) });
    await expect(createMqttSink('mqtt://me:secret@plc:1883', { load })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      where: 'mqtt://plc:1883',
      found: 'connect ECONNREFUSED',
    });
    await expect(createMqttSink('mqtt://plc')).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      expected: 'npm install mqtt',
    });
  });
});
