/** What the doctor can tell without a Worker: by the looks of an address, its records, altered bytes; and its words. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { addressFindings } from "../../cli/doctor/address.ts";
import { alterationOf } from "../../cli/doctor/altered.ts";
import { type OutsideCode, OUTSIDE, outside } from "../../cli/doctor/findings.ts";
import { nameFindings } from "../../cli/doctor/names.ts";
import { REASON_WORDS } from "../../cli/doctor/refusal-words.ts";
import { findingLines } from "../../cli/doctor/report.ts";
import { OUTSIDE_WORDS, pagePath, told } from "../../cli/doctor/telling.ts";
import { INSIDE_WORDS } from "../../cli/doctor/words-inside.ts";
import type { Words } from "../../cli/doctor/words.ts";
import { PACKAGE_ROOT } from "../../cli/variables.ts";
import { FINDINGS, isFindingCode } from "../../src/accounts/doctor-findings.ts";

describe("the looks of an address", () => {
  test.each<[string, string[]]>([
    ["https://bot.example.com/wechat", ["address_ok"]],
    ["https://workers.dev.example.com/wechat", ["address_ok"]],
    ["https://notworkers.dev/wechat", ["address_ok"]],
    ["https://bot.me.workers.dev/wechat", ["address_workers_dev"]],
    ["https://BOT.me.Workers.DEV./wechat", ["address_workers_dev"]],
    ["https://a-b-c.trycloudflare.com/wechat", ["address_tunnel"]],
    ["https://abc.ngrok-free.app/wechat", ["address_tunnel"]],
    ["https://abc.loca.lt/wechat", ["address_tunnel"]],
    ["https://203.0.114.7/wechat", ["address_bare_ip"]],
    ["https://[2001:db9::1]/wechat", ["address_bare_ip"]],
    ["https://192.168.1.9/wechat", ["address_private"]],
    ["https://10.1.2.3/wechat", ["address_private"]],
    ["https://[fd00::1]/wechat", ["address_private"]],
    ["http://localhost:8787/wechat", ["address_local"]],
    ["http://127.0.0.1:8787/wechat", ["address_local"]],
    ["http://[::1]:8787/wechat", ["address_local"]],
    ["https://bot.example.com:443/wechat", ["address_ok"]],
    ["https://bot.example.com:8443/wechat", ["address_port"]],
    ["http://bot.example.com:8080/wechat", ["address_port"]],
    ["https://bot.example.com:80/wechat", ["address_port"]],
    ["http://bot.example.com:80/wechat", ["address_unencrypted"]],
    ["http://203.0.114.7:8080/wechat", ["address_bare_ip", "address_port"]],
  ])("%s", (url, codes) => {
    expect(addressFindings(new URL(url)).map(({ code }) => code)).toEqual(codes);
  });
});

describe("the records of a name", () => {
  const url = new URL("https://bot.example.com/wechat");
  const withCode = (code: string): Error => Object.assign(new Error(code), { code });
  test.each<[string, string[] | Error, string]>([
    ["an address", ["203.0.114.7"], "dns_ok"],
    ["both kinds", ["2001:db9::1", "203.0.114.7"], "dns_ok"],
    ["none", [], "dns_no_address"],
    ["no such name", withCode("ENOTFOUND"), "dns_no_address"],
    ["no answer", withCode("EAI_AGAIN"), "dns_unanswered"],
    ["IPv6 alone", ["2001:db9::1"], "dns_ipv6_only"],
    ["a private address", ["10.0.0.9"], "dns_private_address"],
    ["this machine", ["127.0.0.1"], "dns_private_address"],
    ["a proxy program's stand-in", ["198.18.0.33"], "dns_fake_address"],
  ])("%s", async (_, addresses, code) => {
    const resolve = () =>
      addresses instanceof Error ? Promise.reject(addresses) : Promise.resolve(addresses);
    expect((await nameFindings(url, resolve)).map((one) => one.code)).toEqual([code]);
  });

  test("nothing is looked up for an IP address or this machine", async () => {
    const resolve = () => Promise.reject(new Error("looked up"));
    for (const one of ["https://203.0.114.7/", "http://localhost:8787/", "http://[::1]/"]) {
      expect(await nameFindings(new URL(one), resolve)).toEqual([]);
    }
  });
});

describe("altered bytes", () => {
  test.each<[string, string, ReturnType<typeof alterationOf>]>([
    ["none", "4375120948345356249", undefined],
    ["a mark", "\uFEFF4375120948345356249", "bom"],
    ["a line break", "4375120948345356249\r\n", "newline"],
    ["blanks", " 4375120948345356249", "blanks"],
    ["quotes", '"4375120948345356249"', "quotes"],
    ["a page", "<p>4375120948345356249</p>", "html"],
    ["JSON", '{"echostr":4375120948345356249}', "wrapped"],
    ["nothing", "", "empty"],
    ["a part", "4375120948", "cut"],
    ["a number that lost its precision", "4375120948345356300", "other"],
  ])("%s", (_, got, how) => {
    expect(alterationOf("4375120948345356249", Buffer.from(got))).toBe(how);
  });
});

describe("words", () => {
  const all: [string, Words][] = Object.entries({ ...OUTSIDE_WORDS, ...INSIDE_WORDS });

  test("no code has two meanings", () => {
    expect(Object.keys(OUTSIDE).filter(isFindingCode)).toEqual([]);
    expect(all.length).toBe(Object.keys(OUTSIDE).length + Object.keys(FINDINGS).length);
  });

  test.each(all)("%s is told alike in both languages, and its page exists", (code, words) => {
    const { en, zh, page } = words;
    expect(code).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*$/);
    for (const at of [0, 1, 2] as const)
      expect(en[at] ?? "").toSatisfy((text) => (text === "") === ((zh[at] ?? "") === ""));
    expect(zh.join("")).toMatch(/[\u4e00-\u9fff]/);
    const placesOf = (texts: readonly (string | undefined)[]): string[] =>
      [...texts.join(" ").matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    expect(new Set(placesOf(en))).toEqual(new Set(placesOf(zh)));
    if (isFindingCode(code)) {
      const known: readonly string[] = FINDINGS[code].facts;
      for (const name of placesOf(en)) expect(known.map((one) => one.replace("?", ""))).toContain(name);
    }
    const level: string | undefined = isFindingCode(code)
      ? FINDINGS[code].levels.at(-1)
      : OUTSIDE[code as OutsideCode];
    if (level !== "ok") expect(page, "what is not well has a page").toBeDefined();
    if (page === undefined) return;
    for (const language of ["en", "zh"] as const) {
      const path = pagePath(page, language);
      expect(existsSync(join(PACKAGE_ROOT, path)), path).toBe(true);
    }
  });

  test("a refusal of WeChat's links to the page of its number", () => {
    const facts = { errcode: 40125, errmsg: "invalid appsecret", path: "/cgi-bin/stable_token" };
    expect(told({ code: "token_refused", level: "error", facts }).page).toBe("docs/messages/40125.md");
  });

  test("a newer Worker's finding is shown as it is", () => {
    const [line] = findingLines({ code: "brand_new", level: "warning", facts: { what: "x" } });
    expect(line).toContain("! brand_new: what: x");
  });

  test("somebody else's words move no cursor and break no line", () => {
    const [line] = findingLines(outside("page_instead", { title: "a\u001B[2Jb\n✓ fine" }));
    expect(line).toContain("a [2Jb ✓ fine");
  });

  test("a fact that is not there leaves no empty brackets", () => {
    for (const line of findingLines(
      outside("page_instead", { title: "", origin: "https://a", expected: "/wechat" }),
    ))
      expect(line).not.toMatch(/[(（]|[)）]/);
    expect(findingLines(outside("page_instead", { title: "Hi" })).join()).toContain("(Hi)");
  });

  test("a refused request's reason is told in either language", () => {
    const facts = { total: 2, reason: "signature_mismatch", fact: "x" };
    const [en, zh] = findingLines({ code: "refusals", level: "note", facts });
    expect(en).toContain("the last one: signed with another Token (x)");
    expect(zh).toContain("最近一次：签名不匹配（Token 不同）");
  });

  test("every reason of a refusal has words", () => {
    for (const [en, zh] of Object.values(REASON_WORDS)) {
      expect(en).toMatch(/[a-z]/);
      expect(zh).toMatch(/[\u4e00-\u9fff]/);
    }
  });
});
