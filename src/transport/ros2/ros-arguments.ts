import { readFileSync } from 'node:fs';
import { VoxhandError } from '../../errors/index.js';
import { parseYaml } from '../../errors/parse-yaml.js';
import type { ParameterValue } from './host.js';
import { nodeParameters, parameterValue } from './parameter-file.js';

/** A node's name and namespace: `hand_tracker` in `/cell`. */
export interface NodeNames {
  readonly name: string;
  /** `/` or `/cell` */
  readonly namespace: string;
}

/** A command line's ROS arguments, sorted by who they are for. */
export interface RosArguments extends NodeNames {
  /** For the context: logging, enclave, and whatever ROS 2 shall refuse because nobody knows it. */
  readonly context: readonly string[];
  /** For the node: remap rules. */
  readonly node: readonly string[];
  /** Values for the node's parameters. */
  readonly overrides: ReadonlyMap<string, ParameterValue>;
}

const WITH_VALUE: ReadonlyMap<string, 'remap' | 'param' | 'params-file'> = new Map([
  ['-r', 'remap'],
  ['--remap', 'remap'],
  ['-p', 'param'],
  ['--param', 'param'],
  ['--params-file', 'params-file'],
]);

/**
 * Sort ROS arguments: what stands between `--ros-args` and `--`, as often as that comes; all else is not for ROS 2.
 *
 * Remap rules go to the node, so that several nodes of one process can have different ones. Parameters are read here:
 * rclnodejs matches a file's node names by equality only, and ends in an error at an array of integers.
 *
 * @param given the node's name and namespace unless the arguments rename it.
 * @throws VoxhandError `USAGE` for an argument that lacks its value or cannot be read; `FILE_NOT_FOUND` and
 * `CONFIG_INVALID` for a parameter file.
 */
export function parseRosArguments(
  args: readonly string[],
  given: NodeNames,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): RosArguments {
  const context: string[] = [];
  const remaps: string[] = [];
  const parameters: ['param' | 'params-file', string][] = [];
  for (const block of rosBlocks(args)) {
    for (let i = 0; i < block.length; i++) {
      const kind = WITH_VALUE.get(block[i]);
      if (kind === undefined) {
        context.push(block[i]);
        continue;
      }
      const value = block[++i];
      if (value === undefined) {
        throw new VoxhandError('USAGE', 'a ROS argument lacks its value', { found: block[i - 1], where: '--ros-args' });
      }
      if (kind === 'remap') remaps.push(value);
      else parameters.push([kind, value]);
    }
  }
  const names = renamed(given, remaps);
  const overrides = new Map<string, ParameterValue>();
  for (const [kind, value] of parameters) {
    const found = kind === 'param' ? oneParameter(value, names) : fileParameters(value, names, readFile);
    for (const [name, override] of found) overrides.set(name, override);
  }
  return {
    ...names,
    context: framed(context),
    node: framed(remaps.flatMap((rule) => ['-r', rule])),
    overrides,
  };
}

/**
 * What a node will be called, before anything of it exists.
 *
 * @example
 * ```ts
 * rosNames(['--ros-args', '-r', '__ns:=/cell'], { name: 'hand_tracker', namespace: '/' }); // in /cell
 * ```
 */
export function rosNames(args: readonly string[], given: NodeNames): NodeNames {
  const rules = [...rosBlocks(args)].flatMap((block) =>
    block.flatMap((arg, i) => (WITH_VALUE.get(arg) === 'remap' && block[i + 1] !== undefined ? [block[i + 1]] : [])),
  );
  return renamed(given, rules);
}

function framed(args: readonly string[]): readonly string[] {
  return args.length === 0 ? [] : ['--ros-args', ...args];
}

function* rosBlocks(args: readonly string[]): Generator<readonly string[]> {
  for (let at = args.indexOf('--ros-args'); at >= 0; at = args.indexOf('--ros-args', at)) {
    const end = args.indexOf('--', at);
    yield args.slice(at + 1, end < 0 ? undefined : end).filter((arg) => arg !== '--ros-args');
    if (end < 0) return;
    at = end;
  }
}

/** `[node:]__node:=name` and `[node:]__ns:=/namespace`: the first rule that fits is taken, as rcl does it. */
function renamed({ name: givenName, namespace }: NodeNames, rules: readonly string[]): NodeNames {
  const target = (names: readonly string[], nodeName: string): string | undefined => {
    for (const rule of rules) {
      const match = /^(?:([^:]+):)?(__\w+):=(.*)$/.exec(rule);
      if (match !== null && names.includes(match[2]) && (match[1] ?? nodeName) === nodeName) return match[3];
    }
    return undefined;
  };
  const name = target(['__node', '__name'], givenName) ?? givenName;
  return { name, namespace: absolute(target(['__ns'], name) ?? namespace) };
}

function absolute(namespace: string): string {
  return `/${namespace.replace(/^\/+|\/+$/g, '')}`;
}

/** `name:=value` or `node:name:=value`, the value in YAML. */
function oneParameter(text: string, names: NodeNames): ReadonlyMap<string, ParameterValue> {
  const match = /^(?:([^:=]+):)?([^:=]+):=(.*)$/s.exec(text);
  if (match === null) {
    throw new VoxhandError('USAGE', 'not a parameter', {
      expected: 'name:=value',
      found: text,
      where: '--ros-args -p',
    });
  }
  const node = match[1]?.replace(/^\//, '');
  if (node !== undefined && node !== names.name && `/${node}` !== fullName(names)) return new Map();
  return new Map([
    [match[2], parameterValue(parseYaml(match[3], `--ros-args -p ${match[2]}`), match[2], '--ros-args -p')],
  ]);
}

function fileParameters(
  path: string,
  names: NodeNames,
  readFile: (path: string) => string,
): ReadonlyMap<string, ParameterValue> {
  let text: string;
  try {
    text = readFile(path);
  } catch (cause) {
    throw new VoxhandError('FILE_NOT_FOUND', 'the parameter file cannot be read', { where: path, cause });
  }
  return nodeParameters(text, fullName(names), path);
}

/** `/cell/hand_tracker` */
export function fullName({ name, namespace }: NodeNames): string {
  return `${namespace === '/' ? '' : namespace}/${name}`;
}
