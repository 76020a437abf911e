import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { OracleViewer, refusalOf, until } from '../../../../test/helpers/foxglove.js';
import { serving } from '../../../../test/helpers/foxglove-serving.js';
import { selfSigned } from '../../../../test/helpers/self-signed.js';
import { cdrCodec } from '../../../messages/cdr-codec.js';
import { toPointStamped } from '../../../messages/points.js';
import { createFoxgloveServer, type FoxgloveServer } from './foxglove-server.js';

const points = cdrCodec('geometry_msgs/msg/PointStamped');
const OURS = ['foxglove.sdk.v1'];
const TOKEN = 'a-token.of_some~Length';

const { ends, serve } = serving();

function view(url: string, options = {}): OracleViewer {
  const viewer = new OracleViewer(url, options);
  ends.push(() => viewer.socket.terminate());
  return viewer;
}

/** Let in: told who serves. */
async function isLetIn(url: string, options = {}): Promise<void> {
  const viewer = view(url, options);
  await until(() => viewer.heard.infos.length > 0, 'server info');
  await viewer.close();
}

describe('an address', () => {
  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])(
    '%s of this computer alone needs no token',
    async (host) => {
      const server = await serve({ host }).catch((error) => error);
      // not every machine has IPv6
      if (host === '::1' && server instanceof Error) return expect(server).toMatchObject({ code: 'SERVER_FAILED' });
      await isLetIn(server.urls.socket);
    },
  );

  test.each(['0.0.0.0', '::', '192.168.1.7', 'robot.local'])(
    '%s that others reach is refused without a token',
    async (host) => {
      await expect(createFoxgloveServer({ host, port: 0 })).rejects.toMatchObject({
        code: 'SERVER_FAILED',
        where: 'host',
        message: expect.stringContaining('token'),
      });
    },
  );

  it('that others reach is taken with a token, or when told explicitly', async () => {
    await serve({ host: '0.0.0.0', token: TOKEN });
    const open = await serve({ host: '0.0.0.0', allowUnprotected: true });
    expect(open.urls.page).toBe(`http://localhost:${open.port}/`);
    await isLetIn(open.urls.socket);
  });

  it('with a port in use is a clear error that names the port and what to do', async () => {
    const server = await serve();
    const second = createFoxgloveServer({ port: server.port });
    await expect(second).rejects.toMatchObject({ code: 'SERVER_FAILED', where: `127.0.0.1:${server.port}` });
    await expect(second).rejects.toThrow(
      `cannot listen on port ${server.port}; expected a free port: stop the program that has it, or choose another one`,
    );
  });

  it('that is not ours is a clear error', async () => {
    const refused = createFoxgloveServer({ host: '203.0.113.9', port: 0, token: TOKEN });
    await expect(refused).rejects.toMatchObject({
      code: 'SERVER_FAILED',
      found: expect.stringContaining('does not have'),
    });
  });
});

describe('a token', () => {
  const url = (server: FoxgloveServer, query = '') => `ws://127.0.0.1:${server.port}/${query}`;

  it('is taken from the query, the authorisation header, or a sub-protocol', async () => {
    const server = await serve({ token: TOKEN });
    expect(server.urls.socket).toBe(url(server, `?token=${TOKEN}`));
    await isLetIn(server.urls.socket);
    await isLetIn(url(server), { headers: { Authorization: `Bearer ${TOKEN}` } });
    await isLetIn(url(server), { protocols: ['foxglove.websocket.v1', `voxhand-token.${TOKEN}`] });
  });

  test.each([
    ['none', '', {}],
    ['another', '?token=another-token-of-length', {}],
    ['a part of it', `?token=${TOKEN.slice(0, -1)}`, {}],
    ['one in a header that is another', '', { headers: { Authorization: 'Bearer another-token-of-length' } }],
    ['one in a header of another kind', '', { headers: { Authorization: `Basic ${TOKEN}` } }],
  ])('that is %s keeps a client out', async (_, query, options) => {
    const server = await serve({ token: TOKEN });
    const refusal = await refusalOf(url(server, query), OURS, options);
    expect(refusal).toEqual({ status: 401, text: 'this server requires its token' });
    expect(server.refusals()).toEqual({ token: 1 });
    expect(server.clients()).toEqual([]);
  });
});

describe('an origin', () => {
  const refused = { status: 403, text: expect.stringContaining('origin') };
  const local = (server: FoxgloveServer) => server.urls.socket;

  test.each(['http://localhost:5173', 'https://127.0.0.1', 'file://', 'https://app.foxglove.dev'])(
    '%s may connect',
    async (origin) => isLetIn(local(await serve()), { origin }),
  );

  test.each([
    'https://example.com',
    'http://localhost.example.com',
    'https://evil-app.foxglove.dev.example.com',
    'http://localhost:8765.example.com',
    'null',
    'https://app.foxglove.dev:444',
    'nonsense',
  ])('%s may not', async (origin) => {
    const server = await serve();
    expect(await refusalOf(local(server), OURS, { origin })).toEqual(refused);
    expect(server.refusals()).toEqual({ origin: 1 });
  });

  it('may be the own page under an address, and under a name only with the token: a name can be made to point here', async () => {
    const open = await serve({ host: '0.0.0.0', allowUnprotected: true, origins: [] });
    await isLetIn(local(open), { origin: `http://10.0.0.5:${open.port}`, headers: { Host: `10.0.0.5:${open.port}` } });
    const named = { origin: `http://robot.local:${open.port}`, headers: { Host: `robot.local:${open.port}` } };
    expect(await refusalOf(local(open), OURS, named)).toEqual(refused);
    const other = { origin: 'http://10.0.0.5:1', headers: { Host: `10.0.0.5:${open.port}` } };
    expect(await refusalOf(local(open), OURS, other)).toEqual(refused);

    const closed = await serve({ host: '0.0.0.0', token: TOKEN, origins: [] });
    const page = { origin: `http://robot.local:${closed.port}`, headers: { Host: `robot.local:${closed.port}` } };
    await isLetIn(local(closed), page);
    const foreign = { ...page, origin: 'http://example.com' };
    expect(await refusalOf(local(closed), OURS, foreign)).toEqual(refused);
  });

  it('may be allowed by pattern', async () => {
    const server = await serve({ origins: ['https://*.example.com'] });
    await isLetIn(local(server), { origin: 'https://cell.example.com' });
    expect(await refusalOf(local(server), OURS, { origin: 'https://a.b.example.com' })).toEqual(refused);
    expect(await refusalOf(local(server), OURS, { origin: 'https://app.foxglove.dev' })).toEqual(refused);
  });
});

describe('a handshake', () => {
  it('without a sub-protocol that we speak is refused with the names of those', async () => {
    const server = await serve();
    for (const protocols of [[], ['foxglove.sdk.v9'], ['voxhand-token.x']]) {
      expect(await refusalOf(server.urls.socket, protocols)).toEqual({
        status: 400,
        text: 'offer the sub-protocol foxglove.sdk.v1 or foxglove.websocket.v1',
      });
    }
    expect(server.refusals()).toEqual({ 'sub-protocol': 3 });
  });

  it('agrees on the first sub-protocol of the client that we speak', async () => {
    const server = await serve();
    for (const protocols of [
      ['foxglove.websocket.v1', 'foxglove.sdk.v1'],
      ['x', 'foxglove.sdk.v1'],
    ]) {
      const viewer = view(server.urls.socket, { protocols });
      await until(() => viewer.heard.infos.length > 0, 'server info');
      expect(viewer.socket.protocol).toBe(protocols.find((name) => name.startsWith('foxglove')));
    }
  });

  it('beyond the number of clients is refused until one leaves', async () => {
    const server = await serve({ maxClients: 1 });
    const first = view(server.urls.socket);
    await until(() => first.heard.infos.length > 0, 'server info');
    expect(await refusalOf(server.urls.socket, OURS)).toMatchObject({ status: 503 });
    await first.close();
    await until(() => server.clients().length === 0, 'disconnect');
    await isLetIn(server.urls.socket);
  });
});

describe('a client', () => {
  it('that sends more than 1 MB is disconnected, one that sends just that is not', async () => {
    const server = await serve();
    const kinds: string[] = [];
    server.onEvent(({ kind }) => kinds.push(kind));
    const polite = view(server.urls.socket);
    const rude = view(server.urls.socket);
    for (const viewer of [polite, rude]) await until(() => viewer.heard.infos.length > 0, 'server info');
    const op = (bytes: number) => `{"op":"${'x'.repeat(bytes - 9)}"}`;
    expect(op(1_000_000)).toHaveLength(1_000_000);
    polite.socket.send(op(1_000_000));
    rude.socket.send(op(1_000_001));
    expect(await rude.closed).toBe(1009);
    await until(() => polite.heard.statuses.length > 0, 'status');
    await until(() => server.clients().length === 1, 'end of the rude client');
    expect(server.clients()).toMatchObject([{ name: 'client-1', refused: 1 }]);
    expect(kinds).toContain('bad-frame');
  });

  it('is told what was wrong with its message, and goes on', async () => {
    const server = await serve();
    const viewer = view(server.urls.socket);
    await until(() => viewer.heard.infos.length > 0, 'server info');
    viewer.socket.send('{"op":"subscribe"}');
    viewer.socket.send(Uint8Array.of(77));
    viewer.client.subscribe(99);
    viewer.client.advertise({ topic: '/a', encoding: 'json', schemaName: 'A' });
    viewer.client.getParameters([]);
    viewer.client.sendMessage(1, Uint8Array.of(1));
    viewer.client.setParameters([{ name: 'p', value: 1 }], 'id');
    await until(() => viewer.heard.statuses.length === 7, 'statuses');
    expect(viewer.heard.statuses.map(({ level, id, message }) => [level, id, message])).toEqual([
      [2, 'voxhand.request.MESSAGE_INVALID', expect.stringContaining('at subscribe.subscriptions')],
      [2, 'voxhand.request.MESSAGE_INVALID', expect.stringContaining('found 77')],
      [1, 'voxhand.request.subscribe', 'there is no channel 99'],
      [2, 'voxhand.request.USAGE', 'clients may not publish on "/a"'],
      [2, 'voxhand.request.USAGE', 'clients may not read parameters'],
      [2, 'voxhand.request.USAGE', 'clients may not publish'],
      [2, 'voxhand.request.USAGE', 'clients may not set p'],
    ]);
    expect(server.clients()).toMatchObject([{ refused: 7 }]);
  });

  it('that takes a subscription twice keeps the first', async () => {
    const server = await serve();
    const near = server.advertise('/near', points);
    server.advertise('/far', points);
    const viewer = view(server.urls.socket);
    await viewer.subscribe('/near');
    await until(() => near.wanted(), 'subscription');
    const far = viewer.heard.channels.get('/far')?.id;
    viewer.socket.send(JSON.stringify({ op: 'subscribe', subscriptions: [{ id: 0, channelId: far }] }));
    viewer.client.subscribe(viewer.heard.channels.get('/near')?.id as number);
    await until(() => viewer.heard.statuses.length === 2, 'statuses');
    expect(viewer.heard.statuses.map(({ message }) => message)).toEqual([
      `subscription 0 or channel ${far} is taken already`,
      'subscription 1 or channel 1 is taken already',
    ]);
    await near.publish(toPointStamped(1n, 'c', [0, 0, 1]), 1n);
    expect(await viewer.messages('/near', 1)).toMatchObject([{ subscriptionId: 0 }]);
  });

  it('that is not heard of any more is let go, one that answers pings is not', async () => {
    let now = 0;
    const server = await serve({ heartbeat: { interval: 0.02, timeout: 30 }, stopwatch: () => now });
    const alive = view(server.urls.socket);
    const dead = view(server.urls.socket);
    await until(() => server.clients().length === 2 && alive.heard.infos.length > 0, 'clients');
    await until(() => dead.heard.infos.length > 0, 'server info');
    dead.socket.pause(); // the connection stays, but nobody is behind it
    let pings = 0;
    alive.socket.on('ping', () => pings++);
    // a pong that was on its way from the dead client arrives before the clock moves
    await until(() => pings > 2, 'pings');
    now = 20;
    await until(() => pings > 4, 'later pings');
    // the server answers this when it has read the pongs before it
    alive.client.subscribe(99);
    await until(() => alive.heard.statuses.length > 0, 'answer');
    now = 40;
    await until(() => server.clients().length === 1, 'end of the dead client');
    expect(server.clients()).toMatchObject([{ name: 'client-1' }]);
  });
});

describe('a client that stops reading', () => {
  it('costs at most the limit, loses its oldest data, counted, and nobody else a message', async () => {
    const server = await serve({ backlog: { large: 1000 }, heartbeat: { interval: 0.05 } });
    const schema = { schemaName: 'x', schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: 'x' };
    const write = (topic: string, i: number, bytes: number) => {
      const data = new Uint8Array(bytes);
      new DataView(data.buffer).setUint32(0, i);
      const time = BigInt(i);
      return server.write({ topic, ...schema, data, logTime: time, publishTime: time, sequence: i });
    };
    await write('/image', 0, 600_000);
    await write('/small', 0, 4);
    const stalled = view(server.urls.socket);
    const reader = view(server.urls.socket);
    for (const viewer of [stalled, reader]) for (const topic of ['/image', '/small']) await viewer.subscribe(topic);
    await until(() => server.states().every(({ subscribers }) => subscribers === 2), 'subscriptions');
    stalled.socket.pause();

    let most = 0;
    const frames = 150; // 90 MB of images
    for (let i = 1; i <= frames; i++) {
      await write('/image', i, 600_000);
      await write('/small', i, 4);
      most = Math.max(most, ...server.clients().map(({ waiting }) => waiting));
      await reader.messages('/small', i);
    }
    expect(most).toBeLessThanOrEqual(8_000_000);
    const [slow, fast] = server.clients();
    expect(fast).toMatchObject({ dropped: {}, waiting: 0, sent: 2 * frames });
    expect(slow.waiting).toBeGreaterThan(6_000_000);
    const [image] = server.states();
    expect(image).toMatchObject({ messages: frames + 1, dropped: { 'queue-full': slow.dropped['/image'] } });

    // What it gets in the end is what was newest, in order; all that is missing has been counted.
    const warned = () => stalled.heard.statuses.find(({ id }) => id === 'voxhand.slow');
    stalled.socket.resume();
    const last = await until(
      () => stalled.heard.messages.find(({ timestamp, topic }) => timestamp === 150n && topic === '/small'),
      'last message',
    );
    expect(last).toBeDefined();
    for (const topic of ['/image', '/small']) {
      const times = stalled.heard.messages
        .filter((message) => message.topic === topic)
        .map(({ timestamp }) => Number(timestamp));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times.length + (slow.dropped[topic] ?? 0)).toBe(frames);
      expect(times.at(-1)).toBe(frames);
    }
    expect(stalled.heard.errors).toEqual([]);
    expect(warned()?.message).toMatch(
      /^This viewer or its connection is too slow for \d+ messages so far, most of them on \/(image|small)/,
    );
  });

  it('and unsubscribes meanwhile gets nothing more of what waits', async () => {
    const server = await serve();
    const schema = { schemaName: 'x', schemaEncoding: '', schemaData: new Uint8Array(0), messageEncoding: 'x' };
    const write = (i: number) => {
      const time = BigInt(i);
      const data = new Uint8Array(600_000);
      return server.write({ topic: '/image', ...schema, data, logTime: time, publishTime: time, sequence: i });
    };
    await write(0);
    const stalled = view(server.urls.socket);
    const id = await stalled.subscribe('/image');
    await until(() => server.states()[0].subscribers === 1, 'subscription');
    stalled.socket.pause();
    for (let i = 1; i <= 50; i++) {
      await write(i);
      await new Promise(setImmediate);
    }
    expect(server.clients()[0].waiting).toBeGreaterThan(1_800_000);
    stalled.client.unsubscribe(id);
    await until(() => server.states()[0].subscribers === 0, 'end of the subscription');
    stalled.socket.resume();
    await until(() => server.clients()[0].waiting === 0, 'rest');
    server.status('info', 'last');
    await until(() => stalled.heard.statuses.length > 0, 'status');
    expect(stalled.heard.messages.length).toBeGreaterThan(0);
    expect(stalled.heard.messages.every(({ timestamp }) => timestamp < 48n)).toBe(true);
  });

  it('is let go when even what it must not miss does not fit any more', async () => {
    const server = await serve({ backlog: { bytes: 100_000 } });
    const stalled = view(server.urls.socket);
    await until(() => stalled.heard.infos.length > 0, 'server info');
    stalled.socket.pause();
    const text = 'x'.repeat(50_000);
    let said = 0;
    await until(() => {
      server.status('info', text);
      said++;
      return server.clients().length === 0;
    }, 'end of the client');
    expect(said).toBeLessThan(2000);
  });
});

describe('TLS', () => {
  it('is spoken with a certificate and key', async () => {
    const tls = selfSigned();
    const server = await serve({ tls, token: TOKEN });
    expect(server.urls).toMatchObject({ page: `https://127.0.0.1:${server.port}/?token=${TOKEN}` });
    expect(server.urls.socket).toMatch(/^wss:/);
    await isLetIn(server.urls.socket, { ca: tls.cert });
    const near = server.advertise('/near', points);
    const viewer = view(server.urls.socket, { ca: tls.cert });
    await viewer.subscribe('/near');
    await until(() => near.wanted(), 'subscription');
    await near.publish(toPointStamped(1n, 'c', [0, 0, 1]), 1n);
    await viewer.messages('/near', 1);
    await expect(refusalOf(server.urls.socket, OURS)).rejects.toThrow(/self.signed/);
  });

  it('with files that are none is a clear error', async () => {
    const refused = createFoxgloveServer({ port: 0, tls: { cert: 'nonsense', key: 'nonsense' } });
    await expect(refused).rejects.toMatchObject({ code: 'SERVER_FAILED', where: 'tls' });
  });
});

describe('the page', () => {
  let folder: string;
  let page: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voxhand-page-'));
    page = join(folder, 'page');
    await mkdir(join(page, 'assets'), { recursive: true });
    await writeFile(join(page, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(join(page, 'assets', 'main-AbC_1.js'), 'export {};');
    await writeFile(join(page, '.hidden'), 'hidden');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    await symlink(join(folder, 'secret.txt'), join(page, 'link.txt')).catch(() => undefined);
    await mkdir(join(folder, 'page-neighbour'));
    await writeFile(join(folder, 'page-neighbour', 'secret.txt'), 'secret');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The path as it is, without the client tidying it up. */
  function get(server: FoxgloveServer, path: string, method = 'GET', headers = {}) {
    return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      const ask = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
      ask.on('error', reject);
      ask.end();
    });
  }

  it('is served with its types and strict headers', async () => {
    const server = await serve({ page });
    const index = await get(server, '/?token=x');
    expect(index).toMatchObject({ status: 200, body: '<!doctype html><title>page</title>' });
    expect(index.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    expect(index.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    const script = await get(server, '/assets/main-AbC_1.js');
    expect(script).toMatchObject({ status: 200, body: 'export {};' });
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('is not sent again when it has not changed, and its head alone when asked for', async () => {
    const server = await serve({ page });
    const { headers } = await get(server, '/');
    expect(await get(server, '/', 'GET', { 'If-None-Match': headers.etag })).toMatchObject({ status: 304, body: '' });
    const head = await get(server, '/', 'HEAD');
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers['content-length']).toBe(headers['content-length']);
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '/assets/..%00/secret.txt',
    '/index.html%00.txt',
    '/../page-neighbour/secret.txt',
    '//secret.txt',
    '/./index.html',
    '/.hidden',
    '/link.txt',
    '/assets',
    '/assets/',
    '/nothing.html',
    '/%zz',
    '/C:/secret.txt',
    'secret.txt',
    'http://127.0.0.1/secret.txt',
  ])('has no file %s', async (path) => {
    const server = await serve({ page });
    const { status, body } = await get(server, path).catch((error: Error) => ({ status: 400, body: error.message }));
    expect([400, 404]).toContain(status);
    expect(body).not.toContain('secret');
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('is not there to %s', async (method) => {
    const server = await serve({ page });
    const { status, headers } = await get(server, '/', method);
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, HEAD');
  });

  it('tells whether the server is well', async () => {
    const server = await serve({ name: 'cell' });
    const { status, headers, body } = await get(server, '/healthz');
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(JSON.parse(body)).toMatchObject({ status: 'ok', name: 'cell', clients: 0 });
  });

  it('may be missing: then there is a line of text', async () => {
    const server = await serve();
    expect(await get(server, '/')).toMatchObject({ status: 200, body: expect.stringContaining('Foxglove') });
    expect(await get(server, '/index.html')).toMatchObject({ status: 404 });
    const gone = await serve({ page: join(folder, 'nothing') });
    expect(await get(gone, '/')).toMatchObject({ status: 404 });
  });

  it('survives connections that make no sense', async () => {
    const server = await serve({ page });
    const { Socket } = await import('node:net');
    for (const text of [
      '\0\0\0',
      'GET / HTTP/9.9\r\n\r\n',
      'GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = new Socket();
        socket.on('close', () => resolve());
        socket.on('error', () => undefined);
        socket.connect(server.port, '127.0.0.1', () => socket.end(text));
        socket.resume();
      });
    }
    expect(await get(server, '/healthz')).toMatchObject({ status: 200 });
  });
});

test('a port that nobody may have is not taken from somebody', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  ends.push(() => new Promise((resolve) => holder.close(resolve)));
  const { port } = holder.address() as { port: number };
  await expect(createFoxgloveServer({ port })).rejects.toMatchObject({ code: 'SERVER_FAILED' });
});
