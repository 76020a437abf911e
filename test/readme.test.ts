import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { typeProblems } from './helpers/type-check.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', ...docs.map((name) => `docs/${name}`)];

/** The code blocks of a language in all documents, each with what stands before it. */
function blocks(language: string): { page: string; before: string; code: string }[] {
  return pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    return [...text.matchAll(new RegExp(`(.*)\\n+\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
      ([, before, code]) => ({ page, before, code }),
    );
  });
}

describe('programs in the documents', () => {
  it('are files of examples/, which are run; what is only type-checked is marked as ts', () => {
    const unquoted = blocks('js').filter(({ before }) => !before.startsWith('<!-- example: '));
    expect(unquoted).toEqual([]);
  });

  it('that are only snippets type-check against the built package, and so do the examples', () => {
    const snippets = blocks('ts').filter(({ code }) => /^import /m.test(code));
    expect(snippets.length).toBeGreaterThan(0);
    // inside the package, so that it finds itself by name
    const folder = mkdtempSync(join(root, 'test', 'readme-'));
    try {
      const files = snippets.map(({ code }, i) => {
        const file = join(folder, `snippet-${i}.ts`);
        writeFileSync(file, code);
        return file;
      });
      const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.mjs'));
      expect(examples.length).toBeGreaterThan(7);
      expect(typeProblems([...files, ...examples.map((name) => join(root, 'examples', name))])).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the package', () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entries = Object.keys(exports).filter((entry) => !/vitest|package\.json/.test(entry));

  it.each(entries.map((entry) => entry.replace('.', 'voxhand')))('can be imported as %s', async (name) => {
    const face = await import(name);
    expect(Object.keys(face).length).toBeGreaterThan(2);
  });
});
