import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tolerances } from './compare/tolerances.js';
import { loadTolerances, parseTolerances, tolerancesBeside } from './load-tolerances.js';

test('a file says what differs from the defaults', () => {
  const text = `
# of this cell
mean_mm: 1
joints:
  thumb_tip: { p95_mm: 3 }
found_changes: 2
events: { shift: 0.2 }
timing: { out_of_order: 0 }
`;
  const settings = parseTolerances(text);
  expect(settings).toEqual({
    meanMm: 1,
    joints: { thumb_tip: { p95Mm: 3 } },
    foundChanges: 2,
    events: { shift: 0.2 },
    timing: { outOfOrder: 0 },
  });
  expect(tolerances(settings)).toMatchObject({ p95Mm: 1, maxMm: 5, missing: 0, events: { shift: 0.2, window: 1 } });
});

test('an empty file says nothing', () => {
  expect(parseTolerances('# nothing yet\n')).toEqual({});
});

test.each([
  ['an unknown key', 'mean_cm: 1', 'unknown key mean_cm'],
  ['an unknown key further down', 'events: { shft: 1 }', 'unknown key events.shft'],
  ['a joint that there is not', 'joints: { thumb: { mean_mm: 1 } }', 'joints'],
  ['an unknown key of a joint', 'joints: { wrist: { median_mm: 1 } }', 'unknown key joints.wrist.median_mm'],
  ['a limit below zero', 'p95_mm: -1', 'p95_mm: '],
  ['half a frame', 'missing: 0.5', 'missing: '],
  ['words', 'max_mm: few', 'max_mm: '],
  ['a list', '- 1', 'expected key: value'],
  ['a joint named __proto__', 'joints: { __proto__: { mean_mm: 1 } }', '__proto__'],
  ['a key named constructor', 'constructor: 1', 'unknown key constructor'],
  ['an alias in itself', 'joints: &a { wrist: *a }', '64 levels'],
])('%s is refused with its place', (_, text, message) => {
  expect(() => parseTolerances(text, 'cell.tolerances.yaml')).toThrow(message);
  expect(() => parseTolerances(text, 'cell.tolerances.yaml')).toThrow('at cell.tolerances.yaml');
});

test('what is no YAML is refused with line and column', () => {
  expect(() => parseTolerances('mean_mm: 1\nevents: {', 'x.yaml')).toThrow(/at x\.yaml, line 2, column \d+/);
});

test('a file that is not there is refused', async () => {
  await expect(loadTolerances('no/such.yaml')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test('tolerances lie beside the golden recording, under its own name first', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'voxhand-tolerances-'));
  try {
    const golden = join(folder, 'cell.golden.mcap');
    expect(await tolerancesBeside(golden)).toBeUndefined();
    await writeFile(join(folder, 'cell.tolerances.yaml'), '');
    expect(await tolerancesBeside(golden)).toBe(join(folder, 'cell.tolerances.yaml'));
    await writeFile(join(folder, 'cell.golden.tolerances.yaml'), '');
    expect(await tolerancesBeside(golden)).toBe(join(folder, 'cell.golden.tolerances.yaml'));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the documentation shows every default as it is', async () => {
  const text = await readFile('docs/regression.md', 'utf8');
  const [, block] = /```yaml\n(mean_mm: .*?)```/s.exec(text) ?? [];
  expect(parseTolerances(block)).toEqual(tolerances());
});
