/** The benchmark's commands. Nothing in the tests is timed: everything that is, is here. */
import { answers, ANSWERS_USAGE } from "./answers.ts";
import { compare, COMPARE_USAGE } from "./compare.ts";
import { delivered, DELIVERED_USAGE } from "./delivered.ts";
import { kills, KILLS_USAGE } from "./kills.ts";
import { LOAD_USAGE, overload } from "./overload.ts";
import { Unable } from "./unable.ts";

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  answers,
  compare,
  delivered,
  kills,
  load: overload,
};

const USAGE = [COMPARE_USAGE, DELIVERED_USAGE, ANSWERS_USAGE, KILLS_USAGE, LOAD_USAGE].join("\n\n");

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Unable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
// Servers may still be up: leaving ends them and removes the folders.
process.exit();

async function main(args: string[]): Promise<void> {
  const [first = "", ...others] = args;
  if (first === "--help") return console.log(USAGE);
  if (first === "" || first.startsWith("-")) return compare(args);
  const command = COMMANDS[first];
  if (!command) throw new Unable(`There is no command "${first}".\n\n${USAGE}`);
  return command(others);
}
