/** What `npm run doctor` finds from outside: codes and levels. What the Worker finds is src/accounts/doctor-findings.ts. */
import type { Fact, FindingLevel } from "../../src/accounts/doctor-findings.ts";

/** Every code, with how bad it is. */
export const OUTSIDE = {
  // ── The address, before any request ──
  address_ok: "ok",
  address_local: "note",
  address_private: "error",
  address_bare_ip: "warning",
  address_workers_dev: "warning",
  address_tunnel: "warning",
  address_port: "error",
  address_unencrypted: "warning",

  // ── Its name ──
  dns_ok: "ok",
  dns_no_address: "error",
  dns_unanswered: "error",
  dns_ipv6_only: "error",
  dns_private_address: "error",
  dns_fake_address: "note",

  // ── Its certificate ──
  tls_ok: "ok",
  tls_expired: "error",
  tls_not_yet_valid: "error",
  tls_wrong_name: "error",
  tls_self_signed: "error",
  tls_chain_incomplete: "error",
  tls_untrusted: "error",
  tls_failed: "error",
  tls_expires_soon: "warning",

  // ── Who answers ──
  connection_refused: "error",
  connection_closed: "error",
  connection_failed: "error",
  answer_timeout: "error",
  answer_slow: "warning",
  redirect: "error",
  challenge_page: "error",
  login_page: "error",
  server_error: "error",
  gateway_refused: "error",
  path_wrong: "error",
  worker_not_here: "error",
  page_instead: "error",
  account_unknown: "error",
  worker_misconfigured: "error",
  rate_limited: "error",

  // ── The check of the URL ──
  url_check_ok: "ok",
  echo_altered: "error",
  query_lost: "error",
  token_differs: "error",
  account_path_differs: "error",
  clock_off: "warning",
  strangers_refused: "ok",
  forged_accepted: "error",
  stale_accepted: "warning",

  // ── Pushes ──
  push_ok: "ok",
  mode_differs: "error",
  mode_other: "note",
  key_differs: "error",
  app_id_differs: "error",
  key_or_app_id_differs: "error",
  body_lost: "error",
  body_altered: "error",
  reply_lost: "error",
  reply_altered: "error",
  probe_unknown: "warning",
  push_refused: "error",
  duplicate_ok: "ok",
  duplicate_differs: "error",
  slow_ok: "ok",
  slow_unanswered: "error",

  // ── The way inside ──
  inside_unsigned: "note",
  inside_refused: "warning",
  inside_older: "warning",
  inside_unreachable: "warning",
  secret_differs: "warning",
  version_differs: "note",
  kind_differs: "note",

  // ── This machine ──
  configuration_fault_here: "error",
} as const satisfies Record<string, FindingLevel>;

/** Stable names of what can be found from outside. */
export type OutsideCode = keyof typeof OUTSIDE;

/** One thing that was found, outside or inside. A newer Worker's codes are unknown here: so any text. */
export interface AnyFinding {
  readonly code: string;
  readonly level: FindingLevel;
  readonly facts: Readonly<Record<string, Fact>>;
}

/** Something that was found from outside. */
export interface OutsideFinding extends AnyFinding {
  readonly code: OutsideCode;
}

/** Makes a finding; its level is that of its code. */
export function outside(code: OutsideCode, facts: OutsideFinding["facts"] = {}): OutsideFinding {
  return { code, level: OUTSIDE[code], facts };
}

/** Whether one of them is an error. */
export function hasError(findings: readonly AnyFinding[]): boolean {
  return findings.some(({ level }) => level === "error");
}
