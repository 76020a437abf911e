#!/usr/bin/env node
/**
 * Writes the programs of examples/ into README.md and docs/: a block behind `<!-- example: examples/first.mjs -->` becomes that file. A test
 * fails where they differ.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));

for (const page of ['README.md', ...pages.map((name) => `docs/${name}`)]) {
  const text = readFileSync(join(root, page), 'utf8');
  const quoted = text.replace(/(<!-- example: (\S+) -->\n+```\w+\n)[\s\S]*?(?=```)/g, (_, head, file) => {
    return head + readFileSync(join(root, file), 'utf8');
  });
  if (quoted === text) continue;
  writeFileSync(join(root, page), quoted);
  console.log(page);
}
