/**
 * Runs the suite: the conversation's tests wait in real time for WeChat's five seconds, so they have a vitest of their
 * own beside that of all others. With arguments it is plain vitest.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const PROJECTS = [
  ["--project", "conversation"],
  ["--project", "workerd", "--project", "node"],
];

/** Runs vitest; what it says is shown when it has ended, so that the projects' words do not mix. */
function run(args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [VITEST, "run", ...args], { stdio: ["ignore", "pipe", "pipe"] });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => said.push(text));
    child.on("close", (code) => {
      process.stdout.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });
}

const given = process.argv.slice(2);
const codes = given.length > 0 ? [await run(given)] : await Promise.all(PROJECTS.map(run));
process.exitCode = Math.max(...codes);
