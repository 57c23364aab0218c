/** The types of the Workers runtime that src/ names where the command line reads it; Node has no others. */
type DurableObjectLocationHint = string;

/** A stream of a length that is known beforehand. Node has none: uploads of the command line are Blobs. */
declare class FixedLengthStream {
  constructor(bytes: number);
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}
