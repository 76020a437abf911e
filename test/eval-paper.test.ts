import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const script = join(root, 'scripts/eval-paper.mjs');
const folder = mkdtempSync(join(tmpdir(), 'voxhand-paper-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Ten seconds of one core, twice; but a core may be shared with ten others. */
const BUSY = 900_000;

/** The same models whatever comes with the package: a formula as refiner, one that is not there, two times the same network. */
const models = () => [
  '--model',
  'compact-light',
  '--refine-com',
  './test/fixtures/models/tiny-com',
  '--refine-rom',
  './no-such-model',
  '--ensemble',
  twice(),
];

function twice(): string {
  const target = join(folder, 'twice');
  cpSync(join(root, 'models/compact-light'), target, { recursive: true });
  const path = join(target, 'manifest.json');
  const manifest = read(path);
  cpSync(join(target, 'model.onnx'), join(target, 'again.onnx'));
  manifest.files = [...manifest.files, { ...manifest.files[0], path: 'again.onnx' }];
  manifest.selfTest.expected = [...manifest.selfTest.expected, ...manifest.selfTest.expected];
  writeFileSync(path, JSON.stringify({ ...manifest, name: 'twice' }));
  return target;
}

function quick(out: string): string {
  execFileSync(process.execPath, [script, '--quick', '--out', join(folder, out), ...models()], {
    cwd: root,
    stdio: 'pipe',
  });
  return join(folder, out);
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** Every number of a tree of JSON; null where a figure could not be taken. */
function figures(value: unknown, path = ''): [string, number | null][] {
  if (typeof value === 'number' || value === null) return [[path, value]];
  if (typeof value !== 'object') return [];
  return Object.entries(value as object).flatMap(([key, each]) => figures(each, `${path}.${key}`));
}

describe('npm run eval:paper -- --quick', () => {
  let out: string;
  beforeAll(() => {
    out = quick('a');
  }, BUSY);

  it('measures 100 frames and leaves no figure out', () => {
    const results = read(join(out, 'results.json'));
    const { set, reference, window, prior, ensemble } = results;
    expect(set.at(-1)).toMatchObject({ preset: 'all', frames: 100 });
    expect(results.seeds).toHaveLength(4);
    expect(results.models).toMatchObject({
      network: { name: 'compact-light' },
      refineCom: { name: 'tiny-com' },
      refineRom: null,
    });
    expect(reference.rows.map(({ reference: kind, available }: never) => [kind, available])).toEqual([
      ['none', true],
      ['com', true],
      ['rom', false],
    ]);
    expect(reference.rows[0].decoders).toHaveLength(4);
    expect(window.rows).toHaveLength(2 * 2 * 5);
    expect(prior.rows).toHaveLength(3 * 12);
    expect(ensemble.rows).toHaveLength(3 * 7);
    const { models: _, fit, ...measured } = results;
    for (const [path, value] of figures(measured)) {
      if (value === null) throw new Error(`nothing measured at ${path}`);
      expect(Number.isFinite(value), path).toBe(true);
    }
    // with the fit, bones keep their length better, in frames that both methods have
    expect(fit.rows).toHaveLength(5 * 2);
    const [before, after] = fit.rows;
    expect([before.method, before.frames, after.method]).toEqual(['without', after.frames, 'with']);
    expect(before.frames).toBeGreaterThan(10);
    expect(after.boneDeviationMm).toBeLessThan(before.boneDeviationMm);
    expect(before.againstWithout).toEqual([0, 0]);
    // A hand is found in most frames, and its joints are nearer than a hand is wide.
    expect(reference.foundByAll).toBeGreaterThan(60);
    expect(reference.rows[0].decoders[0].meanMm).toBeLessThan(40);
    // The centre of a cell is a worse answer than the fitted place in it.
    const of = (decoder: string) =>
      reference.rows[0].decoders.find((row: { decoder: string }) => row.decoder === decoder);
    expect(of('gauss').meanMm).toBeLessThan(of('max').meanMm);
    expect(of('gauss').againstMax[1]).toBeLessThan(0);
    // N = 1 is the largest cell itself; and a network is as good as the mean of itself and itself.
    const [one, both] = ['member 2', 'all 2'].map((name) => {
      const rows = ensemble.rows.filter(({ members }: { members: string }) => members === name);
      return (n: number | string) => rows.find((row: { n: number | string }) => row.n === n);
    });
    expect(one(1).meanMm).toBeGreaterThan(one('gauss').meanMm);
    expect(both('gauss').meanMm).toBe(one('gauss').meanMm);
    expect(both('gauss').againstLast).toEqual([0, 0]);
    expect(both(20).meanMm).toBeCloseTo(one(10).meanMm, 9);
    // A window of k frames on both sides is k frames late; one component cannot tell poses apart.
    expect(
      window.rows.find(({ mode, k }: { mode: string; k: number }) => mode === 'centred' && k === 7).lagFrames,
    ).toBe(7);
    expect(window.rows.find(({ mode, k }: { mode: string; k: number }) => mode === 'causal' && k === 7).lagFrames).toBe(
      0,
    );
    expect(prior.rows[0].againstNone[0]).toBeGreaterThan(0);
  });

  it('fills every table of docs/paper.md, and draws what it measured', () => {
    const document = readFileSync(join(out, 'paper.md'), 'utf8');
    for (const name of ['set', 'representation', 'width', 'loss', 'reference', 'ensemble', 'window', 'prior', 'fit']) {
      const part = document.split(`<!-- begin generated: ${name} -->`)[1]!.split(`<!-- end generated: ${name} -->`)[0]!;
      expect(part, name).toMatch(/^\| .* \|$|Not trained yet/m);
      expect(part, name).not.toMatch(/NaN|undefined|null/);
      // every line of a table has as many cells as its head
      const widths = part.split(/\n{2,}/).map(
        (block) =>
          new Set(
            block
              .split('\n')
              .filter((l) => l.startsWith('|'))
              .map((l) => l.split('|').length),
          ),
      );
      for (const width of widths) expect(width.size, name).toBeLessThanOrEqual(1);
    }
    expect(document).toContain('not available');
    for (const name of ['window', 'prior', 'reference', 'ensemble']) {
      expect(decode(readFileSync(join(out, `paper-${name}.png`))).width).toBeGreaterThan(600);
    }
  });

  it('says the same twice, but for when it was made', { timeout: BUSY }, () => {
    const again = quick('b');
    const [first, second] = [out, again].map((each) => {
      const { made: _, fit, ...results } = read(join(each, 'results.json'));
      return { ...results, fit: { ...fit, made: null } };
    });
    expect(second).toEqual(first);
    for (const name of ['window', 'prior', 'reference', 'ensemble']) {
      expect(readFileSync(join(again, `paper-${name}.png`))).toEqual(readFileSync(join(out, `paper-${name}.png`)));
    }
  });

  it('renders again from its results without measuring, as the same document', () => {
    const before = readFileSync(join(out, 'paper.md'), 'utf8');
    rmSync(join(out, 'paper.md'));
    execFileSync(process.execPath, [script, '--render', '--out', out], { cwd: root });
    expect(readFileSync(join(out, 'paper.md'), 'utf8')).toBe(before);
  });
});

describe('npm run eval:paper', () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' });

  it('refuses an option that it does not know, and writes nothing', () => {
    const { status, stderr } = run('--fast', '--out', join(folder, 'c'));
    expect(status).toBe(2);
    expect(stderr).toContain('--fast');
    expect(existsSync(join(folder, 'c'))).toBe(false);
  });

  it('refuses baselines that are not as agreed, with the place', () => {
    const file = join(folder, 'baselines.json');
    writeFileSync(
      file,
      JSON.stringify({ rows: [{ name: 'x', input: 'y', output: 'z', table: 'width', parameters: 'many' }] }),
    );
    const { status, stderr } = run('--quick', '--baselines', file, '--out', join(folder, 'd'));
    expect(status).toBe(1);
    expect(stderr).toContain('rows.0.parameters');
    expect(existsSync(join(folder, 'd'))).toBe(false);
  });
});
