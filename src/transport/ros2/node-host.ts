import { inWords, toVoxhandError, VoxhandError } from '../../errors/index.js';
import { type Codec, cdrCodec } from '../../messages/index.js';
import { toStamp } from '../../timing/index.js';
import { bondStatusCodec, holdBond } from './bond.js';
import { guarded, type OnCallbackError } from './guard.js';
import type {
  Dispose,
  Lifecycle,
  LifecycleHandlers,
  OnParameters,
  ParameterChanges,
  ParameterDescriptor,
  ParameterValue,
  Ros2Host,
  ServeFunction,
  SetResult,
} from './host.js';
import { LifecycleMachine } from './lifecycle-machine.js';
import { serveLifecycle, serveParameters, toParameterEvent, toTransitionEvent } from './node-services.js';
import { Parameters } from './parameters.js';
import type { TopicQos } from './qos.js';
import { isQosOverride } from './qos-overrides.js';
import type { RclNode, RclService } from './rcl.js';
import { fullName, type NodeNames } from './ros-arguments.js';

export interface NodeHostOptions {
  readonly node: RclNode;
  readonly names: NodeNames;
  readonly distro: string;
  readonly overrides: ReadonlyMap<string, ParameterValue>;
  /** The node's time, nanoseconds. */
  readonly now: () => bigint;
  /** Send a message of the host's own; fails quietly. */
  readonly send: <T>(topic: string, codec: Codec<T>, qos: TopicQos, message: T) => void;
  readonly onError: OnCallbackError;
}

const EVENT_QOS: TopicQos = { profile: 'reliable', depth: 1000, durability: 'volatile' };
const TRANSITION_QOS: TopicQos = { profile: 'reliable', depth: 10, durability: 'volatile' };

/** Under the name that nav2's nodes have for it. */
const BOND_PERIOD: ParameterDescriptor = {
  name: 'bond_heartbeat_period',
  type: 'double',
  value: 0.1,
  description:
    'While it is active, the node tells a lifecycle manager on the topic bond that it is alive, this often; 0 for never. Unit: s.',
  range: { from: 0, to: 1 },
  readOnly: true,
};

/** {@link Ros2Host} on a plain node of rclnodejs. */
export class NodeHost implements Ros2Host {
  readonly #options: NodeHostOptions;
  readonly #parameters: Parameters;
  readonly #services = new Set<RclService>();
  #declared = false;
  #lifecycle: LifecycleMachine | undefined;
  #leaveBond: Dispose | undefined;
  #closed = false;

  constructor(options: NodeHostOptions) {
    this.#options = options;
    this.#parameters = new Parameters(options.overrides);
    serveParameters(this.#parameters, (changes) => this.setParameters(changes), this.#serve);
  }

  get name(): string {
    return this.#options.names.name;
  }

  get namespace(): string {
    return this.#options.names.namespace;
  }

  get fullName(): string {
    return fullName(this.#options.names);
  }

  get distro(): string {
    return this.#options.distro;
  }

  get overrides(): ReadonlyMap<string, ParameterValue> {
    return this.#options.overrides;
  }

  /** For the bus's own parameters. */
  declareOwn(descriptors: readonly ParameterDescriptor[], onSet: OnParameters): void {
    this.#announce(this.#parameters.declare(descriptors, onSet), true);
  }

  declareParameters(descriptors: readonly ParameterDescriptor[], onSet: OnParameters): void {
    if (this.#declared) throw new VoxhandError('USAGE', 'the parameters of this node are declared already');
    this.#announce(this.#parameters.declare(descriptors, onSet), true);
    this.#declared = true;
  }

  undeclaredOverrides(): readonly string[] {
    return this.#parameters.undeclaredOverrides().filter((name) => !isQosOverride(name));
  }

  parameter(name: string): ParameterValue | undefined {
    return this.#parameters.get(name);
  }

  setParameters(changes: ParameterChanges): SetResult {
    const result = this.#parameters.set(changes);
    if (result.ok) this.#announce(new Map([...changes, ...(result.also ?? [])]), false);
    return result;
  }

  trigger(name: string, action: () => string | Promise<string>): Dispose {
    return this.#serve('std_srvs/srv/Trigger', name, async () => {
      try {
        return { success: true, message: await action() };
      } catch (error) {
        return { success: false, message: inWords(toVoxhandError(error).message) };
      }
    });
  }

  lifecycle(handlers: LifecycleHandlers): Lifecycle {
    if (this.#lifecycle !== undefined) throw new VoxhandError('USAGE', 'this node has a life cycle already');
    const codec = cdrCodec('lifecycle_msgs/msg/TransitionEvent');
    const machine = new LifecycleMachine(
      handlers,
      guarded('transition_event', this.#options.onError, (step) => {
        const event = toTransitionEvent(step, this.#options.now());
        this.#options.send('~/transition_event', codec, TRANSITION_QOS, event);
      }),
    );
    serveLifecycle(machine, this.#serve);
    this.#lifecycle = machine;
    this.declareOwn([BOND_PERIOD], () => ({ ok: true }));
    const period = Number(this.parameter(BOND_PERIOD.name));
    if (period > 0) machine.onChange((state) => this.#bind(state === 'active' ? period : undefined));
    return machine;
  }

  /** Tell a lifecycle manager that this node is alive, or, without a period, that it leaves. */
  #bind(period: number | undefined): void {
    const { now, send, onError } = this.#options;
    this.#leaveBond?.();
    this.#leaveBond = undefined;
    if (period === undefined) return;
    const codec = bondStatusCodec();
    let isMissing = false;
    this.#leaveBond = holdBond(
      { id: this.name, period, now },
      guarded('bond', onError, (status) => {
        if (isMissing) return;
        try {
          send('bond', codec, TRANSITION_QOS, status);
        } catch (error) {
          if (!(error instanceof VoxhandError) || error.code !== 'ROS2_MESSAGES_MISSING') throw error;
          isMissing = true;
          this.log(
            'info',
            'no bond with a lifecycle manager: the package bond is not installed. nav2 needs bond_timeout: 0.0',
          );
        }
      }),
    );
  }

  log(severity: 'debug' | 'info' | 'warn' | 'error', text: string): void {
    if (this.#closed) return;
    try {
      this.#options.node.getLogger()[severity](text);
    } catch {
      // there is no better place to say it
    }
  }

  /** Take the services off the graph. The node must still be there. */
  close(): void {
    this.#bind(undefined);
    this.#closed = true;
    for (const service of [...this.#services]) this.#remove(service);
  }

  readonly #serve: ServeFunction = (type, name, handler) => {
    const { node, onError } = this.#options;
    if (this.#closed) return () => undefined;
    let service: RclService;
    try {
      service = node.createService(type, name, (request) => {
        try {
          const answer = handler(request);
          return answer instanceof Promise ? this.#whileOpen(name, answer) : answer;
        } catch (error) {
          onError(name, error);
          return undefined;
        }
      });
    } catch (cause) {
      throw new VoxhandError('ROS2_UNAVAILABLE', 'a service cannot be offered', {
        expected: `${type}, a part of every ROS 2, as JavaScript too: npx generate-ros-messages in a sourced shell`,
        found: (cause as Error).message,
        where: name,
        cause,
      });
    }
    this.#services.add(service);
    return () => this.#remove(service);
  };

  /** An answer that comes when the node has gone is for nobody, and the library must not try to send it. */
  async #whileOpen(name: string, answer: Promise<unknown>): Promise<unknown> {
    try {
      const value = await answer;
      return this.#closed ? await new Promise(() => undefined) : value;
    } catch (error) {
      this.#options.onError(name, error);
      return undefined;
    }
  }

  #remove(service: RclService): void {
    if (!this.#services.delete(service)) return;
    try {
      this.#options.node.destroyService(service);
    } catch (error) {
      this.#options.onError('service', error);
    }
  }

  #announce(changes: ParameterChanges, isNew: boolean): void {
    const { now, send, onError } = this.#options;
    guarded('parameter_events', onError, () => {
      const event = toParameterEvent(this.fullName, changes, this.#parameters, toStamp(now()), isNew);
      send('/parameter_events', cdrCodec('rcl_interfaces/msg/ParameterEvent'), EVENT_QOS, event);
    })();
  }
}
