/** Puts findings into words: one table for outside and inside, facts filled in. */
import { isFindingCode } from "../../src/accounts/doctor-findings.ts";
import { type AnyFinding, type OutsideCode, OUTSIDE } from "./findings.ts";
import { REASON_WORDS } from "./refusal-words.ts";
import type { Page, Telling, Words } from "./words.ts";
import { ADDRESS_WORDS } from "./words-address.ts";
import { ANSWER_WORDS } from "./words-answer.ts";
import { CHECK_WORDS } from "./words-check.ts";
import { INSIDE_WORDS } from "./words-inside.ts";
import { PUSH_WORDS } from "./words-push.ts";

const MAX_FACT_CHARACTERS = 500;

/** Words for every code of the outside. */
export const OUTSIDE_WORDS: Readonly<Record<OutsideCode, Words>> = {
  ...ADDRESS_WORDS,
  ...ANSWER_WORDS,
  ...CHECK_WORDS,
  ...PUSH_WORDS,
};

/** A finding as people and machines read it. */
export interface Told extends AnyFinding {
  readonly texts: { readonly en: ToldText; readonly zh: ToldText };
  /** Path of the page about it in this repository. */
  readonly page?: string;
}

/** One language's words. */
export interface ToldText {
  readonly what: string;
  readonly cause?: string;
  readonly cure?: string;
}

/** Puts a finding into words. A code of a newer Worker is shown as it is, with its facts. */
export function told(finding: AnyFinding): Told {
  const words = wordsOf(finding);
  const { page } = words;
  return {
    ...finding,
    texts: { en: filled(words.en, finding, "en"), zh: filled(words.zh, finding, "zh") },
    ...(page === undefined ? {} : { page: pagePath(page) }),
  };
}

/** Path of a page. */
export function pagePath(page: Page, language: "en" | "zh" = "en"): string {
  return `docs/${page}${language === "zh" ? ".zh-CN" : ""}.md`;
}

function wordsOf({ code, facts }: AnyFinding): Words {
  if (isFindingCode(code)) return { ...INSIDE_WORDS[code], ...pageOfErrcode(facts["errcode"]) };
  if (isOutsideCode(code)) return OUTSIDE_WORDS[code];
  const names = Object.keys(facts).map((name) => `${name}: {${name}}`);
  const text = names.length === 0 ? code : names.join("; ");
  return {
    en: [text, "This command does not know that finding: the Worker is newer."],
    zh: [text, "本命令不认识该项：Worker 的版本更新。"],
  };
}

function isOutsideCode(code: string): code is OutsideCode {
  return Object.hasOwn(OUTSIDE, code);
}

/** Refusals of WeChat's that have a page of their own. */
const ERRCODE_PAGES: ReadonlyMap<unknown, Page> = new Map<unknown, Page>([
  [40001, "messages/40001"],
  [40013, "messages/40013"],
  [40125, "messages/40125"],
  [40164, "messages/40164"],
  [45009, "messages/45009"],
  [48001, "messages/48001"],
]);

function pageOfErrcode(errcode: unknown): { readonly page?: Page } {
  const page = ERRCODE_PAGES.get(errcode);
  return page === undefined ? {} : { page };
}

function filled([what, cause, cure]: Telling, { facts }: AnyFinding, language: "en" | "zh"): ToldText {
  const fill = (text: string): string =>
    text
      .replace(IN_BRACKETS, (whole: string, name: string) => (isEmpty(facts[name]) ? "" : whole))
      .replace(/\{(\w+)\}/g, (_, name: string) => shown(facts[name], language));
  return {
    what: fill(what),
    ...(cause === undefined || cause === "" ? {} : { cause: fill(cause) }),
    ...(cure === undefined || cure === "" ? {} : { cure: fill(cure) }),
  };
}

/** A fact that stands alone in brackets: where there is none, they go too. */
const IN_BRACKETS = /(?: \(|（)\{(\w+)\}(?:\)|）)/g;

function isEmpty(fact: unknown): boolean {
  return fact === undefined || fact === "";
}

/** Facts that are words of ours, in both languages. What is none is shown as it is. */
const FACT_WORDS: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  ...REASON_WORDS,
  true: ["yes", "是"],
  false: ["no", "否"],
  none: ["nothing else that is known here", "本机没有其他可试的值"],
  previous: ["the previous one, which it accepts", "旧值，Worker 接受的正是它"],
  development: ["the development one, which it accepts", "开发用的值，Worker 接受的正是它"],
  bom: ["a byte order mark stands before it", "前面多了 BOM"],
  newline: ["a line break was added", "多了换行"],
  blanks: ["blanks were added", "多了空格"],
  quotes: ["it stands in quotes", "外面多了引号"],
  html: ["it stands inside a web page", "被包在网页里"],
  wrapped: ["something was put around it", "前后多了内容"],
  empty: ["nothing of it came", "正文为空"],
  cut: ["only its beginning came", "只收到开头"],
  other: ["something else came", "变成了别的内容"],
  appSecret: ["AppSecret", "AppSecret"],
  encodingAesKey: ["EncodingAESKey", "EncodingAESKey"],
};

/** Facts may be anybody's words: they must move no cursor and break no line. */
export function shown(fact: unknown, language: "en" | "zh" = "en"): string {
  const text =
    typeof fact === "string" || typeof fact === "number" || typeof fact === "boolean" ? String(fact) : "";
  if (text === "") return "–";
  const words = Object.hasOwn(FACT_WORDS, text) ? FACT_WORDS[text] : undefined;
  if (words !== undefined) return words[language === "en" ? 0 : 1];
  const printable = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").toWellFormed();
  return printable.length > MAX_FACT_CHARACTERS ? `${printable.slice(0, MAX_FACT_CHARACTERS)}…` : printable;
}
