/**
 * What a terminal or a CI log would act on, and what hides or reorders text: control characters (ESC and C1 among them), format
 * characters (bidirectional marks, zero width), line and paragraph separators, halves of a surrogate pair.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** The same, where our own colours and line ends stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE_IN_TEXT = /\u001b\[\d{1,2}m|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** A line that GitHub or Azure would take for a command. */
const COMMAND = /^(\s*)([:#])(?=:|#\[)/gm;
/** Longer names and values are cut in texts; JSON has them whole. */
const MOST_LETTERS = 500;

/** Lines of diagnostics are cut after this. */
const MOST_OF_A_LINE = 4000;

/** In one line: what is not printable is written as `\u001b`, as JSON does. */
export function oneLine(text: string): string {
  const line = text.length > MOST_OF_A_LINE ? `${text.slice(0, MOST_OF_A_LINE)}...` : text;
  return line.replace(UNSAFE, escaped).replace(COMMAND, '$1\\$2');
}

/** A text of several lines with our own colours; JSON stays the JSON that it is. */
export function printableText(text: string): string {
  const clean = text.replace(UNSAFE_IN_TEXT, (found) =>
    found === '\n' || found.startsWith('\u001b[') ? found : escaped(found),
  );
  return clean.replace(COMMAND, '$1\\$2');
}

/** A copy in which every string and key is one line of printable characters, and not too long. */
export function printable<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value === 'string') return brief(value);
  if (value instanceof Error) return { ...(copy({ ...value }) as object), message: brief(value.message) };
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [brief(key), copy(inner)]));
}

function brief(text: string): string {
  return oneLine(text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}...` : text);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function escaped(found: string): string {
  if (found === '\n') return '\\n';
  return [...Array(found.length).keys()].map((i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
}
