import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { trackerParameters } from '../src/tracking/parameters.js';

const known = trackerParameters().map(({ name }) => name);
const groups = new Set(known.map((name) => name.split('.')[0]));
const isKnown = (name: string) => known.some((parameter) => parameter === name || parameter.startsWith(`${name}.`));

/** Settings that a page names in full, as `smoothing.window.k`. */
function settingsOf(page: string): string[] {
  const text = readFileSync(page, 'utf8').replace(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/`([a-z_]+(?:\.[a-z_]+)+)(?:[:=][^`]*)?`/g)]
    .map(([, name]) => name as string)
    .filter((name) => groups.has(name.split('.')[0] as string));
}

const pages = ['README.md', ...readdirSync('docs').map((file) => `docs/${file}`)].filter((file) =>
  file.endsWith('.md'),
);

describe('settings in the documents', () => {
  it('are named more than a hundred times', () => {
    expect(pages.flatMap(settingsOf).length).toBeGreaterThan(100);
  });

  it.each(pages)('of %s exist', (page) => {
    // model manifests and launch files have groups of the same names
    const others = [
      'input.tensor',
      'input.size',
      'input.layout',
      'input.roll',
      'output.kind',
      'output.size',
      'output.layout',
      'output.side',
    ];
    expect(settingsOf(page).filter((name) => !isKnown(name) && !others.includes(name))).toEqual([]);
  });
});
