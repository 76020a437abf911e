import { describe, expect, it, test } from 'vitest';
import { parseYaml } from './parse-yaml.js';

const laughs = [
  'a0: &a0 [x,x,x,x,x,x,x,x,x,x]',
  ...Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`)}]`),
];

describe('a YAML text', () => {
  test.each([
    ['an alias without its anchor', 'a: *nope\n', 'line 1, column 4', 'nope'],
    ['the same behind sound aliases', 'a: &x 1\nb: *x\nc: *nope\n', 'line 3, column 4', 'nope'],
    ['an alias within its anchor', 'a: &a\n  b: 1\n  c: *a\n', 'line 3, column 6', '64 levels'],
    ['a merge with itself', 'a: &a\n  <<: *a\n', 'line 2, column 7', '64 levels'],
    ['aliases that make much of little', `${laughs.join('\n')}\n`, 'line 2, column 10', 'alias'],
    ['a tag that there is not, unfinished', 'a: 1\nb: [', 'line 2, column 5', ''],
    ['the same key twice', 'a: 1\na: 2\n', 'line 2, column 1', 'unique'],
    ['__proto__ as a key', 'a: 1\nb: { __proto__: { c: 1 } }\n', 'line 2, column 6', '__proto__'],
    ['very many brackets', `${'['.repeat(10_000)}`, '', ''],
  ])('with %s is refused with its place', (_, text, place, found) => {
    expect(() => parseYaml(text, 'cell.yaml')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        where: expect.stringContaining(`cell.yaml${place === '' ? '' : `, ${place}`}`),
        found: expect.stringContaining(found),
      }),
    );
  });

  it('may use aliases and keys of any name; its objects have no prototype', () => {
    const tree = parseYaml('a: &x { constructor: 1 }\nb: *x\ntoString: [2, { hasOwnProperty: ~ }]\n', 'x') as Record<
      string,
      object
    >;
    expect(tree).toEqual({ a: { constructor: 1 }, b: { constructor: 1 }, toString: [2, { hasOwnProperty: null }] });
    expect([tree, tree.a].map((each) => Object.getPrototypeOf(each))).toEqual([null, null]);
    expect('valueOf' in tree).toBe(false);
  });
});
