/** A real Worker under `wrangler dev`, for tests that come from outside: one per file is enough. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGE_ROOT, type Variables } from "../../../cli/variables.ts";
import { startWorkerProcess } from "../../../cli/worker-process.ts";
import { freePorts } from "./ports.ts";

/** What is started. */
export interface TestWorkerOptions {
  readonly vars?: Variables;
  /** The Worker's main file, from the project's root. Default: test/worker.ts, whose bot is test/support/test-bot.ts. */
  readonly main?: string;
}

/** A Worker that answers. */
export interface TestWorker {
  /** Without a path. */
  readonly url: string;
  readonly port: number;
  /** The lines it wrote so far. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts a Worker on a port of its own, with nothing but `vars`: a developer's `.dev.vars` is not read, and what it
 * stores is thrown away.
 */
export async function startWorker({
  vars = {},
  main = "test/worker.ts",
}: TestWorkerOptions): Promise<TestWorker> {
  const state = await mkdtemp(join(tmpdir(), "wechat-edge-worker-"));
  const noVariables = join(state, "no.vars");
  await writeFile(noVariables, "");
  const lines: string[] = [];
  const port = await freePorts();
  const worker = startWorkerProcess({
    root: PACKAGE_ROOT,
    port,
    variables: vars,
    more: [main, "--persist-to", state, "--env-file", noVariables],
    write: (line) => lines.push(line),
  });
  const stop = async (): Promise<void> => {
    await worker.stop();
    await rm(state, { recursive: true, force: true });
  };
  if (await worker.ready) return { url: worker.url, port, lines, stop };
  await stop();
  throw new Error(`The Worker did not start:\n${lines.join("\n")}`);
}
