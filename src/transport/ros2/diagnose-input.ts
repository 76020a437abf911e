import type { BusEvent } from '../port/index.js';
import type { Endpoint } from './graph.js';
import { describeQos, qosConflicts } from './qos.js';
import { inputConflict } from './qos-texts.js';
import type { RclQos } from './rcl.js';

/** What is known of a subscribed topic. */
export interface InputFacts {
  readonly topic: string;
  /** Its name in texts. */
  readonly shown: string;
  readonly publishers: readonly Endpoint[];
  /** Subscribed to as this, if at all. */
  readonly type: string | undefined;
  readonly accepts: (type: string) => boolean;
  /** Types that will do; undefined for any that can be decoded. */
  readonly types: readonly string[] | undefined;
  readonly requested: RclQos;
  /** Messages came since the last look. */
  readonly flowing: boolean;
  /** Seconds. */
  readonly silentFor: number;
  /** Seconds of silence that need an explanation; undefined where silence is nothing unusual. */
  readonly silenceAfter: number | undefined;
  /** `depth` for what `topics.depth` and `qos.depth` set. */
  readonly setting: string | undefined;
  /** Topics that carry one of these types. */
  readonly similar: (types: readonly string[]) => readonly string[];
}

/** What keeps messages from coming, the surest cause first; undefined where nothing is known to. */
export function diagnoseInput(facts: InputFacts): { readonly key: string; readonly event: BusEvent } | undefined {
  const { topic, publishers, type, accepts, requested, flowing, silentFor, silenceAfter } = facts;
  const usable = publishers.filter((publisher) => publisher.type === type);
  const foreign = publishers.find((publisher) => !accepts(publisher.type));
  if (foreign !== undefined && usable.length === 0) {
    return {
      key: `type:${foreign.node}:${foreign.type}`,
      event: { severity: 'error', kind: 'type-mismatch', topic, text: wrongType(facts, foreign) },
    };
  }
  for (const publisher of usable) {
    const conflicts = qosConflicts(publisher.qos, requested);
    if (conflicts.length === 0) continue;
    return {
      key: `qos:${publisher.node}:${conflicts.map(({ policy }) => policy).join()}`,
      event: {
        severity: usable.length > 1 || flowing ? 'warn' : 'error',
        kind: 'qos-incompatible',
        topic,
        text: inputConflict(facts.shown, publisher, requested, conflicts, facts.setting),
      },
    };
  }
  if (silenceAfter === undefined || silentFor < silenceAfter) return undefined;
  const text = usable.length === 0 ? noPublisher(facts) : noMessage(facts, usable, silenceAfter);
  return {
    key: usable.length === 0 ? 'silent:no-publisher' : 'silent:no-message',
    event: { severity: 'warn', kind: 'silent', topic, text },
  };
}

function wrongType(facts: InputFacts, { node, type }: Endpoint): string {
  const { shown, types } = facts;
  const expected = types === undefined ? 'a type that voxhand has a definition of' : types.join(' or ');
  return `${shown} carries ${type} (from ${node}), expected ${expected}. ${elsewhere(facts, types ?? [])}`;
}

function noPublisher(facts: InputFacts): string {
  const { shown, types, type } = facts;
  return `${shown} has no publisher. ${elsewhere(facts, types ?? (type === undefined ? [] : [type]))}`;
}

function noMessage({ shown, requested }: InputFacts, publishers: readonly Endpoint[], seconds: number): string {
  const offers = publishers.map(({ node, qos }) => `${node} offers ${describeQos(qos)}`).join(', ');
  return (
    `${shown}: no message for ${seconds} s. ${offers}; we ask for ${describeQos(requested)}, which matches. ` +
    'See whether it publishes: ros2 topic hz. Large messages that get lost need larger socket buffers: net.core.rmem_max'
  );
}

/** Where else such messages are, and how to get them. */
function elsewhere({ topic, setting, similar }: InputFacts, types: readonly string[]): string {
  const [first, ...others] = similar(types);
  if (first === undefined) return 'Start the publisher, or see ros2 topic list -t for its name';
  const what = types.length === 1 ? types[0] : 'such messages';
  const configure = setting === undefined ? '' : `set topics.${setting} or `;
  return `There are ${what} on ${[first, ...others].join(', ')}: ${configure}remap with -r ${topic}:=${first}`;
}
