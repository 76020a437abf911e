import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { OracleViewer, refusalOf, until } from '../../test/helpers/foxglove.js';
import { serving } from '../../test/helpers/foxglove-serving.js';
import { selfSigned } from '../../test/helpers/self-signed.js';
import { addServeOptions, type ServeValues, serverOptions } from './serve-options.js';

const TOKEN = 'a-token.of_some~Length';
const { ends, serve } = serving();
afterEach(() => vi.unstubAllEnvs());

const parse = (...args: string[]) => addServeOptions(new Command()).parse(args, { from: 'user' }).opts<ServeValues>();

test('a server without options is the one that only this computer can reach', async () => {
  expect(await serverOptions(parse())).toEqual({});
});

test('a Lichtblick of another host is let in by --origin, with the token, beside the usual pages', async () => {
  const origin = 'https://lichtblick.example.com';
  const server = await serve(
    await serverOptions(parse('--port', '0', '--host', '0.0.0.0', '--token', TOKEN, '--origin', origin)),
  );
  for (const each of [origin, 'https://app.foxglove.dev']) {
    const viewer = new OracleViewer(server.urls.socket, { origin: each });
    await until(() => viewer.heard.infos.length > 0, 'server info');
    await viewer.close();
  }
  const others = await refusalOf(server.urls.socket, ['foxglove.sdk.v1'], { origin: 'https://example.com' });
  expect(others).toMatchObject({ status: 403 });
  const open = await refusalOf(`ws://127.0.0.1:${server.port}/`, ['foxglove.sdk.v1'], { origin });
  expect(open).toMatchObject({ status: 401 });
});

test('the token may come from the environment, where no list of processes shows it', async () => {
  vi.stubEnv('VOXHAND_TOKEN', TOKEN);
  expect(await serverOptions(parse())).toEqual({ token: TOKEN });
});

test.each([
  ['3', 3],
  ['0', 0],
] as const)('--points %s is the step between the pixels of the cloud, none for 0', (text, step) => {
  expect(parse('--points', text).points).toBe(step);
});

describe('a certificate', () => {
  it('and its key make the server speak https and wss', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'voxhand-tls-'));
    ends.push(() => rm(folder, { recursive: true }));
    const { cert, key } = selfSigned();
    await writeFile(join(folder, 'cert.pem'), cert);
    await writeFile(join(folder, 'key.pem'), key);
    const args = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')];
    const server = await serve(await serverOptions(parse('--port', '0', ...args)));
    expect(server.urls.page).toBe(`https://127.0.0.1:${server.port}/`);
    const viewer = new OracleViewer(server.urls.socket, { rejectUnauthorized: false });
    await until(() => viewer.heard.infos.length > 0, 'server info');
    await viewer.close();
  });

  test.each(['--tls-cert', '--tls-key'])('is refused where %s stands alone', async (flag) => {
    await expect(serverOptions(parse(flag, 'x.pem'))).rejects.toMatchObject({ code: 'USAGE', found: `${flag} alone` });
  });

  it('that is empty is refused, as its key is', async () => {
    const { cert, key } = selfSigned();
    for (const tls of [
      { cert: '', key: '' },
      { cert, key: '' },
      { cert: Buffer.alloc(0), key },
    ]) {
      await expect(serve({ tls })).rejects.toMatchObject({ code: 'SERVER_FAILED', where: 'tls' });
    }
  });

  it('that is no file is refused', async () => {
    await expect(serverOptions(parse('--tls-cert', '/dev/zero', '--tls-key', '/dev/zero'))).rejects.toMatchObject({
      code: 'FILE_INVALID',
    });
  });
});
