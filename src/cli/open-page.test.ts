import { describe, expect, test } from 'vitest';
import { type Desktop, openCommand } from './open-page.js';

const URL = 'http://127.0.0.1:8765/?token=a';
const desktop: Desktop = { platform: 'linux', env: { DISPLAY: ':0' }, isTerminal: true };

describe('the page is opened', () => {
  test.each<[string, Partial<Desktop>, readonly string[]]>([
    ['on Linux with X11', {}, ['xdg-open', URL]],
    ['on Linux with Wayland', { env: { WAYLAND_DISPLAY: 'wayland-0' } }, ['xdg-open', URL]],
    ['on macOS', { platform: 'darwin', env: {} }, ['open', URL]],
    ['on Windows, without a shell', { platform: 'win32', env: {} }, ['rundll32', 'url.dll,FileProtocolHandler', URL]],
  ])('%s', (_, more, expected) => {
    expect(openCommand(URL, { ...desktop, ...more })).toEqual(expected);
  });
});

describe('the page is not opened', () => {
  test.each<[string, Partial<Desktop>]>([
    ['where no terminal is', { isTerminal: false }],
    ['where no display is', { env: {} }],
    ['where the display is empty', { env: { DISPLAY: '' } }],
    ['in CI', { env: { DISPLAY: ':0', CI: 'true' } }],
    ['over SSH', { platform: 'darwin', env: { SSH_CONNECTION: '10.0.0.1 50000 10.0.0.2 22' } }],
  ])('%s', (_, more) => {
    expect(openCommand(URL, { ...desktop, ...more })).toBeUndefined();
  });
});
