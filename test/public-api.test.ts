import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runNode } from './helpers/cli.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const snapshot = (entry: string) => readFileSync(join(root, 'test/fixtures/api', `${entry}.txt`), 'utf8');
const namesOf = (entry: string) => [...snapshot(entry).matchAll(/^== (\S+)$/gm)].map(([, name]) => name);

/** Names that a program can call or construct, which the type tests must know. */
const callable = (entry: string) =>
  [...snapshot(entry).matchAll(/^== (\S+)\n(?:function|class) /gm)].map(([, name]) => name);

describe('the public face', () => {
  it('is as its snapshot says: change both, and the changelog', async () => {
    const { code, stderr } = await runNode([join(root, 'scripts/api-snapshot.mjs'), '--check']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('has at most 70 names at the root', () => {
    expect(namesOf('index').length).toBeGreaterThan(40);
    expect(namesOf('index').length).toBeLessThanOrEqual(70);
  });

  it('has no name of the root in another entry, so that each has one home', () => {
    const others = ['mcap', 'ros2', 'foxglove', 'messages', 'evaluation', 'testing'].flatMap(namesOf);
    expect(namesOf('index').filter((name) => others.includes(name))).toEqual([]);
  });

  it('has a type test for every function and class of the root', () => {
    const tests = readFileSync(join(root, 'test/types/index.test-d.ts'), 'utf8');
    const used = tests.slice(tests.indexOf("from '../../src/index.js'"));
    expect(callable('index').length).toBeGreaterThan(20);
    expect(callable('index').filter((name) => !new RegExp(`\\b${name}\\b`).test(used))).toEqual([]);
  });
});
