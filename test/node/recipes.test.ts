/** The recipes show the code that is tested, word for word. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../cli/variables.ts";

const FOLDER = join(PACKAGE_ROOT, "test", "recipes", "bots");
const RECIPES = join(PACKAGE_ROOT, "docs", "recipes");
/** A code block that says which file it is. */
const SHOWN = /^<!-- test\/recipes\/bots\/(\S+) -->\n\n```ts\n([^]*?)^```$/gm;

/** A recipe is there in both languages. */
const languageOf = (recipe: string): string => (recipe.endsWith(".zh-CN.md") ? "Chinese" : "English");

interface Shown {
  readonly recipe: string;
  readonly language: string;
  readonly file: string;
  readonly code: string;
}

const shown: readonly Shown[] = globSync("*.md", { cwd: RECIPES }).flatMap((recipe) =>
  Array.from(readFileSync(join(RECIPES, recipe), "utf8").matchAll(SHOWN), ([, file = "", code = ""]) => ({
    recipe,
    language: languageOf(recipe),
    file,
    code,
  })),
);

describe("docs/recipes", () => {
  test.each(shown)("$recipe shows $file as it is", ({ file, code }) => {
    expect(code).toBe(readFileSync(join(FOLDER, file), "utf8"));
  });

  test.each(["English", "Chinese"])("shows every bot that is tested, in %s", (language) => {
    const files = globSync("*.ts", { cwd: FOLDER }).map((path) => basename(path));
    const its = shown.filter((one) => one.language === language).map(({ file }) => file);
    expect(its.toSorted()).toEqual(files.toSorted());
  });

  test("has no block of TypeScript that is not one of those bots", () => {
    for (const recipe of globSync("*.md", { cwd: RECIPES })) {
      const blocks = readFileSync(join(RECIPES, recipe), "utf8").match(/^```ts$/gm) ?? [];
      expect(blocks.length, recipe).toBe(shown.filter((one) => one.recipe === recipe).length);
    }
  });
});
