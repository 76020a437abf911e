import { stringify } from 'yaml';
import { fromFileKey, isTree, setValue, type Tree, toFileKey, VoxhandError } from '../errors/index.js';
import { parseYaml } from '../errors/parse-yaml.js';
import { namespacePrefix, type TrackerConfig, type TrackerSettings, trackerConfig } from './config.js';

/** Directly under here stand names that a user chose. */
const CAMERAS = 'cameras';

/** Topics of the whole graph, which stay absolute. */
const SHARED_TOPICS: readonly string[] = ['tf', 'tfStatic', 'diagnostics'];

/** Parameters of a ROS 2 node that are no settings of a tracker. */
const OF_ANY_NODE: readonly string[] = [
  'use_sim_time',
  'qos_overrides',
  'start_type_description_service',
  'image_transport',
  'bond_heartbeat_period',
];

/**
 * Read a configuration: a ROS 2 parameter file (`/**: ros__parameters:`), or the same settings without that frame. What `ros2 param dump`
 * writes is read too: a setting that is not set (`null`) has its default, and what every node has (`use_sim_time`) is left to the node.
 *
 * Keys are spelt `snake_case`, as ROS 2 parameters are. `overrides` are `key.path=value` as on a command line; their
 * values are YAML (`reference.zone.z=[0.2, 0.9]`). A `smoothing.preset` among them takes the place of the file's stages.
 *
 * @param where the file's name, for errors
 * @throws VoxhandError `CONFIG_INVALID`
 */
export function parseConfig(text: string, where = 'configuration', overrides: readonly string[] = []): TrackerConfig {
  const settings = readTree(text, where);
  for (const override of overrides) applyOverride(settings, override);
  return trackerConfig(settings as TrackerSettings, where);
}

/** The same configuration as a ROS 2 parameter file. Topics within the namespace are written relative to it. */
export function formatConfig(config: TrackerConfig): string {
  const prefix = namespacePrefix(config.namespace);
  const relative = (name: string, shared: boolean) =>
    !shared && name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const topics = Object.entries(config.topics).map(([key, name]) => [key, relative(name, SHARED_TOPICS.includes(key))]);
  const written = { ...config, topics: Object.fromEntries(topics) };
  return stringify({ '/**': { ros__parameters: renamed(written, toFileKey) } });
}

function readTree(text: string, where: string): Tree {
  const read: unknown = parseYaml(text, where) ?? {};
  const parameters = rosParameters(read);
  const tree = parameters === undefined ? read : withoutUnset(parameters);
  if (!isTree(tree)) throw new VoxhandError('CONFIG_INVALID', 'no settings', { expected: 'key: value', where });
  return renamed(tree, fromFileKey) as Tree;
}

/** Whether a ROS 2 parameter file asks for the time of `/clock`; false for settings without that frame. */
export function usesSimTime(text: string, where: string): boolean {
  return rosParameters(parseYaml(text, where))?.use_sim_time === true;
}

/** What stands in the frame of a ROS 2 parameter file, of all its nodes; undefined without one. */
function rosParameters(tree: unknown): Tree | undefined {
  const nodes = Object.values(isTree(tree) ? tree : {}).filter((node) => isTree(node) && 'ros__parameters' in node);
  return nodes.length === 0 ? undefined : Object.assign({}, ...nodes.map((node) => (node as Tree).ros__parameters));
}

/** The settings among parameters that have a value: `ros2 param dump` writes null for the others. */
function withoutUnset(parameters: Tree): Tree {
  const settings = Object.entries(parameters).filter(([key, value]) => value !== null && !OF_ANY_NODE.includes(key));
  return Object.fromEntries(settings.map(([key, value]) => [key, isTree(value) ? withoutUnset(value) : value]));
}

function applyOverride(settings: Tree, override: string): void {
  const at = override.indexOf('=');
  if (at < 1) {
    throw new VoxhandError('CONFIG_INVALID', 'not an override', { expected: 'key.path=value', found: override });
  }
  const path: string[] = [];
  for (const key of override.slice(0, at).trim().split('.')) path.push(renamedKey(key, fromFileKey, path));
  setValue(settings, path, renamed(parseYaml(override.slice(at + 1), path.join('.')), fromFileKey, path));
  if (path.join('.') === 'smoothing.preset') setValue(settings, ['smoothing', 'stages'], undefined); // those of the file
}

type Rename = (key: string) => string;

/** Settings with other keys, at this path. */
function renamed(value: unknown, rename: Rename, path: readonly string[] = []): unknown {
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = renamedKey(key, rename, path);
      return [name, renamed(inner, rename, [...path, name])];
    }),
  );
}

function renamedKey(key: string, rename: Rename, path: readonly string[]): string {
  return path.length === 1 && path[0] === CAMERAS ? key : rename(key);
}
