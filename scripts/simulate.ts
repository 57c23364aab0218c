/**
 * `npm run simulate -- --seeds 1000 --messages 50 --from 1`: runs as many seeds of the simulated faults as one has time
 * for, and prints what struck and what came of it. See docs/testing.md.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const MARK = "SIMULATION ";
const NOISE = /^(?:uncaught exception|stack:|exception = )/;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    messages: { type: "string", default: "25" },
    from: { type: "string", default: "1" },
  },
});

/** The environment that vitest.config.ts reads. @throws {RangeError} when a number is none */
function environment(): Record<string, string> {
  const entries = Object.entries(values).map(([name, value]) => {
    if (!/^[1-9]\d{0,8}$/.test(value)) throw new RangeError(`--${name} takes a whole number from 1 on`);
    return [name.toUpperCase(), value];
  });
  return Object.fromEntries(entries);
}

const isViolation = (name: string): boolean => name.startsWith("! ");

function tableOf(totals: Record<string, number>): string[] {
  const rows = Object.entries(totals);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, count]) => {
    const mark = isViolation(name) ? "  <- violated" : count === 0 ? "  (never)" : "";
    return `${name.replace("! ", "").padEnd(width)}  ${String(count).padStart(8)}${mark}`;
  });
  const isClean = !rows.some(([name]) => isViolation(name));
  return isClean ? [...lines, "lost, twice, unexpected, late, unfinished: none"] : lines;
}

const child = spawn(process.execPath, [VITEST, "run", "--project", "faults", "simulation"], {
  stdio: ["ignore", "pipe", "pipe"],
  env: { ...process.env, ...environment() },
});
let totals: Record<string, number> = {};
for (const stream of [child.stdout, child.stderr]) {
  createInterface({ input: stream }).on("line", (line) => {
    const at = line.indexOf(MARK);
    if (at >= 0) {
      totals = JSON.parse(line.slice(at + MARK.length));
      const { seeds = 0, messages = 0 } = totals;
      console.log(`${seeds} seeds, ${messages} messages`);
    } else if (!NOISE.test(line)) console.log(line);
  });
}
child.on("close", (code) => {
  console.log(tableOf(totals).join("\n"));
  process.exitCode = code ?? 1;
});
