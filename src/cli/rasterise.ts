import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

const resolve = createRequire(import.meta.url).resolve;

/** The same letters on every machine: no font of the system is asked. */
const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => resolve(`dejavu-fonts-ttf/ttf/${file}`));

/**
 * An SVG as a PNG file.
 *
 * @param zoom Pixels for each unit of the SVG. Default 2: sharp on a dense screen.
 */
export function svgToPng(svg: string, zoom = 2): Uint8Array {
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: { fontFiles: FONT_FILES, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
  });
  return resvg.render().asPng();
}
