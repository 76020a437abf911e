import { VoxhandError } from '../../errors/voxhand-error.js';

/** An element of an XML text; text between elements is left out. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
}

/** A tag, a comment, a declaration, or what begins like one. */
const MARKUP =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|</g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const DEEPEST = 64;

/**
 * The root element of an XML text, as robot descriptions are written: elements, attributes, comments and declarations. No document type, no
 * CDATA.
 *
 * @param where the file's name, for errors
 * @throws VoxhandError `FILE_INVALID` with the line
 */
export function parseXml(text: string, where: string): XmlElement {
  const roots: XmlElement[] = [];
  const open: { name: string; children: XmlElement[] }[] = [];
  for (const match of text.matchAll(MARKUP)) {
    const [all, closing, name, attributes, alone] = match;
    const line = () => `${where}:${text.slice(0, match.index).split('\n').length}`;
    if (all === '<') throw invalid('a tag', text.slice(match.index, match.index + 20), line());
    if (name === undefined) continue;
    if (closing === '/') {
      const last = open.pop();
      if (last?.name !== name) throw invalid(last ? `</${last.name}>` : 'no further tag', all, line());
      continue;
    }
    if (open.length >= DEEPEST) throw invalid(`at most ${DEEPEST} levels`, 'more', line());
    const element = { name, attributes: attributesOf(attributes), children: [] as XmlElement[] };
    (open.at(-1)?.children ?? roots).push(element);
    if (alone !== '/') open.push(element);
  }
  const left = open.at(-1);
  if (left !== undefined) throw invalid(`</${left.name}>`, 'the end of the text', where);
  if (roots.length !== 1) throw invalid('one root element', `${roots.length}`, where);
  return roots[0];
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    attributes[name] = (double ?? single).replace(/&(\w+);/g, (all, entity: string) => ENTITIES[entity] ?? all);
  }
  return attributes;
}

function invalid(expected: string, found: string, where: string): VoxhandError {
  return new VoxhandError('FILE_INVALID', 'not the XML of a robot description', { expected, found, where });
}
