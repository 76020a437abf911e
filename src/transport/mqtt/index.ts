// For: machines that take gesture and pointer events from an MQTT broker.
// In and out: messages of results in; small JSON on topics of the broker out.
// Must not know: the tracker; what a broker's client is made of beyond a few functions.

export { createMqttSink } from './mqtt-sink.js';
