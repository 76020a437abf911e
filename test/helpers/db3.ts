import sqlite from 'node-sqlite3-wasm';
import type { BusMessage } from '../../src/transport/port/bus.js';

/**
 * Write messages as rosbag2 of ROS 2 Jazzy writes a bag in sqlite3 (schema 4), or one of ROS 2 Humble (schema 3), which holds no definitions of messages.
 */
export async function writeDb3(path: string, messages: AsyncIterable<BusMessage>, { definitions = true } = {}) {
  const database = new sqlite.Database(path);
  database.exec(`
    CREATE TABLE schema(schema_version INTEGER PRIMARY KEY, ros_distro TEXT NOT NULL);
    CREATE TABLE metadata(id INTEGER PRIMARY KEY, metadata_version INTEGER NOT NULL, metadata TEXT NOT NULL);
    CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, serialization_format TEXT NOT NULL,
      offered_qos_profiles TEXT NOT NULL, type_description_hash TEXT NOT NULL);
    CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL, timestamp INTEGER NOT NULL, data BLOB NOT NULL);
    CREATE INDEX timestamp_idx ON messages (timestamp ASC);
    BEGIN`);
  if (definitions) {
    database.exec(`CREATE TABLE message_definitions(id INTEGER PRIMARY KEY, topic_type TEXT NOT NULL, encoding TEXT NOT NULL,
      encoded_message_definition TEXT NOT NULL, type_description_hash TEXT NOT NULL)`);
  }
  const topics = new Map<string, number>();
  const types = new Set<string>();
  for await (const { topic, schemaName, schemaEncoding, schemaData, messageEncoding, data, logTime } of messages) {
    let id = topics.get(topic);
    if (id === undefined) {
      id = topics.size + 1;
      topics.set(topic, id);
      database.run('INSERT INTO topics VALUES(?, ?, ?, ?, ?, ?)', [id, topic, schemaName, messageEncoding, '[]', '']);
    }
    if (definitions && !types.has(schemaName)) {
      types.add(schemaName);
      const row = [types.size, schemaName, schemaEncoding, new TextDecoder().decode(schemaData), ''];
      database.run('INSERT INTO message_definitions VALUES(?, ?, ?, ?, ?)', row);
    }
    database.run('INSERT INTO messages(topic_id, timestamp, data) VALUES(?, ?, ?)', [id, logTime, data]);
  }
  database.exec('COMMIT');
  database.close();
}
