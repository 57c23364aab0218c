/** Ports that nobody listens on. */
import { createServer } from "node:net";
import { isPortFree } from "../../../cli/ports.ts";

/** Two neighbouring free ports, as `npm start` wants them; the first of them. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const port = await anyPort();
    if (port < 65_000 && (await isPortFree(port)) && (await isPortFree(port + 1))) return port;
  }
}

function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
