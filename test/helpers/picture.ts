import { decode } from 'fast-png';

/** A screenshot as pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Three or four bytes a pixel. */
  readonly data: ArrayLike<number>;
  readonly channels: number;
}

export function decodePicture(png: Uint8Array): Picture {
  const { width, height, data, channels } = decode(png);
  return { width, height, data, channels };
}

/** How many pixels are about of this hue and clearly coloured, and where their middle is. */
export function findHue(picture: Picture, color: string): { count: number; x: number; y: number } {
  const [hue] = hueOf([1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)));
  const sum = { count: 0, x: 0, y: 0 };
  for (let i = 0; i < picture.width * picture.height; i++) {
    const at = i * picture.channels;
    const [h, saturation] = hueOf([picture.data[at], picture.data[at + 1], picture.data[at + 2]]);
    const apart = Math.abs(((h - hue + 540) % 360) - 180);
    if (saturation < 0.35 || apart > 8) continue;
    sum.count++;
    sum.x += i % picture.width;
    sum.y += Math.floor(i / picture.width);
  }
  return { count: sum.count, x: sum.x / sum.count, y: sum.y / sum.count };
}

/** Degrees, and saturation from 0 to 1. */
function hueOf([r, g, b]: readonly number[]): readonly [number, number] {
  const most = Math.max(r, g, b);
  const span = most - Math.min(r, g, b);
  if (span === 0) return [0, 0];
  const sector = most === r ? (g - b) / span : most === g ? 2 + (b - r) / span : 4 + (r - g) / span;
  return [(60 * sector + 360) % 360, span / most];
}
