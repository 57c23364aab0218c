/** The house keeps its shape: files stay small, generated ones fresh, and nothing leans the wrong way. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ERROR_HINTS } from "../../src/errors.ts";
import { staleFiles } from "../../scripts/generate.ts";

const ROOT = join(import.meta.dirname, "../..");
const GENERATED = new Set(["src/protocol/pushes/oa.ts", "src/protocol/pushes/selectors.ts"]);
const sources = globSync("{src,cli,simulator,scripts}/**/*.ts", { cwd: ROOT }).filter(
  (path) => !GENERATED.has(path),
);

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

describe("the house", () => {
  test("generated files are fresh (`npm run generate`)", async () => {
    expect(await staleFiles()).toEqual([]);
  });

  test.each(sources)("%s stays under 300 lines and opens with what it is for", (path) => {
    const text = read(path);
    expect(text.split("\n").length).toBeLessThanOrEqual(300);
    if (!path.endsWith(".d.ts")) expect(text).toMatch(/^(#!.*\n)?\/\*\*/);
  });

  test("the entry is a list", () => {
    expect(read("src/index.ts").split("\n").length).toBeLessThanOrEqual(60);
    expect(read("src/index.ts")).not.toContain("if (");
    expect(read("src/ingress/callback.ts").split("\n").length).toBeLessThanOrEqual(80);
  });

  test("protocol/ is pure: no clock, no randomness, no Cloudflare, no Hono, nothing outside itself", () => {
    for (const path of sources.filter((one) => one.startsWith("src/protocol/"))) {
      const text = read(path);
      expect(text, path).not.toMatch(/Date\.now|new Date|Math\.random|getRandomValues/);
      for (const [, from = ""] of text.matchAll(/from "([^"]+)"/g)) {
        expect(from, path).toMatch(/^(\.\/|\.\.\/(?!\.\.)|fast-xml-parser$)/);
      }
    }
  });

  test("only index.ts knows the user's bot, and the bot knows only the package", () => {
    const importers = sources.filter(
      (path) => /^src\/[^/]+$/.test(path) && read(path).includes('from "./bot.ts"'),
    );
    expect(importers).toEqual(["src/index.ts"]);
    expect(read("src/bot.ts")).toContain('from "wechat-edge"');
    expect(read("src/bot.ts")).not.toMatch(/from "\./);
  });

  test("nothing of the simulator or the tests can end up in the Worker", () => {
    for (const path of sources.filter((one) => one.startsWith("src/"))) {
      expect(read(path), path).not.toMatch(/from ".*(simulator|test|cli)\//);
    }
  });

  test("every error code is snake_case and says what to do", () => {
    for (const [code, hint] of Object.entries(ERROR_HINTS)) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(hint.length).toBeGreaterThan(20);
    }
  });

  test("docs/api.md names every call that is typed", () => {
    const text = read("docs/api.md");
    const families = globSync("src/api/calls/*.ts", { cwd: ROOT }).filter((path) =>
      read(path).includes("#caller: ApiCaller"),
    );
    expect(families.length).toBeGreaterThan(10);
    for (const path of families) {
      for (const [, method] of read(path).matchAll(/^ {2}(?:async )?\*?([a-z]\w+)(?:<[^>]*>)?\((?!.*;$)/gm)) {
        if (method !== "constructor") expect(text, `${path} ${method}`).toContain(`\`${method}\``);
      }
    }
  });

  test("no file names a package registry's host", () => {
    expect(read("package-lock.json")).not.toMatch(/"resolved"/);
  });
});
