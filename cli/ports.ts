/** Ports of the Worker and the simulator. */
import { createServer } from "node:net";

/** Where the Worker listens unless told otherwise; the simulator takes the next one. */
export const WORKER_PORT = 8787;

const MAX_PORT = 65_535;

/** Reads a port number; `undefined` when the text is none. */
export function readPort(text: string | undefined, fallback: number): number | undefined {
  if (text === undefined || text.trim() === "") return fallback;
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= MAX_PORT ? port : undefined;
}

/** Both names of this machine: `localhost` may mean either. */
export const LOOPBACK_ADDRESSES = ["127.0.0.1", "::1"] as const;

/** Whether nobody listens on `port` of this machine. */
export async function isPortFree(port: number): Promise<boolean> {
  for (const address of LOOPBACK_ADDRESSES) {
    if (!(await canListen(address, port))) return false;
  }
  return true;
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 has no ::1 that anybody could listen on.
    server.once("error", (error) => resolve(!("code" in error) || error.code !== "EADDRINUSE"));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
