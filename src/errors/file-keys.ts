/** `cameraInfo` in code is `camera_info` in a file, as ROS 2 spells parameters. */
export function toFileKey(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function fromFileKey(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What a schema finds wrong with settings, as zod says it. */
export interface SettingIssue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

/** One line for each setting that is unknown or out of range, in the spelling of a file. */
export function settingProblems(issues: readonly SettingIssue[]): string[] {
  return issues.flatMap(({ code, path, message, keys = [] }) => {
    const place = path.map((part) => toFileKey(String(part))).join('.');
    if (code !== 'unrecognized_keys') return [place === '' ? message : `${place}: ${message}`];
    return keys.map((key) => `unknown key ${[place, toFileKey(key)].filter(Boolean).join('.')}`);
  });
}
