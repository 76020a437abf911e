import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Sent with every response. The page may load from its own server only, connect to any WebSocket server (`?ws=`), and be
 * shown in no frame; its address, which may carry a token, goes to no other site.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; " +
    "img-src 'self' data: blob:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * Answers a GET or HEAD with a file of one folder: nothing above it, nothing that begins with a dot, nothing that a link
 * leads out to. `/` is `index.html`.
 *
 * @param folder absent: there is no page, and every path is not found
 */
export async function serveFile(folder: string | undefined, request: IncomingMessage, response: ServerResponse) {
  const path = fileOf(request.url ?? '/');
  const content = folder === undefined || path === undefined ? undefined : await contentOf(folder, path);
  if (content === undefined || path === undefined) {
    sendText(response, 404, 'not found');
    return;
  }
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  const headers = { 'Cache-Control': 'no-cache', ETag: etag };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    'Content-Type': CONTENT_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length': content.byteLength,
  });
  response.end(request.method === 'HEAD' ? undefined : content);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${text}\n`);
}

/** The path within the folder, or undefined for one that no file of a page has. */
function fileOf(url: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0]);
  } catch {
    return undefined;
  }
  if (path === '/') return 'index.html';
  const names = path.split('/').slice(1);
  // No empty name, no dot in front (so no `..`), no backslash, drive or NUL: letters, digits and a few marks.
  return path.startsWith('/') && names.every((name) => /^[A-Za-z0-9_-][A-Za-z0-9._ ~@+-]*$/.test(name))
    ? join(...names)
    : undefined;
}

async function contentOf(folder: string, path: string): Promise<Buffer | undefined> {
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, path));
    return file.startsWith(root + sep) ? await readFile(file) : undefined;
  } catch {
    return undefined; // not there, a folder, or not ours to read
  }
}
