/** Folders for a run: objects' storage lies in memory where CPU is counted, or the disk would be measured. */
import { mkdtempSync, realpathSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Unable } from "./unable.ts";

const MEMORY = "/dev/shm";
/** What Linux calls tmpfs (`man 2 statfs`). */
const TMPFS_MAGIC = 0x01_02_19_94;
const PREFIX = "wechat-edge-bench-";

/** A new folder in memory, removed at the end. Throws where there is no tmpfs. */
export function folderInMemory(): string {
  if (!isTmpfs(MEMORY)) throw new Unable(`${MEMORY} is no tmpfs: objects would be measured with the disk.`);
  return removedAtEnd(mkdtempSync(join(MEMORY, PREFIX)));
}

/** A new folder where temporary files go, removed at the end. */
export function folderOnDisk(): string {
  return removedAtEnd(mkdtempSync(join(realpathSync(tmpdir()), PREFIX)));
}

/** Throws elsewhere than on Linux. */
export function needLinux(): void {
  if (process.platform === "linux") return;
  throw new Unable("The benchmark reads the CPU time of processes from /proc, so it runs on Linux only.");
}

function isTmpfs(path: string): boolean {
  try {
    return statfsSync(path).type === TMPFS_MAGIC;
  } catch {
    return false;
  }
}

function removedAtEnd(directory: string): string {
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
