import { existsSync } from 'node:fs';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * A Chromium or Chrome on this computer: what `CHROMIUM` names, else one of the usual places; undefined where there is none.
 *
 * @throws Error where `CHROMIUM` names something that is not there: whoever sets it means it.
 */
export function findChromium(named: string | undefined = process.env.CHROMIUM): string | undefined {
  if (named === undefined || named === '') return USUAL_PLACES.find((path) => existsSync(path));
  if (existsSync(named)) return named;
  throw new Error(`CHROMIUM names ${named}, and there is no such file`);
}

/** WebGL without a graphics card, and no sandbox, which a container's root cannot have. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-dev-shm-usage',
];
