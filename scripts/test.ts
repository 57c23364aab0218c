/**
 * Runs the suite in two lines side by side: what runs in workerd, one project after the other, and what runs in Node. With
 * arguments it is plain vitest.
 */
import { spawn } from "node:child_process";
import { statfsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const LINES = [["conversation", "workerd", "faults"], ["node"]];

/** Every row that an object writes is flushed to its disk: in memory, where there is enough, that costs nothing. */
const MEMORY_DISK = "/dev/shm";
const MIN_FREE_BYTES = 2 ** 30;

function environment(): NodeJS.ProcessEnv {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_DISK);
    return bavail * bsize > MIN_FREE_BYTES ? { TMPDIR: MEMORY_DISK, ...process.env } : process.env;
  } catch {
    return process.env; // not a Linux
  }
}

/** Runs vitest; what it says is shown when it has ended, so that the projects' words do not mix. */
function run(args: readonly string[], env = process.env): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [VITEST, "run", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env,
    });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => said.push(text));
    child.on("close", (code) => {
      process.stdout.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });
}

/** Runs projects one after the other, each to its end. */
async function runLine(projects: readonly string[]): Promise<number> {
  let worst = 0;
  for (const project of projects) {
    const env = project === "node" ? process.env : environment();
    worst = Math.max(worst, await run(["--project", project], env));
  }
  return worst;
}

const given = process.argv.slice(2);
const codes = given.length > 0 ? [await run(given)] : await Promise.all(LINES.map(runLine));
process.exitCode = Math.max(...codes);
