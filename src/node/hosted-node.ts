import { VoxhandError } from '../errors/index.js';
import {
  changedParameters,
  changeParameters,
  isCameraParameter,
  parameterValue,
  type SettingValue,
  type TrackerConfig,
  type TrackerParameter,
  trackerParameters,
  withCameraParameters,
} from '../tracking/index.js';
import type { ParameterDescriptor, ParameterValue, Ros2Host } from '../transport/ros2/host.js';
import { TrackerNode, type TrackerNodeOptions } from './tracker-node.js';

export interface HostedNodeOptions extends Omit<TrackerNodeOptions, 'lifecycle' | 'name'> {
  readonly host: Ros2Host;
  /** A managed node: `ros2 lifecycle` drives it. Otherwise its life cycle is its own. */
  readonly managed?: boolean;
  /** What `~/snapshot` does and answers, where a recording with a ring goes on: see `snapshotService`. */
  readonly snapshot?: () => Promise<string>;
}

/**
 * A tracker as a ROS 2 node: its parameters declared and served, `~/pause`, `~/resume`, `~/reset` and perhaps `~/snapshot`
 * offered, its log on /rosout and, where it is managed, its life cycle driven from outside.
 *
 * The configuration should have the host's overrides in it already: see `withOverrides`.
 *
 * @throws VoxhandError `CONFIG_INVALID` for an override that its parameter does not allow.
 */
export function hostedNode({ host, managed = false, log, snapshot, ...options }: HostedNodeOptions): TrackerNode {
  let node: TrackerNode | undefined;
  host.declareParameters([...parameterDescriptors(options.config, managed), IMAGE_TRANSPORT], (changes) => {
    if (node === undefined) return { ok: false, reason: 'the node is not there yet' };
    const before = node.config;
    const result = node.setParameters(changes);
    const others = changedParameters(before, node.config).filter((name) => !changes.has(name));
    return others.length === 0 ? result : { ...result, also: valuesOf(node.config, others) };
  });
  node = new TrackerNode({
    ...options,
    name: host.fullName,
    log: (severity, text) => {
      host.log(severity, text);
      log?.(severity, text);
    },
    ...(managed && { lifecycle: (handlers) => host.lifecycle(handlers) }),
  });
  const hosted = node;
  host.trigger('~/pause', () => hosted.pause());
  host.trigger('~/resume', () => hosted.resume());
  host.trigger('~/reset', () => hosted.reset());
  if (snapshot !== undefined) host.trigger('~/snapshot', snapshot);
  for (const name of host.undeclaredOverrides().filter((one) => !isCameraParameter(one)))
    host.log('warn', `there is no parameter ${name}: it is ignored`);
  return node;
}

/**
 * A tracker's settings as a host declares them.
 *
 * @param managed an unconfigured node takes changes of everything; a plain one is never unconfigured, and what is fixed is read
 * only.
 */
export function parameterDescriptors(config: TrackerConfig, managed: boolean): ParameterDescriptor[] {
  return trackerParameters().map((parameter): ParameterDescriptor => {
    const { name, type, range, constraints, description, unit, change } = parameter;
    return {
      name,
      type,
      value: valueIn(config, parameter),
      description: unit === undefined ? description : `${description} Unit: ${unit}.`,
      ...(constraints !== '' && { constraints }),
      ...(range && { range }),
      ...(change === 'fixed' && !managed && { readOnly: true }),
    };
  });
}

/** As image_transport's subscribers have it; `topics.depth` is then the name of the image. */
const IMAGE_TRANSPORT: ParameterDescriptor = {
  name: 'image_transport',
  type: 'string',
  value: 'raw',
  description:
    'Transport of the depth images: with compressedDepth, the topic is that of the images and /compressedDepth.',
  constraints: 'one of raw, compressedDepth',
  readOnly: true,
};

/** The topics of depth images with the transport that is asked for. */
function withTransport(config: TrackerConfig, transport: ParameterValue): TrackerConfig {
  if (transport === 'raw') return config;
  if (transport !== 'compressedDepth') {
    throw new VoxhandError('CONFIG_INVALID', 'a transport that is not for depth images', {
      expected: 'raw or compressedDepth',
      found: JSON.stringify(transport),
      where: IMAGE_TRANSPORT.name,
    });
  }
  const of = (topic: string) => (topic.endsWith(`/${transport}`) ? topic : `${topic}/${transport}`);
  const { topics, cameras } = config;
  return {
    ...config,
    topics: { ...topics, depth: of(topics.depth) },
    cameras: Object.fromEntries(
      Object.entries(cameras).map(([name, camera]) => [name, { ...camera, depth: of(camera.depth) }]),
    ),
  };
}

/**
 * The configuration with what a ROS 2 command line or launch file says of it. Names that are no settings are left to others.
 *
 * @throws VoxhandError `CONFIG_INVALID`
 */
export function withOverrides(config: TrackerConfig, overrides: ReadonlyMap<string, ParameterValue>): TrackerConfig {
  const names = new Set(trackerParameters().map(({ name }) => name));
  const known = changeParameters(config, new Map([...overrides].filter(([name]) => names.has(name))));
  return withTransport(withCameraParameters(known, overrides), overrides.get(IMAGE_TRANSPORT.name) ?? 'raw');
}

/** What stands in a configuration under these names. */
function valuesOf(config: TrackerConfig, names: readonly string[]): ReadonlyMap<string, SettingValue | undefined> {
  const parameters = trackerParameters().filter(({ name }) => names.includes(name));
  return new Map(parameters.map((parameter) => [parameter.name, valueIn(config, parameter)]));
}

/** Undefined where it is not set. */
function valueIn(config: TrackerConfig, parameter: TrackerParameter): SettingValue | undefined {
  const value = parameterValue(config, parameter);
  const isUnset = parameter.optional && (value === '' || value === 0 || (Array.isArray(value) && value.length === 0));
  return isUnset ? undefined : value;
}
