#!/usr/bin/env node
/** Print the section of CHANGELOG.md of one version: `node scripts/changelog-section.mjs 0.2.0`. Fails where there is none, or it has no date. */
import { readFileSync } from 'node:fs';

const version = process.argv[2];
const sections = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8')
  .split(/^## /m)
  .slice(1);
const section = sections.find((text) => text.split(/\s/, 1)[0] === version);
const heading = section?.split('\n', 1)[0];
if (heading === undefined || !/^\S+ \(\d{4}-\d{2}-\d{2}\)$/.test(heading)) {
  console.error(
    `expected a section "## ${version} (YYYY-MM-DD)" in CHANGELOG.md, found ${JSON.stringify(heading ?? null)}`,
  );
  process.exit(1);
}
console.log(section.slice(heading.length).trim());
