/** Who answered: a Worker of ours, or something that stands before it, or nobody. */
import { outside, type OutsideFinding } from "./findings.ts";
import { isClosed, type KnockAnswer, type Knocked } from "./knock.ts";

/** Hosts of login services that gateways send strangers to. */
const LOGIN_HOSTS = [
  "cloudflareaccess.com",
  "login.microsoftonline.com",
  "accounts.google.com",
  "okta.com",
  "auth0.com",
];
const LOGIN_PATH = /(?:^|\/)(?:login|signin|sign-in|sso|oauth2?|auth|cas|passport)(?:$|[/.?])/i;
/** Words of pages by which a gateway looks for a human. */
const CHALLENGE =
  /cf-chl|challenge-platform|just a moment|checking your browser|verify you are human|captcha|attention required|you have been blocked|安全验证|人机验证|访问验证|请完成验证|滑动验证/i;
const PASSWORD_FIELD = /<input[^<>]+type\s*=\s*["']?password/i;
/** Interstitials of tunnels; they have headers of their own. */
const TUNNEL_HEADERS = ["ngrok-error-code", "bypass-tunnel-reminder", "x-localtunnel-status"];

/** What the Worker says to every request that it does not believe. */
const REFUSAL = "refused";

/** Whether an answer is the Worker's own way of refusing a request. */
export function isRefusal({ status, text, headers }: KnockAnswer): boolean {
  const type = headers.get("content-type") ?? "";
  return status >= 400 && text.trim() === REFUSAL && type.startsWith("text/plain");
}

/**
 * Names what keeps a request from the Worker, or its answer from here.
 *
 * @returns `undefined` when a Worker of ours may have answered; a 404 that is not ours as well: only a second question
 *   tells what it means
 */
export function passageFault(
  knocked: Knocked,
  asked: { readonly url: URL; readonly method: "GET" | "POST" },
): OutsideFinding | undefined {
  const { method, url } = asked;
  if (knocked.kind === "timeout") return outside("answer_timeout", { ms: knocked.ms, method });
  if (knocked.kind === "failed") return connectionFault(knocked.code, url);
  const { status } = knocked;
  if (status >= 300 && status < 400) return redirectFault(knocked, url);
  const page = pageFault(knocked);
  if (page !== undefined) return page;
  if (isRefusal(knocked)) return refusalFault(status);
  if (status === 404 || status === 200) return undefined;
  return outside(status >= 500 ? "server_error" : "gateway_refused", { status, method, by: byWhom(knocked) });
}

function connectionFault(code: string, { port, protocol, host, hostname }: URL): OutsideFinding {
  const facts = { code, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port), host };
  if (code === "ECONNREFUSED") return outside("connection_refused", { ...facts, host: hostname });
  return outside(isClosed(code) ? "connection_closed" : "connection_failed", facts);
}

/** What a refusal of ours means whatever was asked; those of 400 and 403 depend on the question. */
function refusalFault(status: number): OutsideFinding | undefined {
  switch (status) {
    case 404:
      return outside("account_unknown");
    case 429:
      return outside("rate_limited");
    case 503:
      return outside("worker_misconfigured");
    default:
      return undefined;
  }
}

function redirectFault({ status, headers }: KnockAnswer, url: URL): OutsideFinding {
  const location = headers.get("location") ?? "";
  const to = URL.canParse(location, url) ? new URL(location, url) : undefined;
  if (to === undefined) return outside("redirect", { status, to: location, how: "other" });
  const shown = to.origin + to.pathname;
  if (isLogin(to)) return outside("login_page", { status, to: shown });
  return outside("redirect", { status, to: shown, how: changeOf(url, to) });
}

function isLogin({ hostname, pathname }: URL): boolean {
  return (
    LOGIN_HOSTS.some((host) => hostname === host || hostname.endsWith(`.${host}`)) ||
    LOGIN_PATH.test(pathname)
  );
}

function changeOf(from: URL, to: URL): "https" | "slash" | "host" | "other" {
  const samePath = bare(from.pathname) === bare(to.pathname);
  if (samePath && from.host === to.host && from.protocol !== to.protocol) return "https";
  if (samePath && from.host === to.host && from.pathname !== to.pathname) return "slash";
  return samePath && from.host !== to.host ? "host" : "other";
}

function bare(path: string): string {
  return path.replace(/\/+$/, "");
}

function pageFault(answer: KnockAnswer): OutsideFinding | undefined {
  const { status, headers, text } = answer;
  const by = byWhom(answer);
  if (headers.get("cf-mitigated") !== null) return outside("challenge_page", { status, by });
  const tunnel = TUNNEL_HEADERS.find((name) => headers.has(name));
  if (tunnel !== undefined) return outside("challenge_page", { status, by: tunnel });
  if (status === 401 || status === 407 || headers.has("www-authenticate")) {
    return outside("login_page", { status, to: by });
  }
  if (!isHtml(answer)) return undefined;
  if (CHALLENGE.test(text)) return outside("challenge_page", { status, by });
  return PASSWORD_FIELD.test(text) ? outside("login_page", { status, to: by }) : undefined;
}

/** Whether an answer is a page for browsers. */
export function isHtml({ headers, text }: KnockAnswer): boolean {
  const type = headers.get("content-type") ?? "";
  return type.includes("html") || /^\s*<(?:!doctype html|html)/i.test(text);
}

function byWhom({ headers }: KnockAnswer): string {
  return headers.get("server") ?? "";
}
