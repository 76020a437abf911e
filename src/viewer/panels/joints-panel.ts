import { FINGER_COLORS } from '../../hand/colors.js';
import { type HandJoints, meanConfidence } from '../../hand/hand-joints.js';
import { FINGER_JOINTS, FINGER_NAMES, JOINT_NAMES } from '../../hand/skeleton.js';
import { byId, element, setAttribute, setText } from '../ui/element.js';

const COLUMNS = ['Root', '', '', 'Tip'];
/** Bars for the eye move with every picture; what a screen reader is told changes at most this often, milliseconds. */
const SPOKEN_EVERY = 1000;

/** How sure the tracker is of each joint: a bar each, by finger, from the palm to the tip. */
export class JointsPanel {
  readonly #root = byId('joints');
  readonly #value = byId('joints-value');
  readonly #bars: HTMLElement[];
  readonly #meters: HTMLElement[];
  #spokenAt = 0;

  constructor() {
    const wrist = meter('wrist', 'var(--scene-wrist)', 'wide');
    const rows = FINGER_NAMES.map((finger, index) => {
      const meters = FINGER_JOINTS[index].map((joint) => meter(JOINT_NAMES[joint], FINGER_COLORS[finger]));
      return [name(capital(finger), FINGER_COLORS[finger]), ...meters];
    });
    this.#root.append(
      element('span'),
      ...COLUMNS.map((text) => element('span', { class: 'joint-head', 'aria-hidden': 'true' }, text)),
      name('Wrist', 'var(--scene-wrist)'),
      wrist,
      ...rows.flat(),
    );
    this.#meters = [wrist, ...rows.flatMap(([, ...meters]) => meters)];
    this.#bars = this.#meters.map((one) => one.firstElementChild as HTMLElement);
    this.show(undefined, '', 0);
  }

  /**
   * @param hand undefined: there is none
   * @param note said where there is none
   */
  show(hand: HandJoints | undefined, note: string, now: number): void {
    this.#root.classList.toggle('is-empty', hand === undefined);
    setText(this.#value, hand === undefined ? note : `mean ${meanConfidence(hand).toFixed(2)}`);
    const speak = hand === undefined || now - this.#spokenAt > SPOKEN_EVERY;
    if (speak) this.#spokenAt = now;
    this.#bars.forEach((bar, joint) => {
      const confidence = Math.min(1, Math.max(0, hand?.confidences[joint] ?? 0));
      bar.style.setProperty('transform', `scaleX(${confidence.toFixed(3)})`);
      if (speak) setAttribute(this.#meters[joint], 'aria-valuenow', confidence.toFixed(2));
    });
  }
}

function meter(joint: string, color: string, extra = ''): HTMLElement {
  const created = element(
    'span',
    {
      class: `meter ${extra}`,
      role: 'meter',
      'aria-label': joint.replace('_', ' '),
      'aria-valuemin': '0',
      'aria-valuemax': '1',
      title: joint.replace('_', ' '),
    },
    element('i'),
  );
  created.style.setProperty('--finger', color);
  return created;
}

function name(text: string, color: string): HTMLElement {
  const created = element('span', { class: 'finger' }, element('i', { 'aria-hidden': 'true' }), text);
  created.style.setProperty('--finger', color);
  return created;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
