/** The parts of a page's address that matter here; `window.location` has them. */
export interface PageAddress {
  readonly protocol: string;
  readonly host: string;
  readonly pathname: string;
  readonly search: string;
}

/**
 * Where the server is: on the host that the page came from, unless `?ws=` names another one (`ws://cell-3:8765`, or just
 * `cell-3:8765`). A `?token=` of the page goes along.
 *
 * @returns undefined where `?ws=` is no WebSocket address.
 */
export function serverAddress(page: PageAddress): string | undefined {
  const query = new URLSearchParams(page.search);
  const scheme = page.protocol === 'https:' ? 'wss:' : 'ws:';
  const asked = query.get('ws');
  const text =
    asked === null || asked === ''
      ? `${scheme}//${page.host}${page.pathname.replace(/[^/]*$/, '')}`
      : /^[a-z]+:\/\//i.test(asked)
        ? asked
        : `${scheme}//${asked}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return undefined;
  const token = query.get('token');
  if (token !== null && !url.searchParams.has('token')) url.searchParams.set('token', token);
  url.hash = '';
  return url.href;
}

/** An address as it may be shown: without a token. */
export function shownAddress(address: string): string {
  const url = new URL(address);
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`;
}
