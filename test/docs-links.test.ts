import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const pages = [
  ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ...readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
  'recordings/README.md',
  'training/README.md',
];

/** The text without code, in which brackets are no links. */
function prose(page: string): string {
  return readFileSync(page, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ''));
}

/** The anchors of a page's headings, as GitHub makes them: a second heading of the same text gets `-1`, and so on. */
function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...prose(page).matchAll(/^#+ +(.+?) *$/gm)].map(([, heading]) => {
    const slug = (heading as string)
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replace(/ /g, '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** The relative links of a page, images included. */
function linksOf(page: string): string[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)[^)]*\)|\b(?:src|href)="([^"]+)"/g)]
    .map(([, markdown, html]) => (markdown ?? html) as string)
    .filter((target) => !/^[a-z]+:/.test(target));
}

describe('links in the documents', () => {
  it('are looked at on more than twenty pages', () => {
    expect(pages.length).toBeGreaterThan(20);
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(100);
  });

  it.each(pages)('of %s lead to files and headings that are there', (page) => {
    const broken = linksOf(page).filter((link) => {
      const [path, anchor] = link.split('#') as [string, string?];
      const target = path === '' ? page : relative('.', join(dirname(page), path));
      if (!existsSync(target)) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it.each(readdirSync('docs').filter((file) => file.endsWith('.md') && file !== 'index.md'))(
    'lead from docs/index.md to docs/%s',
    (file) => {
      expect(linksOf('docs/index.md').map((link) => link.split('#')[0])).toContain(file);
    },
  );
});

/** Code blocks that follow `<!-- example: examples/NAME -->`, with the file that they are quoted from. */
const quotes = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/<!-- example: (\S+) -->\n+```\w+\n([\s\S]*?)\n```/g)].map(
    ([, file, code]) => [page, file, code] as [string, string, string],
  ),
);

describe('code in the documents', () => {
  it('is quoted from examples on more than four places', () => {
    expect(quotes.length).toBeGreaterThan(4);
  });

  it.each(quotes)('of %s is that of %s', (_, file, code) => {
    expect(code).toBe(readFileSync(file, 'utf8').trimEnd());
  });
});
