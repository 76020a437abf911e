import type { EndpointQos } from './qos.js';
import type { RclEndpoint, RclNode } from './rcl.js';

/** A publisher or subscriber somewhere in the graph. */
export interface Endpoint {
  /** `/camera/driver` */
  readonly node: string;
  /** `sensor_msgs/msg/Image` */
  readonly type: string;
  readonly qos: EndpointQos;
}

/** A topic of image_transport beside its image's. */
const TRANSPORT = /^(.+)\/(compressedDepth|compressed)$/;

/** What discovery has found so far. Names are as code gives them: remap rules are applied here. */
export class Graph {
  readonly #node: RclNode;

  constructor(node: RclNode) {
    this.#node = node;
  }

  /**
   * The name on the wire. A transport of image_transport goes where its image goes, as with image_transport's own subscribers: where
   * `image` is remapped to `/camera/image`, `image/compressedDepth` is `/camera/image/compressedDepth`, unless a rule has that name.
   */
  resolve(topic: string): string {
    const name = this.#node.resolveTopicName(topic);
    const [, image, transport] = TRANSPORT.exec(topic) ?? [];
    if (image === undefined || name !== this.#expand(topic)) return name;
    return `${this.#node.resolveTopicName(image)}/${transport}`;
  }

  publishersOf(topic: string): readonly Endpoint[] {
    return this.#node.getPublishersInfoByTopic(this.resolve(topic)).map(toEndpoint);
  }

  subscribersOf(topic: string): readonly Endpoint[] {
    return this.#node.getSubscriptionsInfoByTopic(this.resolve(topic)).map(toEndpoint);
  }

  /** A name as it would be without any remap rule. */
  #expand(topic: string): string {
    if (topic.startsWith('/')) return topic;
    const [namespace, name] = [this.#node.namespace(), this.#node.name()];
    const place = namespace === '/' ? '' : namespace;
    return topic.startsWith('~') ? `${place}/${name}${topic.slice(1)}` : `${place}/${topic}`;
  }

  /** All topics but hidden ones, by their names on the wire. */
  topics(): readonly { readonly name: string; readonly types: readonly string[] }[] {
    return this.#node
      .getTopicNamesAndTypes()
      .filter(({ name }) => !name.split('/').some((part) => part.startsWith('_')));
  }

  /** Topics of one of these types that have a publisher, those first whose names are most like this one. */
  similar(topic: string, types: readonly string[]): readonly string[] {
    const wanted = new Set(topic.split('/'));
    return this.topics()
      .filter(
        ({ name, types: offered }) => name !== this.resolve(topic) && offered.some((type) => types.includes(type)),
      )
      .map(({ name }) => ({ name, likeness: name.split('/').filter((part) => wanted.has(part)).length }))
      .sort((a, b) => b.likeness - a.likeness || (a.name < b.name ? -1 : 1))
      .map(({ name }) => name)
      .filter((name) => this.publishersOf(name).length > 0)
      .slice(0, 5);
  }
}

/** What rmw calls a participant whose nodes are not known yet. */
const UNKNOWN = '_NODE_NAME_UNKNOWN_';

function toEndpoint({ node_name, node_namespace, topic_type, qos_profile }: RclEndpoint): Endpoint {
  if (node_name === UNKNOWN) return { node: 'a node not known yet', type: topic_type, qos: qos_profile };
  return { node: `${node_namespace === '/' ? '' : node_namespace}/${node_name}`, type: topic_type, qos: qos_profile };
}
