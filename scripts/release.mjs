#!/usr/bin/env node
/**
 * Prepare a release: `npm run release -- 0.2.0`. Writes the version wherever it stands, dates the topmost section of CHANGELOG.md, commits and
 * tags. It publishes nothing and pushes nothing: see RELEASING.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const VERSION = /^\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?$/;
/** Beside package.json and its lock file: the files that name the version, and where. ROS knows no pre-releases: there 0.2.0-rc.1 is 0.2.0. */
const PLACES = [
  ['src/version.ts', /(VERSION = ')[^']+(')/],
  ['launch/package.xml', /(<version>)[^<]+(<\/version>)/],
  ['msgs/voxhand_msgs/package.xml', /(<version>)[^<]+(<\/version>)/],
];

const git = (...words) => execFileSync('git', words, { encoding: 'utf8' }).trim();
const stop = (text) => {
  console.error(`release: ${text}`);
  process.exit(1);
};
/** Replace the one match of `pattern` in a file. */
function write(path, pattern, replacement) {
  const before = readFileSync(path, 'utf8');
  if (!pattern.test(before)) stop(`expected ${pattern} in ${path}, found nothing that matches`);
  writeFileSync(path, before.replace(pattern, replacement));
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const version = process.argv[2] ?? '';
const tag = `v${version}`;
if (!VERSION.test(version)) stop(`expected a version such as 0.2.0 or 0.2.0-rc.1, found ${JSON.stringify(version)}`);
if (git('status', '--porcelain') !== '') stop('the working tree has changes; commit them first');
if (git('branch', '--show-current') !== 'main')
  stop(`expected the branch main, found ${git('branch', '--show-current')}`);
if (git('tag', '--list', tag) !== '') stop(`the tag ${tag} exists`);

const heading = /^## (\S+)(?: \((.+)\))?$/m.exec(readFileSync('CHANGELOG.md', 'utf8'));
if (heading?.[1] !== version || heading[2] !== 'unreleased')
  stop(
    `expected "## ${version} (unreleased)" as the first section of CHANGELOG.md, found ${JSON.stringify(heading?.[0])}`,
  );

// A shell, because npm is a .cmd file on Windows; the version was checked above.
const set = spawnSync(`npm version ${version} --no-git-tag-version --allow-same-version --ignore-scripts`, {
  shell: true,
  stdio: 'inherit',
});
if (set.status !== 0) stop(`npm version ended with ${set.status}`);
for (const [path, pattern] of PLACES) {
  const named = path.endsWith('.xml') ? version.split('-')[0] : version;
  write(path, pattern, (_, before, after) => `${before}${named}${after}`);
}
write('CHANGELOG.md', /\(unreleased\)$/m, `(${new Date().toISOString().slice(0, 10)})`);

git('commit', '--quiet', '--all', '--message', `Release ${version}`);
git('tag', '--annotate', tag, '--message', `voxhand ${version}`);
console.log(`Committed and tagged ${tag}. Look at it (git show ${tag}), then: git push origin main ${tag}`);
