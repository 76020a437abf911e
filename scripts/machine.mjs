import os from 'node:os';

/** What figures were measured on, for the JSON of a benchmark. */
export function machine() {
  return {
    host: os.hostname(),
    cpu: os.cpus()[0]?.model,
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    platform: `${os.platform()} ${os.arch()}`,
    loadAverage: os.loadavg()[0],
  };
}
