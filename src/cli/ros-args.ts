const OPTION = '--ros-args';

/**
 * Make one option of a command line's ROS arguments, which commander would not understand: all that stands between `--ros-args` and
 * `--` or the end becomes one `--ros-args=<JSON>`, wherever it stands and however often.
 *
 * @example
 * ```ts
 * foldRosArgs(['run', '--ros-args', '-r', 'a:=b', '--', '--json']); // ['run', '--json', '--ros-args=["-r","a:=b"]']
 * ```
 */
export function foldRosArgs(args: readonly string[]): string[] {
  if (!args.includes(OPTION)) return [...args];
  const own: string[] = [];
  const ros: string[] = [];
  let inside = false;
  for (const arg of args) {
    if (arg === OPTION) inside = true;
    else if (inside && arg === '--') inside = false;
    else (inside ? ros : own).push(arg);
  }
  return [...own, `${OPTION}=${JSON.stringify(ros)}`];
}

/** The ROS arguments in such an option, as ROS 2 wants them; none where there is none. */
export function unfoldRosArgs(folded: string | undefined): string[] {
  return folded === undefined ? [] : [OPTION, ...(JSON.parse(folded) as string[])];
}
