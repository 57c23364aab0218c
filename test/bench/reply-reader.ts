// Reads one HTTP/1.1 reply after another from the chunks of a socket.

export interface HttpReply {
  status: number;
  body: Buffer;
  /** The server will close the connection after this reply. */
  close: boolean;
}

interface Head {
  status: number;
  /** Bytes of body, or "chunked". A reply without a length does not occur on a kept-alive connection. */
  length: number | "chunked";
  close: boolean;
}

const HEAD_END = "\r\n\r\n";
const EMPTY = Buffer.alloc(0);

/** Takes chunks, gives a reply as soon as it is whole. */
export class ReplyReader {
  #buffer: Buffer = EMPTY;
  #head: Head | undefined;

  /** Adds a chunk; returns the reply that it completes, if it does. Throws on a reply it cannot delimit. */
  push(chunk: Buffer): HttpReply | undefined {
    this.#buffer = this.#buffer.length ? Buffer.concat([this.#buffer, chunk]) : chunk;
    this.#head ??= this.#takeHead();
    if (!this.#head) return undefined;
    const body = this.#head.length === "chunked" ? this.#takeChunks() : this.#take(this.#head.length);
    if (!body) return undefined;
    const { status, close } = this.#head;
    this.#head = undefined;
    return { status, body, close };
  }

  #takeHead(): Head | undefined {
    const end = this.#buffer.indexOf(HEAD_END);
    if (end < 0) return undefined;
    const text = this.#buffer.toString("latin1", 0, end).toLowerCase();
    this.#buffer = this.#buffer.subarray(end + HEAD_END.length);
    const status = Number(text.slice(9, 12));
    const close = text.includes("\r\nconnection: close");
    const length = /\r\ncontent-length: *(\d+)/.exec(text)?.[1];
    if (length !== undefined) return { status, close, length: Number(length) };
    if (text.includes("\r\ntransfer-encoding: chunked")) return { status, close, length: "chunked" };
    if (status === 204 || status === 304) return { status, close, length: 0 };
    throw new Error("a reply without a length");
  }

  #take(bytes: number): Buffer | undefined {
    if (this.#buffer.length < bytes) return undefined;
    const taken = this.#buffer.subarray(0, bytes);
    this.#buffer = this.#buffer.subarray(bytes);
    return taken;
  }

  #takeChunks(): Buffer | undefined {
    const chunks: Buffer[] = [];
    for (let position = 0; ;) {
      const lineEnd = this.#buffer.indexOf("\r\n", position);
      if (lineEnd < 0) return undefined;
      const bytes = Number.parseInt(this.#buffer.toString("latin1", position, lineEnd), 16);
      const start = lineEnd + 2;
      if (this.#buffer.length < start + bytes + 2) return undefined;
      chunks.push(this.#buffer.subarray(start, start + bytes));
      position = start + bytes + 2;
      if (bytes > 0) continue;
      this.#buffer = this.#buffer.subarray(position);
      return Buffer.concat(chunks);
    }
  }
}
