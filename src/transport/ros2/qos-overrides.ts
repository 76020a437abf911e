import { didYouMean, VoxhandError } from '../../errors/index.js';
import type { ParameterDescriptor, ParameterValue } from './host.js';
import type { TopicQos } from './qos.js';

/** Which end of a topic a node has. */
export type Entity = 'publisher' | 'subscription';

const PREFIX = 'qos_overrides.';

/** By the name of a policy in ROS 2: what can be asked for here, in words, and the key of {@link TopicQos} that it sets. */
const POLICIES: Readonly<
  Record<string, { readonly allowed: string; readonly set: (value: ParameterValue) => Partial<TopicQos> | undefined }>
> = {
  reliability: {
    allowed: 'reliable or best_effort',
    set: (value) =>
      value === 'reliable' || value === 'best_effort'
        ? { profile: value === 'reliable' ? 'reliable' : 'sensor_data' }
        : undefined,
  },
  durability: {
    allowed: 'volatile or transient_local',
    set: (value) => (value === 'volatile' || value === 'transient_local' ? { durability: value } : undefined),
  },
  history: {
    allowed: 'keep_last: no queue here is without a bound',
    set: (value) => (value === 'keep_last' ? {} : undefined),
  },
  depth: {
    allowed: 'an integer from 1 to 1000',
    set: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1000
        ? { depth: value }
        : undefined,
  },
};

/**
 * Whether a parameter is one of those below, which are declared when their topic is opened.
 *
 * @param of what its name goes on with: `/cell/hand/joints.publisher.`
 */
export function isQosOverride(parameter: string, of = ''): boolean {
  return parameter.startsWith(`${PREFIX}${of}`);
}

/**
 * Quality of service of one end of a topic, with what the parameters `qos_overrides.<topic>.<entity>.<policy>` say of it: the
 * names that nodes in C++ and Python have for it.
 *
 * @param topic its name on the wire: `/cell/hand/joints`
 * @throws VoxhandError `CONFIG_INVALID` for a policy or a value that cannot be had.
 */
export function overriddenQos(
  topic: string,
  entity: Entity,
  qos: TopicQos,
  overrides: ReadonlyMap<string, ParameterValue>,
): TopicQos {
  const start = `${PREFIX}${topic}.${entity}.`;
  let result = qos;
  for (const [name, value] of overrides) {
    if (!name.startsWith(start)) continue;
    const policy = name.slice(start.length);
    const known = Object.hasOwn(POLICIES, policy) ? POLICIES[policy] : undefined;
    const change = known?.set(value);
    if (change === undefined) {
      const policies = Object.keys(POLICIES);
      throw new VoxhandError('CONFIG_INVALID', 'quality of service that cannot be had here', {
        expected: known?.allowed ?? `${policies.join(', ')}: rclnodejs passes no other policy to ROS 2`,
        found: known === undefined ? `${policy}${didYouMean(policy, policies)}` : JSON.stringify(value),
        where: name,
      });
    }
    result = { ...result, ...change };
  }
  return result;
}

/** As {@link overriddenQos} takes them, with the values that are in force. */
export function qosParameters(topic: string, entity: Entity, qos: TopicQos): ParameterDescriptor[] {
  const values: Record<keyof typeof POLICIES, ParameterValue> = {
    reliability: qos.profile === 'reliable' ? 'reliable' : 'best_effort',
    durability: qos.durability,
    history: 'keep_last',
    depth: qos.depth,
  };
  return Object.entries(values).map(([policy, value]) => ({
    name: `${PREFIX}${topic}.${entity}.${policy}`,
    type: typeof value === 'number' ? 'integer' : 'string',
    value,
    description: `Quality of service of the ${entity} on ${topic}: ${policy}.`,
    constraints: POLICIES[policy].allowed,
    readOnly: true,
  }));
}
