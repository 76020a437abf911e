import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PROGRAM = new URL('../../dist/cli/program.js', import.meta.url).href;

export interface CliResult {
  /** Exit code, or what the signal that ended it makes of it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ProcessOptions extends CliOptions {
  /** Called with the process as soon as it runs. */
  readonly during?: (child: ChildProcess) => void;
}

/**
 * Run the built `voxhand` with these arguments in this process, whose folder and environment are set meanwhile: its modules are
 * loaded once a test file, which takes longer than most commands. One at a time.
 */
export async function voxhand(args: readonly string[], { cwd, env = {} }: CliOptions = {}): Promise<CliResult> {
  const { run }: typeof import('../../src/cli/program.js') = await import(PROGRAM);
  const before = { cwd: process.cwd(), env: Object.keys(env).map((name) => [name, process.env[name]] as const) };
  const [stdout, stderr] = [caught(process.stdout), caught(process.stderr)];
  try {
    if (cwd !== undefined) process.chdir(cwd);
    Object.assign(process.env, env);
    const code = await run(args);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.release();
    stderr.release();
    process.chdir(before.cwd);
    for (const [name, value] of before.env) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** Keep what is written to a stream, until it is released. */
function caught(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  if (Object.hasOwn(stream, 'write')) throw new Error('a command is running already');
  const chunks: Buffer[] = [];
  stream.write = (chunk: string | Uint8Array, ...more: unknown[]) => {
    chunks.push(Buffer.from(chunk as string));
    const done = more.at(-1);
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
  return {
    text: () => Buffer.concat(chunks).toString(),
    release: () => Reflect.deleteProperty(stream, 'write'),
  };
}

/** Run the built `voxhand` with these arguments in a process of its own: for signals, and for what ends a process. */
export function voxhandProcess(args: readonly string[], options: ProcessOptions = {}): Promise<CliResult> {
  return runNode([MAIN, ...args], options);
}

/** Run node with these arguments. */
export function runNode(args: readonly string[], { cwd, env = {}, during }: ProcessOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    during?.(child);
  });
}

/** An empty folder that nobody else uses. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'voxhand-cli-'));
}
