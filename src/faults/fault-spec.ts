import { VoxhandError } from '../errors/index.js';
import { parseDuration } from '../timing/parse-duration.js';

/** What goes wrong, and how often. Shares are of values, from 0 to 1; whatever is left out does not happen. */
export interface FaultSpec {
  /** The same seed gives the same faults; 1 by default. Each kind of fault is drawn by itself. */
  readonly seed?: number;
  /** Share that is lost. */
  readonly drop?: number;
  /** Share that comes twice. */
  readonly duplicate?: number;
  /** Share whose content is damaged. */
  readonly corrupt?: number;
  /** Share that is overtaken by the next. */
  readonly reorder?: number;
  /** Seconds by which everything is late. */
  readonly delay?: number;
  /** Seconds, at most, by which each value is later than that; the order stays. */
  readonly jitter?: number;
  /** Share at which everything stops for {@link stallFor} and comes all at once afterwards. */
  readonly stall?: number;
  /** Seconds; 0.5 by default. */
  readonly stallFor?: number;
  /** Share at which the clock that stamps the values is set by {@link jumpBy}, from there on. */
  readonly jump?: number;
  /** Seconds, back where negative; -1 by default. */
  readonly jumpBy?: number;
  /** Where values are messages: names or patterns of the affected topics. */
  readonly topics?: readonly string[];
}

/** Every setting with its default. */
export type FaultSettings = Required<Omit<FaultSpec, 'topics'>> & Pick<FaultSpec, 'topics'>;

type Kind = 'share' | 'seconds' | 'signed seconds' | 'seed' | 'topics';

const KEYS: readonly (readonly [key: string, field: keyof FaultSpec, kind: Kind])[] = [
  ['seed', 'seed', 'seed'],
  ['drop', 'drop', 'share'],
  ['duplicate', 'duplicate', 'share'],
  ['corrupt', 'corrupt', 'share'],
  ['reorder', 'reorder', 'share'],
  ['delay', 'delay', 'seconds'],
  ['jitter', 'jitter', 'seconds'],
  ['stall', 'stall', 'share'],
  ['stall-for', 'stallFor', 'seconds'],
  ['jump', 'jump', 'share'],
  ['jump-by', 'jumpBy', 'signed seconds'],
  ['topics', 'topics', 'topics'],
];

/**
 * Faults as they are written on a command line: `drop=0.1,jitter=20ms,seed=3`. Shares are numbers from 0 to 1 or percentages,
 * times have a unit; several topics are joined by `+`.
 *
 * @throws VoxhandError `USAGE` naming what was not understood
 * @example
 * ```ts
 * parseFaults('drop=10%,stall=0.01,stall-for=2s'); // { drop: 0.1, stall: 0.01, stallFor: 2 }
 * ```
 */
export function parseFaults(text: string): FaultSpec {
  const spec: Record<string, unknown> = {};
  for (const part of text.split(',')) {
    const [key, value = ''] = part.split('=', 2).map((word) => word.trim());
    const known = KEYS.find(([name]) => name === key);
    if (known === undefined) throw invalid(`one of ${KEYS.map(([name]) => name).join(', ')}`, part);
    const [, field, kind] = known;
    spec[field] = readValue(kind, value, part);
  }
  faultSettings(spec);
  return spec;
}

/** @throws VoxhandError `USAGE` for what cannot be */
export function faultSettings(spec: FaultSpec): FaultSettings {
  const { seed = 1, drop = 0, duplicate = 0, corrupt = 0, reorder = 0, delay = 0, jitter = 0 } = spec;
  const { stall = 0, stallFor = 0.5, jump = 0, jumpBy = -1, topics } = spec;
  for (const [name, share] of Object.entries({ drop, duplicate, corrupt, reorder, stall, jump })) {
    if (!(share >= 0 && share <= 1)) throw invalid('a share from 0 to 1', `${name}=${share}`);
  }
  for (const [name, seconds] of Object.entries({ delay, jitter, 'stall-for': stallFor })) {
    if (!(seconds >= 0 && seconds < Infinity)) throw invalid('a time of 0 or more', `${name}=${seconds}`);
  }
  if (!Number.isSafeInteger(seed)) throw invalid('a whole number', `seed=${seed}`);
  if (!Number.isFinite(jumpBy)) throw invalid('a time', `jump-by=${jumpBy}`);
  const all = { seed, drop, duplicate, corrupt, reorder, delay, jitter, stall, stallFor, jump, jumpBy };
  return { ...all, ...(topics && { topics }) };
}

function readValue(kind: Kind, value: string, part: string): unknown {
  if (kind === 'topics') return value.split('+');
  if (kind === 'seconds' || kind === 'signed seconds') {
    const seconds = parseDuration(value);
    if (seconds === undefined) throw invalid('a time such as 20ms or 1.5s', part);
    return seconds;
  }
  const percent = kind === 'share' && value.endsWith('%');
  const number = Number(percent ? value.slice(0, -1) : value) / (percent ? 100 : 1);
  if (value === '' || Number.isNaN(number))
    throw invalid(kind === 'share' ? 'a share from 0 to 1' : 'a whole number', part);
  return number;
}

function invalid(expected: string, found: string): VoxhandError {
  return new VoxhandError('USAGE', 'impossible fault', {
    expected: `${expected}, as in drop=0.1,jitter=20ms,seed=3`,
    found,
  });
}
