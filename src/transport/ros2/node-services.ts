import { inWords } from '../../errors/index.js';
import type { ParameterChanges, ServeFunction, SetResult } from './host.js';
import type { LifecycleMachine, TransitionInfo } from './lifecycle-machine.js';
import { LifecycleMachine as Machine, STATES } from './lifecycle-machine.js';
import type { ParameterValueMessage } from './parameter-messages.js';
import { fromValueMessage, TYPE_NUMBERS, toDescriptorMessage, toValueMessage } from './parameter-messages.js';
import type { Parameters } from './parameters.js';

interface Names {
  readonly names: readonly string[];
}

interface SetRequest {
  readonly parameters: readonly { readonly name: string; readonly value: ParameterValueMessage }[];
}

interface ListRequest {
  readonly prefixes: readonly string[];
  readonly depth: bigint | number;
}

/**
 * The six parameter services of a node, in place of rclnodejs's: there a request with a type number that does not exist
 * ends the process.
 *
 * @param change makes changes and tells the graph of them.
 */
export function serveParameters(
  parameters: Parameters,
  change: (changes: ParameterChanges) => SetResult,
  serve: ServeFunction,
): void {
  const messageOf = (name: string) => toValueMessage(parameters.describe(name)?.type ?? 'bool', parameters.get(name));
  const typeOf = (name: string) => {
    const type = parameters.describe(name)?.type;
    return type === undefined || parameters.get(name) === undefined ? 0 : TYPE_NUMBERS[type];
  };
  const setAll = (request: SetRequest['parameters']): { successful: boolean; reason: string } => {
    try {
      const changes = new Map(request.map(({ name, value }) => [name, fromValueMessage(value)]));
      const { ok, reason = '' } = change(changes);
      return { successful: ok, reason };
    } catch (error) {
      return { successful: false, reason: inWords((error as Error).message) };
    }
  };

  serve('rcl_interfaces/srv/GetParameters', '~/get_parameters', (request) => ({
    values: (request as Names).names.map(messageOf),
  }));
  serve('rcl_interfaces/srv/GetParameterTypes', '~/get_parameter_types', (request) => ({
    types: (request as Names).names.map(typeOf),
  }));
  serve('rcl_interfaces/srv/DescribeParameters', '~/describe_parameters', (request) => ({
    descriptors: (request as Names).names.map((name) => toDescriptorMessage(name, parameters.describe(name))),
  }));
  serve('rcl_interfaces/srv/ListParameters', '~/list_parameters', (request) => ({
    result: list(parameters.names(), request as ListRequest),
  }));
  serve('rcl_interfaces/srv/SetParameters', '~/set_parameters', (request) => ({
    results: (request as SetRequest).parameters.map((parameter) => setAll([parameter])),
  }));
  serve('rcl_interfaces/srv/SetParametersAtomically', '~/set_parameters_atomically', (request) => ({
    result: setAll((request as SetRequest).parameters),
  }));
}

/** Depth counts the dots after the prefix; 0 is no limit. */
function list(names: readonly string[], { prefixes, depth }: ListRequest): { names: string[]; prefixes: string[] } {
  const limit = Number(depth);
  const within = (name: string, prefix: string): boolean => {
    if (prefix !== '' && name !== prefix && !name.startsWith(`${prefix}.`)) return false;
    const rest = prefix === '' ? name : name.slice(prefix.length + 1);
    return limit === 0 || rest.split('.').length <= limit;
  };
  const roots = prefixes.length === 0 ? [''] : [...prefixes];
  const found = names.filter((name) => roots.some((prefix) => within(name, prefix)));
  const parents = found.filter((name) => name.includes('.')).map((name) => name.slice(0, name.lastIndexOf('.')));
  return { names: found, prefixes: [...new Set(parents)] };
}

/**
 * `rcl_interfaces/msg/ParameterEvent`
 *
 * @param nanoseconds the node's time.
 */
export function toParameterEvent(
  node: string,
  changes: ParameterChanges,
  parameters: Parameters,
  stamp: { readonly sec: number; readonly nanosec: number },
  isNew: boolean,
) {
  const messages = (set: boolean) =>
    [...changes]
      .filter(([, value]) => (value !== undefined) === set)
      .map(([name, value]) => ({ name, value: toValueMessage(parameters.describe(name)?.type ?? 'bool', value) }));
  return {
    stamp,
    node,
    new_parameters: isNew ? messages(true) : [],
    changed_parameters: isNew ? [] : messages(true),
    deleted_parameters: isNew ? [] : messages(false),
  };
}

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
