/** Serves the simulator and its page from Node, on this machine only. */
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { createSimulator, type SimulatorOptions } from "../simulator/app.ts";
import { LOOPBACK_ADDRESSES } from "./ports.ts";
import { PACKAGE_ROOT } from "./variables.ts";

/** A simulator that listens. */
export interface SimulatorServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the simulator on both loopback addresses.
 *
 * @throws the system's error when the port cannot be had
 */
export async function serveSimulator(options: SimulatorOptions, port: number): Promise<SimulatorServer> {
  const app = createSimulator(options);
  app.use("*", async (c, next) => {
    await next();
    c.header("Cache-Control", "no-cache");
    c.header("Content-Security-Policy", "frame-ancestors 'none'"); // the rest of the policy stands in the page
    c.header("X-Content-Type-Options", "nosniff");
  });
  app.use("*", serveStatic({ root: join(PACKAGE_ROOT, "simulator", "page") }));
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

/** @returns `undefined` on a machine that has no such address */
function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  hostname: string,
  port: number,
): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const answer = getRequestListener(fetch);
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

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
