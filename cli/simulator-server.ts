/** Serves the simulator and its page from Node, on this machine only. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { join } from "node:path";
import { getRequestListener, type Http2Bindings, type HttpBindings } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { createSimulator, type SimulatorOptions } from "../simulator/app.ts";
import { isCut } from "../simulator/platform/connection.ts";
import { LOOPBACK_ADDRESSES } from "./ports.ts";
import { PACKAGE_ROOT } from "./variables.ts";

/** A simulator that listens. */
export interface SimulatorServer {
  readonly url: string;
  close(): Promise<void>;
}

const PAGE = join(PACKAGE_ROOT, "simulator", "page");

/**
 * Starts the simulator on both loopback addresses.
 *
 * @throws the system's error when the port cannot be had
 */
export async function serveSimulator(options: SimulatorOptions, port: number): Promise<SimulatorServer> {
  const app = createSimulator({ clientIp: remoteAddress, resetConnection, ...options });
  app.use("*", async (c, next) => {
    await next();
    c.header("Cache-Control", "no-cache");
    c.header("Content-Security-Policy", "frame-ancestors 'none'"); // the rest of the policy stands in the page
    c.header("X-Content-Type-Options", "nosniff");
  });
  app.get("/connect/oauth2/authorize", serveStatic({ path: join(PAGE, "oauth.html") }));
  app.use("*", serveStatic({ root: PAGE }));
  const servers: Server[] = [];
  for (const hostname of LOOPBACK_ADDRESSES) {
    const server = await listen(app.fetch, hostname, port);
    if (server !== undefined) servers.push(server);
  }
  return {
    url: `http://localhost:${port}`,
    async close() {
      await Promise.all(servers.map(closed));
    },
  };
}

type Fetch = (request: Request, env: HttpBindings | Http2Bindings) => Response | Promise<Response>;

/** @returns `undefined` on a machine that has no such address */
function listen(fetch: Fetch, hostname: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const answer = getRequestListener(async (request, env) => {
      const response = await fetch(request, env);
      if (!isCut(response)) return response;
      env.incoming.socket.destroy();
      return RESPONSE_ALREADY_SENT;
    });
    const server = createServer((incoming, outgoing) => {
      void answer(incoming, outgoing);
    });
    server.once("error", (error) => {
      if (hostname === "::1" && "code" in error && error.code !== "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(port, hostname, () => resolve(server));
  });
}

/** A client reads of a reset, not of an end: what it had not read by then is lost. */
function resetConnection(env: unknown): boolean {
  const socket = socketOf(env);
  socket?.resetAndDestroy();
  return socket !== undefined;
}

function socketOf(env: unknown): IncomingMessage["socket"] | undefined {
  if (typeof env !== "object" || env === null || !("incoming" in env)) return undefined;
  const incoming: Partial<IncomingMessage> = Object(env.incoming);
  return incoming.socket;
}

/** Both loopback addresses count as one, so that a list of allowed addresses needs no more. */
function remoteAddress(_request: Request, env: unknown): string {
  const address = (socketOf(env)?.remoteAddress ?? LOCAL).replace(/^::ffff:/, "");
  return address === "::1" ? LOCAL : address;
}

const LOCAL = "127.0.0.1";

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
