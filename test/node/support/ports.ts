/** Ports that nobody listens on. */
import { randomInt } from "node:crypto";
import { isPortFree } from "../../../cli/ports.ts";

/**
 * Below the ports that systems give to outgoing connections (Linux: from 32,768), and above those that `fetch` refuses.
 * A port that was free a moment ago may be some connection's own end by the time that a Worker has started.
 */
const FIRST = 10_240;
const LAST = 32_000;

/** Two neighbouring free ports, as `npm start` wants them; the first of them, which is even. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST / 2, LAST / 2) * 2;
    if ((await isPortFree(port)) && (await isPortFree(port + 1))) return port;
  }
}
