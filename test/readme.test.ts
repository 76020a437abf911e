import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('the README', () => {
  it('shows programs that compile against the built package', () => {
    const programs = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
    expect(programs.length).toBeGreaterThan(0);
    // inside the package, so that it finds itself by name
    const folder = mkdtempSync(join(root, 'test', 'readme-'));
    try {
      const files = programs.map((code, i) => {
        const file = join(folder, `program-${i}.ts`);
        writeFileSync(file, code);
        return file;
      });
      const program = ts.createProgram(files, {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        target: ts.ScriptTarget.ES2022,
        types: ['node'],
      });
      const problems = ts.getPreEmitDiagnostics(program);
      expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target);
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });
});

describe('the package', () => {
  it.each(['voxhand', 'voxhand/mcap', 'voxhand/ros2', 'voxhand/foxglove', 'voxhand/testing'])(
    'can be imported as %s',
    async (name) => {
      const face = await import(name);
      expect(Object.keys(face).length).toBeGreaterThan(2);
    },
  );
});
