/** How the bytes of a topic's messages are to be read: what an MCAP channel or a Foxglove advertisement says of them. */
export interface MessageSchema {
  /** `sensor_msgs/msg/Image`, `foxglove.SceneUpdate`. */
  readonly schemaName: string;
  /** `ros2msg` or `jsonschema` for what we write ourselves; a recording may hold any other. */
  readonly schemaEncoding: string;
  /** The schema itself, complete with its dependencies. Shared: do not write to it. */
  readonly schemaData: Uint8Array;
  /** `cdr` or `json` for what we write ourselves. */
  readonly messageEncoding: string;
}

/** One message type on the wire, both ways. */
export interface Codec<T> extends MessageSchema {
  /**
   * @returns bytes that the caller owns.
   * @throws VoxhandError `MESSAGE_INVALID` for a value that the schema cannot hold.
   */
  encode(message: T): Uint8Array;
  /**
   * Numeric arrays of the result may be views of `bytes`: keep `bytes` unchanged as long as the result is in use.
   *
   * @throws VoxhandError `MESSAGE_INVALID` for bytes that do not decode as the schema. What a message declares is
   * compared with what is there before anything is allocated.
   */
  decode(bytes: Uint8Array): T;
}
