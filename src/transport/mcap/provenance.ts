import type { InferenceStatus } from '../../inference/inference.js';
import type { McapInfo } from './info.js';

/** Name of the metadata records that say where a recording comes from. */
export const PROVENANCE_RECORD = 'voxhand';

/**
 * What a recording says of where it comes from. There may be several records: what is known only later, or has changed, stands in
 * a later one, and is what counts.
 */
export function provenanceOf({ metadata }: Pick<McapInfo, 'metadata'>): Readonly<Record<string, string>> {
  const records = metadata.filter(({ name }) => name === PROVENANCE_RECORD);
  return Object.assign({}, ...records.map(({ values }) => values));
}

/** The network that runs, as recordings name it. */
export function modelProvenance({
  model,
  providerActual,
}: Pick<InferenceStatus, 'model' | 'providerActual'>): Readonly<Record<string, string>> {
  return { model: `${model.name} ${model.version}`, model_sha256: model.sha256, provider: providerActual };
}
