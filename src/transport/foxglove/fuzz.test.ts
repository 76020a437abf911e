import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { OracleViewer, until } from '../../../test/helpers/foxglove.js';
import { VoxhandError } from '../../errors/voxhand-error.js';
import { SeededRandom } from '../../geometry/random.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import { toPointStamped } from '../../messages/points.js';
import { type ClientMessage, encodeClientMessage, parseClientMessage, parseServerMessage } from './protocol/index.js';
import { createFoxgloveServer } from './server/foxglove-server.js';

const MESSAGES: readonly ClientMessage[] = [
  { op: 'subscribe', subscriptions: [{ id: 1, channelId: 1 }] },
  { op: 'unsubscribe', subscriptionIds: [1] },
  { op: 'advertise', channels: [{ id: 1, topic: '/a', encoding: 'json', schemaName: 'A', schema: '{}' }] },
  { op: 'unadvertise', channelIds: [1] },
  { op: 'getParameters', parameterNames: ['p'], id: 'i' },
  { op: 'setParameters', parameters: [{ name: 'p', value: [1, { a: 'b' }], type: 'float64_array' }], id: 'i' },
  { op: 'subscribeParameterUpdates', parameterNames: [] },
  { op: 'unsubscribeParameterUpdates', parameterNames: [] },
  { op: 'subscribeConnectionGraph' },
  { op: 'unsubscribeConnectionGraph' },
  { op: 'fetchAsset', uri: 'u', requestId: 1 },
  { op: 'voxhandStep', frames: 1 },
  { op: 'messageData', channelId: 1, data: Uint8Array.of(123, 125) },
  { op: 'serviceCallRequest', serviceId: 1, callId: 1, encoding: 'json', data: Uint8Array.of(123, 125) },
  { op: 'playbackControlRequest', command: 'play', speed: 1, seekTime: 5n, requestId: 'r' },
];

/** Values that programs stumble over. */
const ODD = [
  'null',
  '-1',
  '1e99',
  '4294967296',
  '""',
  '[]',
  '{}',
  '[[[[]]]]',
  'true',
  '"\\u0000"',
  '"__proto__"',
  '0.1',
];

/** Messages that are right, nearly right, and nothing at all, as text or bytes. */
class Fuzzer {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  next(): string | Uint8Array {
    const encoded = encodeClientMessage(this.#one(MESSAGES));
    switch (this.#below(5)) {
      case 0:
        return encoded;
      case 1:
        return typeof encoded === 'string' ? this.#oddText(encoded) : this.#oddBytes(encoded);
      case 2:
        return encoded.slice(0, this.#below(encoded.length + 1));
      case 3:
        return this.#noise();
      default:
        return typeof encoded === 'string' ? new TextEncoder().encode(encoded) : new TextDecoder().decode(encoded);
    }
  }

  #oddText(text: string): string {
    const odd = text.replaceAll(/"[^"]*"|[0-9]+|\[[^\]]*\]/g, (token) =>
      this.#below(4) === 0 ? this.#one(ODD) : token,
    );
    const at = this.#below(odd.length);
    return this.#below(2) === 0
      ? odd
      : odd.slice(0, at) + String.fromCharCode(this.#below(0x10000)) + odd.slice(at + 1);
  }

  #oddBytes(bytes: Uint8Array): Uint8Array {
    const odd = bytes.slice();
    for (let i = 0; i < 3; i++) odd[this.#below(odd.length)] = this.#below(256);
    return odd;
  }

  #noise(): Uint8Array {
    return Uint8Array.from({ length: this.#below(64) }, () => this.#below(256));
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#below(items.length)];
  }

  #below(limit: number): number {
    return this.#random.integer(limit);
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function usedMegabytes(): number {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}

describe('fuzzed client messages', () => {
  it('are each a message or a typed error, 100,000 of them, and nothing is left behind', () => {
    const fuzzer = new Fuzzer(1);
    const outcomes = { parsed: 0, refused: 0 };
    for (let i = 0; i < 2000; i++) outcome(fuzzer.next());
    const before = usedMegabytes();
    for (let i = 0; i < 100_000; i++) outcomes[outcome(fuzzer.next())]++;
    expect(usedMegabytes() - before).toBeLessThan(5);
    expect(outcomes.parsed).toBeGreaterThan(10_000);
    expect(outcomes.refused).toBeGreaterThan(10_000);

    function outcome(data: string | Uint8Array): 'parsed' | 'refused' {
      try {
        parseClientMessage(data);
        return 'parsed';
      } catch (error) {
        if (error instanceof VoxhandError && error.code === 'MESSAGE_INVALID') return 'refused';
        throw new Error(`${String(error)} for ${typeof data === 'string' ? data : Buffer.from(data).toString('hex')}`);
      }
    }
  });

  it('as from a server are each a message, nothing we know, or a typed error', () => {
    const fuzzer = new Fuzzer(2);
    for (let i = 0; i < 20_000; i++) {
      try {
        parseServerMessage(fuzzer.next());
      } catch (error) {
        expect(error).toMatchObject({ code: 'MESSAGE_INVALID' });
      }
    }
  });

  it('over a socket neither end the server, nor the connection, nor other viewers', async () => {
    const server = await createFoxgloveServer({
      port: 0,
      clientPublish: { topics: ['/a'], encodings: ['json'], onMessage: () => undefined },
      parameters: { readable: ['**'], writable: ['**'], get: () => [{ name: 'p', value: 1 }], set: () => undefined },
    });
    const point = server.advertise('/point', cdrCodec('geometry_msgs/msg/PointStamped'));
    const other = new OracleViewer(server.urls.socket);
    await other.subscribe('/point');
    await until(() => point.wanted(), 'subscription');

    const socket = new WebSocket(server.urls.socket, ['foxglove.sdk.v1']);
    let answers = 0;
    let end: number | undefined;
    socket.on('message', () => answers++);
    socket.on('close', (code) => {
      end = code;
    });
    await new Promise((resolve) => socket.once('open', resolve));
    const fuzzer = new Fuzzer(3);
    const round = async (messages: number) => {
      for (let i = 0; i < messages; i++) {
        const data = fuzzer.next();
        socket.send(data, { binary: typeof data !== 'string' });
      }
      // an answer to a question at the end: all before it has been worked on
      const before = answers;
      socket.send(JSON.stringify({ op: 'fetchAsset', uri: '', requestId: 1 }));
      await until(() => answers > before && socket.bufferedAmount === 0, 'answers');
    };
    await round(500);
    const before = usedMegabytes();
    for (let i = 0; i < 10; i++) await round(500);
    expect(usedMegabytes() - before).toBeLessThan(10);
    expect(end).toBeUndefined();
    expect(server.clients()).toHaveLength(2);
    await point.publish(toPointStamped(1n, 'c', [0, 0, 1]), 1n);
    await other.messages('/point', 1);
    expect(other.heard.errors).toEqual([]);
    socket.terminate();
    other.socket.terminate();
    await server.close();
  });
});
