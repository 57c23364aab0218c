/** A relay for tests, and those who call it: rightly, and in ways of their own. */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import http, { type IncomingHttpHeaders } from "node:http";
import type { Server } from "node:net";
import { vi } from "vitest";
import { createRelay } from "../../../relay/relay.mjs";

export const SECRET = "a".repeat(16) + "0123456789abcdef";
export const OTHER_SECRET = "b".repeat(16) + "fedcba9876543210";
export const HOST = "api.weixin.qq.com";
export const ACCESS_TOKEN = "79_ACCESS-TOKEN-OF-A-TEST";
const SEND = `/cgi-bin/message/custom/send?access_token=${ACCESS_TOKEN}`;
export const MEGABYTE = 1_048_576;

/** What is signed and sent, unless a test changes it. */
export interface Call {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly body: string | Buffer;
  readonly isStream: boolean;
  readonly secret: string;
  readonly timestamp: number;
  readonly nonce: string;
}

const seconds = (): number => Math.floor(Date.now() / 1_000);

/** A call as usual, but for what is changed. */
export function callOf(change: Partial<Call> = {}): Call {
  const nonce = randomBytes(16).toString("hex");
  const body = '{"touser":"o1","msgtype":"text"}';
  const usual = { method: "POST", host: HOST, path: SEND, isStream: false, secret: SECRET };
  return { ...usual, body, timestamp: seconds(), nonce, ...change };
}

/** What the caller of a relay adds to its request: the protocol, written a second time. */
export function signed({ method, host, path, body, isStream, secret, timestamp, nonce }: Call) {
  const digest = isStream ? "stream" : createHash("sha256").update(body).digest("hex");
  const text = `${method}\n${host}\n${path}\n${timestamp}\n${nonce}\n${digest}`;
  const mac = createHmac("sha256", secret).update(text).digest("hex");
  return {
    "X-Relay-Host": host,
    Authorization: `WER1 ${timestamp}.${nonce}.${mac}`,
    ...(isStream ? { "X-Relay-Body": "stream" } : {}),
  };
}

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly bytes: Buffer;
  /** Whether the connection broke before the answer was whole. */
  readonly isCut: boolean;
}

/** What is sent, which is not always what was signed. */
export interface Sent {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** Sends a request on a connection of its own. */
export function send({ port, method, path, headers, body = "" }: Sent): Promise<Answer> {
  const length = body.length > 0 || method === "POST" ? { "Content-Length": Buffer.byteLength(body) } : {};
  const request = http.request({ port, method, path, headers: { ...length, ...headers }, agent: false });
  request.end(body);
  return answerTo(request);
}

/** The answer to a request, read to its end. */
export function answerTo(request: http.ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (response) => {
      // What comes after the answer, such as a connection that is closed under an upload, is not of interest.
      request.off("error", reject).on("error", () => {});
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => {});
      response.once("close", () => {
        const bytes = Buffer.concat(chunks);
        const { statusCode: status = 0, headers, complete } = response;
        resolve({ status, headers, bytes, body: bytes.toString(), isCut: !complete });
      });
    });
  });
}

type RelayOptions = Parameters<typeof createRelay>[0];

/** A relay that listens. */
export interface TestRelay {
  readonly port: number;
  /** What it logged, each line as JSON. */
  readonly lines: readonly string[];
  /** The last line, once there is one of that message. */
  logged(message: string): Promise<unknown>;
  /** Signs a call and sends it. */
  call(change?: Partial<Call>, headers?: Sent["headers"]): Promise<Answer>;
}

const opened: Server[] = [];

/** Listens on any port of this machine; `closeServers` ends it. */
export async function listen(server: Server): Promise<number> {
  opened.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A relay whose WeChat, by whatever name, is `origin`. */
export async function startRelay(origin: string, options: Partial<RelayOptions> = {}): Promise<TestRelay> {
  const lines: string[] = [];
  const names = ["api", "api2", "sh.api", "sz.api", "hk.api", "qyapi"].map((name) => `${name}.weixin.qq.com`);
  const relay = createRelay({
    secret: SECRET,
    upstream: Object.fromEntries(names.map((name) => [name, origin])),
    log: (level, message, fields) => lines.push(JSON.stringify({ level, message, ...fields })),
    ...options,
  });
  const port = await listen(relay);
  return {
    port,
    lines,
    async logged(message) {
      const line = await soon(() => {
        const last = lines.at(-1);
        return last?.includes(`"${message}"`) === true && last;
      });
      return JSON.parse(line);
    },
    call(change = {}, headers = {}) {
      const call = callOf(change);
      const { method, path, body } = call;
      return send({ port, method, path, body, headers: { ...signed(call), ...headers } });
    },
  };
}

/** Closes everything that `listen` and `startRelay` opened in this file of tests. */
export async function closeServers(): Promise<void> {
  for (const server of opened.splice(0)) {
    server.close();
    if (server instanceof http.Server) server.closeAllConnections();
    if (server.listening) await once(server, "close");
  }
}

/** Waits for what must come soon; a busy machine has time. */
export function soon<T>(found: () => T | Promise<T>) {
  return vi.waitUntil(found, { timeout: 20_000, interval: 10 });
}
