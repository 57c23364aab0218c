/** A real Worker under `wrangler dev`, for tests that come from outside: one per file is enough. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PACKAGE_ROOT, type Variables } from "../../../cli/variables.ts";
import { startWorkerProcess } from "../../../cli/worker-process.ts";
import { freePorts } from "./ports.ts";

/** What is started. */
export interface TestWorkerOptions {
  readonly vars?: Variables;
  /** The Worker's main file, from the project's root. Default: test/worker.ts, whose bot is test/support/test-bot.ts. */
  readonly main?: string;
  /** A folder that keeps what it stores; it outlives the Worker. Default: one of its own, thrown away at the end. */
  readonly state?: string;
}

/** A Worker that answers. */
export interface TestWorker {
  /** Without a path. */
  readonly url: string;
  readonly port: number;
  /** The lines it wrote so far. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
  /** Ends it as a power cut does: SIGKILL for all of its processes, in one moment. */
  kill(): Promise<void>;
}

/**
 * Starts a Worker on a port of its own, with nothing but `vars`: a developer's `.dev.vars` is not read, and what it
 * stores is thrown away.
 */
export async function startWorker(options: TestWorkerOptions): Promise<TestWorker> {
  // A start that fails would fail a whole file of tests, which is not tried again.
  return (await startedWorker(options, [])) ?? (await startedAgain(options));
}

async function startedAgain(options: TestWorkerOptions): Promise<TestWorker> {
  const lines: string[] = [];
  const worker = await startedWorker(options, lines);
  if (worker === undefined) throw new Error(`The Worker did not start:\n${lines.join("\n")}`);
  return worker;
}

/** @param lines takes what it writes; @returns `undefined` when it has ended before it answered */
async function startedWorker(options: TestWorkerOptions, lines: string[]): Promise<TestWorker | undefined> {
  const { vars = {}, main = "test/worker.ts", state } = options;
  const own = await mkdtemp(join(tmpdir(), "wechat-edge-worker-"));
  const noVariables = join(own, "no.vars");
  await writeFile(noVariables, "");
  const port = await freePorts();
  const worker = startWorkerProcess({
    root: PACKAGE_ROOT,
    port,
    variables: vars,
    more: [main, "--persist-to", state ?? own, "--env-file", noVariables],
    write: (line) => lines.push(line),
  });
  const stop = async (): Promise<void> => {
    await worker.stop();
    await rm(own, { recursive: true, force: true });
  };
  const kill = async (): Promise<void> => {
    // Its own folder stands in its command line, and in no other's.
    for (const pid of await familyOf(own)) process.kill(pid, "SIGKILL");
    await worker.ended;
    await stop();
  };
  if (await worker.ready) return { url: worker.url, port, lines, stop, kill };
  await stop();
  return undefined;
}

/** The process whose command line has `word`, and everything that it started. */
async function familyOf(word: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="]);
  const processes = stdout
    .trim()
    .split("\n")
    .map((line) => {
      const [pid = "", parent = "", ...args] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), args: args.join(" ") };
    });
  const found = processes.filter(({ args }) => args.includes(word)).map(({ pid }) => pid);
  for (const pid of found) {
    for (const { pid: child, parent } of processes) {
      if (parent === pid && !found.includes(child)) found.push(child);
    }
  }
  return found;
}
