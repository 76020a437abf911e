/**
 * Preloaded into a process: says at its end how much memory it held at most, KiB, in the file that MEMORY_FILE names. By what the
 * system knows of this program: resourceUsage() counts what the process that started it held, too. Linux only.
 */
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  writeFileSync(process.env.MEMORY_FILE, peak);
});
