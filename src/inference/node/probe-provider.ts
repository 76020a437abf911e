import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Provider } from '../provider.js';

export interface ProviderProbe {
  readonly provider: Provider;
  readonly usable: boolean;
  /** Why not. */
  readonly reason?: string;
}

/** A provider that has not answered by then hangs. */
const PATIENCE_MS = 20_000;

/**
 * See whether an execution provider really works here, by running a graph of one node on it. That a provider is listed
 * says little: its libraries or its driver may be missing. Never throws; leaves nothing behind.
 *
 * @example
 * ```ts
 * const { usable, reason } = await probeProvider('webgpu');
 * ```
 */
export function probeProvider(provider: Provider): Promise<ProviderProbe> {
  const script = fileURLToPath(new URL('./probe-session.js', import.meta.url));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, provider], {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.on('error', ({ message }) => resolve({ provider, usable: false, reason: message }));
    // its output counts, not how it ended: some drivers fail on their way out
    child.on('close', (code, signal) => {
      const { reason } = answerOf(output) ?? { reason: `its process ended without an answer (${signal ?? code})` };
      resolve(reason === undefined ? { provider, usable: true } : { provider, usable: false, reason });
    });
  });
}

function answerOf(output: string): { reason?: string } | undefined {
  try {
    return JSON.parse(output.slice(output.indexOf('{')));
  } catch {
    return undefined;
  }
}
