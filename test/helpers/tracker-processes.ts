import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const helper = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

/** A process of the graph, and what it says, line by line. */
export class RosProcess {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  stderr = '';
  readonly exited: Promise<number | null>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, args, { env: { ...process.env, ...env } });
    if (this.child.stdout) createInterface({ input: this.child.stdout }).on('line', (line) => this.lines.push(line));
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk;
    });
    this.exited = new Promise((resolve) => this.child.on('exit', (code) => resolve(code)));
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }
}

export interface HeardHand {
  readonly stamp: number;
  readonly frame: string;
  readonly tracked: boolean;
  readonly skeleton: string;
  readonly joints: number;
  readonly age: number;
  readonly at: number;
}

export interface HeardStatus {
  readonly level: number;
  readonly name: string;
  readonly message: string;
  readonly values: Readonly<Record<string, string>>;
}

/** The listener's process, with what it heard. */
export class RosPeer extends RosProcess {
  #next = 1;

  constructor(topics: Readonly<Record<string, string>> = {}) {
    super([helper('tracker-peer.mjs'), JSON.stringify(topics)]);
  }

  get hands(): HeardHand[] {
    return this.#heard('hand');
  }

  get markers(): { action: number; points: number }[][] {
    return this.#heard('markers');
  }

  /** The newest diagnostics by part. */
  get diagnostics(): Record<string, HeardStatus> {
    const newest = this.#heard<HeardStatus[]>('diagnostics').at(-1) ?? [];
    return Object.fromEntries(newest.map((status) => [status.name.replace(/^.*: /, ''), status]));
  }

  async call<T>(type: string, name: string, request: object = {}): Promise<T> {
    const id = this.#next++;
    this.child.stdin?.write(`${JSON.stringify({ id, type, name, request })}\n`);
    for (;;) {
      const answer = this.lines.map((line) => JSON.parse(line)).find((said) => said.id === id);
      if (answer?.error !== undefined) throw new Error(answer.error);
      if (answer !== undefined) return answer.answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #heard<T>(key: string): T[] {
    return this.lines.flatMap((line) => (line.startsWith(`{"${key}":`) ? [JSON.parse(line)[key]] : []));
  }
}

export function rosCamera(options: object = {}): RosProcess {
  return new RosProcess([helper('tracker-camera.mjs'), JSON.stringify(options)]);
}

/** `voxhand run` with these arguments. */
export function rosTracker(...args: readonly string[]): RosProcess {
  return new RosProcess([MAIN, 'run', ...args]);
}

/** `voxhand record` with these arguments. */
export function rosRecorder(...args: readonly string[]): RosProcess {
  return new RosProcess([MAIN, 'record', ...args]);
}
