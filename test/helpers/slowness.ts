/**
 * How much longer everything takes than on a machine of its own: wall time over processor time of some work, at least 1. A bound in
 * seconds that a program keeps there is multiplied by it.
 */
export function slowness(): number {
  const [began, before] = [performance.now(), process.cpuUsage()];
  let milliseconds = 0;
  while (milliseconds < 50) {
    const { user, system } = process.cpuUsage(before);
    milliseconds = (user + system) / 1000;
  }
  return Math.max(1, (performance.now() - began) / milliseconds);
}
