/** Whether the host's name leads anywhere, as it is seen from here. */
import { lookup } from "node:dns/promises";
import { isIP, isIPv4 } from "node:net";
import { addressKind, hostOf, isLocal } from "./address.ts";
import { outside, type OutsideFinding } from "./findings.ts";

/** Gives all addresses of a name; throws an error with a `code` as `node:dns` does. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const LOOKUP_TIMEOUT_MS = 5_000;
/** The codes by which a resolver says that there is no such name, or that it has no address. */
const NO_NAME: ReadonlySet<unknown> = new Set(["ENOTFOUND", "ENODATA"]);

/** The system's own way to look a name up, its hosts file included. */
export const systemResolve: Resolve = async (host) => {
  const all = await lookup(host, { all: true });
  return all.map(({ address }) => address);
};

/** Looks the host up. Nothing is found out about a bare IP address, or about this machine's own name. */
export async function nameFindings(url: URL, resolve: Resolve): Promise<OutsideFinding[]> {
  const host = hostOf(url);
  if (isIP(host) !== 0 || isLocal(url)) return [];
  try {
    return judged(host, await inTime(resolve(host)));
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    if (NO_NAME.has(code)) return [outside("dns_no_address", { host })];
    return [outside("dns_unanswered", { host, code: typeof code === "string" ? code : "ETIMEOUT" })];
  }
}

function judged(host: string, addresses: readonly string[]): OutsideFinding[] {
  const [first] = addresses;
  if (first === undefined) return [outside("dns_no_address", { host })];
  const useless = addresses.find((ip) => addressKind(ip) === "private" || addressKind(ip) === "loopback");
  if (useless !== undefined) return [outside("dns_private_address", { host, ip: useless })];
  const fake = addresses.find((ip) => addressKind(ip) === "fake");
  if (fake !== undefined) return [outside("dns_fake_address", { host, ip: fake })];
  if (!addresses.some((ip) => isIPv4(ip))) return [outside("dns_ipv6_only", { host, ip: first })];
  return [outside("dns_ok", { host, addresses: addresses.join(", ") })];
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const id = setTimeout(() => reject(new Error("no answer in time")), LOOKUP_TIMEOUT_MS);
    timer.signal.addEventListener("abort", () => clearTimeout(id));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
