import { type Command, Option } from 'commander';
import { VoxhandError } from '../errors/index.js';
import type { FoxgloveServerOptions } from '../foxglove.js';
import { readBounded } from '../transport/port/files.js';
import { defined } from './defined.js';
import { collect, count, port } from './option-values.js';

/** Of the server behind `--serve`. */
export interface ServeValues {
  readonly port?: number;
  readonly host?: string;
  readonly token?: string;
  readonly origin?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** Every n-th pixel of every n-th row; 0: no points are offered. */
  readonly points?: number;
}

const MOST_PEM_BYTES = 1 << 20;

/** Add the options of {@link ServeValues}. */
export function addServeOptions(command: Command): Command {
  const option = (flags: string, text: string) => new Option(flags, text).helpGroup(SERVER_GROUP);
  return command
    .addOption(option('--port <port>', 'Its port: 8765 by default, 0 for any free one.').argParser(port))
    .addOption(
      option(
        '--host <address>',
        'Address to listen on: 127.0.0.1 (this computer only) by default; 0.0.0.0 is every address, and needs a token.',
      ),
    )
    .addOption(
      option('--token <token>', 'What viewers must show: 16 to 256 of A-Z a-z 0-9 . _ ~ -').env('VOXHAND_TOKEN'),
    )
    .addOption(
      option(
        '--origin <origin>',
        'Another page that may connect, such as a Lichtblick of your own: https://viewer.example.com; * stands for one name or port; may be repeated.',
      ).argParser<readonly string[]>(collect),
    )
    .addOption(option('--tls-cert <file>', 'Certificate (PEM), for https and wss; with --tls-key.'))
    .addOption(option('--tls-key <file>', 'Its private key (PEM).'))
    .addOption(
      option(
        '--points <n>',
        'Offer the depth image as a point cloud beside it, every n-th pixel of every n-th row (2 by default); 0 offers none.',
      ).argParser((text) => (text === '0' ? 0 : count(text))),
    );
}

/** What their heading in the help is; they have an effect only where there is a server. */
export const SERVER_GROUP = 'The server:';

/** @throws VoxhandError `USAGE` for a certificate without its key; `FILE_NOT_FOUND`, `FILE_INVALID` */
export async function serverOptions({
  port: given,
  host,
  token,
  origin,
  tlsCert,
  tlsKey,
}: ServeValues): Promise<Pick<FoxgloveServerOptions, 'port' | 'host' | 'token' | 'origins' | 'tls'>> {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new VoxhandError('USAGE', 'a certificate and its key belong together', {
      expected: '--tls-cert and --tls-key',
      found: tlsCert === undefined ? '--tls-key alone' : '--tls-cert alone',
    });
  }
  // the server's code is loaded only where there is one
  const { DEFAULT_ORIGINS } = await import('../foxglove.js');
  return {
    ...defined({ port: given, host, token }),
    ...(origin && { origins: [...DEFAULT_ORIGINS, ...origin] }),
    ...(tlsCert !== undefined &&
      tlsKey !== undefined && {
        tls: { cert: await readBounded(tlsCert, MOST_PEM_BYTES), key: await readBounded(tlsKey, MOST_PEM_BYTES) },
      }),
  };
}
