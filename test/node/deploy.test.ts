/** The Worker bundles for deployment as it is, stays small, and tells whoever deploys it what it wants. */
import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../cli/variables.ts";
import { readAccounts } from "../../src/accounts/definitions.ts";
import { exampleFaults } from "../../src/accounts/example-values.ts";
import { landingPage } from "../../src/admin/landing-page.ts";
import { readOwnershipFiles } from "../../src/admin/ownership.ts";

const MAX_GZIPPED_BYTES = 1_000_000;
const CHINESE = /\p{Script=Han}/u;

const read = (path: string): Promise<string> => readFile(join(PACKAGE_ROOT, path), "utf8");

describe("wrangler deploy --dry-run", () => {
  let folder: string;
  let output: { stdout: string; stderr: string };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "wechat-edge-deploy-"));
    const wrangler = join(PACKAGE_ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
    output = await promisify(execFile)(
      process.execPath,
      [wrangler, "deploy", "--dry-run", "--outdir", folder],
      {
        cwd: PACKAGE_ROOT,
        env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" },
      },
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("passes without a warning", async () => {
    const { stdout, stderr } = output;
    expect(stdout).toContain("--dry-run: exiting now.");
    expect(stdout + stderr).not.toMatch(/warning/i);
    const bundle = await readFile(join(folder, "index.js"));
    expect(gzipSync(bundle).length).toBeLessThan(MAX_GZIPPED_BYTES);
    expect(bundle.toString()).not.toContain("simulator/");
  });

  test("every binding is described in package.json, for the page of the Deploy button", async () => {
    const bindings = [...output.stdout.matchAll(/\benv\.([A-Z_]+)/g)].map(([, name = ""]) => name);
    expect(bindings).toEqual(
      expect.arrayContaining(["KV", "JOBS", "DEAD_JOBS", "CONVERSATIONS", "STRANGERS"]),
    );
    expect(Object.keys(await descriptions())).toEqual(expect.arrayContaining(bindings));
  });
});

/** What package.json says about bindings and variables, by their names. */
async function descriptions(): Promise<Record<string, { description: string }>> {
  const { cloudflare }: { cloudflare: { bindings: Record<string, { description: string }> } } = JSON.parse(
    await read("package.json"),
  );
  return cloudflare.bindings;
}

/** The variables in the first column of a README's table. */
async function tableOf(path: string): Promise<string[]> {
  const rows = (await read(path)).split("\n").filter((line) => /^\| `[A-Z]/.test(line));
  return rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([A-Z_]+)`/g)].map(([, name = ""]) => name),
  );
}

describe("the Deploy button", () => {
  test.each(["README.md", "README.zh-CN.md"])(
    "every variable in the table of %s is described",
    async (path) => {
      const names = await tableOf(path);
      expect(names).toEqual(expect.arrayContaining(["WECHAT_TOKEN", "ACCOUNTS", "LOG_LEVEL"]));
      expect(Object.keys(await descriptions())).toEqual(expect.arrayContaining(names));
    },
  );

  test("the descriptions are short, in both languages, and of names that exist", async () => {
    const known = await Promise.all([read("README.md"), read("wrangler.toml"), sources()]);
    for (const [name, { description }] of Object.entries(await descriptions())) {
      const [english = "", chinese = ""] = description.split(" · ");
      expect(english, name).toMatch(/^[*A-Z`].*[.!]\**$/);
      expect(chinese, name).toMatch(CHINESE);
      expect(description.length, name).toBeLessThan(200);
      expect(
        known.some((text) => text.includes(name.replace(/^WECHAT_TEXT_.*/, "WECHAT_TEXT_"))),
        name,
      ).toBe(true);
    }
  });

  test("asks for no secret that comes with an example's value: every line of .dev.vars.example is a comment", async () => {
    const example = await read(".dev.vars.example");
    expect(example.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"))).toEqual([]);
    expect(existsSync(join(PACKAGE_ROOT, ".env.example"))).toBe(false);
  });
});

/** Where variables are read, as one text. */
async function sources(): Promise<string> {
  const paths = globSync("src/{*,accounts/*,admin/*,handlers/**/*}.ts", { cwd: PACKAGE_ROOT });
  return (await Promise.all(paths.map(read))).join("\n");
}

describe("whoever takes .dev.vars.example as it is", () => {
  test("is told of every example in it", async () => {
    const all = (await read(".dev.vars.example")).replaceAll(/^# (?=[A-Z_]+=)/gm, "");
    const env = parseEnv(all);
    expect(env["WECHAT_MODE"]).toBe("secure");
    const entry = readAccounts(env).entries.get("default");
    const faults = entry?.ok === false ? entry.faults : [];
    expect([...faults, ...exampleFaults(env), ...readOwnershipFiles(env).faults]).toEqual([
      expect.stringMatching(/^WECHAT_API_BASE holds an example value/),
      "WECHAT_TOKEN is missing",
      expect.stringMatching(/^WECHAT_ENCODING_AES_KEY is missing/),
      expect.stringMatching(/^WECHAT_APP_ID is missing/),
      expect.stringMatching(/^MODEL_API_KEY holds an example value/),
      expect.stringMatching(/^WECHAT_OWNERSHIP_FILES: entry 1/),
    ]);
  });

  test("and every file that the Worker's first page names is there", async () => {
    const page = String(await landingPage(new URL("http://localhost:8787/"), []));
    const files = [...page.matchAll(/<code>([\w./-]+\.(?:md|example))<\/code>/g)].map(
      ([, file = ""]) => file,
    );
    expect(files).toEqual(expect.arrayContaining(["README.md", "README.zh-CN.md", "docs/security.md"]));
    expect(files.filter((file) => !existsSync(join(PACKAGE_ROOT, file)))).toEqual([]);
  });
});
