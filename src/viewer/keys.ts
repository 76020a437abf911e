import type { Playback } from './model/playback.js';
import type { SceneView } from './scene/scene-view.js';
import type { KeyAction, KeyGroup } from './ui/keyboard.js';
import { LAYERS } from './ui/layer-chips.js';
import type { Layer } from './ui/settings.js';

const SECOND = 1_000_000_000n;

/** What the keys act on. */
export interface KeyTargets {
  readonly playback: Playback;
  readonly scene: SceneView | undefined;
  toggleLayer(layer: Layer): void;
  toggleFollow(): void;
  nextHand(): void;
  endMeasuring(): void;
  toggleTheme(): void;
  toggleHelp(): void;
  openFile(): void;
  copyLink(): void;
}

/** All keys of the page, as they act and as the help lists them. */
export function keyGroups(targets: KeyTargets): KeyGroup[] {
  const { playback, scene } = targets;
  const key = (keys: string[], text: string, run: () => void, rest: Partial<KeyAction> = {}): KeyAction => ({
    keys,
    text,
    run,
    ...rest,
  });
  return [
    {
      title: 'Playback',
      actions: [
        key([' '], 'Play or pause', () => playback.toggle(), { shown: ['Space'] }),
        key(['arrowleft'], 'One frame back', () => playback.step(-1), { shift: false, shown: ['←'] }),
        key(['arrowright'], 'One frame on', () => playback.step(1), { shift: false, shown: ['→'] }),
        key(['arrowleft'], 'One second back', () => playback.jump(-SECOND), { shift: true, shown: ['Shift', '←'] }),
        key(['arrowright'], 'One second on', () => playback.jump(SECOND), { shift: true, shown: ['Shift', '→'] }),
        key(['home'], 'To the beginning', () => playback.view && playback.seek(playback.view.start), {
          shown: ['Home'],
        }),
        key(['end'], 'To the end', () => playback.view && playback.seek(playback.view.end), { shown: ['End'] }),
        key(['+', '='], 'Faster', () => playback.changeSpeed(1), { shown: ['+'] }),
        key(['-', '_'], 'Slower', () => playback.changeSpeed(-1), { shown: ['-'] }),
        key(['0'], 'Real time', () => playback.setSpeed(1)),
        key(['l'], 'Link to this moment', () => targets.copyLink()),
      ],
    },
    {
      title: 'View',
      actions: [
        key(['a'], 'Turn to the left', () => scene?.turn(-1, 0)),
        key(['d'], 'Turn to the right', () => scene?.turn(1, 0)),
        key(['w'], 'Turn up', () => scene?.turn(0, 1)),
        key(['s'], 'Turn down', () => scene?.turn(0, -1)),
        key(['e'], 'Nearer', () => scene?.zoom(1)),
        key(['q'], 'Farther', () => scene?.zoom(-1)),
        key(['f'], 'Follow the hand', () => targets.toggleFollow()),
        key(['h'], 'The next hand', () => targets.nextHand()),
        key(['r'], 'Reset the view', () => scene?.resetView()),
        key(['escape'], 'End measuring', () => targets.endMeasuring(), { shown: ['Esc'] }),
      ],
    },
    {
      title: 'Scene',
      actions: LAYERS.map(({ layer, name }, i) => key([String(i + 1)], name, () => targets.toggleLayer(layer))),
    },
    {
      title: 'Page',
      actions: [
        key(['o'], 'Open a recording', () => targets.openFile()),
        key(['t'], 'Dark or light', () => targets.toggleTheme()),
        key(['?'], 'These keys', () => targets.toggleHelp()),
      ],
    },
  ];
}
