import { VoxhandError } from '../../errors/voxhand-error.js';
import type { RecordedChannel, RecordedSchema } from '../../transport/mcap/channel-registry.js';
import { PROVENANCE_RECORD } from '../../transport/mcap/info.js'; // not by the folder: a worker loads little
import type { Chunk } from './chunk.js';
import type { Disk } from './disk.js';
import { PartFile, partialPath } from './part-file.js';
import { partPath, type RecordedPart, type WriterSetup } from './recorder-protocol.js';

type Values = Readonly<Record<string, string>>;

/** The files of a recording: their names, what goes in front of each and of its chunks, and what they come to together. */
export class RecordingParts {
  readonly #disk: Disk;
  readonly #setup: WriterSetup;
  readonly #onPart: (part: RecordedPart) => void;
  readonly #schemas = new Map<number, RecordedSchema>();
  readonly #channels = new Map<number, RecordedChannel>();
  readonly #finished: RecordedPart[] = [];
  #known: Values;
  /** What the newest part says of itself alone. */
  #own: Values = {};
  #next = 0;
  #finishedBytes = 0;

  /** @param onPart called with every part that is closed */
  constructor(disk: Disk, setup: WriterSetup, onPart: (part: RecordedPart) => void) {
    this.#disk = disk;
    this.#setup = setup;
    this.#onPart = onPart;
    this.#known = setup.metadata;
  }

  /** Parts that are closed. */
  get finished(): readonly RecordedPart[] {
    return this.#finished;
  }

  /** What is known by now of where the recording comes from. */
  get known(): Values {
    return this.#known;
  }

  /** @returns whether that is new */
  describe(values: Values): boolean {
    if (Object.entries(values).every(([key, value]) => this.#known[key] === value)) return false;
    this.#known = { ...this.#known, ...values };
    return true;
  }

  addChannel(channel: RecordedChannel, schema: RecordedSchema | undefined): void {
    if (schema !== undefined) this.#schemas.set(schema.id, schema);
    this.#channels.set(channel.id, channel);
  }

  /**
   * Create the next file.
   *
   * @param own what it says beside what is known of the recording
   * @param known of the recording, where that is of another moment than now
   * @throws VoxhandError `USAGE` for a name that is taken; what the system says
   */
  begin(own: Values = {}, known: Values = this.#known): PartFile {
    const path = this.#nextPath();
    this.#refuseExisting(path);
    this.#keepCrashed(path);
    const { profile, library } = this.#setup;
    this.#own = { ...(this.#isSplit() && { part: String(this.#next) }), ...own };
    this.#next++;
    return new PartFile(this.#disk, path, { profile, library, metadata: { ...known, ...this.#own } });
  }

  /** @throws VoxhandError `USAGE` where the next name is taken. */
  refuseExisting(): void {
    this.#refuseExisting(this.#nextPath());
  }

  /** Say in the part that was begun last what is known by now. @returns false, and does nothing, where a limit forbids it */
  sayAgain(part: PartFile): boolean {
    const values = { ...this.#known, ...this.#own };
    if (!this.#isWithin(part.bytesWithMetadata(PROVENANCE_RECORD, values))) return false;
    part.addMetadata(PROVENANCE_RECORD, values);
    return true;
  }

  /** Whether the recording stays within its limit with this chunk. */
  fits(part: PartFile, chunk: Chunk): boolean {
    return this.#isWithin(this.bytesWith(part, chunk));
  }

  bytesWith(part: PartFile, chunk: Chunk): number {
    const channels = this.#missingChannels(part, chunk);
    return part.bytesWith(chunk, channels, this.#schemasOf(channels));
  }

  /** Write a chunk, and in front of it what its channels need. */
  append(part: PartFile, chunk: Chunk): void {
    const channels = this.#missingChannels(part, chunk);
    for (const schema of this.#schemasOf(channels)) part.addSchema(schema);
    for (const channel of channels) part.addChannel(channel);
    part.addChunk(chunk);
  }

  /** Finish a part and wait for the disk. @throws what the system says; the part is closed and reported all the same. */
  close(part: PartFile, reason?: string): void {
    try {
      part.finish();
    } catch (error) {
      this.closed(part, false, reason);
      throw error;
    }
    this.closed(part, true, reason);
  }

  /** A part was finished. */
  closed({ path, counts }: PartFile, whole: boolean, reason?: string): void {
    const report = { path, ...counts, whole, ...(reason === undefined ? {} : { reason }) };
    this.#finishedBytes += counts.bytes;
    this.#finished.push(report);
    this.#onPart(report);
  }

  #isWithin(bytes: number): boolean {
    const { maxBytes } = this.#setup;
    return maxBytes === undefined || this.#finishedBytes + bytes <= maxBytes;
  }

  #missingChannels(part: PartFile, { indexes }: Chunk): RecordedChannel[] {
    return indexes.flatMap(({ channelId }) => {
      const channel = part.has(channelId) ? undefined : this.#channels.get(channelId);
      return channel === undefined ? [] : [channel];
    });
  }

  #schemasOf(channels: readonly RecordedChannel[]): RecordedSchema[] {
    return channels.flatMap(({ schemaId }) => this.#schemas.get(schemaId) ?? []);
  }

  #isSplit(): boolean {
    const { splitBytes, splitNs, ring } = this.#setup;
    return splitBytes !== undefined || splitNs !== undefined || ring !== undefined;
  }

  #nextPath(): string {
    return partPath(this.#setup.path, this.#isSplit() ? this.#next : undefined);
  }

  #refuseExisting(path: string): void {
    if (this.#setup.overwrite || !this.#disk.exists(path)) return;
    throw new VoxhandError('USAGE', 'there is a recording of this name already', {
      expected: 'another name, or leave to overwrite it',
      where: path,
    });
  }

  /** What a recorder that was killed has left behind is not overwritten. */
  #keepCrashed(path: string): void {
    const partial = partialPath(path);
    if (!this.#disk.exists(partial)) return;
    let number = 1;
    while (this.#disk.exists(`${partial}.${number}`)) number++;
    this.#disk.rename(partial, `${partial}.${number}`);
  }
}
