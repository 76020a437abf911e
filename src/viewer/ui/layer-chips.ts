import type { Role, Roles } from '../channels/roles.js';
import { byId, element, setAttribute } from './element.js';
import type { Layer, Settings } from './settings.js';

/** What each layer is called, and the channels without which it is empty. */
export const LAYERS: readonly { readonly layer: Layer; readonly name: string; readonly needs: readonly Role[] }[] = [
  { layer: 'skeleton', name: 'Skeleton', needs: [] },
  { layer: 'points', name: 'Points', needs: ['depth', 'camera'] },
  { layer: 'cube', name: 'Cube', needs: ['cube'] },
  { layer: 'voxels', name: 'Voxels', needs: ['voxels'] },
  { layer: 'grid', name: 'Grid', needs: [] },
  { layer: 'trails', name: 'Trails', needs: [] },
  { layer: 'truth', name: 'Truth', needs: ['truth'] },
  { layer: 'surface', name: 'Surface', needs: ['joints'] },
];

/** The buttons that show and hide what is in the scene. */
export class LayerChips {
  readonly #chips: ReadonlyMap<Layer, HTMLButtonElement>;
  readonly #layers: Settings['layers'];

  constructor(layers: Settings['layers'], toggle: (layer: Layer) => void) {
    this.#layers = layers;
    this.#chips = new Map(
      LAYERS.map(({ layer, name }, index) => {
        const chip = element('button', { class: 'chip', type: 'button', title: `${name} (${index + 1})` }, name);
        chip.addEventListener('click', () => toggle(layer));
        return [layer, chip];
      }),
    );
    byId('layers').append(...this.#chips.values());
  }

  show(roles: Roles): void {
    for (const { layer, name, needs } of LAYERS) {
      const chip = this.#chips.get(layer);
      if (chip === undefined) continue;
      const missing = needs.some((role) => !roles.has(role));
      chip.disabled = missing;
      chip.title = missing ? `${name}: there is none here` : name;
      setAttribute(chip, 'aria-pressed', String(this.#layers[layer] && !missing));
    }
  }
}
