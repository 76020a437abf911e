import { isTree, type Tree, VoxhandError } from '../../errors/index.js';
import { parseYaml } from '../../errors/parse-yaml.js';
import type { ParameterValue } from './host.js';

/**
 * The parameters of one node in a ROS 2 parameter file.
 *
 * Node names may be nested or written with slashes, `*` stands for one part of a name and `**` for any number. Of several
 * that fit, the last one in the file wins. Nested parameters are named with dots.
 *
 * @param fullName `/cell/hand_tracker`
 * @param where the file's name, for errors.
 * @throws VoxhandError `CONFIG_INVALID`
 */
export function nodeParameters(text: string, fullName: string, where: string): ReadonlyMap<string, ParameterValue> {
  const found = new Map<string, ParameterValue>();
  const visit = (tree: Tree, path: readonly string[]): void => {
    for (const [key, value] of Object.entries(tree)) {
      if (key === 'ros__parameters') {
        if (namePattern(path).test(fullName)) flatten(value, '', found, where);
      } else if (isTree(value)) {
        visit(value, [...path, ...key.split('/').filter((part) => part !== '')]);
      }
    }
  };
  const tree: unknown = parseYaml(text, where);
  if (isTree(tree)) visit(tree, []);
  return found;
}

/**
 * A YAML value as a parameter's.
 *
 * @throws VoxhandError `CONFIG_INVALID` for what no parameter can hold.
 */
export function parameterValue(value: unknown, name: string, where: string): ParameterValue {
  if (isScalar(value)) return value;
  if (Array.isArray(value) && value.every((item) => isScalar(item) && typeof item === typeof value[0])) {
    return value as ParameterValue;
  }
  throw new VoxhandError('CONFIG_INVALID', `parameter ${name} cannot hold this`, {
    expected: 'a boolean, a number, a string, or an array of one of them',
    found: JSON.stringify(value),
    where,
  });
}

function flatten(value: unknown, name: string, into: Map<string, ParameterValue>, where: string): void {
  if (isTree(value)) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, name === '' ? key : `${name}.${key}`, into, where);
  } else if (name !== '' && value !== null) {
    into.set(name, parameterValue(value, name, where));
  }
}

function namePattern(path: readonly string[]): RegExp {
  const parts = path.map((part) => {
    if (part === '**') return '(/[^/]+)*';
    if (part === '*') return '/[^/]+';
    return `/${part.replace(/[.+?^${}()|[\]\\*]/g, '\\$&')}`;
  });
  return new RegExp(`^${parts.join('')}$`);
}

function isScalar(value: unknown): value is boolean | number | string {
  return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string';
}
