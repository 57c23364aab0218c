/**
 * Keeps today's Worker, bundled, as a version that later ones must get along with: for some minutes after a deploy,
 * objects run the code from before it.
 *
 * `npm run freeze -- 2026-11-conversation` writes test/versions/2026-11-conversation.js; test/node/versions.test.ts
 * lets every file in there and the current tree work together.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { unstable_readConfig, type Unstable_Config } from "wrangler";

const ROOT = join(import.meta.dirname, "..");

/** Where versions are kept. */
export const VERSIONS = join(ROOT, "test", "versions");

/** Year and month first, so that a folder lists them in their order. */
const NAME = /^\d{4}-\d{2}(?:-[a-z0-9]+)+$/;
const COMPATIBILITY_DATE = /compatibility date (\d{4}-\d{2}-\d{2})/;
/** It names a file that is not kept. */
const SOURCE_MAP = /\n\/\/# sourceMappingURL=.*\s*$/;
/** What a bundle is made of. */
const SOURCES = ["src", "wrangler.toml", "package-lock.json"];

const run = promisify(execFile);

/** A Worker in one ES module. */
export interface Version {
  readonly name: string;
  readonly code: string;
  /** The date of the runtime's behaviour that it was deployed with: `2026-10-23`. */
  readonly compatibilityDate: string;
}

/** Today's tree, bundled and minified as for a deploy. */
export async function currentVersion(): Promise<Version> {
  const folder = await mkdtemp(join(tmpdir(), "wechat-edge-version-"));
  try {
    const wrangler = join(
      createRequire(import.meta.url).resolve("wrangler/package.json"),
      "../bin/wrangler.js",
    );
    await run(process.execPath, [wrangler, "deploy", "--dry-run", "--minify", "--outdir", folder], {
      cwd: ROOT,
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" },
    });
    const modules = (await readdir(folder)).filter((file) => !/\.(?:map|md)$/.test(file));
    if (modules.length !== 1) throw new Error(`a version is one module, not ${modules.join(", ")}`);
    const code = (await readFile(join(folder, "index.js"), "utf8")).replace(SOURCE_MAP, "\n");
    const { compatibility_date: compatibilityDate } = readConfig();
    if (compatibilityDate === undefined) throw new Error("wrangler.toml has no compatibility_date");
    return { name: "current", code, compatibilityDate };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** wrangler.toml, as wrangler understands it. */
export function readConfig(): Unstable_Config {
  return unstable_readConfig({ config: join(ROOT, "wrangler.toml") }, { hideWarnings: true });
}

/**
 * All versions that are kept, the oldest first.
 *
 * @throws when a file was not written by this script
 */
export async function frozenVersions(): Promise<Version[]> {
  const files = (await readdir(VERSIONS)).filter((file) => file.endsWith(".js")).sort();
  const versions = files.map(async (file) => {
    const code = await readFile(join(VERSIONS, file), "utf8");
    const [, compatibilityDate] = COMPATIBILITY_DATE.exec(code.slice(0, code.indexOf("\n"))) ?? [];
    if (compatibilityDate === undefined) throw new Error(`${file}: its first line has no compatibility date`);
    return { name: file.replace(/\.js$/, ""), code, compatibilityDate };
  });
  return Promise.all(versions);
}

/** "39b8918", or "39b8918 with changes". */
async function currentCommit(): Promise<string> {
  const { stdout: commit } = await run("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT });
  const { stdout: changes } = await run("git", ["status", "--porcelain", "--", ...SOURCES], { cwd: ROOT });
  return commit.trim() + (changes === "" ? "" : " with changes");
}

async function freeze(name: string): Promise<string> {
  const [{ code, compatibilityDate }, commit] = await Promise.all([currentVersion(), currentCommit()]);
  const date = new Date().toISOString().slice(0, 10);
  const line = `// The Worker of commit ${commit}, bundled by scripts/freeze-version.ts on ${date}; compatibility date ${compatibilityDate}. Not to be edited.`;
  const path = join(VERSIONS, `${name}.js`);
  await mkdir(VERSIONS, { recursive: true });
  await writeFile(path, `${line}\n${code}`, { flag: "wx" });
  return path;
}

async function main([name, ...more]: readonly string[]): Promise<void> {
  if (name === undefined || more.length > 0 || !NAME.test(name)) {
    console.error(
      "npm run freeze -- <name>, such as 2026-11-conversation: year, month and what was new in it",
    );
    console.error("npm run freeze -- <名称>，例如 2026-11-conversation：年、月和该版本的新内容");
    process.exitCode = 2;
    return;
  }
  try {
    console.log(await freeze(name));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    console.error(
      `test/versions/${name}.js is there already: what was deployed does not change. Use another name.`,
    );
    console.error(`test/versions/${name}.js 已经存在：部署过的版本不会再变，请换一个名称。`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main(process.argv.slice(2));
