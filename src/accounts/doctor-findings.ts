/**
 * What the Worker finds out about itself and its account, for `npm run doctor`: codes and facts. The texts are the command
 * line's. Asked by `GET /api/v1/accounts/:id/doctor`, an operator request.
 */
import type { AccessTokenSource, AccountKind, LateReply, Mode } from "./account.ts";

/** How bad it is. `note`: worth knowing. `warning`: works, but not as it should. `error`: something does not work. */
export const FINDING_LEVELS = ["ok", "note", "warning", "error"] as const;
export type FindingLevel = (typeof FINDING_LEVELS)[number];

/**
 * Every code, with the levels it comes with and the names of its facts. Facts hold no secret, no token and nothing that a
 * user wrote. A fact with `?` is not always there.
 */
export const FINDINGS = {
  // ── Configuration ──
  /** The account's variables hold, and the Worker's settings do. */
  configuration_ok: { levels: ["ok"], facts: [] },
  /** A fault of the account. `fault`: names the variable and never its value. */
  configuration_fault: { levels: ["error"], facts: ["fault"] },
  /** A fault of the Worker's own settings, which is passed over: the default is used instead. `fault`: as above. */
  setting_fault: { levels: ["warning"], facts: ["fault"] },
  /** A variable still has the value of an example or of development, or was never filled in. `fault`: as above. */
  example_value: { levels: ["error"], facts: ["fault"] },
  /** Blanks around a variable's value were cut. */
  value_trimmed: { levels: ["note"], facts: ["variable"] },
  /**
   * The 43rd character of an EncodingAESKey carries two bits that belong to no byte, and they are set. Three of four keys that
   * WeChat makes have that; here they are ignored, other software that decodes strictly refuses such a key.
   */
  aes_key_loose_bits: { levels: ["ok"], facts: ["variable"] },
  /** A previous token is still accepted besides the current one. */
  previous_token_set: { levels: ["note"], facts: ["variable"] },
  /** A previous EncodingAESKey still opens pushes besides the current one. */
  previous_key_set: { levels: ["note"], facts: ["variable"] },
  /** Pushes are neither encrypted nor protected as a whole: mode `plain`. `hasKey`: whether a key is configured all the same. */
  mode_plain: { levels: ["warning"], facts: ["hasKey"] },
  /** No kind is set: the account is taken for a personal one, which has the fewest rights. */
  kind_default: { levels: ["note"], facts: ["kind"] },

  // ── WeChat's API, tried from the Worker ──
  /** The API was not tried: what tokens are fetched with is `missing`, `appSecret` or `appId`. Passive replies need none. */
  no_app_secret: { levels: ["note"], facts: ["missing"] },
  /** An access token is to be had. `source`: `stable_token`, `token` or `url`. */
  token_ok: { levels: ["ok"], facts: ["source"] },
  /** WeChat refuses the access token. */
  token_refused: { levels: ["error"], facts: ["errcode", "errmsg", "path"] },
  /** The address that the Worker calls from is not on WeChat's list (40164 and its kin). `ip`: as WeChat names it; may be empty. */
  ip_not_allowed: { levels: ["error"], facts: ["ip", "errcode", "errmsg"] },
  /** A call had no answer. `code`: of docs/errors.md. `call`: `token`, `callback_check`, `quota` or `server_ips`. */
  api_unreachable: { levels: ["error"], facts: ["call", "code", "message"] },
  /** The configured relay refuses the Worker's signature. */
  relay_refused: { levels: ["error"], facts: ["code", "message"] },
  /** One line of WeChat's look-up of the callback's name. `operator`: WeChat's word for the network. */
  callback_check_dns: { levels: ["ok"], facts: ["ip", "operator"] },
  /** WeChat found no address for the callback's name. */
  callback_check_no_dns: { levels: ["error"], facts: [] },
  /** One line of WeChat's echo requests. `loss`: `0%` or `100%`; `time?`: `23.079ms`. A host that answers no ping is a warning only. */
  callback_check_ping: { levels: ["ok", "warning"], facts: ["ip", "operator", "loss", "time?"] },
  /** WeChat did not check. 40201: no URL is set in the console. `note`, and `errcode` 0: it took too long, which it may. */
  callback_check_unavailable: { levels: ["note", "warning"], facts: ["errcode", "errmsg"] },
  /** What is used of a call's calls of today. `warning` from 90 % on, `error` when none is left. `limit` 0: none is told. */
  quota: { levels: ["ok", "warning", "error"], facts: ["path", "used", "limit", "remain"] },
  /** The quota could not be asked for. */
  quota_unavailable: { levels: ["note"], facts: ["path", "errcode", "errmsg"] },
  /** How many networks WeChat's pushes come from, and the first of them. */
  server_ips: { levels: ["ok"], facts: ["count", "first"] },

  // ── Bindings of wrangler.toml ──
  /** A Durable Object answers. `binding`: `CONVERSATIONS` or `REFUSAL_LOGS`. */
  object_ok: { levels: ["ok"], facts: ["binding"] },
  /** A Durable Object does not. */
  object_unreachable: { levels: ["error"], facts: ["binding", "message"] },
  /** The queue of deferred work is there. `backlog?`: messages that wait, where the platform tells. */
  queue_ok: { levels: ["ok"], facts: ["backlog?"] },
  /** The queue does not answer. */
  queue_unreachable: { levels: ["warning"], facts: ["message"] },
  /** No binding `JOBS`: deferred work cannot be run. */
  queue_missing: { levels: ["error"], facts: ["binding"] },
  /** KV answers. */
  kv_ok: { levels: ["ok"], facts: [] },
  /** KV does not. `ctx.shared` fails; replies do not depend on it. */
  kv_unreachable: { levels: ["warning"], facts: ["message"] },
  /** No binding `KV`: `ctx.shared` fails. */
  kv_missing: { levels: ["warning"], facts: ["binding"] },
  /** Any other binding that wrangler.toml should have given. */
  binding_missing: { levels: ["error"], facts: ["binding"] },

  // ── Refused requests ──
  /** Requests that were refused so far. `reason`, `fact`, `path`, `at` (ms since the epoch): of the newest that is kept. */
  refusals: { levels: ["note"], facts: ["total", "reason?", "fact?", "path?", "at?"] },
  /** None was. */
  no_refusals: { levels: ["ok"], facts: [] },
} as const satisfies Record<string, { levels: readonly FindingLevel[]; facts: readonly string[] }>;

/** Stable names of what the Worker can find. */
export type FindingCode = keyof typeof FINDINGS;

/** The value of a fact. */
export type Fact = string | number | boolean;

type FactNames<C extends FindingCode> = (typeof FINDINGS)[C]["facts"][number];
/** The facts of one code, as the list has them. */
export type FactsOf<C extends FindingCode> = Readonly<
  { [Name in Exclude<FactNames<C>, `${string}?`>]: Fact } & {
    [Name in FactNames<C> as Name extends `${infer Bare}?` ? Bare : never]?: Fact;
  }
>;

/** One thing that was found. */
export interface Finding {
  readonly code: FindingCode;
  readonly level: FindingLevel;
  readonly facts: Readonly<Record<string, Fact>>;
}

/** The account that was asked about, as far as an operator needs it: no secret, and four characters of the AppID. */
export interface DoctorAccount {
  readonly id: string;
  readonly product: string;
  readonly kind: AccountKind;
  readonly mode: Mode;
  readonly appIdTail: string;
  readonly lateReplies: readonly LateReply[];
  readonly hasAppSecret: boolean;
  readonly hasPreviousToken: boolean;
  readonly hasPreviousKey: boolean;
  /** How many origins stand for WeChat's API; 0: WeChat's own. */
  readonly apiBases: number;
  /** Whether those are relays of ours. */
  readonly relay: boolean;
  readonly tokenSource: AccessTokenSource["kind"];
}

/** The Worker's answer. */
export interface DoctorReport {
  readonly v: 1;
  /** Of the package that the Worker was built from. */
  readonly version: string;
  readonly account: DoctorAccount;
  readonly findings: readonly Finding[];
}

/** Whether a text is a code of this version: another version of the Worker may know others. */
export function isFindingCode(text: string): text is FindingCode {
  return Object.hasOwn(FINDINGS, text);
}

/** A finding as the list has it: what does not fit its code does not compile. */
export function finding<C extends FindingCode>(
  code: C,
  level: (typeof FINDINGS)[C]["levels"][number],
  facts: FactsOf<C>,
): Finding {
  return { code, level, facts };
}
