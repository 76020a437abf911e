import { stat } from 'node:fs/promises';
import type { McapTypes } from '@mcap/core';
import { VoxhandError } from '../../errors/index.js';
import { cdrCodec } from '../../messages/index.js';
import { earlier, later } from '../../timing/index.js';
import { firstBytes } from '../port/files.js';
import type { BusMessage, TopicInfo } from '../port/index.js';
import type { TimeRange } from './contents.js';
import { decompressors } from './decompress.js';
import type { McapInfo } from './info.js';
import { unpackedMessage } from './message-compression.js';
import { CONVERT_BAG } from './other-formats.js';
import { checkSubscription, type RecordingSource } from './recording-source.js';

type Row = Readonly<Record<string, number | bigint | string | Uint8Array | null>>;

/** As much of a database as is needed here. Whole numbers come as bigint, or as numbers where those hold them. */
interface Database {
  all(sql: string, ...values: bigint[]): Row[];
  close(): void;
}

/** What is asked of Node's own `node:sqlite`, and of the package `node-sqlite3-wasm`. */
interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: true },
  ) => {
    prepare(sql: string): { setReadBigInts(on: boolean): void; all(...values: bigint[]): Row[] };
    close(): void;
  };
}
interface WasmSqlite {
  readonly Database: new (
    path: string,
    options: { readonly readOnly: true; readonly fileMustExist: true },
  ) => { all(sql: string, values: bigint[]): Row[]; close(): void };
}

const SQLITE_MAGIC = 'SQLite format 3\0';
/** Messages that are in memory at once: each may be an image. */
const MESSAGES_A_READ = 16;

/** Whether a file is a database of SQLite, such as a bag of rosbag2 in its storage `sqlite3`; false where there is no file. */
export async function isSqlite(path: string): Promise<boolean> {
  const bytes = await firstBytes(path, SQLITE_MAGIC.length).catch(() => new Uint8Array(0));
  return Buffer.from(bytes).toString('latin1') === SQLITE_MAGIC;
}

/**
 * Open a bag that rosbag2 has written in its storage `sqlite3` (`.db3`), to be read as any recording. A message type whose definition
 * the bag does not hold (before ROS 2 Iron) gets ours where we have one.
 *
 * Read by `node:sqlite`, or where Node has none (before 22.13) by the package `node-sqlite3-wasm`, an optional peer.
 *
 * @throws VoxhandError `FILE_INVALID` where neither is there, with what can be done; for a database that is no bag, or is damaged
 */
export async function openDb3(path: string): Promise<RecordingSource> {
  const database = await openDatabase(path);
  try {
    return new Db3Source(database, await infoOf(path, database), await decompressors());
  } catch (cause) {
    database.close();
    throw cause;
  }
}

class Db3Source implements RecordingSource {
  readonly #database: Database;
  readonly #info: BagInfo;
  readonly #handlers: McapTypes.DecompressHandlers;
  #closed = false;

  constructor(database: Database, info: BagInfo, handlers: McapTypes.DecompressHandlers) {
    this.#database = database;
    this.#info = info;
    this.#handlers = handlers;
  }

  info(): McapInfo {
    return this.#info;
  }

  topics(): readonly TopicInfo[] {
    return this.#info.topics;
  }

  /**
   * Messages in order of time.
   *
   * @throws VoxhandError `RECORDING_EMPTY`, `TOPIC_NOT_FOUND` naming the topics there are, `FILE_INVALID` for a damaged one
   */
  async *subscribe(names?: readonly string[], { start, end }: TimeRange = {}): AsyncGenerator<BusMessage, void, void> {
    checkSubscription(this.#info, this.#closed, names);
    const { byId } = this.#info;
    const wanted = [...byId].filter(([, { topic }]) => names?.includes(topic) ?? true).map(([id]) => id);
    const sql = `SELECT id, topic_id, timestamp, data FROM messages WHERE (timestamp, id) > (?, ?) AND timestamp < ?
      AND topic_id IN (${wanted.join(', ')}) ORDER BY timestamp, id LIMIT ${MESSAGES_A_READ}`;
    let [time, last] = [(start ?? MIN_TIME + 1n) - 1n, MAX_TIME];
    while (!this.#closed) {
      const rows = this.#database.all(sql, time, last, end ?? MAX_TIME);
      for (const row of rows) {
        [time, last] = [BigInt(row.timestamp as bigint), BigInt(row.id as bigint)];
        const { messageCount: _, ...topic } = byId.get(BigInt(row.topic_id as bigint)) as TopicInfo;
        const data = row.data instanceof Uint8Array ? row.data : new Uint8Array(0);
        yield unpackedMessage({ ...topic, data, logTime: time, publishTime: time, sequence: 0 }, this.#handlers);
        if (this.#closed) return;
      }
      if (rows.length < MESSAGES_A_READ) return;
    }
  }

  /** A bag has none. */
  async *attachments(): AsyncGenerator<never, void, void> {}

  /** Ends subscriptions that are under way. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }
}

/** What SQLite's whole numbers can be. */
const [MIN_TIME, MAX_TIME] = [-(2n ** 63n), 2n ** 63n - 1n];

interface BagInfo extends McapInfo {
  readonly byId: ReadonlyMap<bigint, TopicInfo>;
}

async function infoOf(path: string, database: Database): Promise<BagInfo> {
  const tables = new Set(database.all("SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => name));
  if (!tables.has('topics') || !tables.has('messages')) {
    throw new VoxhandError('FILE_INVALID', 'a database that is no ROS 2 bag', {
      expected: 'the tables topics and messages',
      found: [...tables].join(', ') || 'none',
      where: path,
    });
  }
  const counts = database.all(
    'SELECT topic_id, count(*) AS count, min(timestamp) AS first, max(timestamp) AS last FROM messages GROUP BY topic_id',
  );
  const definitions = new Map(
    (tables.has('message_definitions') ? database.all('SELECT * FROM message_definitions') : []).map((row) => [
      String(row.topic_type),
      { schemaEncoding: String(row.encoding), schemaData: Buffer.from(String(row.encoded_message_definition)) },
    ]),
  );
  const countOf = new Map(counts.map((row) => [BigInt(row.topic_id as bigint), Number(row.count)]));
  const byId = new Map(
    database.all('SELECT * FROM topics ORDER BY id').map((row): [bigint, TopicInfo] => {
      const [id, schemaName, qos] = [BigInt(row.id as bigint), String(row.type), row.offered_qos_profiles];
      const info: TopicInfo = {
        topic: String(row.name),
        schemaName,
        ...(definitions.get(schemaName) ?? ownDefinition(schemaName)),
        messageEncoding: String(row.serialization_format),
        messageCount: countOf.get(id) ?? 0,
        ...(typeof qos === 'string' && qos !== '' && { channelMetadata: { offered_qos_profiles: qos } }),
      };
      return [id, info];
    }),
  );
  // messages of a topic that is not listed have no type
  const known = counts.filter(({ topic_id: id }) => byId.has(BigInt(id as bigint)));
  const times = known.map(({ first, last }) => ({ first: BigInt(first as bigint), last: BigInt(last as bigint) }));
  return {
    path,
    size: (await stat(path)).size,
    profile: 'ros2',
    library: 'rosbag2 (sqlite3)',
    indexed: true,
    topics: [...byId.values()],
    messageCount: known.reduce((sum, { count }) => sum + Number(count), 0),
    ...(times.length > 0 && {
      startTime: times.map(({ first }) => first).reduce(earlier),
      endTime: times.map(({ last }) => last).reduce(later),
    }),
    metadata: [],
    truncated: false,
    byId,
  };
}

function ownDefinition(schemaName: string): Pick<TopicInfo, 'schemaEncoding' | 'schemaData'> {
  try {
    const { schemaEncoding, schemaData } = cdrCodec(schemaName);
    return { schemaEncoding, schemaData };
  } catch {
    return { schemaEncoding: '', schemaData: new Uint8Array(0) };
  }
}

async function openDatabase(path: string): Promise<Database> {
  const own = await optional<NodeSqlite>('node:sqlite');
  const wasm = own === undefined ? await optional<WasmSqlite>('node-sqlite3-wasm') : undefined;
  if (own === undefined && wasm === undefined) {
    throw new VoxhandError('FILE_INVALID', 'a ROS 2 bag in sqlite3, and nothing here reads SQLite', {
      expected: `Node 22.13 or later; or npm install node-sqlite3-wasm; or ${CONVERT_BAG}`,
      found: `Node ${process.versions.node} alone`,
      where: path,
    });
  }
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw new VoxhandError(
        'FILE_INVALID',
        `a ROS 2 bag in sqlite3 that cannot be read: ${(cause as Error).message}`,
        {
          expected: wasm
            ? 'a whole database, in a folder that may be written to (by node-sqlite3-wasm; with Node 22.13 or later it need not be)'
            : 'a whole database; sqlite3 BAG .recover prints what can be saved of a damaged one',
          where: path,
          cause,
        },
      );
    }
  };
  if (own !== undefined) {
    const database = guarded(() => new own.DatabaseSync(path, { readOnly: true }));
    const all = (sql: string, ...values: bigint[]) => {
      const statement = database.prepare(sql);
      statement.setReadBigInts(true);
      return statement.all(...values);
    };
    return { all: (...given) => guarded(() => all(...given)), close: () => database.close() };
  }
  const database = guarded(() => new (wasm as WasmSqlite).Database(path, { readOnly: true, fileMustExist: true }));
  return { all: (sql, ...values) => guarded(() => database.all(sql, values)), close: () => database.close() };
}

/** A module that need not be there. */
async function optional<T extends object>(name: string): Promise<T | undefined> {
  const found = (await import(name).catch(() => undefined)) as (T & { readonly default?: T }) | undefined;
  return found?.default ?? found;
}
