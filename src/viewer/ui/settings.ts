/** What there is in the scene, and whether it is shown unless somebody chose. */
const SHOWN = {
  skeleton: true,
  points: true,
  cube: true,
  voxels: false,
  grid: true,
  trails: false,
  truth: false,
  surface: false,
};

export type Layer = keyof typeof SHOWN;

/** What the page remembers of how somebody likes it. */
export interface Settings {
  theme: 'system' | 'light' | 'dark';
  layers: Record<Layer, boolean>;
  follow: boolean;
  /** Panels that are folded, by their id. */
  folded: string[];
}

const DEFAULTS: Settings = { theme: 'system', layers: SHOWN, follow: false, folded: [] };

const KEY = 'voxhand.viewer';

/** Read what was saved; anything that is not as it should be is left out. */
export function parseSettings(text: string | null): Settings {
  const settings = structuredClone(DEFAULTS);
  let saved: unknown;
  try {
    saved = JSON.parse(text ?? '{}');
  } catch {
    return settings;
  }
  if (typeof saved !== 'object' || saved === null) return settings;
  const { theme, layers, follow, folded } = saved as Record<string, unknown>;
  if (theme === 'light' || theme === 'dark') settings.theme = theme;
  if (typeof follow === 'boolean') settings.follow = follow;
  if (Array.isArray(folded)) settings.folded = folded.filter((id) => typeof id === 'string').slice(0, 20);
  if (typeof layers === 'object' && layers !== null) {
    for (const layer of Object.keys(settings.layers) as Layer[]) {
      const on = (layers as Record<string, unknown>)[layer];
      if (typeof on === 'boolean') settings.layers[layer] = on;
    }
  }
  return settings;
}

/** Storage may be forbidden: then nothing is remembered, and that is all. */
export function loadSettings(): Settings {
  try {
    return parseSettings(localStorage.getItem(KEY));
  } catch {
    return parseSettings(null);
  }
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // forbidden or full
  }
}
