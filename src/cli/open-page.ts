import { spawn } from 'node:child_process';

/** What decides whether and how a page is opened. */
export interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether somebody sits before this terminal. */
  readonly isTerminal: boolean;
}

const THIS_DESKTOP: Desktop = {
  platform: process.platform,
  env: process.env,
  isTerminal: process.stdout.isTTY === true,
};

/**
 * The program and its arguments that open a page in the usual browser; undefined where nobody would see it: without a terminal
 * or a display, in CI, and over SSH.
 */
export function openCommand(
  url: string,
  { platform, env, isTerminal }: Desktop = THIS_DESKTOP,
): readonly [string, ...string[]] | undefined {
  const isFarAway = [env.CI, env.SSH_CONNECTION, env.SSH_TTY].some((value) => value !== undefined && value !== '');
  if (!isTerminal || isFarAway) return undefined;
  if (platform === 'darwin') return ['open', url];
  // no shell, which would act on the address
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', url] : undefined;
}

/** Open a page in the usual browser, where there is one to be seen. Nothing waits for it, and its failure is no error. */
export function openPage(url: string): void {
  const [program, ...args] = openCommand(url) ?? [];
  if (program === undefined) return;
  const browser = spawn(program, args, { stdio: 'ignore', detached: true });
  browser.on('error', () => undefined); // the address stands in the terminal
  browser.unref();
}
