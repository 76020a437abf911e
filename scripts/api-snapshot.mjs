#!/usr/bin/env node
/**
 * What a user of the package can import, entry by entry, with its types: test/fixtures/api/*.txt. Needs dist/.
 *
 *     npm run api                              builds and writes the snapshots
 *     node scripts/api-snapshot.mjs --check    fails, and says what differs, where they are not as the built package is
 *
 * Every name is printed with its declaration, without comments; an alias of a type as what it stands for, so that settings show up key by
 * key.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'test/fixtures/api');
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = Object.values(exports).flatMap(({ types }) => types ?? []);

const program = ts.createProgram(
  entries.map((types) => join(root, types)),
  {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
  },
);
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true });
const { NoTruncation, InTypeAlias, UseSingleQuotesForStringLiteralType } = ts.TypeFormatFlags;

/** @returns `[name, declaration]` of each name that a module exports, by name */
function namesOf(module) {
  return checker
    .getExportsOfModule(module)
    .flatMap((exported) => {
      const alias = exported.flags & ts.SymbolFlags.Alias;
      const symbol = alias ? checker.getAliasedSymbol(exported) : exported;
      const { name } = exported;
      if (symbol.flags & ts.SymbolFlags.ValueModule) {
        return namesOf(symbol).map(([inner, text]) => [`${name}.${inner}`, text]);
      }
      return [[name, (symbol.declarations ?? []).map(declarationText).join('\n')]];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function declarationText(declaration) {
  if (ts.isTypeAliasDeclaration(declaration) && declaration.typeParameters === undefined) {
    const flags = NoTruncation | InTypeAlias | UseSingleQuotesForStringLiteralType;
    const type = checker.typeToString(checker.getTypeAtLocation(declaration), declaration, flags);
    return printed(`type ${declaration.name.text} = ${type};`);
  }
  const whole = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return printed(printer.printNode(ts.EmitHint.Unspecified, whole, declaration.getSourceFile()));
}

/** Keys of an object type by name and members of a union by text: the compiler's own order depends on the files that it read before. */
const sorted = (context) => (source) => {
  const byText = (nodes) => {
    const text = new Map(nodes.map((node) => [node, printer.printNode(ts.EmitHint.Unspecified, node, source)]));
    return [...nodes].sort((a, b) => (text.get(a) < text.get(b) ? -1 : 1));
  };
  const visit = (node) => {
    const done = ts.visitEachChild(node, visit, context);
    if (ts.isUnionTypeNode(done)) return context.factory.updateUnionTypeNode(done, byText(done.types));
    return ts.isTypeLiteralNode(done) ? context.factory.updateTypeLiteralNode(done, byText(done.members)) : done;
  };
  return visit(source);
};

/** A type of many keys stands on as many lines, and nothing in a snapshot depends on where a file lies. */
function printed(text) {
  const parsed = ts.createSourceFile('name.d.ts', text, ts.ScriptTarget.ES2022, true);
  const [source] = ts.transform(parsed, [sorted]).transformed;
  return printer
    .printFile(source)
    .replace(/import\("[^"]*"\)\./g, '')
    .replace(/\bexport (declare )?|\bdeclare /g, '')
    .trimEnd();
}

const snapshots = new Map(
  entries.map((types) => {
    const names = namesOf(
      checker.getSymbolAtLocation(program.getSourceFile(join(root, types))) ?? { declarations: [] },
    );
    const file = types.replace(/^\.\/dist\/(.+?)(\/index)?\.d\.ts$/, '$1.txt');
    return [file, names.map(([name, text]) => `== ${name}\n${text}\n`).join('\n')];
  }),
);

if (process.argv.includes('--check')) {
  const differing = [...snapshots].flatMap(([file, text]) => differences(file, text, textOf(file)));
  const stale = readdirSync(folder).filter((file) => !snapshots.has(file));
  const problems = [...differing, ...stale.map((file) => `${file}: no such entry any more`)];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) console.error('Where this is meant: npm run api');
  process.exitCode = problems.length > 0 ? 1 : 0;
} else {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of snapshots) {
    writeFileSync(join(folder, file), text);
    console.log(`${file}: ${byName(text).size} names`);
  }
}

function textOf(file) {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return '';
  }
}

function byName(text) {
  const parts = text.split(/^== /m).slice(1);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1).trim()]));
}

function differences(file, now, before) {
  const [here, there] = [byName(now), byName(before)];
  const names = [...new Set([...here.keys(), ...there.keys()])].sort();
  return names.flatMap((name) => {
    const [found, expected] = [here.get(name), there.get(name)];
    if (found === expected) return [];
    if (expected === undefined) return [`${file}: ${name} is new`];
    if (found === undefined) return [`${file}: ${name} is gone`];
    return [`${file}: ${name} differs: expected\n${expected}\nfound\n${found}`];
  });
}
