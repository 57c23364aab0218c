// One kept-alive connection on a bare socket: cheaper than an HTTP client, so that the driver keeps ahead of the server.
import { connect, type Socket } from "node:net";
import { ReplyReader, type HttpReply } from "./reply-reader.ts";

/** A reply, or why there is none (`timeout`, `closed`, a system error code). */
export type Outcome = HttpReply | { failure: string };

/** Sends one request at a time and connects anew when the server has closed. */
export class Connection {
  readonly #port: number;
  readonly #onOutcome: (connection: Connection, outcome: Outcome) => void;
  #socket: Socket | undefined;
  #reader = new ReplyReader();
  #waiting = false;

  constructor(port: number, onOutcome: (connection: Connection, outcome: Outcome) => void) {
    this.#port = port;
    this.#onOutcome = onOutcome;
  }

  get waiting(): boolean {
    return this.#waiting;
  }

  /** Writes a request; its outcome is told to the callback. */
  send(wire: Buffer): void {
    this.#waiting = true;
    this.#socket ??= this.#connect();
    this.#socket.write(wire);
  }

  /** Gives the request under way up. */
  fail(failure: string): void {
    this.close();
    if (this.#waiting) this.#settle({ failure });
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }

  #connect(): Socket {
    this.#reader = new ReplyReader();
    const socket = connect({ host: "127.0.0.1", port: this.#port, noDelay: true });
    const whenCurrent = (action: () => void) => {
      if (socket === this.#socket) action();
    };
    socket.on("data", (chunk) => whenCurrent(() => this.#read(chunk)));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      whenCurrent(() => this.fail(error.code ?? error.message)),
    );
    socket.on("close", () => whenCurrent(() => this.fail("closed")));
    return socket;
  }

  #read(chunk: Buffer): void {
    let reply: HttpReply | undefined;
    try {
      reply = this.#reader.push(chunk);
    } catch (error) {
      return this.fail(error instanceof Error ? error.message : String(error));
    }
    if (!reply) return;
    if (reply.close) this.close();
    this.#settle(reply);
  }

  #settle(outcome: Outcome): void {
    this.#waiting = false;
    this.#onOutcome(this, outcome);
  }
}
