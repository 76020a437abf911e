import { byId } from './element.js';

/** Calls with the file that somebody drops on the page or chooses in the dialog; the first one of several. */
export function watchForFiles(take: (file: File) => void): void {
  const input = byId<HTMLInputElement>('file-input');
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = '';
    if (file !== undefined) take(file);
  });
  const root = document.documentElement;
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  window.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    root.dataset.drop = 'true';
  });
  window.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) delete root.dataset.drop;
  });
  window.addEventListener('drop', (event) => {
    delete root.dataset.drop;
    if (!hasFiles(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) take(file);
  });
}
