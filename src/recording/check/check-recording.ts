import { stat } from 'node:fs/promises';
import type { MessageHeader } from '../../depth/index.js';
import { toVoxhandError } from '../../errors/index.js';
import { recordedCodec } from '../../messages/index.js';
import { isCameraSchema, isDepthSchema } from '../../tracking/depth-frames.js';
import { type FirstSight, imageKind, sightOf, trackerConfig, withInputTopics } from '../../tracking/index.js';
import { unlistedText } from '../../transport/mcap/info.js';
import { openRecording, recordingFiles } from '../../transport/mcap/open-recording.js';
import type { BusMessage, TopicInfo } from '../../transport/port/index.js';
import { DepthCheck } from './depth-check.js';
import { checkFile, type FileCheck } from './file-check.js';
import { type Finding, SEVERITIES } from './finding.js';
import { TopicCheck, type TopicSummary } from './topic-check.js';

export interface CheckOptions {
  readonly onProgress?: (bytes: number, size: number) => void;
  /** Ends the check; what was found so far of the files is the result. */
  readonly signal?: AbortSignal;
}

export interface CheckReport {
  readonly path: string;
  readonly files: readonly Omit<FileCheck, 'findings'>[];
  readonly messages: number;
  /** First and last log time, nanoseconds; absent where there are no messages. */
  readonly startTime?: bigint;
  readonly endTime?: bigint;
  readonly topics: readonly TopicSummary[];
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** Looked through to its end, with neither errors nor warnings. */
  readonly ok: boolean;
  readonly aborted: boolean;
}

/**
 * What is wrong with a recording, and what to do about it: as a file (damage, checksums, index), in its times (stamps, gaps,
 * missing messages), and as something to track hands in (depth, calibration). Reads everything once, in constant memory.
 *
 * @param path a file, or a folder as `openRecording` takes it
 * @throws VoxhandError `FILE_NOT_FOUND`; `FILE_INVALID` as `openRecording`
 * @example
 * ```ts
 * const { ok, findings } = await checkRecording('cell.mcap');
 * for (const { severity, topic, text, remedy } of findings) console.log(severity, topic, text, remedy);
 * ```
 */
export async function checkRecording(path: string, { onProgress, signal }: CheckOptions = {}): Promise<CheckReport> {
  const paths = await recordingFiles(path);
  const sizes = await Promise.all(
    paths.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const contents = new ContentCheck(path);
  const files: FileCheck[] = [];
  let done = 0;
  for (const [i, file] of paths.entries()) {
    if (signal?.aborted) break;
    files.push(
      await checkFile(file, {
        onMessage: (message) => contents.see(message),
        onProgress: (bytes) => onProgress?.(done + bytes, total),
        ...(signal && { signal }),
      }),
    );
    done += sizes[i];
  }
  const fileFindings = files.flatMap(({ findings }) => findings).concat(paths.length > 1 ? await severalOf(path) : []);
  // that nothing was found needs no second reason
  const isUnreadable =
    fileFindings.some(({ severity }) => severity === 'error') && contents.times().startTime === undefined;
  const aborted = signal?.aborted ?? false;
  const found = isUnreadable || aborted ? fileFindings : fileFindings.concat(contents.findings());
  const findings = found.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return {
    path,
    files: files.map(({ findings: _, ...file }) => file),
    messages: files.reduce((sum, { messages }) => sum + messages, 0),
    ...contents.times(),
    topics: contents.topics(),
    findings,
    ok: !aborted && findings.every(({ severity }) => severity === 'info'),
    aborted,
  };
}

/** Whether a replay would refuse the files of a folder as several recordings, or would read more of them than its metadata name. */
async function severalOf(path: string): Promise<readonly Finding[]> {
  try {
    const recording = await openRecording(path);
    const info = recording.info();
    await recording.close();
    return info.unlisted === undefined ? [] : [{ severity: 'warning', code: 'unlisted-part', ...unlistedText(info) }];
  } catch (thrown) {
    const { message, expected = '' } = toVoxhandError(thrown);
    return /several recordings/.test(message)
      ? [{ severity: 'error', code: 'several-recordings', text: message, remedy: `look at ${expected}` }]
      : [];
  }
}

/** Camera infos that are kept until their depth topic comes. */
const MOST_EARLY = 100;

/** Looks at all messages of a recording. */
class ContentCheck {
  readonly #topics = new Map<string, TopicCheck>();
  readonly #infos = new Map<string, TopicInfo>();
  readonly #depths = new Map<string, DepthCheck>();
  /** Camera infos that came before the depth topic that they belong to. */
  readonly #early = new Map<string, { logTime: bigint; decoded: unknown; header: MessageHeader }[]>();
  readonly #sights = new Map<string, FirstSight>();
  readonly #path: string;
  #start: bigint | undefined;
  #end: bigint | undefined;
  #last: Pick<BusMessage, 'topic' | 'sequence'> = { topic: '', sequence: 0 };
  /** From one topic to another, sequence numbers that go up, and those that do not. */
  #upwards = 0;
  #downwards = 0;

  /** @param path of the recording, for errors */
  constructor(path: string) {
    this.#path = path;
  }

  see(message: BusMessage): void {
    const { topic, schemaName, logTime, sequence } = message;
    if (topic !== this.#last.topic && sequence > 0 && this.#last.sequence > 0) {
      if (sequence > this.#last.sequence) this.#upwards++;
      else this.#downwards++;
    }
    this.#last = { topic, sequence };
    if (this.#start === undefined || logTime < this.#start) this.#start = logTime;
    if (this.#end === undefined || logTime > this.#end) this.#end = logTime;
    let check = this.#topics.get(topic);
    if (check === undefined) {
      const { schemaEncoding, schemaData, messageEncoding } = message;
      const info = { topic, schemaName, schemaEncoding, schemaData, messageEncoding };
      check = new TopicCheck(info);
      this.#topics.set(topic, check);
      this.#infos.set(topic, info);
      if (isDepthSchema(schemaName) || isCameraSchema(schemaName)) this.#sights.set(topic, sightOf(message));
    }
    const { decoded, header } = check.see(message);
    if (decoded === undefined || header === undefined) return;
    if (isDepthSchema(schemaName)) this.#depthOf(topic, decoded)?.image(message, decoded, header);
    else if (isCameraSchema(schemaName)) this.#seeInfo(message, decoded, header);
  }

  times(): { startTime?: bigint; endTime?: bigint } {
    return this.#start === undefined || this.#end === undefined ? {} : { startTime: this.#start, endTime: this.#end };
  }

  topics(): TopicSummary[] {
    return [...this.#topics.values()].map((check) => check.summary());
  }

  findings(): Finding[] {
    if (this.#start === undefined) {
      return [
        {
          severity: 'error',
          code: 'empty',
          text: 'there is no message',
          remedy: 'check the recorder: did its topics exist?',
        },
      ];
    }
    // one counter of all topics leaves gaps in each of them
    const oneCounter = this.#upwards > 10 && this.#upwards > 20 * this.#downwards;
    const isWall = [...this.#topics.values()].some((check) => check.inWallTime);
    const findings = [...this.#topics.values()].flatMap((check) => check.findings({ oneCounter, isWall }));
    for (const depth of this.#depths.values()) findings.push(...depth.findings());
    findings.push(...this.#choiceFindings());
    if (this.#depths.size === 0) {
      findings.push({
        severity: 'warning',
        code: 'no-depth',
        text: 'there are no depth images: no hand can be tracked in it',
        remedy: 'record the depth topic of a camera and its camera info',
      });
    }
    if (![...this.#topics.keys()].some((topic) => /(^|\/)tf_static$/.test(topic))) {
      findings.push({
        severity: 'info',
        code: 'no-tf-static',
        text: 'there are no static transforms: viewers do not know where the camera is',
        remedy: 'record /tf_static with it; voxhand replay adds one for the camera',
      });
    }
    return findings;
  }

  /** Whether a replay would have to be told which topics are meant. */
  #choiceFindings(): readonly Finding[] {
    if (this.#depths.size === 0) return [];
    try {
      withInputTopics(trackerConfig(), [...this.#infos.values()], this.#path, this.#sights);
      return [];
    } catch (thrown) {
      const { code, message, expected = '' } = toVoxhandError(thrown);
      // what is missing altogether is said elsewhere
      if (code !== 'TOPIC_NOT_FOUND' || !expected.startsWith('one of')) return [];
      const text = `a replay must be told which topics are meant: ${message.split(';', 1)[0]}`;
      return [{ severity: 'info', code: 'topics-unclear', text, remedy: expected }];
    }
  }

  #depthOf(topic: string, decoded: unknown): DepthCheck | undefined {
    let depth = this.#depths.get(topic);
    if (depth !== undefined || imageKind(topic, decoded) === 'other') return depth;
    depth = new DepthCheck({ frameId: '', ...this.#sights.get(topic), topic });
    this.#depths.set(topic, depth);
    for (const [camera, early] of this.#early) {
      for (const { logTime, decoded: info, header } of early) depth.info(camera, logTime, info, header);
    }
    return depth;
  }

  #seeInfo(message: BusMessage, decoded: unknown, header: MessageHeader): void {
    const { topic, logTime, data } = message;
    const early = this.#early.get(topic) ?? [];
    this.#early.set(topic, early);
    // of a copy: what is decoded would keep a whole chunk in memory
    if (early.length < MOST_EARLY)
      early.push({ logTime, decoded: recordedCodec(message).decode(new Uint8Array(data)), header });
    for (const depth of this.#depths.values()) depth.info(topic, logTime, decoded, header);
  }
}
