/** Colours told apart with any kind of colour vision (the palette of Okabe and Ito), the clearest on white first. */
export const SERIES_COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'] as const;

export const FONT = "'DejaVu Sans', Verdana, sans-serif";
export const INK = '#1f2933';
export const FAINT_INK = '#5c6773';
export const GRID = '#e3e7eb';

/** Attributes of an element; undefined ones are left out, numbers are rounded to hundredths. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An SVG element as text. `content` is markup, made by this function or by {@link escapeText}. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escapeText(String(value))}"`)
    .join('');
  return content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${content.join('')}</${name}>`;
}

/** A line of text at its baseline. */
export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, fill: INK, 'font-size': 13, ...attributes }, escapeText(content));
}

/** The stroke of a plot's line by its number: after each round through the colours, another dash. */
export function seriesStroke(index: number, width: number) {
  const dash = ['', '7 4', '2 3'][Math.floor(index / SERIES_COLORS.length) % 3];
  return {
    stroke: SERIES_COLORS[index % SERIES_COLORS.length],
    'stroke-width': width,
    'stroke-dasharray': dash === '' ? undefined : dash,
  };
}

/** A whole picture on white. */
export function picture(width: number, height: number, ...content: readonly string[]): string {
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': FONT },
    element('rect', { width, height, fill: '#ffffff' }),
    ...content,
  );
}

/** Text that may stand in markup: user's names are no markup, and control characters are no XML. */
export function escapeText(content: string): string {
  return content
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ');
}

/** A number rounded to hundredths, as short as it can be written. */
export function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
