import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';
import { SeededRandom } from '../../src/geometry/random.js';
import type { Bus, BusMessage } from '../../src/transport/port/bus.js';

/** What a network does to the bytes of a connection, each way. */
export interface Weather {
  readonly seed: number;
  /** Milliseconds that all bytes take, and up to so many more by chance; their order stays. */
  readonly delay: number;
  readonly jitter: number;
  /** Now and then nothing goes through for so long, milliseconds: after so many pieces each time. */
  readonly stall: number;
  readonly stallEvery: number;
}

/** Two buses on two hosts: topics of the one go to the other, and of the other to the one, over a TCP connection with a relay in its middle. */
export async function tcpLink(
  [near, sent]: readonly [Bus, readonly string[]],
  [far, answered]: readonly [Bus, readonly string[]],
  weather: Weather,
): Promise<{ readonly stalls: () => number; close(): Promise<void> }> {
  const sockets: Socket[] = [];
  const ends: (() => unknown)[] = [];
  let stalls = 0;
  const join = (socket: Socket, bus: Bus, topics: readonly string[]) => {
    sockets.push(socket);
    receive(socket, (message) => bus.write(message));
    const messages = bus.subscribe(topics)[Symbol.asyncIterator]();
    ends.push(() => messages.return?.());
    void (async () => {
      for (let step = await messages.next(); step.done !== true; step = await messages.next()) send(socket, step.value);
    })();
  };
  const host = await listening((socket) => join(socket, far, answered));
  const relay = await listening((socket) => {
    const onward = connect(portOf(host), '127.0.0.1');
    sockets.push(socket, onward);
    for (const [k, [from, to]] of [[socket, onward] as const, [onward, socket] as const].entries()) {
      slowly(from, to, { ...weather, seed: weather.seed + k }, () => stalls++);
    }
  });
  join(connect(portOf(relay), '127.0.0.1'), near, sent);
  return {
    stalls: () => stalls,
    async close() {
      for (const end of ends) await end();
      for (const socket of sockets) socket.destroy();
      await Promise.all([host, relay].map((server) => new Promise((closed) => server.close(closed))));
    },
  };
}

/** Passes bytes on, later. */
function slowly(from: Socket, to: Socket, { seed, delay, jitter, stall, stallEvery }: Weather, onStall: () => void) {
  const random = new SeededRandom(seed);
  let [free, pieces] = [0, 0];
  from.on('data', (piece) => {
    const isStall = ++pieces % stallEvery === 0;
    if (isStall) onStall();
    free = Math.max(free, performance.now() + delay + jitter * random.next()) + (isStall ? stall : 0);
    setTimeout(() => !to.destroyed && to.write(piece), free - performance.now());
  });
}

function send(socket: Socket, message: BusMessage): void {
  const body = serialize(message);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  if (!socket.destroyed) socket.write(Buffer.concat([head, body]));
}

function receive(socket: Socket, take: (message: BusMessage) => Promise<void>): void {
  let held: Buffer = Buffer.alloc(0);
  let line: Promise<unknown> = Promise.resolve();
  socket.on('data', (piece: Buffer) => {
    held = Buffer.concat([held, piece]);
    while (held.length >= 4 && held.length >= 4 + held.readUInt32LE(0)) {
      const end = 4 + held.readUInt32LE(0);
      const { data, ...rest } = deserialize(held.subarray(4, end));
      held = held.subarray(end);
      line = line.then(() => take({ ...rest, data: Uint8Array.from(data) })).catch(() => undefined);
    }
  });
}

async function listening(onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onSocket);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
