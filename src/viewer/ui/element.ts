/** An element of the page that must be there. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no #${id} in the page`);
  return element as T;
}

type Child = Node | string;

/** A new element with classes, attributes and children. Text stays text: nothing of a server becomes markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: className, ...attributes }: Readonly<Record<string, string>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  if (className !== undefined) created.className = className;
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  created.append(...children);
  return created;
}

/** Set a text where it differs, so that the page is laid out again only when it must be. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Set or remove an attribute where it differs. */
export function setAttribute(target: Element, name: string, value: string | undefined): void {
  if (value === undefined) target.removeAttribute(name);
  else if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}
