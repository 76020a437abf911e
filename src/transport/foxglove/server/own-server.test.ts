import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OracleViewer, until } from '../../../../test/helpers/foxglove.js';
import { jsonCodec } from '../../../messages/json-codec.js';
import { createFoxgloveServer } from './foxglove-server.js';

const scene = jsonCodec('foxglove.SceneUpdate');

describe('a Foxglove server within an HTTP server of the program', () => {
  const http = () => createServer((request, response) => response.end(`my page ${request.url}`));
  let server = http();
  beforeEach(async () => {
    server = http().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = () => (server.address() as AddressInfo).port;

  it('takes the connections to its path, and leaves requests and the server to the program', async () => {
    const foxglove = await createFoxgloveServer({ server, path: '/hands' });
    expect(foxglove.urls.socket).toBe(`ws://127.0.0.1:${port()}/hands`);
    const publisher = foxglove.advertise('/hand/scene', scene);
    const viewer = new OracleViewer(foxglove.urls.socket);
    await viewer.subscribe('/hand/scene');
    await until(() => publisher.wanted(), 'a subscription');
    await publisher.publish({ deletions: [], entities: [] }, 5n);
    const [message] = await viewer.messages('/hand/scene', 1);
    expect(message.timestamp).toBe(5n);

    const page = `http://127.0.0.1:${port()}/index.html`;
    expect(await (await fetch(page)).text()).toBe('my page /index.html');
    await foxglove.close();
    expect(await viewer.closed).toBe(1001);
    expect(await (await fetch(page)).text()).toBe('my page /index.html');
    expect(server.listenerCount('upgrade')).toBe(0);
  });

  it('refuses a connection to another path where nobody else takes it', async () => {
    const foxglove = await createFoxgloveServer({ server, path: '/hands' });
    const other = new OracleViewer(`ws://127.0.0.1:${port()}/other`);
    other.socket.on('error', () => undefined);
    expect(await other.closed).toBe(1006);
    expect(foxglove.clients()).toEqual([]);
    await foxglove.close();
  });

  it('leaves other paths to whoever else takes connections', async () => {
    const foxglove = await createFoxgloveServer({ server, path: '/hands' });
    server.on('upgrade', (request, socket) => {
      if (request.url === '/mine') socket.end('HTTP/1.1 418 Mine\r\n\r\n');
    });
    const mine = new OracleViewer(`ws://127.0.0.1:${port()}/mine`);
    const [error] = await once(mine.socket, 'error');
    expect(error.message).toContain('418');
    await foxglove.close();
  });

  it.each([
    ['one that does not listen', () => ({ server: createServer() }), 'USAGE'],
    ['one beside a port', () => ({ server, port: 8765 }), 'USAGE'],
    ['one beside a page', () => ({ server, page: 'dist/viewer' }), 'USAGE'],
  ])('refuses %s', async (_, options, code) => {
    await expect(createFoxgloveServer(options())).rejects.toMatchObject({ code });
  });

  it('refuses one that others can reach, without a token', async () => {
    const open = createServer().listen(0, '0.0.0.0');
    await once(open, 'listening');
    await expect(createFoxgloveServer({ server: open })).rejects.toMatchObject({ code: 'SERVER_FAILED' });
    const token = '0123456789abcdef';
    const foxglove = await createFoxgloveServer({ server: open, token });
    await foxglove.close();
    open.close();
  });
});
