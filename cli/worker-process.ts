/** `wrangler dev` as a child process: started without a shell, and ended with everything that it started. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Variables } from "./variables.ts";
import { WorkerOutput } from "./worker-output.ts";

/** How a Worker is started. */
export interface WorkerOptions {
  /** The folder of wrangler.toml. */
  readonly root: string;
  readonly port: number;
  /** Given by `--var`, which beats `.dev.vars`, which beats wrangler.toml. */
  readonly variables: Variables;
  /** More arguments of `wrangler dev`; the first one may be the main file. */
  readonly more?: readonly string[];
  /** Added to wrangler's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Takes its output. Default: this process's own. */
  readonly write?: (line: string, stream: "stdout" | "stderr") => void;
}

/** A Worker that was started. */
export interface WorkerProcess {
  readonly url: string;
  /** Whether it answers requests; `false` when it ended before. */
  readonly ready: Promise<boolean>;
  /** Resolves when it has ended: `killed` by `kill`, else `ended`. */
  readonly ended: Promise<"ended" | "killed">;
  /** Kills all of its processes at once, without a warning; resolves when nothing of it is left. */
  kill(): Promise<void>;
  /** Ends it; resolves when nothing of it is left. */
  stop(): Promise<void>;
}

const ENVIRONMENT = {
  // Without these, wrangler asks the network for a sample of `request.cf`, for updates and for statistics.
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_WRITE_LOGS: "false",
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: "true",
  // Variables come from `.dev.vars` alone, as everything here assumes.
  CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: "false",
};
const POLL_MS = 150;
const STOP_TIMEOUT_MS = 5_000;
/** Any free port: two Workers at once must not fight over the debugger's. */
const INSPECTOR_PORT = "0";

/** Starts `wrangler dev`. */
export function startWorkerProcess(options: WorkerOptions): WorkerProcess {
  const { root, port, variables, more = [], environment = {} } = options;
  const wrangler = join(
    dirname(fileURLToPath(import.meta.resolve("wrangler/package.json"))),
    "bin",
    "wrangler.js",
  );
  const flags = Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const ports = ["--port", String(port), "--inspector-port", INSPECTOR_PORT];
  const child = spawn(process.execPath, [wrangler, "dev", ...more, ...ports, ...flags], {
    cwd: root,
    env: { ...process.env, ...ENVIRONMENT, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  passOn(child, options);
  const state = { isKilled: false };
  const ended = new Promise<"ended" | "killed">((resolve) => {
    const end = (): void => resolve(state.isKilled ? "killed" : "ended");
    child.once("close", end);
    child.once("error", end);
  });
  const url = `http://localhost:${port}`;
  return {
    url,
    ended,
    ready: untilReady(url, child),
    async kill() {
      if (child.pid === undefined || !isRunning(child)) return;
      state.isKilled = true;
      // The children's ids first: those of a dead parent cannot be told. The parent first of all: it would complain.
      const family = await descendantsOf(child.pid);
      for (const pid of [child.pid, ...family]) kill(pid);
      await ended;
    },
    stop: () => stop(child, ended),
  };
}

function passOn(child: ChildProcess, { write = toOwnStream }: WorkerOptions): void {
  for (const stream of ["stdout", "stderr"] as const) {
    const output = new WorkerOutput((line) => write(line, stream), {
      hasBanner: stream === "stdout",
      colours: process[stream].isTTY,
    });
    child[stream]?.setEncoding("utf8").on("data", (text: string) => output.take(text));
    child[stream]?.once("end", () => output.end());
  }
}

function toOwnStream(line: string, stream: "stdout" | "stderr"): void {
  process[stream].write(`${line}\n`);
}

async function untilReady(url: string, child: ChildProcess): Promise<boolean> {
  while (isRunning(child)) {
    try {
      await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  return false;
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.pid === undefined || !isRunning(child)) return;
  const family = await descendantsOf(child.pid);
  child.kill("SIGTERM");
  const late = new Promise((resolve) => {
    setTimeout(resolve, STOP_TIMEOUT_MS, "late").unref();
  });
  const isLate = (await Promise.race([ended, late])) === "late";
  // Wrangler leaves its cloudflared behind: the tunnel would stay open.
  for (const pid of isLate ? [child.pid, ...family] : family) kill(pid);
  await ended;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

/** Everything that `pid` started, and they in turn. Empty where there is no `ps`. */
async function descendantsOf(pid: number): Promise<number[]> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
    const pairs = stdout
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number));
    const found = [pid];
    for (const parent of found) {
      for (const [child, itsParent] of pairs)
        if (itsParent === parent && child !== undefined) found.push(child);
    }
    return found.slice(1);
  } catch {
    return [];
  }
}
