import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Whether a generated file has another text than this one, or is not there. */
export const isStale = (file, text) => !existsSync(file) || readFileSync(file, 'utf8') !== text;

/** A file that stays as it is keeps its time, so that nothing is built again because of it. */
export function writeIfStale(file, text) {
  if (isStale(file, text)) writeFileSync(file, text);
}
