import type { Dispose, Lifecycle, LifecycleHandlers, LifecycleState, TransitionOutcome } from './host.js';

/** A state with its number in `lifecycle_msgs/msg/State`. */
export interface StateInfo {
  readonly id: number;
  readonly label: string;
}

/** A transition that a state allows, with its number in `lifecycle_msgs/msg/Transition`. */
export interface TransitionInfo extends StateInfo {
  readonly start: StateInfo;
  readonly goal: StateInfo;
}

const state = (id: number, label: string): StateInfo => ({ id, label });

/** All states, the four that a node rests in and the six that it passes through. */
export const STATES = {
  unknown: state(0, 'unknown'),
  unconfigured: state(1, 'unconfigured'),
  inactive: state(2, 'inactive'),
  active: state(3, 'active'),
  finalized: state(4, 'finalized'),
  configuring: state(10, 'configuring'),
  cleaningup: state(11, 'cleaningup'),
  shuttingdown: state(12, 'shuttingdown'),
  activating: state(13, 'activating'),
  deactivating: state(14, 'deactivating'),
  errorprocessing: state(15, 'errorprocessing'),
} as const;

type Passing = 'configuring' | 'cleaningup' | 'shuttingdown' | 'activating' | 'deactivating';
type Handler = Exclude<keyof LifecycleHandlers, 'onError'>;

interface Request {
  readonly id: number;
  readonly label: string;
  readonly from: LifecycleState;
  readonly through: Passing;
  readonly handler: Handler;
  readonly success: LifecycleState;
  readonly failure: LifecycleState;
}

const request = (
  id: number,
  label: string,
  from: LifecycleState,
  through: Passing,
  handler: Handler,
  success: LifecycleState,
  failure: LifecycleState,
): Request => ({ id, label, from, through, handler, success, failure });

/** What may be asked for, with the numbers of `lifecycle_msgs/msg/Transition`. */
const REQUESTS: readonly Request[] = [
  request(1, 'configure', 'unconfigured', 'configuring', 'onConfigure', 'inactive', 'unconfigured'),
  request(2, 'cleanup', 'inactive', 'cleaningup', 'onCleanup', 'unconfigured', 'inactive'),
  request(3, 'activate', 'inactive', 'activating', 'onActivate', 'active', 'inactive'),
  request(4, 'deactivate', 'active', 'deactivating', 'onDeactivate', 'inactive', 'active'),
  request(5, 'shutdown', 'unconfigured', 'shuttingdown', 'onShutdown', 'finalized', 'finalized'),
  request(6, 'shutdown', 'inactive', 'shuttingdown', 'onShutdown', 'finalized', 'finalized'),
  request(7, 'shutdown', 'active', 'shuttingdown', 'onShutdown', 'finalized', 'finalized'),
];

/** The numbers of a transition state's three ways out begin here, in the order success, failure, error. */
const OUTCOME_IDS: Readonly<Record<Passing | 'errorprocessing', number>> = {
  configuring: 10,
  cleaningup: 20,
  activating: 30,
  deactivating: 40,
  shuttingdown: 50,
  errorprocessing: 60,
};
const OUTCOMES: readonly TransitionOutcome[] = ['success', 'failure', 'error'];

/** One step from state to state, as `~/transition_event` tells it. */
export type StepListener = (step: TransitionInfo) => void;

/**
 * The life cycle of a managed node, as the ROS 2 design has it, with handlers that may take their time.
 *
 * Requests that the present state does not allow, or that come during a transition, are refused and change nothing.
 */
export class LifecycleMachine implements Lifecycle {
  readonly #handlers: LifecycleHandlers;
  readonly #onStep: StepListener;
  readonly #listeners = new Set<(state: string) => void>();
  #state: StateInfo = STATES.unconfigured;

  /** @param onStep called with each step; must not throw. */
  constructor(handlers: LifecycleHandlers, onStep: StepListener = () => undefined) {
    this.#handlers = handlers;
    this.#onStep = onStep;
  }

  get state(): string {
    return this.#state.label;
  }

  get current(): StateInfo {
    return this.#state;
  }

  /** What may be asked for now; nothing during a transition. */
  available(): readonly TransitionInfo[] {
    return REQUESTS.filter(({ from }) => STATES[from] === this.#state).map(toInfo);
  }

  /** Every transition of the graph, those that outcomes bring about too. */
  static graph(): readonly TransitionInfo[] {
    const outcomes = REQUESTS.filter(({ id }) => id <= 5).flatMap(({ through, success, failure }) => [
      outcomeInfo(through, 'success', STATES[success]),
      outcomeInfo(through, 'failure', STATES[failure]),
      outcomeInfo(through, 'error', STATES.errorprocessing),
    ]);
    return [
      ...REQUESTS.map(toInfo),
      ...outcomes,
      outcomeInfo('errorprocessing', 'success', STATES.unconfigured),
      outcomeInfo('errorprocessing', 'failure', STATES.finalized),
      outcomeInfo('errorprocessing', 'error', STATES.finalized),
    ];
  }

  /** @param transition its label or its number. */
  async change(transition: string | number): Promise<boolean> {
    const wanted = REQUESTS.find(
      ({ id, label, from }) => STATES[from] === this.#state && (id === transition || label === transition),
    );
    if (wanted === undefined) return false;
    const { through, success, failure } = wanted;
    this.#go(toInfo(wanted));
    let reason: unknown;
    const outcome = await run(
      () =>
        wanted.handler === 'onShutdown' ? this.#handlers.onShutdown?.(wanted.from) : this.#handlers[wanted.handler]?.(),
      (error) => {
        reason = error;
      },
    );
    if (outcome === 'error') {
      this.#go(outcomeInfo(through, 'error', STATES.errorprocessing));
      await this.#processError(reason ?? new Error(`${wanted.label} failed`));
      return false;
    }
    this.#go(outcomeInfo(through, outcome, STATES[outcome === 'success' ? success : failure]));
    return outcome === 'success';
  }

  async fail(error: unknown): Promise<void> {
    const from = this.#state;
    if (from !== STATES.active && from !== STATES.inactive) return;
    // the design has no such transition: it is reported as a deactivation that ended in an error
    this.#go({ ...outcomeInfo('deactivating', 'error', STATES.errorprocessing), start: from });
    await this.#processError(error);
  }

  onChange(listener: (state: string) => void): Dispose {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #processError(error: unknown): Promise<void> {
    const { onError } = this.#handlers;
    const outcome = onError === undefined ? 'failure' : await run(() => onError(error));
    this.#go(outcomeInfo('errorprocessing', outcome, outcome === 'success' ? STATES.unconfigured : STATES.finalized));
  }

  #go(step: TransitionInfo): void {
    this.#state = step.goal;
    this.#onStep(step);
    for (const listener of this.#listeners) listener(step.goal.label);
  }
}

async function run(
  handler: () => ReturnType<NonNullable<LifecycleHandlers['onConfigure']>>,
  onError: (error: unknown) => void = () => undefined,
): Promise<TransitionOutcome> {
  try {
    return (await handler()) ?? 'success';
  } catch (error) {
    onError(error);
    return 'error';
  }
}

function toInfo({ id, label, from, through }: Request): TransitionInfo {
  return { id, label, start: STATES[from], goal: STATES[through] };
}

/** Labels as rcl_lifecycle gives them. */
function outcomeInfo(
  through: Passing | 'errorprocessing',
  outcome: TransitionOutcome,
  goal: StateInfo,
): TransitionInfo {
  const id = OUTCOME_IDS[through] + OUTCOMES.indexOf(outcome);
  return { id, label: `transition_${outcome}`, start: STATES[through], goal };
}
