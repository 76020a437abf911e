import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
// @ts-expect-error a script without types
import { MAX_TARBALL_BYTES, packageProblems } from '../scripts/check-package.mjs';

let root: string;
beforeEach(() => {
  root = `${mkdtempSync(join(tmpdir(), 'voxhand-package-'))}/`;
});
afterEach(() => rmSync(root, { recursive: true }));

/** What is wrong with a package of these files; those under `src/` exist and are not packed. */
function problems(files: Record<string, string>, size = 0): string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, text);
  }
  const packed = Object.keys(files).filter((path) => !path.startsWith('src/'));
  return packageProblems({ size, files: packed.map((path) => ({ path })) }, root);
}

it('a package of code with its declarations, and links that lead into it, has no problems', () => {
  expect(
    problems(
      {
        'src/a.ts': '',
        'dist/a.js': 'x',
        'dist/a.d.ts': '',
        'docs/b.md': '[up](../README.md#x)',
        'README.md': '[docs](docs) [b](docs/b.md) [far](https://example.org)',
      },
      MAX_TARBALL_BYTES,
    ),
  ).toEqual([]);
});

it.each([
  [
    'a map without its source',
    { 'dist/viewer/a.js.map': '{"sources":["../../src/a.ts"]}' },
    'a source map without its source ../../src/a.ts',
  ],
  [
    'code that names a map which is not there',
    { 'dist/viewer/a.js': 'x\n//# sourceMappingURL=a.js.map\n' },
    'names a.js.map',
  ],
  ['state of the build', { 'dist/.tsbuildinfo': '' }, 'state of the build'],
  ['a test', { 'dist/viewer/a.test.js': '' }, 'a test'],
  ['code whose source is gone', { 'dist/old.js': '' }, 'src/old.ts does not exist'],
  [
    'a link out of the package',
    { 'README.md': 'a\n![b](docs/images/b.png)' },
    'README.md:2: links to docs/images/b.png',
  ],
])('%s is a problem', (_, files, text) => {
  expect(problems(files)).toEqual([expect.stringContaining(text)]);
});

it('a page of the docs may link to what only the repository has, unless it is a page or picture of the docs', () => {
  writeFileSync(`${root}CONTRIBUTING.md`, '');
  const page = '[a](../CONTRIBUTING.md) [b](../GONE.md) ![c](c.png)';
  expect(problems({ 'docs/a.md': page, 'src/x.ts': '' })).toEqual([
    'docs/a.md:1: links to ../GONE.md, which is not packed',
    'docs/a.md:1: links to c.png, which is not packed',
  ]);
});

it('a map that contains its source is none', () => {
  expect(problems({ 'dist/viewer/a.js.map': '{"sources":["../../src/a.ts"],"sourcesContent":["x"]}' })).toEqual([]);
});

it('one byte above the limit is a problem', () => {
  expect(problems({}, MAX_TARBALL_BYTES + 1)).toEqual([expect.stringContaining(`${MAX_TARBALL_BYTES + 1} bytes`)]);
});
