import { connectHandPointer, type StreamEvent } from '../../pointer/index.js';
import { byId, element, setText } from '../ui/element.js';
import { loadSettings, saveSettings } from '../ui/settings.js';
import { Theme } from '../ui/theme.js';
import { Dial } from './dial.js';
import { EventLog } from './event-log.js';
import { Plan } from './plan.js';

/** A panel of ordinary controls: all that they know of a hand is `connectHandPointer` at the end. */

const settings = loadSettings();
const theme = new Theme(settings, () => saveSettings(settings));
theme.apply();
byId('theme').addEventListener('click', () => theme.toggle());
document.addEventListener('keydown', (event) => {
  if (event.key.toLowerCase() === 't' && !event.ctrlKey && !event.metaKey && !event.altKey) theme.toggle();
});

const pressed = (id: string, on: boolean) => byId(id).setAttribute('aria-pressed', String(on));
const run = (on: boolean) => {
  pressed('start', on);
  pressed('stop', !on);
  document.documentElement.dataset.running = String(on);
  setText(byId('state'), on ? 'Running' : 'Stopped');
};
byId('start').addEventListener('click', () => run(true));
byId('stop').addEventListener('click', () => run(false));
byId('lamp').addEventListener('click', () => pressed('lamp', byId('lamp').getAttribute('aria-pressed') !== 'true'));

const speed = byId<HTMLInputElement>('speed');
const showSpeed = () => {
  setText(byId('speed-value'), `${speed.value} %`);
  speed.style.setProperty('--share', `${speed.value}%`);
};
speed.addEventListener('input', showSpeed);
showSpeed();

new Dial(() => undefined);
new Plan();

const PARTS = ['Housing', 'Cover', 'Flange', 'Shaft', 'Gear', 'Bearing', 'Bracket', 'Plate'];
const parts = byId('parts');
const choose = (option: Element | null) => {
  if (option === null) return;
  for (const each of parts.children) each.setAttribute('aria-selected', String(each === option));
  parts.setAttribute('aria-activedescendant', option.id);
};
for (let i = 0; i < 24; i++) {
  const name = `${PARTS[i % PARTS.length]} ${String.fromCharCode(65 + Math.floor(i / PARTS.length))}`;
  const stock = `${(7 * i + 12) % 96} in stock`;
  const option = element(
    'li',
    { id: `part-${i}`, role: 'option', 'aria-selected': 'false' },
    element('b', {}, name),
    element('span', { class: 'muted' }, stock),
  );
  parts.append(option);
}
parts.addEventListener('click', (event) => choose((event.target as Element).closest('[role="option"]')));
parts.addEventListener('keydown', (event) => {
  const chosen = parts.querySelector('[aria-selected="true"]');
  const next =
    { ArrowDown: chosen?.nextElementSibling ?? parts.firstElementChild, ArrowUp: chosen?.previousElementSibling }[
      event.key
    ] ?? { Home: parts.firstElementChild, End: parts.lastElementChild }[event.key];
  if (next === undefined || next === null) return;
  event.preventDefault();
  choose(next);
  next.scrollIntoView({ block: 'nearest' });
});

const log = new EventLog();
/** When each came, by the stamps of the stream. */
const hands = new Map<string, number>();
const CONNECTIONS = { connecting: 'Connecting', open: 'Connected', away: 'No connection', closed: 'Closed' };
let expired: ReturnType<typeof setTimeout> | undefined;

function showHands(): void {
  document.documentElement.dataset.hand = hands.size > 0 ? 'here' : 'none';
  setText(byId('presence-text'), hands.size === 0 ? 'No hand' : hands.size === 1 ? 'Hand seen' : `${hands.size} hands`);
}

/** A page, too, believes a heartbeat only for as long as it says. */
function showEnabling(engaged: boolean, text: string): void {
  byId('enabling').hidden = false;
  byId('enabling').dataset.on = String(engaged);
  setText(byId('enabling-text'), text);
}

function onEvent(event: StreamEvent): void {
  log.put(event);
  if (event.type === 'hand') {
    const key = `${event.topic} ${event.hand}`;
    // a recording that begins again does not say that those of its end are gone
    for (const [known, came] of hands) if (came > event.time) hands.delete(known);
    if (event.tracked) hands.set(key, event.time);
    else hands.delete(key);
    showHands();
  }
  if (event.type === 'enabling') {
    clearTimeout(expired);
    showEnabling(event.engaged, event.engaged ? 'Enabled' : 'Not enabled');
    if (event.engaged) expired = setTimeout(() => showEnabling(false, 'Not enabled'), 1000 * event.expiry);
  }
}

connectHandPointer({
  snap: 28,
  onEvent,
  onState: (state) => {
    document.documentElement.dataset.connection = state;
    setText(byId('connection-text'), CONNECTIONS[state]);
    if (state === 'open') return;
    hands.clear();
    showHands();
  },
});
