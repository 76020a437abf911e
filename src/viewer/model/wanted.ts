import type { Role } from '../channels/roles.js';
import type { Settings } from '../ui/settings.js';

/** What of the page can be seen. */
export interface Shown {
  /** The tab is in front. */
  readonly page: boolean;
  readonly scene: boolean;
  /** Panels that are unfolded and on the screen, by their id. */
  readonly panels: ReadonlySet<string>;
  readonly layers: Settings['layers'];
}

/** What the page needs to hear of to show what can be seen; nothing where it is in the background. */
export function wantedRoles({ page, scene, panels, layers }: Shown): ReadonlySet<Role> {
  const wanted = new Set<Role>();
  if (!page) return wanted;
  // Whether there is a hand is said at all times.
  wanted.add('joints');
  if (layers.truth && (scene || panels.has('panel-depth'))) wanted.add('truth');
  const depth = panels.has('panel-depth') || (scene && layers.points);
  if (depth) wanted.add('depth').add('camera');
  if (scene || panels.has('panel-depth')) wanted.add('transforms').add('staticTransforms');
  if (scene && layers.cube) wanted.add('cube');
  // The voxels' axes are the cube's.
  if (scene && layers.voxels) wanted.add('voxels').add('cube');
  if (panels.has('panel-gestures')) wanted.add('gestures');
  if (panels.has('panel-pipeline')) wanted.add('diagnostics');
  if (panels.has('panel-history')) wanted.add('truth').add('descriptions').add('diagnostics');
  return wanted;
}
