/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/**
 * Colours from near to far, each step about as much darker as the one before, so that depth reads as depth with any kind
 * of colour vision, and kept away from the fingers' colours.
 */
const STOPS: readonly Rgb[] = [
  [244, 239, 222],
  [203, 213, 199],
  [142, 177, 184],
  [88, 134, 165],
  [60, 92, 141],
  [47, 57, 105],
  [32, 30, 62],
];

/** Entries of {@link rampTable}. */
export const RAMP_SIZE = 256;

/** The colour at `share` of the way from near (0) to far (1). */
export function rampColor(share: number): Rgb {
  const at = Math.min(1, Math.max(0, share)) * (STOPS.length - 1);
  const from = Math.min(STOPS.length - 2, Math.floor(at));
  const [a, b] = [toOklab(STOPS[from]), toOklab(STOPS[from + 1])];
  const t = at - from;
  return fromOklab([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])]);
}

/** The ramp as pixels of an `ImageData`, laid out as this machine's 32-bit words. */
export function rampTable(): Uint32Array {
  const table = new Uint8Array(RAMP_SIZE * 4);
  for (let i = 0; i < RAMP_SIZE; i++) table.set([...rampColor(i / (RAMP_SIZE - 1)), 255], i * 4);
  return new Uint32Array(table.buffer);
}

/** Oklab by B. Ottosson (2020): distances in it are about as large as they look. */
function toOklab(rgb: Rgb): [number, number, number] {
  const [r, g, b] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: readonly [number, number, number]): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toByte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function toByte(linear: number): number {
  const share = linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, share)));
}
