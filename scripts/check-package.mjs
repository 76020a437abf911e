#!/usr/bin/env node
/** What npm would pack, checked: no maps without sources, no build state, no tests, nothing old, links that work, a size limit. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Bytes that the tarball may have. Raise it on purpose, with the reason in the commit: every user downloads them. */
export const MAX_TARBALL_BYTES = 38_500_000;

const TEST_FILE = /(^|\/)(test|tests|__tests__|fixtures)\/|\.(test|spec|test-d)\.[cm]?[jt]sx?$/;
/** What tsc made of `src/`; the page in dist/viewer is bundled and has other names. */
const COMPILED = /^dist\/(?!viewer\/)(.+?)\.(?:d\.ts|js)$/;
const LINK = /\]\(([^)\s]+)[^)]*\)|\b(?:src|href)="([^"]+)"/g;
const MAP_COMMENT = /^\/\/[#@] sourceMappingURL=(\S+)/gm;

/**
 * @param {{ size: number, files: { path: string }[] }} pack As `npm pack --json` describes a package; `size` in bytes.
 * @param {string} root The folder that was packed, with a slash at its end.
 * @returns {string[]} One line per fault: the file, what is wrong, what to do.
 */
export function packageProblems(pack, root) {
  const packed = new Set(pack.files.map(({ path }) => path));
  const text = (path) => readFileSync(root + path, 'utf8');
  const isPacked = (path) => packed.has(path) || [...packed].some((file) => file.startsWith(`${path}/`));
  /** What README.md links to is packed. Pages of docs/ may also link to what only the repository has, outside docs/. */
  const isThere = (page, path) =>
    isPacked(path) || (page.startsWith('docs/') && !path.startsWith('docs/') && existsSync(root + path));
  const from = (path, target) => posix.join(posix.dirname(path), target).replace(/\/$/, '');
  const problems = [];

  for (const path of packed) {
    const compiled = COMPILED.exec(path)?.[1];
    if (path.endsWith('.tsbuildinfo'))
      problems.push(`${path}: state of the build; exclude it in "files" of package.json`);
    // one of the examples is a test, for users to run
    if (TEST_FILE.test(path) && !path.startsWith('examples/'))
      problems.push(`${path}: a test; exclude it from the build or in "files" of package.json`);
    if (compiled !== undefined && !existsSync(`${root}src/${compiled}.ts`))
      problems.push(`${path}: src/${compiled}.ts does not exist; delete dist and build again`);
    if (path.endsWith('.map')) {
      const map = JSON.parse(text(path));
      const missing = (map.sources ?? []).filter(
        (source, i) => map.sourcesContent?.[i] == null && !packed.has(from(path, `${map.sourceRoot ?? ''}${source}`)),
      );
      if (missing.length > 0) problems.push(`${path}: a source map without its source ${missing[0]}`);
    } else if (/\.[cm]?js$/.test(path)) {
      for (const [, map] of text(path).matchAll(MAP_COMMENT))
        if (!map.startsWith('data:') && !packed.has(from(path, map)))
          problems.push(`${path}: names ${map}, which is not packed`);
    } else if (path.endsWith('.md')) {
      text(path)
        .split('\n')
        .forEach((line, i) => {
          for (const match of line.matchAll(LINK)) {
            const target = (match[1] ?? match[2]).replace(/#.*/, '');
            if (target !== '' && !/^[a-z]+:/.test(target) && !isThere(path, from(path, target)))
              problems.push(`${path}:${i + 1}: links to ${target}, which is not packed`);
          }
        });
    }
  }
  if (pack.size > MAX_TARBALL_BYTES)
    problems.push(
      `the tarball has ${pack.size} bytes, more than MAX_TARBALL_BYTES = ${MAX_TARBALL_BYTES} in scripts/check-package.mjs`,
    );
  return problems;
}

/** Megabytes (10^6 bytes) with one digit. */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

function main() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  // A shell, because npm is a .cmd file on Windows; every word of the command is a constant.
  const npm = spawnSync('npm pack --dry-run --json --ignore-scripts', {
    cwd: root,
    encoding: 'utf8',
    shell: true,
    maxBuffer: 2 ** 26,
  });
  if (npm.status !== 0) throw new Error(`npm pack ended with ${npm.status}: ${npm.stderr}`);
  // npm 10 and 11 print an array, npm 12 an object by package name.
  const [pack] = Object.values(JSON.parse(npm.stdout));
  const parts = new Map();
  for (const { path, size } of pack.files) {
    const part = path.split('/')[0];
    parts.set(part, (parts.get(part) ?? 0) + size);
  }
  const largest = [...parts].sort(([, a], [, b]) => b - a).slice(0, 4);
  console.log(
    `${pack.filename}: ${megabytes(pack.size)} packed, ${megabytes(pack.unpackedSize)} unpacked, ${pack.files.length} files ` +
      `(${largest.map(([part, size]) => `${part} ${megabytes(size)}`).join(', ')})`,
  );
  const problems = packageProblems(pack, root);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`check-package: ${problems.length} problem${problems.length === 1 ? '' : 's'}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
