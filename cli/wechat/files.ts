/** Files that commands read and write. A file that cannot be had is wrong usage. */
import { openAsBlob } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { UsageError } from "../usage-error.ts";

/** Reads a text file, without a byte order mark. @throws {UsageError} when it cannot be read */
export async function readTextFile(path: string): Promise<string> {
  const text = await having(path, () => readFile(path, "utf8"));
  return text.replace(/^\uFEFF/, "");
}

/** Opens a file without reading it. @throws {UsageError} when it cannot be read */
export async function openFile(path: string): Promise<Blob> {
  if (!(await having(path, () => stat(path))).isFile()) {
    throw new UsageError(`${path} is no file.`, `${path} 不是文件。`);
  }
  return having(path, () => openAsBlob(path));
}

/** Writes a file. @throws {UsageError} when that is not possible */
export async function writeOut(path: string, content: string | Uint8Array): Promise<void> {
  await having(path, () => writeFile(path, content));
}

async function having<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new UsageError(
      `${path}: ${REASONS.get(code)?.[0] ?? code}`,
      `${path}：${REASONS.get(code)?.[1] ?? code}`,
    );
  }
}

const REASONS: ReadonlyMap<string, readonly [en: string, zh: string]> = new Map([
  ["ENOENT", ["there is no such file or folder", "文件或目录不存在"]],
  ["EISDIR", ["that is a folder", "这是一个目录"]],
  ["EACCES", ["no permission", "没有权限"]],
]);
