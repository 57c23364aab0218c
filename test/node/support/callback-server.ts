/** Somebody's callback behind real HTTP: slow, broken, or as it should be. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Whether the client hung up before the answer was complete. */
  readonly cut: Promise<boolean>;
}

/** Answers one request; nothing that it throws is caught. */
export type Answering = (received: Received, response: ServerResponse) => void;

/** A server that listens. */
export interface CallbackServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** How requests are answered from now on. */
  answer: Answering;
  close(): Promise<void>;
}

/** Starts a server on a free port. */
export async function startCallbackServer(answer: Answering): Promise<CallbackServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const cut = new Promise<boolean>((resolve) => {
        response.once("close", () => resolve(!response.writableFinished));
      });
      const { method = "", url: target = "", headers } = request;
      const one = { method, target, headers, body: Buffer.concat(chunks).toString(), cut };
      received.push(one);
      callback.answer(one, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const callback: CallbackServer = {
    url: `http://127.0.0.1:${port}/wechat`,
    received,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return callback;
}
