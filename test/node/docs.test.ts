/** The documents hold: twins in both languages, links that lead somewhere, commands, variables and codes that exist. */
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../cli/variables.ts";
import { TEXT_NAMES } from "../../src/accounts/account.ts";

const CHINESE = ".zh-CN.md";
const read = (path: string): string => readFileSync(join(PACKAGE_ROOT, path), "utf8");
const found = (pattern: string): string[] => globSync(pattern, { cwd: PACKAGE_ROOT }).sort();

const documents = [...found("README*.md"), ...found("docs/**/*.md"), ...found("relay/*.md")];
/** Generated, or for whoever changes the project itself. */
const IN_ENGLISH_ONLY = ["architecture", "errcodes", "errors", "performance", "pushes"];
const guides = found("docs/{accounts/*,messages/*,recipes/*,*}.md").filter(
  (path) => !IN_ENGLISH_ONLY.includes(relative("docs", path).replace(/\.md$/, "")),
);
const english = guides.filter((path) => !path.endsWith(CHINESE));
const twinOf = (path: string): string => path.replace(/\.md$/, CHINESE);
const worker = found("src/**/*.{ts,json}").map(read).join("\n");
const sources = [worker, ...found("{cli,test/recipes/bots}/**/*.ts").map(read), read("wrangler.toml")].join(
  "\n",
);
/** What Cloudflare, WeChat, OpenAI and Dify call things that this project does not name. */
const NAMES_OF_OTHERS: readonly string[] = [
  "max_concurrency", "msg_sec_check", "text_chunk", "unsupported_country_region_territory",
]; // prettier-ignore

/** A comment in a code block: the one thing there that is translated. */
const COMMENT = /(?:^|\s+)(?:\/\/|#)\s.*$/gm;

/** A document without its code blocks, and those: language and code, without comments. */
function taken(text: string): { prose: string; blocks: string[] } {
  const blocks: string[] = [];
  const prose = text.replace(
    /^( *)```(.*)\n([\s\S]*?)^\1```$/gm,
    (block, _indent, language: string, code: string) => {
      blocks.push(`${language}\n${code.replace(COMMENT, "").trim()}`);
      return block.replace(/[^\n]/g, "");
    },
  );
  return { prose, blocks };
}

const headings = (prose: string): string[] => [...prose.matchAll(/^(#{1,6}) (.+)$/gm)].map(([line]) => line);
/** The numbers of rows of all tables, in their order. */
function tables(prose: string): number[] {
  const sizes: number[] = [];
  let isInside = false;
  for (const line of prose.split("\n")) {
    const isRow = /^\s*\|/.test(line);
    if (isRow && !isInside) sizes.push(0);
    if (isRow) sizes[sizes.length - 1] = (sizes.at(-1) ?? 0) + 1;
    isInside = isRow;
  }
  return sizes;
}

/** The anchors that GitHub gives to a document's headings, and those that it sets itself. */
function anchorsOf(path: string): Set<string> {
  const { prose } = taken(read(path));
  const anchors = new Set([...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id));
  for (const heading of headings(prose)) {
    const text = heading.replace(/^#+ /, "").replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-");
    let name = slug;
    for (let n = 1; anchors.has(name); n++) name = `${slug}-${n}`;
    anchors.add(name);
  }
  return anchors;
}

/** Targets of a document's links and pictures, without those on the web. */
function linksOf(path: string): string[] {
  const { prose } = taken(read(path));
  const plain = prose.replace(/`[^`\n]*`/g, "");
  const inline = [...plain.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  const references = [...plain.matchAll(/^\[[^\]]+\]: (\S+)$/gm)].map(([, target = ""]) => target);
  return [...inline, ...references].filter((target) => !/^[a-z]+:/.test(target));
}

describe("guides in both languages", () => {
  test("are there, by account kind, by message and by task", () => {
    const names = (folder: string): string[] =>
      english
        .filter((path) => dirname(path) === folder)
        .map((path) => relative(folder, path).replace(/\.md$/, ""));
    expect(names("docs/accounts")).toEqual([
      "README", "personal", "service-unverified", "service", "subscription", "test",
    ]); // prettier-ignore
    expect(names("docs/messages")).toEqual(
      expect.arrayContaining([
        "README", "service-fault", "service-unavailable", "token-verification-failed", "url-timeout",
        "wecom-openapi-callback", "wecom-domain-subject",
        "40001", "40013", "40125", "40164", "42001", "45009", "45015", "45047", "48001",
      ]),
    ); // prettier-ignore
    expect(names("docs/recipes")).toEqual(["assistant", "website-login", "workflow-tool"]);
    expect(names("docs")).toEqual([
      "api", "assistant", "connect", "costs", "deferred-work", "development", "handlers", "late-answers", "moderation",
      "security", "testing",
    ]); // prettier-ignore
    expect(guides).toHaveLength(2 * english.length);
  });

  test.each(english)("%s and its twin say the same, by shape and code", (path) => {
    const one = taken(read(path));
    const other = taken(read(twinOf(path)));
    const levels = ({ prose }: { prose: string }): string[] =>
      headings(prose).map((line) => line.replace(/ .*/, ""));
    expect(levels(other)).toEqual(levels(one));
    expect(other.blocks).toEqual(one.blocks);
    expect(tables(other.prose)).toEqual(tables(one.prose));
  });

  test.each(english)("%s and its twin lead to each other above all else", (path) => {
    const firstLink = (of: string): string | undefined => linksOf(of)[0];
    expect(firstLink(path)).toBe(relative(dirname(path), twinOf(path)));
    expect(firstLink(twinOf(path))).toBe(relative(dirname(path), path));
  });

  test("a page about a message is titled with it", () => {
    const titles: Readonly<Record<string, string>> = {
      "service-fault": "该公众号提供的服务出现故障，请稍后再试",
      "service-unavailable": "该公众号暂时无法提供服务，请稍后再试",
      "token-verification-failed": "token验证失败",
      "url-timeout": "请求URL超时",
      "wecom-openapi-callback": "openapi回调地址请求不通过",
      "wecom-domain-subject": "域名主体校验未通过",
    };
    for (const path of guides.filter((one) => one.startsWith("docs/messages/"))) {
      const name = relative("docs/messages", path).replace(/(?:\.zh-CN)?\.md$/, "");
      if (name === "README") continue;
      expect(read(path).split("\n")[0], path).toMatch(`# ${titles[name] ?? name}`);
    }
  });

  test("the index of messages lists every page", () => {
    for (const [index, suffix] of [
      ["README.md", ".md"],
      ["README.zh-CN.md", CHINESE],
    ] as const) {
      const linked = linksOf(`docs/messages/${index}`);
      const pages = english.filter(
        (path) => path.startsWith("docs/messages/") && !path.endsWith("README.md"),
      );
      for (const path of pages)
        expect(linked).toContain(relative("docs/messages", path).replace(/\.md$/, suffix));
    }
  });

  test.each(guides)("%s names no code of a finding, a refusal or a log line that does not exist", (path) => {
    const named = [...read(path).matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = ""]) => code);
    const unknown = named.filter(
      (code) => !NAMES_OF_OTHERS.includes(code) && !new RegExp(`\\b${code}\\b`).test(sources),
    );
    expect(unknown).toEqual([]);
  });
});

describe("every document", () => {
  test.each(documents)("%s: its links lead somewhere", (path) => {
    const broken = linksOf(path).filter((target) => {
      const [file = "", anchor] = decodeURIComponent(target).split("#");
      const to = file === "" ? path : join(dirname(path), file);
      if (!existsSync(join(PACKAGE_ROOT, to))) return true;
      if (anchor === undefined || !to.endsWith(".md")) return false;
      return statSync(join(PACKAGE_ROOT, to)).isDirectory() || !anchorsOf(to).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  test.each(documents)("%s: its npm commands exist", (path) => {
    const { scripts }: { scripts: object } = JSON.parse(read("package.json"));
    const named = [...read(path).matchAll(/npm\s+run\s+([a-z][a-z:]*)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test.each(documents)("%s: its variables exist", (path) => {
    const texts = TEXT_NAMES.map((name) => `WECHAT_TEXT_${name.toUpperCase()}`);
    const named = [...read(path).matchAll(/\bWECHAT_[A-Z]+(?:_[A-Z]+)*\b/g)].map(([name]) => name);
    const unknown = named.filter((name) => !texts.includes(name) && !worker.includes(`"${name}"`));
    expect(unknown).toEqual([]);
  });
});
