/** The TLS certificate of the host, looked at as a strict client does. */
import { isIP } from "node:net";
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from "node:tls";
import { hostOf } from "./address.ts";
import { outside, type OutsideFinding } from "./findings.ts";

const HANDSHAKE_TIMEOUT_MS = 5_000;
const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const HTTPS_PORT = 443;

/** OpenSSL's words for a chain that does not end at an authority that is known here. */
const CHAIN_FAULTS: Readonly<Record<string, "tls_self_signed" | "tls_chain_incomplete">> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls_self_signed",
  SELF_SIGNED_CERT_IN_CHAIN: "tls_self_signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls_chain_incomplete",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls_chain_incomplete",
  UNABLE_TO_GET_ISSUER_CERT: "tls_chain_incomplete",
};
/** Told by the certificate itself. */
const TOLD = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "ERR_TLS_CERT_ALTNAME_INVALID"]);
/** Connections that were never made: whoever knocks says so. */
const NO_CONNECTION = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
]);

/**
 * Shakes hands and judges the certificate. Nothing is said about `http:`, or where nobody answers.
 *
 * @param nowMs milliseconds since the epoch
 */
export async function certificateFindings(url: URL, nowMs: number): Promise<OutsideFinding[]> {
  if (url.protocol !== "https:") return [];
  const shaken = await shakeHands(hostOf(url), url.port === "" ? HTTPS_PORT : Number(url.port));
  if ("failed" in shaken) {
    return NO_CONNECTION.has(shaken.failed) ? [] : [outside("tls_failed", { code: shaken.failed })];
  }
  return judged(hostOf(url), shaken, nowMs);
}

interface Shaken {
  readonly certificate: PeerCertificate;
  /** What OpenSSL did not like; empty: nothing. */
  readonly fault: string;
}

function shakeHands(host: string, port: number): Promise<Shaken | { readonly failed: string }> {
  return new Promise((resolve) => {
    // What is wrong is to be told, and nothing is sent over this connection.
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    socket.setTimeout(HANDSHAKE_TIMEOUT_MS, () => socket.destroy(withCode("ETIMEDOUT")));
    socket.once("secureConnect", () => {
      resolve({ certificate: socket.getPeerCertificate(), fault: faultOf(socket) });
      socket.end();
    });
    socket.on("error", (error) => {
      const code: unknown = Reflect.get(error, "code");
      resolve({ failed: typeof code === "string" ? code : error.message });
    });
    socket.once("close", () => resolve({ failed: "ECONNRESET" }));
  });
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function faultOf({ authorizationError }: TLSSocket): string {
  // Typed as an error; in fact OpenSSL's code, or an error that has it.
  const fault: unknown = authorizationError;
  if (fault instanceof Error) {
    const code: unknown = Reflect.get(fault, "code");
    return typeof code === "string" ? code : fault.message;
  }
  return typeof fault === "string" ? fault : "";
}

function judged(host: string, { certificate, fault }: Shaken, nowMs: number): OutsideFinding[] {
  const findings: OutsideFinding[] = [];
  const until = Date.parse(certificate.valid_to);
  const from = Date.parse(certificate.valid_from);
  if (until < nowMs) findings.push(outside("tls_expired", { until: dayOf(until) }));
  if (from > nowMs) findings.push(outside("tls_not_yet_valid", { from: dayOf(from) }));
  if (checkServerIdentity(host, certificate) !== undefined) {
    findings.push(outside("tls_wrong_name", { host, names: namesOf(certificate) }));
  }
  const chain = CHAIN_FAULTS[fault];
  if (chain !== undefined) findings.push(outside(chain, { code: fault }));
  else if (fault !== "" && !TOLD.has(fault)) findings.push(outside("tls_untrusted", { code: fault }));
  if (findings.length > 0) return findings;
  const days = Math.floor((until - nowMs) / DAY_MS);
  return [days < SOON_DAYS ? outside("tls_expires_soon", { days }) : outside("tls_ok", { days })];
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function namesOf({ subjectaltname, subject }: PeerCertificate): string {
  const { CN } = subject;
  return subjectaltname?.replaceAll("DNS:", "") ?? (typeof CN === "string" ? CN : "");
}
