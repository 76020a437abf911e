import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { VoxhandError } from './voxhand-error.js';

/** Settings are a few hundred values, three levels deep. */
const MOST_VALUES = 100_000;
const DEEPEST = 64;

/**
 * The content of a YAML text; its objects have no prototype, so that a key such as `constructor` is just a key.
 *
 * @param where the file's name, for errors
 * @throws VoxhandError `CONFIG_INVALID` with the line: for what is no YAML, an alias without its anchor or within it, aliases that make very much of
 * little, `__proto__` as a key
 */
export function parseYaml(text: string, where: string): unknown {
  const lineCounter = new LineCounter();
  let document: Document.Parsed | undefined;
  try {
    document = parseDocument(text, { lineCounter, prettyErrors: true });
    const [problem] = document.errors;
    if (problem !== undefined)
      throw invalid(problem.message.split(/ at line \d|\n/, 1)[0], where, problem.linePos?.[0]);
    let left = MOST_VALUES;
    const copy = (value: unknown, depth: number): unknown => {
      if (--left < 0 || depth > DEEPEST)
        throw new Error(`more than ${left < 0 ? `${MOST_VALUES} values` : `${DEEPEST} levels`}`);
      if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
      if (typeof value !== 'object' || value === null) return value;
      const tree: Record<string, unknown> = Object.create(null);
      for (const [key, inner] of Object.entries(value)) {
        if (key === '__proto__') throw new Error('__proto__ as a key');
        tree[key] = copy(inner, depth + 1);
      }
      return tree;
    };
    return copy(document.toJS({ maxAliasCount: 100 }), 0);
  } catch (cause) {
    if (cause instanceof VoxhandError) throw cause;
    const at = document === undefined ? undefined : placeOf(document);
    throw invalid((cause as Error).message, where, at === undefined ? undefined : lineCounter.linePos(at), cause);
  }
}

/** Where in a text is what cannot be resolved: an alias without its anchor, else the first alias, else `__proto__`. */
function placeOf(document: Document.Parsed): number | undefined {
  let unresolved: number | undefined;
  let first: number | undefined;
  let key: number | undefined;
  visit(document, {
    Alias: (_, node) => {
      first ??= node.range?.[0];
      if (node.resolve(document) === undefined) unresolved ??= node.range?.[0];
    },
    Scalar: (name, node) => {
      if (name === 'key' && node.value === '__proto__') key ??= node.range?.[0];
    },
  });
  return unresolved ?? key ?? first;
}

function invalid(
  found: string,
  where: string,
  place: { readonly line: number; readonly col: number } | undefined,
  cause?: unknown,
): VoxhandError {
  return new VoxhandError('CONFIG_INVALID', 'not YAML that can be used', {
    found,
    where: place === undefined ? where : `${where}, line ${place.line}, column ${place.col}`,
    cause,
  });
}
