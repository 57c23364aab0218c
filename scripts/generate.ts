/**
 * Writes every generated file: push types, selectors, the tables of pushes, errors and error numbers in the docs.
 *
 * `npm run generate` writes; `node scripts/generate.ts --check` only names the stale ones.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as prettier from "prettier";
import { errcodesDocument } from "./errcodes.ts";
import { errorsDocument } from "./errors.ts";
import { pushFiles } from "./pushes/files.ts";
import { COMMAND } from "./pushes/words.ts";

const ROOT = join(import.meta.dirname, "..");

/** The generated files by their path in the repository, formatted. Nothing is written. */
export async function generate(): Promise<Map<string, string>> {
  const sources = [
    ...(await pushFiles(ROOT)),
    ["docs/errors.md", errorsDocument()] as const,
    ["docs/errcodes.md", errcodesDocument()] as const,
  ];
  const formatted = sources.map(async ([path, source]) => [path, await format(path, source)] as const);
  return new Map(await Promise.all(formatted));
}

/** The paths whose file differs from what would be generated. */
export async function staleFiles(): Promise<string[]> {
  const compared = [...(await generate())].map(async ([path, content]) => {
    const onDisk = await readFile(join(ROOT, path), "utf8").catch(() => undefined);
    return onDisk === content ? [] : [path];
  });
  return (await Promise.all(compared)).flat();
}

async function format(path: string, source: string): Promise<string> {
  const filepath = join(ROOT, path);
  return prettier.format(source, { ...(await prettier.resolveConfig(filepath)), filepath });
}

async function main(): Promise<void> {
  if (process.argv.includes("--check")) {
    const stale = await staleFiles();
    if (stale.length === 0) return;
    console.error(`Stale: ${stale.join(", ")}. Run \`${COMMAND}\`.`);
    process.exitCode = 1;
    return;
  }
  const writes = [...(await generate())].map(async ([path, content]) => {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), content);
  });
  await Promise.all(writes);
}

if (import.meta.main) await main();
