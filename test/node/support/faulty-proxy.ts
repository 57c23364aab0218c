/** What may stand between WeChat and a Worker: a proxy that passes everything on, or does one thing wrong. */
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { TestCertificate } from "./certificate.ts";

/** A request on its way in. */
export interface Incoming {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An answer on its way out. */
export interface Outgoing {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** What is done wrong. Nothing of it: all is passed on as it is. */
export interface ProxyFault {
  /** Answers by itself. `close`: hangs up; `hang`: never answers; `undefined`: passes this request on. */
  readonly instead?: (request: Incoming) => Outgoing | "close" | "hang" | undefined;
  readonly request?: (request: Incoming) => Incoming;
  readonly answer?: (answer: Outgoing, request: Incoming) => Outgoing;
}

/** A proxy that listens. */
export interface FaultyProxy {
  readonly port: number;
  fault: ProxyFault;
  close(): Promise<void>;
}

/** Who calls: the Worker counts what it refuses by it, so each proxy has an address of its own, as by Cloudflare's hand. */
let callers = 0;
/** No seeded fault has this status: the test itself went wrong. */
const PROXY_FAILED = 599;

/** Of a connection, and of no use on the next one; and what `fetch` has undone. */
const HOP_HEADERS = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "host",
  "expect",
  "content-encoding",
]);

/**
 * Starts a proxy on a free port.
 *
 * @param target origin that requests are passed on to
 * @param tls its certificate, for https
 */
export async function startFaultyProxy(
  target: string,
  fault: ProxyFault = {},
  tls?: TestCertificate,
): Promise<FaultyProxy> {
  const caller = `192.0.2.${++callers}`;
  const serve = async (message: IncomingMessage): Promise<Outgoing | "close" | "hang"> => {
    const request = await received(message);
    const own = proxy.fault.instead?.(request);
    if (own !== undefined) return own;
    const { method, target: path, headers, body } = proxy.fault.request?.(request) ?? request;
    const response = await fetch(target + path, {
      method,
      headers: { ...headers, "cf-connecting-ip": caller },
      redirect: "manual",
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    const answer = {
      status: response.status,
      headers: kept(Object.fromEntries(response.headers)),
      body: Buffer.from(await response.arrayBuffer()),
    };
    return proxy.fault.answer?.(answer, request) ?? answer;
  };
  const answered = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const answer = await serve(message);
      if (answer === "hang") return;
      if (answer === "close") {
        message.socket.destroy();
        return;
      }
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    } catch (error) {
      response.writeHead(PROXY_FAILED, { "content-type": "text/plain" });
      response.end(String(error));
    }
  };
  const server: Server = tls === undefined ? createPlainServer() : createTlsServer(tls);
  server.on("request", (message: IncomingMessage, response) => {
    void answered(message, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "localhost", resolve);
  });
  const address = server.address();
  const proxy: FaultyProxy = {
    port: typeof address === "object" && address !== null ? address.port : 0,
    fault,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

async function received(message: IncomingMessage): Promise<Incoming> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const { method = "GET", url = "/", headers } = message;
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { method, target: url, headers: kept(Object.fromEntries(texts)), body: Buffer.concat(chunks) };
}

function kept(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.has(name)));
}
