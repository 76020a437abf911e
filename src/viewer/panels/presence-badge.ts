import type { HandJoints } from '../../hand/hand-joints.js';
import type { HandPresence } from '../model/hand-store.js';
import { handName } from '../model/joint-probe.js';
import { byId, setText } from '../ui/element.js';

export interface PresenceFacts {
  readonly presence: HandPresence;
  readonly hands: readonly HandJoints[];
  /** Milliseconds since anything was heard. */
  readonly silence: number | undefined;
  readonly connected: boolean;
  /** Whether there is a topic of joints. */
  readonly published: boolean;
  readonly fromFile: boolean;
}

/** In a few words, over the scene: is there a hand? */
export class PresenceBadge {
  show({ presence, hands, silence, connected, published, fromFile }: PresenceFacts): void {
    const shown = connected ? presence : 'waiting';
    document.documentElement.dataset.hand = shown;
    const [title, detail] = !connected
      ? ['Not connected', '']
      : published
        ? words(shown, hands, silence)
        : fromFile
          ? ['No results in this file', 'voxhand replay adds them']
          : ['No hand topic', 'The server publishes no joints'];
    setText(byId('presence-title'), title);
    setText(byId('presence-detail'), detail);
  }
}

function words(
  presence: HandPresence,
  hands: readonly HandJoints[],
  silence: number | undefined,
): readonly [string, string] {
  switch (presence) {
    case 'waiting':
      return ['Waiting for data', ''];
    case 'lost':
      return ['No hand', ''];
    case 'stale':
      return ['No data', `Nothing heard for ${((silence ?? 0) / 1000).toFixed(0)} s`];
    case 'tracked': {
      if (hands.length > 1)
        return [`${hands.length} hands tracked`, hands.map((hand) => handName(hand, true)).join(', ')];
      const [{ handedness, lagFrames }] = hands;
      const lag = lagFrames > 0 ? `Shown ${lagFrames} ${lagFrames === 1 ? 'frame' : 'frames'} late` : '';
      const side = handedness === 'unknown' ? 'Hand' : handedness === 'right' ? 'Right hand' : 'Left hand';
      return [`${side} tracked`, lag];
    }
  }
}
