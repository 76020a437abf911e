import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VoxhandError } from '../../errors/voxhand-error.js';
import type { AnyManifest, DetectorManifest } from '../detector-manifest.js';
import { isDetectorManifest } from '../inference.js';
import type { ModelManifest } from '../model-manifest.js';
import { parseAnyManifest } from '../parse-manifest.js';

const MANIFEST = 'manifest.json';
const MAX_MANIFEST_BYTES = 4_000_000;

/** Where the models that come with the package lie. */
export const PACKAGED_MODELS = fileURLToPath(new URL('../../../models', import.meta.url));

/** A manifest and where its files are; the files themselves are verified by the worker that opens them. */
export interface Loaded<Manifest extends AnyManifest> {
  readonly directory: string;
  readonly manifest: Manifest;
  /** sha256 of the manifest's bytes. */
  readonly sha256: string;
}

/** A model that looks at voxels. */
export type LoadedModel = Loaded<ModelManifest>;
/** A model that finds hands in depth pictures. */
export type LoadedDetector = Loaded<DetectorManifest>;

/** Names of the models in a folder, sorted; by default those of the package. */
export async function listModels(folder: string = PACKAGED_MODELS): Promise<string[]> {
  const entries = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(entries.map((name) => stat(join(folder, name, MANIFEST)).catch(() => undefined)));
  return entries.filter((_, i) => sizes[i]?.isFile()).sort();
}

/**
 * Read the manifest of a model that looks at voxels.
 *
 * @param model the name of a packaged model, or the path (with a separator) of a model's folder or `manifest.json`
 * @throws VoxhandError `MODEL_NOT_FOUND` with the names that there are, `MODEL_MANIFEST`, or `MODEL_MISMATCH` for a detector
 */
export async function loadModel(model: string, folder: string = PACKAGED_MODELS): Promise<LoadedModel> {
  const loaded = await loadAnyModel(model, folder);
  if (isLoadedDetector(loaded)) {
    throw new VoxhandError('MODEL_MISMATCH', `${loaded.manifest.name} looks at pictures, not at voxels`, {
      expected: 'another output.kind; this one belongs in detection.model',
      found: loaded.manifest.output.kind,
      where: loaded.directory,
    });
  }
  return loaded;
}

/**
 * The same of a detector.
 *
 * @throws VoxhandError as {@link loadModel}, `MODEL_MISMATCH` for a model that looks at voxels
 */
export async function loadDetector(model: string, folder: string = PACKAGED_MODELS): Promise<LoadedDetector> {
  const loaded = await loadAnyModel(model, folder);
  if (isLoadedDetector(loaded)) return loaded;
  throw new VoxhandError('MODEL_MISMATCH', `${loaded.manifest.name} is no detector: it looks at voxels`, {
    expected: 'output.kind hands',
    found: loaded.manifest.output.kind,
    where: loaded.directory,
  });
}

export function isLoadedDetector(loaded: LoadedModel | LoadedDetector): loaded is LoadedDetector {
  return isDetectorManifest(loaded.manifest);
}

/**
 * The same of a model of any kind.
 *
 * @throws VoxhandError `MODEL_NOT_FOUND`, `MODEL_MANIFEST`
 */
export async function loadAnyModel(
  model: string,
  folder: string = PACKAGED_MODELS,
): Promise<LoadedModel | LoadedDetector> {
  const path = await manifestPath(model, folder);
  const bytes = await readFile(path);
  return {
    directory: dirname(path),
    manifest: parseAnyManifest(bytes.toString('utf8'), path),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  } as LoadedModel | LoadedDetector;
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
