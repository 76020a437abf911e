import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { checkRos2Environment } from '../../src/transport/ros2/load-rcl.js';

/** Why the real ROS 2 cannot be used here; undefined where it can. Tests that need it are skipped by this, loudly. */
export const noRos2 = ((): string | undefined => {
  try {
    checkRos2Environment();
    return undefined;
  } catch (error) {
    const reason = (error as Error).message;
    console.warn(`tests against a real ROS 2 are SKIPPED: ${reason}`);
    return reason;
  }
})();

// test files run side by side: each process has a graph of its own, which its children share
if (noRos2 === undefined) process.env.ROS_DOMAIN_ID = String(1 + (process.pid % 70));

const helper = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const children = new Set<ChildProcess>();

/** Wait for something that a graph of several processes needs time for. */
export const until = (condition: () => unknown, timeout = 100_000): Promise<unknown> =>
  vi.waitFor(
    () => {
      if (!condition()) throw new Error(`not within ${timeout} ms: ${condition}`);
    },
    { timeout, interval: 20 },
  );

export interface CameraOptions {
  readonly node?: string;
  readonly topic?: string;
  /** Of the camera info; empty for none. */
  readonly info?: string;
  readonly type?: string;
  readonly reliable?: boolean;
  /** Messages that its publishers keep. */
  readonly depth?: number;
  readonly rate?: number;
  readonly count?: number;
  readonly width?: number;
  readonly height?: number;
  readonly subscribers?: number;
}

/** A camera process: see ros2-camera.mjs. */
export async function startCamera(options: CameraOptions = {}) {
  const child = await start('ros2-camera.mjs', options);
  const state = { sent: 0, done: false };
  child.on('message', ({ sent, done }: { sent?: number; done?: number }) => {
    if (sent !== undefined) state.sent = sent;
    if (done !== undefined) state.done = true;
  });
  return { state, stop: (signal: NodeJS.Signals = 'SIGTERM') => stop(child, signal) };
}

/** A peer process: see ros2-peer.mjs. */
export async function startPeer(options: { readonly node?: string; readonly namespace?: string } = {}) {
  const child = await start('ros2-peer.mjs', options);
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  child.on('message', ({ id, value, error }: { id: number; value: never; error?: string }) => {
    const request = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) request?.resolve(value);
    else request?.reject(new Error(error));
  });
  const ask = <T>(op: string, args: object = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      child.send({ id: last, op, ...args });
    });
  return { ask, stop: (signal: NodeJS.Signals = 'SIGTERM') => stop(child, signal) };
}

/** For afterEach. */
export async function stopChildren(): Promise<void> {
  await Promise.all([...children].map((child) => stop(child, 'SIGKILL')));
}

export async function start(name: string, options: object): Promise<ChildProcess> {
  const child = fork(helper(name), [JSON.stringify(options)], { serialization: 'advanced' });
  children.add(child);
  child.once('exit', () => children.delete(child));
  await once(child, 'message');
  return child;
}

export async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode ?? child.signalCode;
}
