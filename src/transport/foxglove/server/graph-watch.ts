import type { ConnectionGraphUpdate } from '../protocol/index.js';
import type { ClientConnection } from './client-connection.js';

/** Tells the clients that want it who is connected to what, and what changes of it. */
export class GraphWatch {
  readonly #look: () => Graph;
  readonly #watchers = new Set<ClientConnection>();
  /** As the watchers know it. */
  #graph: Graph = EMPTY_GRAPH;
  #changed = false;

  /** @param look the graph at this moment */
  constructor(look: () => Graph) {
    this.#look = look;
  }

  /** The client gets all there is, and from now on what changes. */
  add(client: ClientConnection): void {
    this.#tell();
    this.#watchers.add(client);
    const all = graphUpdate(EMPTY_GRAPH, this.#graph);
    if (all !== undefined) client.send(all);
  }

  delete(client: ClientConnection): void {
    this.#watchers.delete(client);
  }

  /** Something has changed. Several changes in a row are sent together. */
  touch(): void {
    if (this.#changed) return;
    this.#changed = true;
    setImmediate(() => this.#tell());
  }

  #tell(): void {
    if (!this.#changed) return;
    this.#changed = false;
    const before = this.#graph;
    this.#graph = this.#look();
    if (this.#watchers.size === 0) return;
    const update = graphUpdate(before, this.#graph);
    if (update !== undefined) for (const client of this.#watchers) client.send(update);
  }
}

/** Publishers and subscribers at one moment. */
export interface Graph {
  /** Ids by topic. */
  readonly published: ReadonlyMap<string, readonly string[]>;
  readonly subscribed: ReadonlyMap<string, readonly string[]>;
  /** Ids by service. */
  readonly services: ReadonlyMap<string, readonly string[]>;
}

export const EMPTY_GRAPH: Graph = { published: new Map(), subscribed: new Map(), services: new Map() };

/**
 * What a client that has seen `before` must receive to see `after`; undefined where that is the same.
 *
 * A topic counts as removed when it has neither publishers nor subscribers.
 */
export function graphUpdate(before: Graph, after: Graph): ConnectionGraphUpdate | undefined {
  const published = changed(before.published, after.published);
  const subscribed = changed(before.subscribed, after.subscribed);
  const services = changed(before.services, after.services);
  const known = (graph: Graph) => new Set([...graph.published.keys(), ...graph.subscribed.keys()]);
  const left = known(after);
  const removedTopics = [...known(before)].filter((topic) => !left.has(topic));
  const removedServices = [...before.services.keys()].filter((name) => !after.services.has(name));
  const removed = new Set(removedTopics);
  const update: ConnectionGraphUpdate = {
    op: 'connectionGraphUpdate',
    publishedTopics: published
      .filter(([topic]) => !removed.has(topic))
      .map(([name, ids]) => ({ name, publisherIds: ids })),
    subscribedTopics: subscribed
      .filter(([topic]) => !removed.has(topic))
      .map(([name, ids]) => ({ name, subscriberIds: ids })),
    advertisedServices: services.filter(([, ids]) => ids.length > 0).map(([name, ids]) => ({ name, providerIds: ids })),
    removedTopics,
    removedServices,
  };
  const { op: _, ...lists } = update;
  return Object.values(lists).some((list) => list.length > 0) ? update : undefined;
}

/** Entries of `after` that are new or other than before, and those that are gone, with no ids. */
function changed(
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
): (readonly [string, readonly string[]])[] {
  const news = [...after].filter(([name, ids]) => before.get(name)?.join() !== ids.join());
  const gone = [...before.keys()].filter((name) => !after.has(name)).map((name) => [name, []] as const);
  return [...news, ...gone];
}
