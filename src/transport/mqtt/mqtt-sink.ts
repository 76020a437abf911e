import { VoxhandError } from '../../errors/index.js';
import type { StreamEvent } from '../../messages/index.js';
import { Counts } from '../../timing/index.js';
import { EVENT_TOPICS, EventMaker, isOptional } from '../port/event-maker.js';
import { type BusMessage, type BusSink, publisherOf } from '../port/index.js';

/** Events that the broker has not acknowledged, at most. */
const MOST_WAITING = 256;
const CONNECT_TIME = 5000;

/** As much of mqtt.js as is used here. */
export interface MqttLibrary {
  connectAsync(url: string, options: Readonly<Record<string, unknown>>): Promise<MqttClient>;
}

interface MqttClient {
  readonly connected: boolean;
  publish(
    topic: string,
    text: string,
    options: { qos: 0 | 1; retain?: boolean },
    done: (error?: Error) => void,
  ): unknown;
  on(event: 'connect' | 'error', listener: (...values: never[]) => void): unknown;
  endAsync(force?: boolean): Promise<void>;
}

export interface MqttSinkOptions {
  /** Before the names of topics; `voxhand` by default. */
  readonly prefix?: string;
  /** Names or patterns of the topics whose messages become events. */
  readonly events?: readonly string[];
  /** By default mqtt.js, which a program installs where it wants this. */
  readonly load?: () => Promise<MqttLibrary>;
}

/** A sink that publishes events to a broker. */
export interface MqttSink extends BusSink {
  /** `dropped TYPE`: events that were left out while the broker was away or did not keep up. `undecodable TOPIC`: messages that made none. */
  losses(): Readonly<Record<string, number>>;
}

/**
 * Publish gesture, pointer and enabling events as JSON (`StreamEvent`) to an MQTT broker: `<prefix>/gesture/<name>`, `<prefix>/pointer/<surface>`,
 * `<prefix>/enabling/<name>` and `<prefix>/hand`. What begins or ends something goes with QoS 1, what continues it with QoS 0; nothing is
 * retained but `<prefix>/status`, which is `online`, and `offline` by the broker's last will.
 *
 * Nothing waits for a broker that is away: an event that comes late would be about a hand of long ago. So a subscriber must treat
 * `offline` as a loss of all hands, and an enabling state as void after its `expiry`.
 *
 * @param url `mqtt://user:password@host:1883`, `mqtts:`, `ws:`, `wss:`
 * @throws VoxhandError `CONNECTION_FAILED` where mqtt.js is not installed or the broker does not answer
 */
export async function createMqttSink(url: string, options: MqttSinkOptions = {}): Promise<MqttSink> {
  const { prefix = 'voxhand', events = EVENT_TOPICS, load = loadMqtt } = options;
  const status = `${prefix}/status`;
  const { connectAsync } = await load();
  let client: MqttClient;
  try {
    const will = { topic: status, payload: 'offline', qos: 1, retain: true };
    client = await connectAsync(url, { will, connectTimeout: CONNECT_TIME, queueQoSZero: false, resubscribe: false });
  } catch (cause) {
    throw new VoxhandError('CONNECTION_FAILED', 'the MQTT broker cannot be reached', {
      expected: 'a broker that takes this client',
      found: (cause as Error).message || (cause as NodeJS.ErrnoException).code || 'nothing',
      where: shown(url),
      cause,
    });
  }
  const maker = new EventMaker(events);
  const dropped = new Counts();
  let waiting = 0;
  const say = (text: string) =>
    new Promise<void>((resolve) => void client.publish(status, text, { qos: 1, retain: true }, () => resolve()));
  client.on('error', () => undefined); // it connects again by itself
  client.on('connect', () => {
    maker.repeat();
    void say('online');
  });
  void say('online');

  const write = async (message: BusMessage): Promise<void> => {
    const event = maker.eventOf(message);
    if (event === undefined) return;
    if (!client.connected || waiting >= MOST_WAITING) return dropped.add(`dropped ${event.type}`);
    waiting++;
    client.publish(`${prefix}/${topicOf(event)}`, JSON.stringify(event), { qos: isOptional(event) ? 0 : 1 }, () => {
      waiting--;
    });
  };
  return {
    losses: () => ({ ...dropped.snapshot(), ...maker.losses() }),
    write,
    advertise: (topic, codec) =>
      publisherOf(topic, codec, write, () => client.connected && maker.takes(topic, codec.schemaName)),
    async close() {
      if (client.connected) await Promise.race([say('offline'), new Promise((resolve) => setTimeout(resolve, 500))]);
      await client.endAsync(true);
    },
  };
}

function topicOf(event: StreamEvent): string {
  switch (event.type) {
    case 'gesture':
      return `gesture/${event.gesture}`;
    case 'pointer':
      return `pointer/${event.surface}`;
    case 'enabling':
      return `enabling/${event.name}`;
    default:
      return event.type;
  }
}

async function loadMqtt(): Promise<MqttLibrary> {
  // a variable, so that the compiler does not look for an optional package
  const name: string = 'mqtt';
  try {
    return (await import(name)) as MqttLibrary;
  } catch (cause) {
    throw new VoxhandError('CONNECTION_FAILED', 'MQTT needs the package mqtt', {
      expected: 'npm install mqtt',
      found: 'none',
      cause,
    });
  }
}

/** Without its password. */
function shown(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
