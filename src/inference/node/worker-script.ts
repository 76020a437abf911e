import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { VoxhandError } from '../../errors/voxhand-error.js';

/**
 * The script of a worker thread, beside the module that starts it; from the TypeScript source (in tests) the built one, for
 * Node 20 runs no TypeScript.
 *
 * @param module the starting module's `import.meta.url`
 * @param name the worker's file: `./worker.js`
 * @throws VoxhandError `INTERNAL` where it is not there
 */
export function workerScript(module: string, name: string): URL {
  const fromSource = module.endsWith('.ts');
  const source = module.lastIndexOf('/src/');
  const built = fromSource ? `${module.slice(0, source)}/dist/${module.slice(source + '/src/'.length)}` : module;
  const script = new URL(name, built);
  if (existsSync(script)) return script;
  throw new VoxhandError('INTERNAL', 'a worker is not built', {
    expected: fromSource ? 'npm run build before the tests' : 'a complete package',
    found: 'no such file',
    where: fileURLToPath(script),
  });
}
