import type { RclEndpoint, RclQos } from '../../src/transport/ros2/rcl.js';

/**
 * A ROS 2 graph in memory, as honest as we could measure the real one to be: incompatible quality of service is silent,
 * queues keep their last messages and say nothing of the rest, latched messages come to late readers, other types on the
 * same topic do not match.
 */

export interface FakeEndpoint {
  readonly node: { readonly nodeName: string; readonly nodeNamespace: string };
  readonly topic: string;
  readonly type: string;
  readonly qos: RclQos;
}

export interface FakeWriter extends FakeEndpoint {
  /** Newest last; kept for late readers where durability is transient local. */
  readonly history: Buffer[];
}

export interface FakeReader extends FakeEndpoint {
  readonly queue: Buffer[];
  readonly onArrival: () => void;
}

interface FakeServer {
  readonly name: string;
  readonly type: string;
  readonly take: (request: unknown) => Promise<unknown>;
}

const RELIABLE = 1;
const TRANSIENT_LOCAL = 1;

export class FakeGraph {
  readonly writers = new Set<FakeWriter>();
  readonly readers = new Set<FakeReader>();
  readonly servers = new Set<FakeServer>();
  /** Packages whose messages are not built. */
  readonly missing = new Set<string>();
  /** What was thrown out of a node's callback: a real process would have ended there. */
  readonly aborts: unknown[] = [];
  /** What every node logged. */
  readonly log: { readonly node: string; readonly severity: string; readonly text: string }[] = [];
  /** The system's time, nanoseconds. */
  time = 1_700_000_000_000_000_000n;

  addWriter(writer: FakeWriter): void {
    this.writers.add(writer);
  }

  addReader(reader: FakeReader): void {
    this.readers.add(reader);
    for (const writer of this.writers) {
      if (!matches(writer, reader) || reader.qos.durability !== TRANSIENT_LOCAL) continue;
      for (const bytes of writer.history) deliver(reader, bytes);
    }
  }

  send(writer: FakeWriter, bytes: Buffer): void {
    const copy = Buffer.from(bytes);
    if (writer.qos.durability === TRANSIENT_LOCAL) {
      writer.history.push(copy);
      if (writer.history.length > writer.qos.depth) writer.history.shift();
    }
    for (const reader of this.readers) if (matches(writer, reader)) deliver(reader, copy);
  }

  matchedReaders(writer: FakeWriter): number {
    return [...this.readers].filter((reader) => matches(writer, reader)).length;
  }

  matchedWriters(reader: FakeReader): number {
    return [...this.writers].filter((writer) => matches(writer, reader)).length;
  }

  topics(): { name: string; types: string[] }[] {
    const topics = new Map<string, Set<string>>();
    for (const { topic, type } of [...this.writers, ...this.readers]) {
      topics.set(topic, (topics.get(topic) ?? new Set()).add(type));
    }
    return [...topics].map(([name, types]) => ({ name, types: [...types] }));
  }

  publishers(topic: string): RclEndpoint[] {
    return [...this.writers].filter((writer) => writer.topic === topic).map(toInfo);
  }

  subscribers(topic: string): RclEndpoint[] {
    return [...this.readers].filter((reader) => reader.topic === topic).map(toInfo);
  }

  /** Call a service as a peer would. */
  async call<T>(name: string, request: unknown = {}): Promise<T> {
    const server = [...this.servers].find((other) => other.name === name);
    if (server === undefined) throw new Error(`no service ${name}`);
    return (await server.take(request)) as T;
  }
}

function matches(writer: FakeWriter, reader: FakeReader): boolean {
  return (
    writer.topic === reader.topic &&
    writer.type === reader.type &&
    (writer.qos.reliability === RELIABLE || reader.qos.reliability !== RELIABLE) &&
    (writer.qos.durability === TRANSIENT_LOCAL || reader.qos.durability !== TRANSIENT_LOCAL)
  );
}

/** The newest `depth` are kept; nobody is told of the others. */
function deliver(reader: FakeReader, bytes: Buffer): void {
  reader.queue.push(bytes);
  if (reader.queue.length > reader.qos.depth) reader.queue.shift();
  reader.onArrival();
}

function toInfo({ node, type, qos }: FakeEndpoint): RclEndpoint {
  const forever = { seconds: 9_223_372_036n, nanoseconds: 854_775_807 };
  return {
    node_name: node.nodeName,
    node_namespace: node.nodeNamespace,
    topic_type: type,
    qos_profile: { ...qos, liveliness: 1, deadline: forever },
  };
}
