import { parse } from 'yaml';

/** A fact about where a recording comes from that is not the same in both. */
export interface ProvenanceDifference {
  /** `model_sha256`; a setting as `configuration: smoothing.one_euro.beta`. */
  readonly what: string;
  /** Null where the recording does not say. */
  readonly golden: string | null;
  readonly new: string | null;
}

/** Settings that are listed one by one. */
const MOST_SETTINGS = 50;

const SETTINGS = 'configuration';

/**
 * What two recordings say differently of their origin: SDK version, hashes of model and configuration, provider, seed.
 * Where both carry their whole configuration, the settings that differ are named.
 */
export function provenanceDifferences(
  golden: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): ProvenanceDifference[] {
  const keys = [...new Set([...Object.keys(golden), ...Object.keys(found)])].filter((key) => key !== SETTINGS).sort();
  return [...differing(keys, golden, found), ...settingDifferences(golden[SETTINGS], found[SETTINGS])];
}

function differing(
  keys: readonly string[],
  golden: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
  prefix = '',
): ProvenanceDifference[] {
  return keys.flatMap((key) => {
    const [a, b] = [golden[key] ?? null, found[key] ?? null];
    return a === b ? [] : [{ what: prefix + key, golden: a, new: b }];
  });
}

function settingDifferences(golden: string | undefined, found: string | undefined): ProvenanceDifference[] {
  if (golden === undefined || found === undefined || golden === found) return [];
  try {
    const [a, b] = [flat(parse(golden)), flat(parse(found))];
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
    return differing(keys, a, b, `${SETTINGS}: `).slice(0, MOST_SETTINGS);
  } catch {
    return [{ what: SETTINGS, golden: '(not YAML, or another one)', new: '(not YAML, or another one)' }];
  }
}

/** A tree of settings as `a.b.c` to text, without the frame of a ROS 2 parameter file. */
function flat(tree: unknown, path: readonly string[] = []): Record<string, string> {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    return { [path.join('.')]: JSON.stringify(tree) };
  }
  return Object.assign(
    Object.create(null),
    ...Object.entries(tree).map(([key, value]) =>
      flat(value, key === '/**' || key === 'ros__parameters' ? path : [...path, key]),
    ),
  );
}
