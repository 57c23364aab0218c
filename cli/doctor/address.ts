/** What can be told of a callback URL by looking at it: host, scheme and port. */
import { BlockList, isIP, isIPv6 } from "node:net";
import { outside, type OutsideFinding } from "./findings.ts";

/**
 * Public names of tunnels and hosts that are thrown away, by the end of the name. They change with the next start, put a
 * page of their own in front, or are blocked in the mainland.
 */
const TUNNELS = [
  "trycloudflare.com",
  "ngrok-free.app",
  "ngrok-free.dev",
  "ngrok.app",
  "ngrok.dev",
  "ngrok.io",
  "loca.lt",
  "localtunnel.me",
  "serveo.net",
  "localhost.run",
  "lhr.life",
  "pinggy.link",
  "pinggy.io",
  "bore.pub",
  "devtunnels.ms",
  "natappfree.cc",
  "natapp1.cc",
  "vicp.fun",
  "cpolar.cn",
  "cpolar.top",
  "cpolar.io",
] as const;

const LOOPBACK = blockList(["127.0.0.0/8", "::1/128"]);
/** Of no use to anybody outside: RFC 1918, 3927, 6598, 4193, 4291, and the unspecified addresses. */
const PRIVATE = blockList([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::/127",
  "fc00::/7",
  "fe80::/10",
]);
/** Meant for benchmarks (RFC 2544): local proxy programs answer every name with one of these. */
const FAKE = blockList(["198.18.0.0/15"]);

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    list.addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
  }
  return list;
}

/** What an IP address is good for. `fake`: a local proxy program's stand-in for the real one. */
export function addressKind(ip: string): "public" | "loopback" | "private" | "fake" {
  const family = isIPv6(ip) ? "ipv6" : "ipv4";
  if (LOOPBACK.check(ip, family)) return "loopback";
  if (PRIVATE.check(ip, family)) return "private";
  return FAKE.check(ip, family) ? "fake" : "public";
}

/** The host of a URL, an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/** Whether a URL is this machine's own: WeChat is not meant to reach it. */
export function isLocal(url: URL): boolean {
  const host = hostOf(url);
  if (isIP(host) !== 0) return addressKind(host) === "loopback";
  return host === "localhost" || host.endsWith(".localhost");
}

/**
 * Judges a callback URL by its looks.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html: http on port 80 or https
 *   on port 443
 */
export function addressFindings(url: URL): OutsideFinding[] {
  const host = hostOf(url);
  if (isLocal(url)) return [outside("address_local", { host })];
  const findings = [...hostFindings(host), ...portFindings(url)];
  return findings.length === 0 ? [outside("address_ok", { host })] : findings;
}

function hostFindings(host: string): OutsideFinding[] {
  if (isIP(host) !== 0) {
    return [outside(addressKind(host) === "public" ? "address_bare_ip" : "address_private", { host })];
  }
  if (isUnder(host, "workers.dev")) return [outside("address_workers_dev", { host })];
  const tunnel = TUNNELS.find((name) => isUnder(host, name));
  return tunnel === undefined ? [] : [outside("address_tunnel", { host, by: tunnel })];
}

function portFindings({ protocol, port }: URL): OutsideFinding[] {
  // `URL` leaves the port out where it is the scheme's own.
  if (port !== "") return [outside("address_port", { port: Number(port), scheme: protocol.slice(0, -1) })];
  return protocol === "http:" ? [outside("address_unencrypted")] : [];
}

function isUnder(host: string, name: string): boolean {
  return host === name || host.endsWith(`.${name}`);
}
