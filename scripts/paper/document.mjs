/** A Markdown file with generated parts between markers. */

const begin = (name) => `<!-- begin generated: ${name} -->`;
const end = (name) => `<!-- end generated: ${name} -->`;

/**
 * Put each part between its markers.
 *
 * @param parts Markdown by name
 * @throws Error for a part without its two markers, or a marker without a part
 */
export function fillIn(document, parts) {
  const named = [...document.matchAll(/<!-- begin generated: (.*?) -->/g)].map(([, name]) => name);
  const unknown = named.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) throw new Error(`no part for the marker ${unknown.join(', ')}`);
  let filled = document;
  for (const [name, part] of Object.entries(parts)) {
    const from = filled.indexOf(begin(name));
    const to = filled.indexOf(end(name));
    if (from < 0 || to < from) throw new Error(`the document has no markers '${begin(name)}' and '${end(name)}'`);
    filled = `${filled.slice(0, from)}${begin(name)}\n\n${part}\n\n${filled.slice(to)}`;
  }
  return filled;
}
