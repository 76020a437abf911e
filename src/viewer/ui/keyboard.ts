/** What a key does. */
export interface KeyAction {
  /** As `KeyboardEvent.key` has them; letters in lower case. */
  readonly keys: readonly string[];
  readonly shift?: boolean;
  /** As shown in the help; `keys` where absent. */
  readonly shown?: readonly string[];
  readonly text: string;
  run(): void;
}

export interface KeyGroup {
  readonly title: string;
  readonly actions: readonly KeyAction[];
}

/** Typing, or choosing from a list: keys belong to the field then. A slider's arrows are ours, for they step. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input:not([type=range]), textarea, select');
}

/** A button or a fold that has the focus is pressed by Space and Enter; they are not ours then. */
function presses(target: EventTarget | null, key: string): boolean {
  return target instanceof HTMLElement && target.matches('button, summary, a') && (key === ' ' || key === 'enter');
}

/** Run the action of each key press. */
export function listenToKeys(groups: readonly KeyGroup[]): void {
  const actions = groups.flatMap((group) => group.actions);
  // A button that was clicked with a pointer does not keep the keys: Space plays, whatever was clicked last.
  window.addEventListener('click', (event) => {
    const { activeElement } = document;
    const byPointer = event.detail > 0;
    if (byPointer && activeElement instanceof HTMLElement && activeElement.matches('button, summary')) {
      activeElement.blur();
    }
  });
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') !== null || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    if (presses(event.target, key)) return;
    const matching = actions.filter(({ keys }) => keys.includes(key));
    const action =
      matching.find(({ shift }) => shift === event.shiftKey) ?? matching.find((one) => one.shift === undefined);
    if (action === undefined) return;
    event.preventDefault();
    action.run();
  });
}
