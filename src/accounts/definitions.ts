/** Reads accounts from the Worker's variables: the default account from single ones, more from `ACCOUNTS`. */
import { REPLY_DEADLINE_RANGE_MS, variable, wholeNumber } from "../config.ts";
import { ENCODING_AES_KEY_PATTERN } from "../protocol/aes.ts";
import { isProductId, type ProductId } from "../protocol/dialects/index.ts";
import { API_VARIABLES, readApiSettings } from "./api-settings.ts";
import { type ExampleCheck, exampleCheck } from "./example-values.ts";
import { LONG_TEXT_VARIABLES, readLongTexts } from "./long-text-settings.ts";
import {
  ACCOUNT_KINDS,
  type AccountDefinition,
  type AccountTexts,
  defaultLateReplies,
  LATE_REPLIES,
  type LateReply,
  MODES,
  TEXT_NAMES,
} from "./account.ts";

/** The id of the account that `/wechat` means. */
export const DEFAULT_ACCOUNT = "default";

const ACCOUNT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * A configured account, or the reasons why it cannot be used. `draft` is what could be read of such a one: to look at, and
 * for its operator's signature; no push is ever compared with it.
 */
export type AccountEntry =
  | { readonly ok: true; readonly definition: AccountDefinition }
  | { readonly ok: false; readonly faults: readonly string[]; readonly draft: AccountDefinition };

/** All accounts of the Worker by id. */
export interface AccountEntries {
  readonly entries: ReadonlyMap<string, AccountEntry>;
  /** Faults that belong to no single account. */
  readonly faults: readonly string[];
  /** Whether `/wechat` is left out on purpose: none of its credentials is set, and there are other accounts. */
  readonly withoutDefault: boolean;
}

/** Fields of one account as texts, by the names used in `ACCOUNTS`. */
type Fields = (name: FieldName) => string | undefined;
type FieldName = keyof typeof VARIABLES | `texts.${(typeof TEXT_NAMES)[number]}`;

/** The default account's variables, by the field of `ACCOUNTS` that each stands for. */
export const VARIABLES = {
  product: "WECHAT_PRODUCT",
  kind: "WECHAT_ACCOUNT_KIND",
  appId: "WECHAT_APP_ID",
  appSecret: "WECHAT_APP_SECRET",
  token: "WECHAT_TOKEN",
  previousToken: "WECHAT_PREVIOUS_TOKEN",
  encodingAesKey: "WECHAT_ENCODING_AES_KEY",
  previousEncodingAesKey: "WECHAT_PREVIOUS_ENCODING_AES_KEY",
  mode: "WECHAT_MODE",
  ...API_VARIABLES,
  ...LONG_TEXT_VARIABLES,
  lateReplies: "WECHAT_LATE_REPLIES",
  replyDeadlineMs: "REPLY_DEADLINE_MS",
} as const;

const CREDENTIALS = ["token", "appId", "encodingAesKey", "appSecret"] as const;

/** What guards an account, is sent to WeChat, or says where that is sent. */
const GUARDED = [
  ...CREDENTIALS,
  "previousToken",
  "previousEncodingAesKey",
  "apiBase",
  "relaySecret",
  "accessTokenSource",
  "accessTokenAuthorization",
] as const satisfies readonly FieldName[];

function variableName(field: string): string {
  const name = Object.entries(VARIABLES).find(([key]) => key === field)?.[1];
  return name ?? field.replace("texts.", "WECHAT_TEXT_").toUpperCase();
}

/** Reads every account, and every fault of each. */
export function readAccounts(env: object): AccountEntries {
  const { accounts, faults } = readMoreAccounts(env);
  const entries = new Map<string, AccountEntry>();
  const fields: Fields = (field) => variable(env, variableName(field));
  const check = exampleCheck(env);
  entries.set(DEFAULT_ACCOUNT, readAccount(DEFAULT_ACCOUNT, fields, variableName, check));
  for (const [id, value] of accounts) {
    if (!ACCOUNT_ID.test(id) || id === DEFAULT_ACCOUNT) {
      faults.push(
        `ACCOUNTS: "${id.slice(0, 64)}" is no id for an account (letters, digits, - and _; not "default")`,
      );
      continue;
    }
    const nested = withPublicUrl(fieldsOf(value), fields);
    entries.set(
      id,
      readAccount(id, nested, (field) => `ACCOUNTS.${id}.${field}`, check),
    );
  }
  const isUnset = CREDENTIALS.every((field) => fields(field) === undefined);
  return { entries, faults, withoutDefault: isUnset && entries.size > 1 };
}

/** Everything that is wrong with the configured accounts. */
export function faultsOf({ entries, faults, withoutDefault }: AccountEntries): string[] {
  const own = [...entries].flatMap(([id, entry]) =>
    entry.ok || (withoutDefault && id === DEFAULT_ACCOUNT) ? [] : entry.faults,
  );
  return [...faults, ...own];
}

/** The accounts of `ACCOUNTS` as they are written there. */
export function readMoreAccounts(env: object): { accounts: [string, object][]; faults: string[] } {
  const value: unknown = Reflect.get(env, "ACCOUNTS");
  if (value === undefined || value === "") return { accounts: [], faults: [] };
  let parsed: unknown = value;
  try {
    if (typeof value === "string") parsed = JSON.parse(value);
  } catch {
    return { accounts: [], faults: ["ACCOUNTS is not JSON"] };
  }
  if (!isObject(parsed)) return { accounts: [], faults: ['ACCOUNTS must be an object: { "<id>": { … } }'] };
  const accounts: [string, object][] = [];
  const faults: string[] = [];
  for (const [id, account] of Object.entries(parsed)) {
    if (isObject(account)) accounts.push([id, account]);
    else faults.push(`ACCOUNTS.${id.slice(0, 64)} must be an object`);
  }
  return { accounts, faults };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(account: object): Fields {
  return (field) => {
    const [group, name] = field.split(".");
    if (group === "texts" && name !== undefined) {
      const texts: unknown = Reflect.get(account, "texts");
      return isObject(texts) ? variable(texts, name) : undefined;
    }
    const value: unknown = Reflect.get(account, field);
    return Array.isArray(value) ? value.join(",") : variable(account, field);
  };
}

/** All accounts are reached at one address, unless one says otherwise. */
function withPublicUrl(own: Fields, shared: Fields): Fields {
  return (field) => own(field) ?? (field === "publicUrl" ? shared(field) : undefined);
}

/** Checks one account's fields; every fault names the variable to mend, and never its value. */
function readAccount(
  id: string,
  fields: Fields,
  nameOf: (field: string) => string,
  check: ExampleCheck,
): AccountEntry {
  const examples = GUARDED.map((field) => [field, check(fields(field))] as const);
  const faults = examples.flatMap(([field, fault]) =>
    fault === undefined ? [] : [`${nameOf(field)} ${fault}`],
  );
  /** What everybody knows is nobody's credential, not even a faulty account's. */
  const own: Fields = (field) => (check(fields(field)) === undefined ? fields(field) : undefined);
  const choice = <T extends string>(field: FieldName, allowed: readonly T[], fallback: T): T => {
    const value = fields(field);
    const found = value === undefined ? fallback : allowed.find((one) => one === value);
    if (found === undefined) faults.push(`${nameOf(field)} must be one of ${allowed.join(", ")}`);
    return found ?? fallback;
  };
  const tokens = present(own("token"), own("previousToken"));
  if (fields("token") === undefined) faults.push(`${nameOf("token")} is missing`);
  const encodingAesKeys = present(own("encodingAesKey"), own("previousEncodingAesKey"));
  for (const field of ["encodingAesKey", "previousEncodingAesKey"] as const) {
    const key = own(field);
    if (key !== undefined && !ENCODING_AES_KEY_PATTERN.test(key)) {
      const other = /[^A-Za-z0-9]/.test(key) ? ", and a blank or another sign among them" : "";
      faults.push(`${nameOf(field)} must have 43 characters of A-Z, a-z, 0-9; it has ${key.length}${other}`);
    }
  }
  const hasKey = fields("encodingAesKey") !== undefined;
  const mode = choice("mode", MODES, hasKey ? "secure" : "plain");
  const appId = fields("appId");
  if (mode !== "plain" && !hasKey)
    faults.push(`${nameOf("encodingAesKey")} is missing: mode ${mode} needs it`);
  if (mode !== "plain" && appId === undefined)
    faults.push(`${nameOf("appId")} is missing: mode ${mode} needs it`);
  const kind = choice("kind", ACCOUNT_KINDS, "personal");
  const definition: AccountDefinition = {
    id,
    product: readProduct(fields("product"), nameOf("product"), faults),
    kind,
    mode,
    appId: appId ?? "",
    appSecret: own("appSecret"),
    tokens,
    encodingAesKeys,
    lateReplies:
      readLateReplies(fields("lateReplies"), nameOf("lateReplies"), faults) ?? defaultLateReplies(kind),
    replyDeadlineMs: readDeadline(id, fields("replyDeadlineMs"), nameOf("replyDeadlineMs"), faults),
    ...readApiSettings(fields, nameOf, faults),
    longTexts: readLongTexts(fields, nameOf, faults),
    texts: readTexts(fields),
  };
  return faults.length === 0 ? { ok: true, definition } : { ok: false, faults, draft: definition };
}

function present(...values: (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}

function readProduct(value: string | undefined, name: string, faults: string[]): ProductId {
  if (value === undefined) return "oa";
  if (isProductId(value)) return value;
  faults.push(`${name}: this version answers no pushes of that product`);
  return "oa";
}

function readLateReplies(list: string | undefined, name: string, faults: string[]): LateReply[] | undefined {
  if (list === undefined) return undefined;
  const names = list.split(",").map((one) => one.trim());
  const known = LATE_REPLIES.filter((one) => names.includes(one));
  if (known.length !== names.length) faults.push(`${name} must list some of ${LATE_REPLIES.join(", ")}`);
  return known.sort((a, b) => names.indexOf(a) - names.indexOf(b));
}

/** The default account's deadline is the Worker's own setting; it is checked there. */
function readDeadline(
  id: string,
  value: string | undefined,
  name: string,
  faults: string[],
): number | undefined {
  if (value === undefined || id === DEFAULT_ACCOUNT) return undefined;
  return wholeNumber(value, name, REPLY_DEADLINE_RANGE_MS, faults);
}

function readTexts(fields: Fields): AccountTexts {
  const entries = TEXT_NAMES.map((name) => [name, fields(`texts.${name}`)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
