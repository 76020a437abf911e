import { didYouMean } from './did-you-mean.js';
import { shown } from './shown.js';

/** `cameraInfo` in code is `camera_info` in a file, as ROS 2 spells parameters. */
export function toFileKey(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function fromFileKey(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `['heatMaps', 'n']` is `heat_maps.n` in a file. */
export function toFileName(path: readonly PropertyKey[]): string {
  return path.map((key) => toFileKey(String(key))).join('.');
}

/** What a schema finds wrong with settings, as zod says it. */
export interface SettingIssue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Keys that are unknown. */
  readonly keys?: readonly string[];
  /** Values that are allowed in place of `input`. */
  readonly values?: readonly unknown[];
  readonly input?: unknown;
}

/**
 * One line for each setting that is unknown or out of range, in the spelling of a file, with the nearest name or value where
 * one is near.
 *
 * @param known names of all settings in the spelling of a file
 */
export function settingProblems(issues: readonly SettingIssue[], known: readonly string[] = []): string[] {
  return issues.flatMap(({ code, path, message, keys = [], values, input }) => {
    const place = toFileName(path);
    if (code === 'unrecognized_keys') {
      const unknown = keys.flatMap((key) => leafPaths((input as Tree | undefined)?.[key], [...path, key]));
      return unknown.map((name) => `unknown key ${toFileName(name)}${didYouMean(toFileName(name), known)}`);
    }
    const expected = values ? `expected one of ${values.join(', ')}` : message.replace(/^(Invalid|Too) \w+: /, '');
    const found = code === 'invalid_type' || input === undefined ? '' : `, found ${inWords(input)}`;
    const hint = values && typeof input === 'string' ? didYouMean(input, values.map(String)) : '';
    return [`${place === '' ? '' : `${place}: `}${expected}${found}${hint}`];
  });
}

const inWords = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(shown).join(', ').slice(0, 60)}]` : shown(value);

/** Settings by key, as a file or a program gives them. */
export type Tree = { [key: string]: unknown };

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The paths of all values in a tree of settings. */
export function leafPaths(value: unknown, path: readonly PropertyKey[] = []): (readonly PropertyKey[])[] {
  const inner = isTree(value) ? Object.entries(value) : [];
  return inner.length === 0 ? [path] : inner.flatMap(([key, at]) => leafPaths(at, [...path, key]));
}

/** Set a value in a tree of settings, or take it away where it is undefined; trees on its way are made. */
export function setValue(tree: Tree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  // `hasOwn`, so that a key such as __proto__ is just an unknown key
  const inner = Object.hasOwn(tree, key) ? tree[key] : undefined;
  const made = rest.length === 0 ? value : isTree(inner) ? inner : {};
  if (rest.length > 0) setValue(made as Tree, rest, value);
  if (made === undefined) delete tree[key];
  else Object.defineProperty(tree, key, { value: made, enumerable: true, configurable: true, writable: true });
}
