/** Waits until somebody has saved a file of the project. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 500;
const VARIABLES = /^\.dev\.vars/;

/**
 * Resolves when a file under `root` is newer than all of them were, or one is gone; what others install
 * (`node_modules`) and tools keep (`.wrangler`, `.git` …) does not count.
 *
 * Looks again and again instead of watching: it is needed only while nothing runs, and needs no watcher per folder.
 */
export async function untilSourcesChange(root: string): Promise<void> {
  const before = await stateOf(root);
  do await sleep(POLL_MS);
  while ((await stateOf(root)) === before);
}

/** The number of files, and the time of the newest. */
async function stateOf(root: string): Promise<string> {
  const times = await changeTimes(root);
  return `${times.length} ${times.reduce((newest, time) => Math.max(newest, time), 0)}`;
}

async function changeTimes(folder: string): Promise<number[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const times = await Promise.all(
    entries
      .filter(({ name }) => name !== "node_modules" && (!name.startsWith(".") || VARIABLES.test(name)))
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? changeTimes(path) : changeTime(path);
      }),
  );
  return times.flat();
}

/** Empty when the file has gone meanwhile. */
async function changeTime(path: string): Promise<number[]> {
  try {
    return [(await stat(path)).mtimeMs];
  } catch {
    return [];
  }
}
