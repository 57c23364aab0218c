/**
 * Runs the suite in lines side by side, each project of a line after the other: most of the time they wait. With
 * arguments it is plain vitest. What failed is said once more at the end.
 */
import { spawn } from "node:child_process";
import { statfsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const LINES = [["conversation", "workerd"], ["deferred"], ["node", "faults"]];

/** Every row that an object writes is flushed to its disk: in memory, where there is enough, that costs nothing. */
const MEMORY_DISK = "/dev/shm";
const MIN_FREE_BYTES = 2 ** 30;
/** Where vitest begins to tell what failed. */
const FAILURES = /^.*(Failed Tests|Failed Suites|Unhandled Errors|Startup Error)/m;
/** The most that is said again of one project. */
const MAX_LINES_AGAIN = 60;

/** How a run of vitest has ended. */
interface Ended {
  readonly code: number;
  readonly said: string;
}

function environment(): NodeJS.ProcessEnv {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_DISK);
    return bavail * bsize > MIN_FREE_BYTES ? { TMPDIR: MEMORY_DISK, ...process.env } : process.env;
  } catch {
    return process.env; // not a Linux
  }
}

/** Runs vitest; what it says is shown when it has ended, so that the projects' words do not mix. */
function run(args: readonly string[], env = process.env): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [VITEST, "run", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env,
    });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => said.push(text));
    child.on("close", (code) => {
      const text = Buffer.concat(said);
      process.stdout.write(text);
      resolve({ code: code ?? 1, said: text.toString() });
    });
  });
}

/** Runs projects one after the other, each to its end. */
async function runLine(projects: readonly string[]): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const project of projects) {
    const env = project === "node" ? process.env : environment();
    ended.push(await run(["--project", project], env));
  }
  return ended;
}

/** What a failed run says of its failures; without such a section, how it ended. */
function failuresOf(said: string): string {
  const text = stripVTControlCharacters(said);
  const start = text.search(FAILURES);
  const lines = text.trimEnd().split("\n");
  if (start < 0) return lines.slice(-MAX_LINES_AGAIN).join("\n");
  return text.slice(start).trimEnd().split("\n").slice(0, MAX_LINES_AGAIN).join("\n");
}

const given = process.argv.slice(2);
const ended = given.length > 0 ? [await run(given)] : (await Promise.all(LINES.map(runLine))).flat();
const failed = ended.filter(({ code }) => code !== 0);
if (given.length === 0) for (const { said } of failed) process.stdout.write(`\n${failuresOf(said)}\n`);
process.exitCode = Math.max(...ended.map(({ code }) => code));
