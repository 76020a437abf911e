import { describe, expect, it } from 'vitest';
import { serverAddress, shownAddress } from './address.js';

const page = (search = '', rest = {}) => ({ protocol: 'http:', host: 'cell:8765', pathname: '/', search, ...rest });

describe('the address of the server', () => {
  it.each([
    ['is the host of the page', page(), 'ws://cell:8765/'],
    ['is secure where the page is', page('', { protocol: 'https:' }), 'wss://cell:8765/'],
    ['keeps the folder of a page behind a proxy', page('', { pathname: '/hand/index.html' }), 'ws://cell:8765/hand/'],
    ['is another one by ?ws=', page('?ws=ws://other:9000'), 'ws://other:9000/'],
    ['takes a bare host', page('?ws=other:9000'), 'ws://other:9000/'],
    ['takes a bare IPv6 host', page('?ws=[::1]:9000'), 'ws://[::1]:9000/'],
    ['ignores an empty ?ws=', page('?ws='), 'ws://cell:8765/'],
    ['takes the token along', page('?token=a.b-c_d~e'), 'ws://cell:8765/?token=a.b-c_d%7Ee'],
    ['takes the token along to another one', page('?ws=other:9000&token=abc'), 'ws://other:9000/?token=abc'],
    ['keeps a token that stands in ?ws=', page('?ws=other:9000/?token=x&token=y'), 'ws://other:9000/?token=x'],
  ])('%s', (_, address, expected) => {
    expect(serverAddress(address)).toBe(expected);
  });

  it.each(['?ws=http://other', '?ws=javascript://x', '?ws=ws://', '?ws=ws://a b'])('is none for %s', (search) => {
    expect(serverAddress(page(search))).toBeUndefined();
  });

  it('is shown without its token', () => {
    expect(shownAddress('ws://cell:8765/?token=secret')).toBe('ws://cell:8765');
    expect(shownAddress('wss://cell/hand/?token=secret')).toBe('wss://cell/hand/');
  });
});
