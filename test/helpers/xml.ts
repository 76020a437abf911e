/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const NAME = '[A-Za-z_:][\\w:.-]*';
const ATTRIBUTE = new RegExp(`^\\s+(${NAME})="([^"<]*)"`);
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Read XML without comments, CDATA or a DOCTYPE, as strictly as the standard says: tags that match, attributes in quotes
 * and once each, no loose `<` or `&`, no control characters. What a lenient parser would forgive throws.
 */
export function parseXml(xml: string): XmlElement {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it must not hold
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml)) throw new Error('a control character');
  let rest = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, '');
  const document: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [document];
  while (rest !== '') {
    const parent = open[open.length - 1];
    if (!rest.startsWith('<')) {
      const end = rest.indexOf('<') < 0 ? rest.length : rest.indexOf('<');
      parent.text += decoded(rest.slice(0, end));
      rest = rest.slice(end);
      continue;
    }
    const closing = new RegExp(`^</(${NAME})\\s*>`).exec(rest);
    if (closing !== null) {
      if (closing[1] !== parent.name) throw new Error(`</${closing[1]}> in <${parent.name}>`);
      open.pop();
      rest = rest.slice(closing[0].length);
      continue;
    }
    const opening = new RegExp(`^<(${NAME})`).exec(rest);
    if (opening === null) throw new Error(`no tag: ${rest.slice(0, 30)}`);
    rest = rest.slice(opening[0].length);
    const attributes: Record<string, string> = {};
    for (let match = ATTRIBUTE.exec(rest); match !== null; match = ATTRIBUTE.exec(rest)) {
      if (Object.hasOwn(attributes, match[1])) throw new Error(`${match[1]} twice`);
      attributes[match[1]] = decoded(match[2]);
      rest = rest.slice(match[0].length);
    }
    const end = /^\s*(\/?)>/.exec(rest);
    if (end === null) throw new Error(`<${opening[1]}> does not end: ${rest.slice(0, 30)}`);
    rest = rest.slice(end[0].length);
    const element: XmlElement = { name: opening[1], attributes, children: [], text: '' };
    parent.children.push(element);
    if (end[1] === '') open.push(element);
  }
  if (open.length !== 1) throw new Error(`<${open[open.length - 1].name}> is not closed`);
  if (document.children.length !== 1 || document.text.trim() !== '') throw new Error('not one root element');
  return document.children[0];
}

/** All elements of a name, at any depth. */
export function elementsOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elementsOf(child, name)]);
}

function decoded(text: string): string {
  if (/&(?!(amp|lt|gt|quot|apos);)/.test(text)) throw new Error(`a loose & in ${text}`);
  return text.replace(/&(\w+);/g, (_, entity: string) => ENTITIES[entity]);
}
