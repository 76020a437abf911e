import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FoxgloveServerOptions } from '../bus/foxglove/server/options.js';
import type { TrackerConfig } from '../pipeline/index.js';
import { serveRecording } from '../serve-recording.js';
import { loadParts } from '../track-hands.js';
import { EXIT } from './exit-code.js';
import type { StopSignal } from './stop-signal.js';
import type { Terminal } from './terminal.js';

/** The page's files, where this package was built. */
const PAGE = fileURLToPath(new URL('../viewer', import.meta.url));

/** The packaged page as an option of the server; nothing where it was not built. */
export function packagedPage(): Pick<FoxgloveServerOptions, 'page'> {
  return existsSync(PAGE) ? { page: PAGE } : {};
}

export interface ServeReplayOptions {
  readonly config: TrackerConfig;
  readonly server?: FoxgloveServerOptions;
  /** Times real time. */
  readonly speed?: number;
  readonly loop?: boolean;
  readonly startPaused?: boolean;
}

/** Play a recording to viewers until a signal ends it. The addresses are the result. */
export async function serveReplay(
  recording: string,
  { config, server, ...play }: ServeReplayOptions,
  terminal: Terminal,
  stop: StopSignal,
): Promise<number> {
  const parts = await loadParts(config);
  try {
    const { model, providerActual } = parts.inference.status();
    const served = await serveRecording(recording, {
      ...{ config, ...parts, ...play },
      server: {
        metadata: { model: `${model.name} ${model.version}`, provider: providerActual, recording },
        ...packagedPage(),
        ...server,
      },
      stopwatch: () => performance.now() / 1000,
    });
    const { page, socket, foxglove } = served.server.urls;
    terminal.result({ page, websocket: socket, foxglove }, () =>
      [
        `page       ${page}`,
        `Foxglove   ${socket}   (Open connection, Foxglove WebSocket; Lichtblick too)`,
        '',
        `playing ${recording}${play.loop ? ' in a loop' : ''}; Ctrl-C ends it`,
      ].join('\n'),
    );
    const stopped = new Promise<void>((resolve) => {
      if (stop.signal.aborted) resolve();
      stop.signal.addEventListener('abort', () => resolve());
    });
    try {
      await Promise.race([stopped, served.done]);
    } finally {
      await served.close();
    }
    return EXIT.ok;
  } finally {
    await parts.close();
  }
}
