/** The check that the console makes of a URL, and what its failure comes from. */
import { callbackPath } from "../accounts.ts";
import { developmentValues } from "../development.ts";
import { isLocal } from "./address.ts";
import { alterationOf } from "./altered.ts";
import { outside, type OutsideFinding } from "./findings.ts";
import type { KnockAnswer, Knocked } from "./knock.ts";
import type { Checked, Line } from "./line.ts";
import { isHtml, isRefusal, passageFault } from "./passage.ts";

/** A signature's time may be so far off: `FRESHNESS_SECONDS`, whose default this is. */
const WINDOW_SECONDS = 300;
/** Of the five seconds, what makes one uneasy. */
const SLOW_MS = 3_000;
const STALE_MS = 3_600_000;
/** Callbacks are at `/wechat` and below. */
const CALLBACK_PATH = /^\/wechat(?:\/|$)/;
const PLAIN = { Accept: "application/json" };

/** Makes the check as WeChat does. Without an error among the findings, the Worker believes this line. */
export async function urlCheckFindings(line: Line): Promise<OutsideFinding[]> {
  const { echostr, knocked } = await line.check();
  const fault = passageFault(knocked, { url: line.url, method: "GET" });
  if (fault !== undefined) return [fault];
  if (knocked.kind !== "answer") return [];
  const { status, bytes, ms } = knocked;
  if (status === 404) return [await notFound(line)];
  if (status === 403) return refusedFindings(line, knocked);
  if (status !== 200) return [outside("query_lost", { status })];
  const how = alterationOf(echostr, bytes);
  if (how === undefined) {
    return [outside("url_check_ok", { ms }), ...(ms > SLOW_MS ? [outside("answer_slow", { ms })] : [])];
  }
  if (how === "other" && (isHtml(knocked) || !CALLBACK_PATH.test(line.url.pathname)))
    return [await pageFound(line, knocked)];
  return [outside("echo_altered", { how, bytes: bytes.length })];
}

/** Sees whether strangers are refused: a signature that is none, and one that is an hour old. */
export async function strangerFindings(line: Line): Promise<OutsideFinding[]> {
  const forged = await line.forgedCheck();
  const stale = await line.check({ now: () => line.now() - STALE_MS });
  const findings: OutsideFinding[] = [];
  if (isEchoed(forged)) findings.push(outside("forged_accepted"));
  else if (isEchoed(stale)) findings.push(outside("stale_accepted", { minutes: STALE_MS / 60_000 }));
  if (findings.length > 0) return findings;
  // A gateway that turns such requests away does no harm, but says nothing of the Worker either.
  return isRefused(forged.knocked) && isRefused(stale.knocked) ? [outside("strangers_refused")] : [];
}

function isEchoed({ echostr, knocked }: Checked): boolean {
  return knocked.kind === "answer" && knocked.status === 200 && knocked.text.includes(echostr);
}

function isRefused(knocked: Knocked): boolean {
  return knocked.kind === "answer" && isRefusal(knocked);
}

/** 404, and not the Worker's word for an account that it has not: a path or a host that is not its own. */
async function notFound(line: Line): Promise<OutsideFinding> {
  return outside((await isWorkerHere(line)) ? "path_wrong" : "worker_not_here", pathFacts(line));
}

async function pageFound(line: Line, { text }: KnockAnswer): Promise<OutsideFinding> {
  const [, title = ""] = /<title[^<>]*>([^<]{0,80})/i.exec(text) ?? [];
  const facts = { ...pathFacts(line), title: title.trim() };
  return outside((await isWorkerHere(line)) ? "path_wrong" : "page_instead", facts);
}

function pathFacts({ url, account }: Line): Record<"path" | "expected" | "host" | "origin", string> {
  const { pathname, host } = url;
  // For WeChat, https is the better advice whatever was asked for; on this machine there is none.
  const origin = isLocal(url) ? url.origin : `https://${host}`;
  return { path: pathname, expected: callbackPath(account.id), host, origin };
}

/** Whether a Worker of ours answers on the host at all. */
async function isWorkerHere(line: Line): Promise<boolean> {
  const health = new URL("/healthz", line.url);
  const knocked = await line.send({ url: health.href, init: { method: "GET", headers: PLAIN } });
  return knocked.kind === "answer" && /^\{"status":"(?:ok|misconfigured)"\}$/.test(knocked.text);
}

/** The signature was refused: another clock, another account's path, or another token. */
async function refusedFindings(line: Line, refusal: KnockAnswer): Promise<OutsideFinding[]> {
  const seconds = line.secondsAhead(refusal);
  // Once: a server's clock may run away from whoever follows it.
  if (Math.abs(seconds) > WINDOW_SECONDS && !line.isClockSet) {
    line.setClockAhead(seconds);
    const again = await urlCheckFindings(line);
    if (again.some(({ code }) => code === "url_check_ok")) {
      return [outside("clock_off", { seconds: Math.abs(seconds) }), ...again];
    }
    line.setClockAhead(-seconds);
  }
  const facts = pathFacts(line);
  if (CALLBACK_PATH.test(facts.path) && facts.path.replace(/\/$/, "") !== facts.expected) {
    return [outside("account_path_differs", { ...facts, account: line.account.id })];
  }
  return [outside("token_differs", { accepted: await acceptedToken(line) })];
}

/** Which of the tokens that are known here the Worker believes instead of the current one. */
async function acceptedToken(line: Line): Promise<"previous" | "development" | "none"> {
  const [current, ...previous] = line.account.tokens;
  const { WECHAT_TOKEN: development = "" } = developmentValues({});
  for (const token of previous) if (isEchoed(await line.check({ token }))) return "previous";
  return current !== development && isEchoed(await line.check({ token: development }))
    ? "development"
    : "none";
}
