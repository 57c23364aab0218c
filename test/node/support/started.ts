/** Starts `npm start`, or the file behind it, and knows every process that comes of it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cleanEnvironment } from "./command.ts";

const POLL_MS = 100;

/** Something that was started and is still running. */
export interface Started {
  readonly child: ChildProcess;
  /** Everything that it wrote so far, both streams. */
  output(): string;
  /** Waits until its output contains `text`. */
  says(text: string): Promise<void>;
  /** Ids of it and of all that it started. */
  family(): number[];
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts a program with a closed standard input. */
export function start(
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Started {
  const child = spawn(command, args, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      written.text += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", resolve);
  });
  const output = (): string => written.text;
  return {
    child,
    output,
    ended,
    family: () => familyOf(child.pid ?? 0),
    async says(text) {
      while (!output().includes(text)) {
        if (child.exitCode !== null) throw new Error(`It ended without saying "${text}":\n${output()}`);
        await pause();
      }
    },
  };
}

/** Waits until none of these processes is left. */
export async function untilGone(pids: readonly number[], withinMs: number): Promise<readonly number[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const left = pids.filter(isAlive);
    if (left.length === 0 || Date.now() > deadline) return left;
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, POLL_MS);
  });
}

function isAlive(pid: number): boolean {
  // A process that has ended but whose parent has not noticed is gone for our purposes.
  return table().some(([id, , state]) => Number(id) === pid && !state?.startsWith("Z"));
}

function familyOf(pid: number): number[] {
  const all = table();
  const found = [pid];
  for (const parent of found) {
    for (const [id, itsParent] of all) if (Number(itsParent) === parent) found.push(Number(id));
  }
  return found;
}

function table(): string[][] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/));
}
