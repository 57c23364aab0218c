/** Runs the project's commands as a person does. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../../cli/variables.ts";

/** What a command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what a command runs. */
export interface CommandOptions {
  readonly cwd?: string;
  /** Added to an environment that has no account's variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The environment without what would choose another account or port. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:WECHAT_|ACCOUNTS$|PORT$|SIMULATOR_PORT$|npm_lifecycle_)/.test(name),
  );
  return Object.fromEntries(kept);
}

/** Runs a file of `cli/` to its end. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Finished> {
  const { cwd = PACKAGE_ROOT, env = {} } = options;
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "cli", file), ...args], {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  }
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, ...output }));
  });
}
