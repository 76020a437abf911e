import type { ServeFunction } from './host.js';
import type { LifecycleMachine, TransitionInfo } from './lifecycle-machine.js';
import { LifecycleMachine as Machine, STATES } from './lifecycle-machine.js';

interface ChangeStateRequest {
  readonly transition: { readonly id: number; readonly label: string };
}

/** What `ros2 lifecycle` and launch's lifecycle actions call: five services of `lifecycle_msgs`. */
export function serveLifecycle(machine: LifecycleMachine, serve: ServeFunction): void {
  serve('lifecycle_msgs/srv/ChangeState', '~/change_state', async (request) => {
    const { id, label } = (request as ChangeStateRequest).transition;
    return { success: await machine.change(label === '' ? Number(id) : label) };
  });
  serve('lifecycle_msgs/srv/GetState', '~/get_state', () => ({ current_state: { ...machine.current } }));
  serve('lifecycle_msgs/srv/GetAvailableStates', '~/get_available_states', () => ({
    available_states: Object.values(STATES).map((state) => ({ ...state })),
  }));
  serve('lifecycle_msgs/srv/GetAvailableTransitions', '~/get_available_transitions', () => ({
    available_transitions: machine.available().map(toMessage),
  }));
  serve('lifecycle_msgs/srv/GetAvailableTransitions', '~/get_transition_graph', () => ({
    available_transitions: Machine.graph().map(toMessage),
  }));
}

/** `lifecycle_msgs/msg/TransitionDescription` */
function toMessage({ id, label, start, goal }: TransitionInfo) {
  return { transition: { id, label }, start_state: { ...start }, goal_state: { ...goal } };
}

/** `lifecycle_msgs/msg/TransitionEvent`, for `~/transition_event`. */
export function toTransitionEvent({ id, label, start, goal }: TransitionInfo, nanoseconds: bigint) {
  return {
    timestamp: BigInt.asUintN(64, nanoseconds),
    transition: { id, label },
    start_state: { ...start },
    goal_state: { ...goal },
  };
}
