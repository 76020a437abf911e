import { fromFileKey, isTree, type Tree, VoxhandError } from '../errors/index.js';
import { parseYaml } from '../errors/parse-yaml.js';
import { exists, readText } from '../transport/port/files.js';
import { type ToleranceSettings, tolerances } from './compare/tolerances.js';

/**
 * Read tolerances: `mean_mm: 0.5` and so on, spelt as in `docs/regression.md`.
 *
 * @param where the file's name, for errors
 * @returns only what the text says; `tolerances` fills in the defaults
 * @throws VoxhandError `CONFIG_INVALID` naming the place in the text, or each key that is unknown or out of range.
 */
export function parseTolerances(text: string, where = 'tolerances'): ToleranceSettings {
  const tree: unknown = parseYaml(text, where) ?? {};
  if (!isTree(tree)) throw new VoxhandError('CONFIG_INVALID', 'no tolerances', { expected: 'key: value', where });
  const settings = inCode(tree) as ToleranceSettings;
  tolerances(settings, where); // refuses what is unknown or out of range
  return settings;
}

/** @throws VoxhandError `FILE_NOT_FOUND`; see `parseTolerances`. */
export async function loadTolerances(path: string): Promise<ToleranceSettings> {
  return parseTolerances(await readText(path, 'the tolerances'), path);
}

/**
 * The file of tolerances that belongs to a golden recording: `cell.tolerances.yaml` beside `cell.mcap` or
 * `cell.golden.mcap` or the folder `cell/`; undefined where there is none.
 */
export async function tolerancesBeside(golden: string): Promise<string | undefined> {
  const stem = golden.replace(/[/\\]+$/, '').replace(/\.mcap$/, '');
  for (const name of new Set([stem, stem.replace(/\.golden$/, '')])) {
    const path = `${name}.tolerances.yaml`;
    if (await exists(path)) return path;
  }
  return undefined;
}

/** `mean_mm` of a file is `meanMm` in code; below `joints` are names of joints, which stay as they are. */
function inCode(tree: Tree, rename = fromFileKey): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => {
      if (!isTree(value)) return [rename(key), value];
      return [rename(key), inCode(value, key === 'joints' ? (joint) => joint : fromFileKey)];
    }),
  );
}
