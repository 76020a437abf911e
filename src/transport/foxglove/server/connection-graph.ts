import type { ConnectionGraphUpdate } from '../protocol/index.js';

/** Who publishes and who listens: as a picture of one moment. */
export interface Graph {
  /** Ids by topic. */
  readonly published: ReadonlyMap<string, readonly string[]>;
  readonly subscribed: ReadonlyMap<string, readonly string[]>;
  /** Ids by service. */
  readonly services: ReadonlyMap<string, readonly string[]>;
}

export const EMPTY_GRAPH: Graph = { published: new Map(), subscribed: new Map(), services: new Map() };

/**
 * What a client that has seen `before` must be told to see `after`; undefined where that is the same.
 *
 * A topic counts as removed when nobody publishes it any more and nobody listens.
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
