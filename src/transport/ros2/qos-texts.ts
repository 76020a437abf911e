import type { Endpoint } from './graph.js';
import { describeQos, type QosConflict } from './qos.js';
import type { RclQos } from './rcl.js';

/** Texts on quality of service for users: who offers what, who asks for what, and what to change. */

/** Our subscription gets nothing from this publisher. */
export function inputConflict(
  topic: string,
  { node, qos }: Endpoint,
  requested: RclQos,
  conflicts: readonly QosConflict[],
  setting: string | undefined,
): string {
  const remedies = conflicts.map(({ policy }) => {
    if (policy === 'reliability') return `${option(setting, 'profile', 'sensor_data')} or make the publisher reliable`;
    if (policy === 'durability')
      return `${option(setting, 'durability', 'volatile')} or make the publisher transient local`;
    return `make the publisher offer the ${policy}`;
  });
  return `${topic} gets nothing from ${node}: it offers ${describeQos(qos)}; we ask for ${describeQos(requested)}. To get it, ${remedies.join('; and ')}`;
}

/** This subscriber gets nothing from our publisher. */
export function outputConflict(
  topic: string,
  { node, qos }: Endpoint,
  offered: RclQos,
  conflicts: readonly QosConflict[],
  setting: string | undefined,
): string {
  const remedies = conflicts.map(({ policy }) => {
    if (policy === 'reliability') return `${option(setting, 'profile', 'reliable')} or let ${node} ask for best effort`;
    if (policy === 'durability')
      return `${option(setting, 'durability', 'transient_local')} or let ${node} ask for volatile`;
    return `let ${node} ask for no ${policy}: voxhand offers none`;
  });
  return `${node} gets nothing from ${topic}: it asks for ${describeQos(qos)}; we offer ${describeQos(offered)}. To serve it, ${remedies.join('; and ')}`;
}

function option(setting: string | undefined, key: string, value: string): string {
  return setting === undefined ? `set this topic's ${key} to ${value}` : `set qos.${setting}.${key} to ${value}`;
}
