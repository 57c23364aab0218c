// Starts a server as a child process and learns the port it has been given.
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Mode } from "./account.ts";
import { START_TIMEOUT_MS } from "./constants.ts";
import { Unable } from "./unable.ts";

/** A server that is listening on the loopback. */
export interface Server {
  mode: Mode;
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** How to start a server and where it says its port. */
export interface Launch {
  mode: Mode;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Takes what the server prints: real writes, as in production. */
  logFile: string;
  /** The descriptor whose lines `readPort` sees: 1, or one more that the child is given. */
  portDescriptor: 1 | 3;
  readPort(line: string): number | undefined;
}

const LOG_TAIL_CHARACTERS = 2000;
/** Children that nobody has asked to stop. */
const running = new Set<ChildProcess>();

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** Resolves when the server has told its port; throws with the end of its log when it does not. */
export async function startServer(launch: Launch): Promise<Server> {
  const log = openSync(launch.logFile, "a");
  const child = spawn(launch.command, launch.args, {
    env: { ...process.env, ...launch.env },
    stdio: launch.portDescriptor === 1 ? ["ignore", "pipe", log] : ["ignore", log, log, "pipe"],
  });
  closeSync(log);
  running.add(child);
  const ended = Promise.withResolvers<void>();
  child.once("exit", () => ended.resolve()).once("error", () => ended.resolve());
  const port = await listening(child, launch, ended.promise);
  child.once("exit", () => {
    if (running.has(child)) console.error(`A server has ended by itself.\n${logTail(launch)}`);
  });
  const stop = () => {
    running.delete(child);
    child.kill("SIGKILL");
    return ended.promise;
  };
  return { mode: launch.mode, pid: child.pid ?? 0, port, stop };
}

async function listening(child: ChildProcess, launch: Launch, ended: Promise<void>): Promise<number> {
  const lines = createInterface({ input: child.stdio[launch.portDescriptor] as Readable });
  const told = new Promise<number>((resolve) => {
    lines.on("line", (line) => {
      const port = launch.readPort(line);
      if (port) resolve(port);
    });
  });
  const timeout = Promise.withResolvers<void>();
  const timer = setTimeout(() => timeout.resolve(), START_TIMEOUT_MS);
  const port = await Promise.race([told, ended, timeout.promise]);
  clearTimeout(timer);
  if (port) return port;
  running.delete(child);
  child.kill("SIGKILL");
  throw new Unable(`This did not start: ${[launch.command, ...launch.args].join(" ")}\n${logTail(launch)}`);
}

function logTail({ logFile }: Launch): string {
  return readFileSync(logFile, "utf8").slice(-LOG_TAIL_CHARACTERS);
}
