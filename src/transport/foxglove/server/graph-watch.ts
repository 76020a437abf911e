import type { ClientConnection } from './client-connection.js';
import { EMPTY_GRAPH, type Graph, graphUpdate } from './connection-graph.js';

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

  /** The client is told all there is, and from now on what changes. */
  add(client: ClientConnection): void {
    this.#tell();
    this.#watchers.add(client);
    const all = graphUpdate(EMPTY_GRAPH, this.#graph);
    if (all !== undefined) client.send(all);
  }

  delete(client: ClientConnection): void {
    this.#watchers.delete(client);
  }

  /** Something has changed. Several changes in a row are told together. */
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
