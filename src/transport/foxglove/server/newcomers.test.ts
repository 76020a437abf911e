import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, test } from 'vitest';
import { OracleViewer, until } from '../../../../test/helpers/foxglove.js';
import { serving } from '../../../../test/helpers/foxglove-serving.js';
import { selfSigned } from '../../../../test/helpers/self-signed.js';
import { slowness } from '../../../../test/helpers/slowness.js';
import { Newcomers } from './newcomers.js';

const TOKEN = 'a-token.of_some~Length';
const { ends, serve } = serving();

/** Opens connections that say nothing, or half of what they should, and a new one for each that is closed; reports how many. */
const CROWD = `
const { connect } = require('node:net');
const [port, most, atOnce] = process.argv.slice(1).map(Number);
let opened = 0;
const open = () => {
  if (opened >= most) return;
  const socket = connect(port, '127.0.0.1');
  if (++opened % 2 === 0) socket.write('GET / HTTP/1.1\\r\\nHost: x\\r\\n');
  socket.on('error', () => undefined);
  socket.on('close', open);
  if (opened % 500 === 0) console.log(opened);
};
for (let i = 0; i < atOnce; i++) open();
setInterval(() => undefined, 1000);
`;

async function secondsToConnect(url: string): Promise<number> {
  const began = performance.now();
  const viewer = new OracleViewer(url);
  await until(() => viewer.heard.infos.length > 0, 'server info');
  const seconds = (performance.now() - began) / 1000;
  await viewer.close();
  return seconds;
}

test('10,000 connections from one address that say nothing keep nobody out who has the token', async () => {
  const server = await serve({ token: TOKEN });
  const crowd = spawn(process.execPath, ['-e', CROWD, `${server.port}`, '10000', '500']);
  ends.push(() => crowd.kill());
  let opened = 0;
  crowd.stdout.on('data', (lines: Buffer) => {
    opened = Number(lines.toString().trim().split('\n').at(-1));
  });
  const slow = slowness();
  const seconds: number[] = [];
  while (opened < 10_000) {
    const before = opened;
    seconds.push(await secondsToConnect(server.urls.socket));
    await until(() => opened > before, 'more of the crowd');
  }
  seconds.push(await secondsToConnect(server.urls.socket));
  expect(Math.max(...seconds)).toBeLessThan(2 * Math.max(slow, slowness()));
  expect(server.refusals()['too-many-connections']).toBeGreaterThan(9000);
}, 600_000);

describe('a connection', () => {
  test.each([
    ['says nothing', ''],
    ['says half of what it wants', 'GET / HTTP/1.1\r\nHost: x\r\n'],
  ])(
    'that %s is closed in seconds',
    async (_, said) => {
      const server = await serve({ token: TOKEN });
      const began = performance.now();
      const socket = connect(server.port, '127.0.0.1');
      socket.write(said);
      socket.resume();
      await once(socket, 'close');
      expect(performance.now() - began).toBeLessThan(20_000 * slowness());
    },
    120_000,
  );

  it('that leaves the TLS handshake open is closed in seconds', async () => {
    const server = await serve({ token: TOKEN, tls: selfSigned() });
    const began = performance.now();
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    await once(socket, 'close');
    expect(performance.now() - began).toBeLessThan(20_000 * slowness());
  }, 120_000);

  it('of a viewer stays, however many come after it', async () => {
    const server = await serve({ token: TOKEN });
    const viewer = new OracleViewer(server.urls.socket);
    await until(() => viewer.heard.infos.length > 0, 'server info');
    const crowd = Array.from({ length: 300 }, () => connect(server.port, '127.0.0.1').on('error', () => undefined));
    ends.push(() => crowd.map((socket) => socket.destroy()));
    await until(() => (server.refusals()['too-many-connections'] ?? 0) >= 44, 'drops');
    expect(server.clients()).toHaveLength(1);
    await viewer.close();
  });
});

describe('newcomers', () => {
  const attended = () => {
    const server = new EventEmitter() as unknown as Server;
    let drops = 0;
    const newcomers = new Newcomers(() => drops++);
    newcomers.attend(server);
    let port = 1;
    const come = (remoteAddress: string) => {
      const socket = Object.assign(new EventEmitter(), {
        ...{ remoteAddress, remotePort: port++, destroyed: false },
        destroy: () => {
          socket.destroyed = true;
        },
      });
      server.emit('connection', socket as unknown as Socket);
      return socket;
    };
    return { server, newcomers, come, drops: () => drops };
  };

  it('lose the one that has waited longest when an address has more than 256, and one that asked for a page waits anew', () => {
    const { server, come, drops } = attended();
    const crowd = Array.from({ length: 256 }, () => come('10.0.0.1'));
    server.emit('request', { socket: crowd[0] });
    come('10.0.0.1');
    expect(drops()).toBe(1);
    expect(crowd.flatMap(({ destroyed }, i) => (destroyed ? [i] : []))).toEqual([1]);
  });

  it('of one address alone go where there are too many in all; a network of IPv6 counts as one address', () => {
    const { come, drops } = attended();
    const others = Array.from({ length: 1000 }, (_, i) => come(`10.0.${i >> 8}.${i & 255}`));
    const crowd = Array.from({ length: 256 }, (_, i) => come(`2001:db8::${i.toString(16)}:1`));
    expect(drops()).toBe(232);
    expect(others.filter(({ destroyed }) => destroyed)).toEqual([]);
    expect(crowd.filter(({ destroyed }) => destroyed)).toHaveLength(232);
  });

  it('are no newcomers once they are released or closed', () => {
    const { newcomers, come, drops } = attended();
    for (let i = 0; i < 300; i++) {
      const socket = come('::1');
      if (i % 2 === 0) newcomers.release(socket);
      else socket.emit('close');
    }
    expect(drops()).toBe(0);
  });
});
