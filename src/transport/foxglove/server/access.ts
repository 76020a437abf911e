import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { VoxhandError } from '../../../errors/index.js';

/** Why a connection is refused, with the HTTP status that says so. */
export interface Refusal {
  readonly cause: 'origin' | 'token' | 'sub-protocol' | 'too-many-clients' | 'closed' | 'bad-request';
  readonly status: number;
  readonly text: string;
}

/** What access is decided by. */
type RequestHead = { readonly url?: string | undefined } & Pick<IncomingMessage, 'headers'>;

export interface AccessOptions {
  /** What a client must show; none by default. */
  readonly token?: string | undefined;
  /** Pages that may connect beside the server's own, as origins. */
  readonly origins: readonly string[];
}

/**
 * Pages that may connect by default: those of this computer, and Foxglove's. A page of any other site that is
 * open in a browser on this computer could else read along, for browsers let every page connect to everywhere. Programs that
 * are no browsers send no origin and are not kept out by it.
 */
export const DEFAULT_ORIGINS: readonly string[] = [
  'http://localhost:*',
  'https://localhost:*',
  'http://127.0.0.1:*',
  'https://127.0.0.1:*',
  'http://[::1]:*',
  'https://[::1]:*',
  'file://', // desktop applications
  'https://app.foxglove.dev',
];

/** A client that can set no header, as in a browser, may offer its token as a further sub-protocol. */
export const TOKEN_SUB_PROTOCOL = 'voxhand-token.';

const TOKEN = /^[A-Za-z0-9._~-]{16,256}$/;

/** Decides who may connect, from the head of the request alone. */
export class Access {
  readonly #token: Buffer | undefined;
  readonly #origins: readonly RegExp[];

  /** @throws VoxhandError `USAGE` for a token that is too short or has characters that a URL or header must escape. */
  constructor({ token, origins }: AccessOptions) {
    if (token !== undefined && !TOKEN.test(token)) {
      throw new VoxhandError('USAGE', 'this token cannot be used', {
        expected: '16 to 256 of the characters A-Z a-z 0-9 . _ ~ -',
        found: `${token.length} characters`,
        where: 'token',
      });
    }
    this.#token = token === undefined ? undefined : digest(token);
    this.#origins = origins.map(originPattern);
  }

  /** @param offered the sub-protocols of the request */
  check(request: RequestHead, offered: readonly string[] = []): Refusal | undefined {
    const { origin } = request.headers;
    if (origin !== undefined && !this.#mayConnect(origin, request.headers.host)) {
      return { cause: 'origin', status: 403, text: 'pages of this origin may not connect unless the server allows it' };
    }
    if (this.#token !== undefined && !tokensOf(request, offered).some((token) => this.#isToken(token))) {
      return { cause: 'token', status: 401, text: 'this server requires its token' };
    }
    return undefined;
  }

  /**
   * The same for a plain request, with which a browser sends no origin where it takes the page for the server's own: so the address that
   * was asked stands for it, and a name that was made to point to us is found out.
   */
  checkRequest(request: IncomingMessage): Refusal | undefined {
    const { origin, host = '' } = request.headers;
    const asked = `${'encrypted' in request.socket ? 'https' : 'http'}://${host}`;
    return this.check({ url: request.url, headers: { ...request.headers, origin: origin ?? asked } });
  }

  #mayConnect(origin: string, host: string | undefined): boolean {
    return this.#isOwnPage(origin, host) || this.#origins.some((pattern) => pattern.test(origin));
  }

  /**
   * Was the page served by ourselves? Without a token only under a numeric address: the name of somebody else's page may be
   * made to point to us (DNS rebinding), an address cannot.
   */
  #isOwnPage(origin: string, host: string | undefined): boolean {
    if (host === undefined || !URL.canParse(origin)) return false;
    const url = new URL(origin);
    return url.host === host && (this.#token !== undefined || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0);
  }

  /** Compared by digests of equal length, so that the time it takes tells nothing. */
  #isToken(token: string): boolean {
    return this.#token !== undefined && timingSafeEqual(digest(token), this.#token);
  }
}

/** Whether only this computer can reach the address. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1' || host === '[::1]';
}

/** `*` stands for any characters of one name or port. */
function originPattern(origin: string): RegExp {
  const source = origin.replaceAll(/[\\^$.|+?()[\]{}]/g, '\\$&').replaceAll('*', '[A-Za-z0-9-]*');
  return new RegExp(`^${source.replace(':[A-Za-z0-9-]*', '(:[0-9]+)?')}$`, 'i');
}

function tokensOf(request: RequestHead, offered: readonly string[]): string[] {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const query = new URLSearchParams(request.url?.split('?', 2)[1] ?? '').get('token');
  const named = offered.find((name) => name.startsWith(TOKEN_SUB_PROTOCOL))?.slice(TOKEN_SUB_PROTOCOL.length);
  return [bearer, query, named].filter((token) => typeof token === 'string');
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
