import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VoxhandError } from '../../hand/errors.js';
import type { ModelManifest } from '../model-manifest.js';
import { parseManifest } from '../parse-manifest.js';

const MANIFEST = 'manifest.json';
const MAX_MANIFEST_BYTES = 4_000_000;

/** Where the models that come with the package lie. */
export const PACKAGED_MODELS = fileURLToPath(new URL('../../../models', import.meta.url));

/** A manifest and where its files are; the files themselves are verified by the worker that opens them. */
export interface LoadedModel {
  readonly directory: string;
  readonly manifest: ModelManifest;
  /** sha256 of the manifest's bytes. */
  readonly sha256: string;
}

/** Names of the models in a folder, sorted; by default those of the package. */
export async function listModels(folder: string = PACKAGED_MODELS): Promise<string[]> {
  const entries = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(entries.map((name) => stat(join(folder, name, MANIFEST)).catch(() => undefined)));
  return entries.filter((_, i) => sizes[i]?.isFile()).sort();
}

/**
 * Read a model's manifest.
 *
 * @param model the name of a packaged model, or the path (with a separator) of a model's folder or `manifest.json`
 * @throws VoxhandError `MODEL_NOT_FOUND` with the names that there are, or `MODEL_MANIFEST`
 */
export async function loadModel(model: string, folder: string = PACKAGED_MODELS): Promise<LoadedModel> {
  const path = await manifestPath(model, folder);
  const bytes = await readFile(path);
  return {
    directory: dirname(path),
    manifest: parseManifest(bytes.toString('utf8'), path),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

async function manifestPath(model: string, folder: string): Promise<string> {
  const isPath = /[\\/]/.test(model) || basename(model) === MANIFEST;
  const place = isPath ? resolve(model) : join(folder, model);
  const path = basename(place) === MANIFEST ? place : join(place, MANIFEST);
  const found = model === '' ? undefined : await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    const names = await listModels(folder);
    throw new VoxhandError('MODEL_NOT_FOUND', `no model '${model}'`, {
      expected: `one of ${names.join(', ') || '(none are packaged)'}, or a path to a folder with a ${MANIFEST}`,
      found: 'no such file',
      where: path,
    });
  }
  if (found.size <= MAX_MANIFEST_BYTES) return path;
  throw new VoxhandError('MODEL_MANIFEST', 'the manifest is too large', {
    expected: `at most ${MAX_MANIFEST_BYTES} bytes`,
    found: `${found.size} bytes`,
    where: path,
  });
}
