/**
 * The relay: passes rightly signed calls on to WeChat's API from a machine whose address does not change.
 * One file, no dependencies, Node 20 or newer: `RELAY_SECRET=… node relay.mjs`. README.md says the rest.
 */
// @ts-check
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { readFileSync, realpathSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { fileURLToPath } from "node:url";

/** Everything that is bounded. */
export const LIMITS = {
  windowSeconds: 300, // how far a timestamp may be off, either way
  nonceSeconds: 600, // twice the window: a timestamp may lie ahead by all of it
  nonces: 100_000,
  bodyBytes: 1_048_576, // of a body that the mac covers
  heldBytes: 67_108_864, // of all such bodies together, while they are being read
  streamBytes: 104_857_600,
  connectMs: 3_000, // name, connection and TLS together
  exchangeMs: 30_000, // from the request's head to the answer's last byte
};

/** @see https://developers.weixin.qq.com/doc/service/Basic_Information/Interface_field_description.html */
const WECHAT_HOST = /^(?:api2?|(?:sh|sz|hk)\.api|qyapi)\.weixin\.qq\.com$/;
/** Origin form in printable ASCII, without what some servers take for another host or path. */
const PATH = /^\/(?!\/)[!-"$-[\]-~]*$/;
const AUTHORIZATION = /^WER1 (\d{1,12})\.([0-9a-f]{32})\.([0-9a-f]{64})$/;
/** Headers that belong to one connection, or tell who called: they pass in neither direction. */
const DROPPED = new RegExp(
  "^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|expect|authorization|x-relay-.*" +
    "|via|forwarded|x-forwarded-.*|x-real-ip|true-client-ip|cdn-loop|cf-.*)$",
);
const LEAST_SECRET_LENGTH = 32;
const GRACE_MS = 10_000;
const HEAD_MS = 10_000;
const IDLE_CLIENT_MS = 125_000; // longer than proxies keep theirs, so that none of them calls just as we hang up
const IDLE_UPSTREAM_MS = 4_000; // shorter than servers keep theirs, for the same reason
const UPSTREAM_SOCKETS = 256;
const LOG_LEVELS = ["info", "warn", "silent"];

/**
 * @typedef {http.IncomingMessage} Incoming
 * @typedef {(level: "info" | "warn", message: string, fields: Record<string, unknown>) => void} Log
 * @typedef {Exclude<ReturnType<typeof readClaim>, string>} Claim
 */

/**
 * Makes the relay's server; it does not listen yet.
 * @param {object} options
 * @param {string} options.secret as in RELAY_SECRET: one secret, or two with a comma between them
 * @param {Log} [options.log]
 * @param {{ cert: Buffer, key: Buffer } | undefined} [options.tls] makes it an HTTPS server
 * @param {Readonly<Record<string, string>>} [options.upstream] for tests: another origin for one of WeChat's hosts
 * @param {string} [options.ca] for tests: the only certificate that is trusted
 * @param {() => number} [options.now] milliseconds
 * @param {Partial<typeof LIMITS>} [options.limits]
 * @throws {Error} when the secret cannot be used; says so in both languages
 */
export function createRelay({ secret, log = () => {}, tls, upstream = {}, ca, now = Date.now, limits = {} }) {
  const secrets = secret.split(",").map((one) => one.trim());
  demand(
    secrets.length <= 2 && secrets.every((one) => one.length >= LEAST_SECRET_LENGTH),
    `RELAY_SECRET must have ${LEAST_SECRET_LENGTH} characters or more. Make one with: openssl rand -hex 32`,
    `RELAY_SECRET 至少要有 ${LEAST_SECRET_LENGTH} 个字符。可以这样生成：openssl rand -hex 32`,
  );
  const bounds = { ...LIMITS, ...limits };
  const takeNonce = nonceMemory(bounds);
  const forward = forwarder(upstream, ca, bounds.connectMs);
  const held = { bytes: 0 };
  let refused = 0;

  /** @param {Incoming} request @param {http.ServerResponse} response */
  async function handle(request, response) {
    if (request.method === "GET" && request.url === "/healthz") return void response.end("ok");
    const exchange = new Exchange(request, response, log, bounds.exchangeMs);
    const refuse = (/** @type {string} */ reason) => {
      refused += 1;
      const forwarded_for = request.headers["x-forwarded-for"]?.slice(-100); // its end is of the nearest proxy
      log("warn", "request_refused", { ip: request.socket.remoteAddress, forwarded_for, reason, refused });
      exchange.end(403, { "Content-Type": "text/plain" }, "refused");
    };
    const claim = readClaim(request, now() / 1_000, bounds.windowSeconds);
    if (typeof claim === "string") return refuse(claim);
    const body = claim.isStream ? "stream" : await readBody(request, bounds, held);
    if (response.headersSent || response.destroyed) return; // the time is up, or nobody waits any more
    if (body === "too_large") return exchange.fail(413, "body_too_large");
    if (body === "busy") return exchange.fail(503, "busy");
    if (!isSigned(claim, body, secrets)) return refuse("mac");
    const memory = takeNonce(claim.nonce, now() / 1_000);
    if (memory === "known") return refuse("nonce");
    exchange.claim = claim;
    if (memory === "full") return exchange.fail(503, "too_many_nonces");
    const length = request.headers["content-length"];
    if (body === "stream" && length === undefined) return exchange.fail(411, "length_required"); // by WeChat
    if (body === "stream" && Number(length) > bounds.streamBytes) return exchange.fail(413, "body_too_large");
    forward(exchange, claim, body);
  }

  const server = tls === undefined ? http.createServer() : https.createServer(tls);
  server.headersTimeout = HEAD_MS;
  server.requestTimeout = bounds.exchangeMs + HEAD_MS; // ends what is still drained after an answer
  server.keepAliveTimeout = IDLE_CLIENT_MS;
  server.on("request", (request, response) => {
    // A server that closes waits for its connections: one that has become idle must not keep it.
    response.once("close", () => setImmediate(() => server.listening || server.closeIdleConnections()));
    handle(request, response).catch(() => response.destroy());
  });
  return server;
}

/** One request and its answer, whoever gives it. It ends after `exchangeMs` in any case. */
class Exchange {
  /** What was asked for, once the request is known to be rightly signed. @type {Claim | undefined} */
  claim = undefined;
  /** The same, on its way to WeChat. @type {http.ClientRequest | undefined} */
  call = undefined;
  /** Whether it can have had an effect. @type {"not-sent" | "unknown" | "answered"} */
  outcome = "not-sent";
  /** @type {string | undefined} */ #error = undefined;

  /** @param {Incoming} request @param {http.ServerResponse} response @param {Log} log @param {number} exchangeMs */
  constructor(request, response, log, exchangeMs) {
    this.request = request;
    this.response = response;
    const startedAt = performance.now();
    const timer = setTimeout(() => this.fail(this.outcome === "unknown" ? 504 : 502, "timeout"), exchangeMs);
    response.once("close", () => {
      clearTimeout(timer);
      if (!response.writableFinished) this.#error ??= "client_gone";
      this.call?.destroy();
      request.unpipe();
      request.resume(); // to its end: a connection cut meanwhile would hide the answer
      if (this.claim === undefined) return;
      const { method, host } = this.claim;
      const [path] = this.claim.path.split("?"); // the query holds tokens
      const { statusCode: status } = response;
      const error = this.#error;
      const duration_ms = Math.round(performance.now() - startedAt);
      const fields = { method, host, path, status, outcome: this.outcome, error, duration_ms };
      log(error === undefined ? "info" : "warn", "call_relayed", fields);
    });
  }

  /** @param {number} status @param {http.OutgoingHttpHeaders} headers @param {string} body */
  end(status, headers, body) {
    this.response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
  }

  /** @param {number} status @param {string | NodeJS.ErrnoException} cause */
  fail(status, cause) {
    if (this.#error !== undefined) return;
    this.#error = typeof cause === "string" ? cause : (cause.code ?? cause.name);
    this.call?.destroy(); // before it is said that nothing was sent
    const headers = { "Content-Type": "application/json", "X-Relay-Outcome": this.outcome };
    if (!this.response.headersSent) this.end(status, headers, JSON.stringify({ error: this.#error }));
    else this.response.destroy(); // an answer that stops half-way must not look whole
  }

  /** Passes WeChat's answer on. @param {Incoming} answer */
  answer(answer) {
    this.outcome = "answered";
    const headers = { ...passedOn(answer.headers), "X-Relay-Outcome": this.outcome };
    this.response.writeHead(answer.statusCode ?? 502, headers);
    answer.once("error", (error) => this.fail(502, error));
    answer.pipe(this.response);
  }
}

/** Remembers nonces. When it is full it takes no new ones, for it must forget none.
 * @param {{ nonceSeconds: number, nonces: number }} limits */
function nonceMemory({ nonceSeconds, nonces }) {
  const seen = /** @type {Map<string, number>} */ (new Map()); // when, oldest first
  return (/** @type {string} */ nonce, /** @type {number} seconds */ now) => {
    for (const [old, at] of seen) {
      if (now - at <= nonceSeconds) break;
      seen.delete(old);
    }
    if (seen.has(nonce)) return "known";
    if (seen.size >= nonces) return "full";
    seen.set(nonce, now);
    return "new";
  };
}

/** What a request says of itself; or, as a text, why it is refused before its body is read.
 * @param {Incoming} request @param {number} now seconds @param {number} windowSeconds */
function readClaim({ method = "", url: path = "", headers }, now, windowSeconds) {
  const host = String(headers["x-relay-host"] ?? "");
  const bodyKind = headers["x-relay-body"];
  const [, timestamp = "", nonce = "", mac = ""] = AUTHORIZATION.exec(headers.authorization ?? "") ?? [];
  if (mac === "") return "authorization";
  if (method !== "GET" && method !== "POST") return "method";
  if (!WECHAT_HOST.test(host)) return "host";
  if (!PATH.test(path)) return "path";
  if (bodyKind !== undefined && bodyKind !== "stream") return "body_kind";
  if (Math.abs(now - Number(timestamp)) > windowSeconds) return "timestamp";
  return { method, host, path, timestamp, nonce, mac, isStream: bodyKind === "stream" };
}

/** @param {Claim} claim @param {Buffer | "stream"} body @param {readonly string[]} secrets */
function isSigned({ method, host, path, timestamp, nonce, mac }, body, secrets) {
  const digest = body === "stream" ? body : createHash("sha256").update(body).digest("hex");
  const text = [method, host, path, timestamp, nonce, digest].join("\n");
  const macs = secrets.map((secret) => createHmac("sha256", secret).update(text).digest());
  return macs.map((one) => timingSafeEqual(one, Buffer.from(mac, "hex"))).includes(true);
}

/** Reads a body that the mac covers.
 * @param {Incoming} request @param {typeof LIMITS} limits @param {{ bytes: number }} held by all requests */
async function readBody(request, { bodyBytes, heldBytes }, held) {
  const chunks = /** @type {Buffer[]} */ ([]);
  let bytes = 0;
  request.once("close", () => (held.bytes -= bytes));
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    bytes += chunk.length;
    held.bytes += chunk.length;
    if (bytes > bodyBytes) return "too_large";
    if (held.bytes > heldBytes) return "busy";
  }
  return Buffer.concat(chunks);
}

/** Makes what sends a call to WeChat and its answer back.
 * @param {Readonly<Record<string, string>>} origins @param {string | undefined} ca @param {number} connectMs */
function forwarder(origins, ca, connectMs) {
  const pool = { keepAlive: true, maxSockets: UPSTREAM_SOCKETS, timeout: IDLE_UPSTREAM_MS };
  // IPv4 alone: of all addresses that a server may have, this one stands on WeChat's list.
  const agents = { https: new https.Agent({ ...pool, family: 4, ca }), http: new http.Agent(pool) };
  const connected = /** @type {WeakSet<import("node:net").Socket>} */ (new WeakSet());

  /** @param {Exchange} exchange @param {Claim} claim @param {Buffer | "stream"} body */
  return function forward(exchange, { host, path, method }, body) {
    const { protocol, hostname, port } = new URL(origins[host] ?? `https://${host}`);
    const isPlain = protocol === "http:";
    const headers = { ...passedOn(exchange.request.headers), host };
    if (body !== "stream" && body.length > 0) headers["content-length"] = body.length;
    const to = { hostname, port, path, method, headers, agent: isPlain ? agents.http : agents.https };
    const call = isPlain ? http.request(to) : https.request(to);
    exchange.call = call;
    call.once("socket", (socket) => {
      const timer = setTimeout(() => exchange.fail(502, "connect_timeout"), connectMs);
      const mark = () => {
        clearTimeout(timer);
        connected.add(socket);
        exchange.outcome = "unknown";
      };
      if (connected.has(socket)) mark();
      else socket.once(isPlain ? "connect" : "secureConnect", mark);
    });
    call.once("response", (answer) => exchange.answer(answer)); // from now on it is the answer that fails
    call.on("error", (error) => exchange.outcome === "answered" || exchange.fail(502, error));
    if (body === "stream") exchange.request.pipe(call);
    else call.end(body);
  };
}

/** @param {http.IncomingHttpHeaders} headers @returns {http.OutgoingHttpHeaders} */
function passedOn(headers) {
  const named = (headers.connection ?? "").toLowerCase().split(/\s*,\s*/);
  const kept = Object.entries(headers).filter(([name]) => !DROPPED.test(name) && !named.includes(name));
  return Object.fromEntries(kept);
}

/** @param {unknown} isRight @param {string} en @param {string} zh @returns {asserts isRight} */
function demand(isRight, en, zh) {
  if (isRight !== true) throw new Error(`${en}\n${zh}`);
}

/** Starts the relay as the environment says. @param {NodeJS.ProcessEnv} env @throws {Error} in both languages */
async function start({ RELAY_SECRET = "", HOST = "127.0.0.1", PORT = "8789", RELAY_LOG = "info", ...env }) {
  const port = Number(PORT);
  const least = LOG_LEVELS.indexOf(RELAY_LOG);
  const { TLS_CERT: cert, TLS_KEY: key } = env;
  demand(port >= 1 && port <= 65_535, "PORT is no port.", "PORT 不是合法的端口号。");
  demand(least >= 0, "RELAY_LOG must be info, warn or silent.", "RELAY_LOG 应为 info、warn 或 silent。");
  demand(!cert === !key, "TLS_CERT and TLS_KEY belong together.", "TLS_CERT 和 TLS_KEY 要一起设置。");
  const log = /** @type {Log} */ (level, message, fields) => {
    const line = { timestamp: new Date().toISOString(), level, message, ...fields };
    if (LOG_LEVELS.indexOf(level) >= least) console.log(JSON.stringify(line));
  };
  const tls = cert && key ? { cert: readFileSync(cert), key: readFileSync(key) } : undefined;
  const server = createRelay({ secret: RELAY_SECRET, log, tls });
  await once(server.listen(port, HOST), "listening");
  log("info", "relay_started", { host: HOST, port, tls: tls !== undefined });
  const end = () => {
    server.close(() => process.exit(0));
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
  };
  process.once("SIGTERM", end).once("SIGINT", end);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  start(process.env).catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
