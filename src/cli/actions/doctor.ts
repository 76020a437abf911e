import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, freemem, totalmem } from 'node:os';
import * as zstd from '@foxglove/wasm-zstd';
import { toVoxhandError } from '../../errors/index.js';
import {
  checkModel,
  isLoadedDetector,
  listModels,
  loadAnyModel,
  PROVIDER_NEEDS,
  PROVIDERS,
  type Provider,
  probeProvider,
} from '../../inference/index.js';
import { loadPrior, trackerConfig } from '../../tracking/index.js';
import { checkRos2Environment } from '../../transport/ros2/index.js';
import { EXIT } from '../exit-code.js';
import { bytes, table } from '../table.js';
import { painted, type TalkOptions, Terminal } from '../terminal.js';

/** One thing that was looked at. `fail` is for what nothing works without. */
interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** Memory that a tracker with the default model takes, with room for recordings' chunks. */
const NEEDED_MEMORY = 500e6;
const OLDEST_NODE = [20, 20, 2] as const;

export async function doctor(_: readonly string[], options: TalkOptions): Promise<number> {
  const terminal = new Terminal(options);
  const findings: Finding[] = [];
  const look = async (check: () => Finding | Finding[] | Promise<Finding | Finding[]>) => {
    findings.push(...[await check()].flat());
  };
  await look(checkNode);
  for (const provider of PROVIDERS) await look(() => checkProvider(provider));
  await look(checkModels);
  await look(checkPrior);
  await look(checkZstd);
  await look(checkRos2);
  await look(checkMemory);
  const healthy = findings.every(({ state }) => state !== 'fail');
  terminal.result({ healthy, findings }, (shown) => text(shown.findings, healthy));
  return healthy ? EXIT.ok : EXIT.failed;
}

function checkNode(): Finding {
  const found = process.versions.node.split('.').map(Number);
  const older = found.findIndex((part, i) => part !== OLDEST_NODE[i]);
  const ok = older < 0 || older > 2 || found[older] > OLDEST_NODE[older];
  const detail = `${process.version} on ${process.platform} ${process.arch}`;
  if (ok) return { name: 'Node', state: 'ok', detail };
  return { name: 'Node', state: 'fail', detail, remedy: `install Node ${OLDEST_NODE.join('.')} or newer` };
}

async function checkProvider(provider: Provider): Promise<Finding> {
  const name = `provider ${provider}`;
  const { usable, reason = '' } = await probeProvider(provider);
  if (usable) return { name, state: 'ok', detail: 'runs networks' };
  if (provider === 'cpu') return { name, state: 'fail', detail: reason, remedy: 'reinstall: npm ci' };
  return {
    name,
    state: 'warn',
    detail: `not usable: ${lastSentence(reason)}`,
    remedy: `needs ${PROVIDER_NEEDS[provider]}`,
  };
}

/** Each packaged model is opened, which verifies its files and runs its self-test. */
async function checkModels(): Promise<Finding[]> {
  const usual = trackerConfig().inference.model;
  const names = await listModels();
  const findings: Finding[] = [];
  for (const model of new Set([usual, ...names])) {
    const name = `model ${model}`;
    try {
      const loaded = await loadAnyModel(model);
      await checkModel({ model: loaded });
      const { version } = loaded.manifest;
      const sees = isLoadedDetector(loaded) ? 'pictures' : `${loaded.manifest.input.size}^3 voxels`;
      findings.push({ name, state: 'ok', detail: `version ${version}, ${sees}, self-test passed` });
    } catch (error) {
      const { code, message } = toVoxhandError(error);
      const state = model === usual ? 'fail' : 'warn';
      findings.push({
        name,
        state,
        detail: `${message} [${code}]`,
        remedy: 'reinstall voxhand, or name a model of your own',
      });
    }
  }
  return findings;
}

async function checkPrior(): Promise<Finding> {
  const { file } = trackerConfig().smoothing.prior;
  const name = `pose prior ${file}`;
  try {
    const { components, poses, frame } = await loadPrior(file);
    return { name, state: 'ok', detail: `${components.length} components of ${poses} poses, ${frame} frame` };
  } catch (error) {
    const { message } = toVoxhandError(error);
    return { name, state: 'fail', detail: message, remedy: 'reinstall voxhand, or fit one: voxhand fit-prior' };
  }
}

async function checkZstd(): Promise<Finding> {
  const name = 'zstd';
  try {
    await zstd.isLoaded;
    const data = new Uint8Array(1000).fill(7);
    const back = zstd.decompress(zstd.compress(data), data.length);
    if (back.some((value) => value !== 7)) throw new Error('it does not give back what it was given');
    return { name, state: 'ok', detail: 'recordings are compressed' };
  } catch (error) {
    return { name, state: 'fail', detail: String((error as Error).message), remedy: 'reinstall: npm ci' };
  }
}

/** ROS 2 is for live cameras only; recordings need none. */
function checkRos2(): Finding {
  const name = 'ROS 2';
  try {
    const { distro, rclnodejs } = checkRos2Environment();
    return { name, state: 'ok', detail: `${distro}, rclnodejs at ${rclnodejs}` };
  } catch (error) {
    const { expected = '', found } = toVoxhandError(error) as { expected?: string; found?: string };
    const sourced = process.env.AMENT_PREFIX_PATH !== undefined;
    const installed = !sourced && existsSync('/opt/ros') ? '; there is one under /opt/ros that is not sourced' : '';
    return {
      name,
      state: 'warn',
      detail: `${found}${installed}${rclnodejsResolves() ? '; rclnodejs is installed' : ''}: recordings work without`,
      remedy: `for live cameras: ${expected.replace(/^\w+ in the environment: /, '')}`,
    };
  }
}

function rclnodejsResolves(): boolean {
  try {
    createRequire(import.meta.url).resolve('rclnodejs');
    return true;
  } catch {
    return false;
  }
}

function checkMemory(): Finding {
  const detail = `${bytes(freemem())} free of ${bytes(totalmem())}, ${availableParallelism()} processors`;
  if (freemem() >= NEEDED_MEMORY) return { name: 'memory', state: 'ok', detail };
  return { name: 'memory', state: 'warn', detail, remedy: `have ${bytes(NEEDED_MEMORY)} free` };
}

/** onnxruntime puts source paths and conditions in front of what is wrong. */
function lastSentence(reason: string): string {
  return reason.replace(/^.* was false\. /, '');
}

function text(findings: readonly Finding[], healthy: boolean): string {
  const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' };
  const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
  const rows = table(findings.map(({ name, detail }) => [name, detail]));
  const lines = findings.map(({ state }, i) => `${painted(colours[state], marks[state])}  ${rows[i]}`);
  const indent = ' '.repeat(6);
  return [
    ...findings.flatMap(({ remedy }, i) => (remedy === undefined ? [lines[i]] : [lines[i], `${indent}-> ${remedy}`])),
    '',
    healthy ? 'voxhand can work here.' : 'voxhand cannot work here: see FAIL above.',
  ].join('\n');
}
