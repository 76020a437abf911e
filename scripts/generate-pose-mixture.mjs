// Writes src/synthetic/pose-mixture-data.ts from src/synthetic/pose-mixture.json, which training/fit_poses.py fits and the Python training
// reads too. Importing the JSON itself would print a warning on Node 20. Run: node scripts/generate-pose-mixture.mjs
import { readFileSync } from 'node:fs';
import { writeIfStale } from './write-if-stale.mjs';

const folder = new URL('../src/synthetic/', import.meta.url);
const mixture = JSON.parse(readFileSync(new URL('pose-mixture.json', folder), 'utf8'));

writeIfStale(
  new URL('pose-mixture-data.ts', folder),
  `// Generated from pose-mixture.json by scripts/generate-pose-mixture.mjs. Change training/fit_poses.py, not this file.
// ${mixture.source}
// Licence: ${mixture.licence}.

/** \`pose-mixture.json\`, as JSON. */
export const POSE_MIXTURE_JSON =
  '${JSON.stringify(mixture).replaceAll("'", '\\u0027')}';
`,
);
