import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** The packages that a built file imports before it runs, by itself or through its own files. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set();
  seen.add(file);
  const imported = [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'/gm)];
  const found = imported.flatMap(([, name]) =>
    name.startsWith('.') ? [...packagesOf(join(dirname(file), name), seen)] : [name],
  );
  return new Set(found.filter((name) => !name.startsWith('node:')));
}

// A tracker starts several of them, and again when one dies: what each loads is waited for every time.
test.each([
  ['inference/node/worker.js', ['onnxruntime-node']],
  ['recording/recorder/worker.js', ['@foxglove/wasm-zstd', '@mcap/core']],
  ['tracking/views/depth-view-worker.js', ['fflate']],
])('the worker %s loads no packages but %j', (script, packages) => {
  expect([...packagesOf(join('dist', script))].sort()).toEqual(packages);
});
