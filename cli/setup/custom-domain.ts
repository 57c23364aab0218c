/** The domain that WeChat calls: read, and its line in wrangler.toml. */
import { isIP } from "node:net";
import type { ShapeFault } from "./shapes.ts";

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const TOP_LABEL = /^(?:xn--[a-z0-9-]+|[a-z]{2,})$/;
/** Nobody's own: Cloudflare gives no certificate for them to a Worker, or WeChat does not reach them. */
const FOREIGN = /(?:^|\.)(?:workers\.dev|pages\.dev|trycloudflare\.com|localhost|local|internal)$/;

/**
 * Reads a domain. An address that was pasted whole is forgiven: only its host counts.
 *
 * @returns the host in small letters, or `undefined` when there is none in it
 */
export function readDomain(text: string): string | undefined {
  const address = text.includes("://") ? text : `https://${text}`;
  if (text.trim() === "" || !URL.canParse(address.trim())) return undefined;
  const { hostname, port } = new URL(address.trim());
  const labels = hostname.split(".");
  const isDomain =
    labels.length > 1 && labels.every((label) => LABEL.test(label)) && TOP_LABEL.test(labels.at(-1) ?? "");
  return isDomain && port === "" && isIP(hostname) === 0 ? hostname : undefined;
}

/** @returns what is wrong with it as a custom domain, or `undefined` */
export function domainFault(text: string): ShapeFault | undefined {
  const host = readDomain(text);
  if (host === undefined) {
    return [
      "that is no domain; write it as bot.example.com, without a port",
      "域名格式有误，应如 bot.example.com，不带端口",
    ];
  }
  if (FOREIGN.test(host)) {
    return [`${host} cannot be a domain of your own`, `${host} 不能作为自有域名`];
  }
  return undefined;
}

/** Where tables begin: what stands above belongs to the file itself. */
const FIRST_TABLE = /^\s*\[/m;
const ROUTES = /^routes[^\S\n]*=[^\S\n]*\[(?<entries>[^\]]*)\]/m;
const ENTRY = /\{[^}]*\}/g;
const PATTERN = /\bpattern\s*=\s*["'](?<host>[^"']+)["']/;
const IS_CUSTOM = /\bcustom_domain\s*=\s*true\b/;

/** The custom domains that wrangler.toml has already. */
export function customDomains(toml: string): readonly string[] {
  const entries = ROUTES.exec(headOf(toml))?.groups?.["entries"] ?? "";
  return [...entries.matchAll(ENTRY)].flatMap(([entry]) => {
    const host = PATTERN.exec(entry)?.groups?.["host"];
    return host === undefined || !IS_CUSTOM.test(entry) ? [] : [host];
  });
}

/**
 * The file with one more custom domain: in its list of routes, or in a new line after the Worker's name and main file.
 *
 * @returns `undefined` where a person must do it: routes are written in another way there
 */
export function withCustomDomain(toml: string, host: string): string | undefined {
  if (customDomains(toml).includes(host)) return toml;
  const entry = `{ pattern = "${host}", custom_domain = true }`;
  const head = headOf(toml);
  const routes = ROUTES.exec(head);
  if (routes !== null) {
    const [whole] = routes;
    if (whole.includes("\n")) return undefined;
    const entries = (routes.groups?.["entries"] ?? "").trim().replace(/,$/, "");
    const line = `routes = [${entries === "" ? "" : `${entries}, `}${entry}]`;
    return toml.slice(0, routes.index) + line + toml.slice(routes.index + whole.length);
  }
  if (/^routes?\s*=/m.test(head) || /^\s*\[\[\s*routes\s*\]\]/m.test(toml)) return undefined;
  const anchor = /^main\s*=.*$/m.exec(head) ?? /^name\s*=.*$/m.exec(head);
  const at = anchor === null ? 0 : anchor.index + anchor[0].length + 1;
  return `${toml.slice(0, at)}routes = [${entry}]\n${toml.slice(at)}`;
}

function headOf(toml: string): string {
  const at = FIRST_TABLE.exec(toml)?.index ?? toml.length;
  return toml.slice(0, at);
}
