const [IDLE, BUSY, SHUT] = [0, 1, 2];

/**
 * A flag that the worker raises while it is inside onnxruntime, for the main thread to wait for before the process ends.
 *
 * When `process.exit()` or an uncaught exception stops a worker in the middle of a native call, onnxruntime's binding
 * throws where nobody can catch it and the process aborts (SIGABRT, exit code 134) instead of ending as asked.
 * So the last thing that the main thread does is to shut the gate.
 */
export class RunGate {
  /** To be given to the other thread, which makes its own gate of it. */
  readonly memory: SharedArrayBuffer;
  readonly #state: Int32Array;

  /** A new gate is busy: a worker starts by loading its model. */
  constructor(memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.#state = new Int32Array(this.memory);
    if (memory === undefined) this.#state[0] = BUSY;
  }

  /** Worker: before a native call. False when the process is about to end: make no more calls. */
  enter(): boolean {
    return Atomics.compareExchange(this.#state, 0, IDLE, BUSY) === IDLE;
  }

  /** Worker: after it. */
  leave(): void {
    Atomics.compareExchange(this.#state, 0, BUSY, IDLE);
    Atomics.notify(this.#state, 0);
  }

  /** Main thread: let no call in any more, and block until the one inside has left. */
  shut(timeoutMs: number): void {
    while (Atomics.compareExchange(this.#state, 0, IDLE, SHUT) === BUSY) {
      if (Atomics.wait(this.#state, 0, BUSY, timeoutMs) === 'timed-out') return;
    }
  }
}

const openGates = new Set<RunGate>();
const LONGEST_WAIT_MS = 10_000;

function shutAll(): void {
  for (const gate of openGates) gate.shut(LONGEST_WAIT_MS);
}

/** Shut this gate when the process ends. */
export function watchGate(gate: RunGate): void {
  if (openGates.size === 0) process.on('exit', shutAll);
  openGates.add(gate);
}

export function unwatchGate(gate: RunGate): void {
  openGates.delete(gate);
  if (openGates.size === 0) process.off('exit', shutAll);
}
