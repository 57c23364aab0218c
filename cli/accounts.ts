/** Accounts as the Worker reads them from its variables, ready for WeChat's side to be played to them. */
import { type AccountDefinition, moreText } from "../src/accounts/account.ts";
import { DEFAULT_ACCOUNT, faultsOf, readAccounts } from "../src/accounts/definitions.ts";
import type { SimulatedAccount } from "../simulator/account.ts";
import type { Variables } from "./variables.ts";

/** The accounts that can be used, and the faults of the others. */
export interface ConfiguredAccounts {
  readonly accounts: readonly SimulatedAccount[];
  readonly faults: readonly string[];
}

/**
 * Reads all accounts.
 *
 * @param workerUrl where the Worker listens, without a path
 */
export function configuredAccounts(variables: Variables, workerUrl: string): ConfiguredAccounts {
  const configured = readAccounts(variables);
  const accounts = [...configured.entries.values()].flatMap((entry) =>
    entry.ok ? [simulated(entry.definition, workerUrl)] : [],
  );
  return { accounts, faults: faultsOf(configured) };
}

/** What a caller says about an account, more than its variables do. */
export interface AccountOverrides {
  readonly token?: string | undefined;
  readonly encodingAesKey?: string | undefined;
  readonly appId?: string | undefined;
  readonly appSecret?: string | undefined;
  readonly mode?: string | undefined;
  readonly apiBase?: string | undefined;
}

/** The default account's variables, by what overrides them. */
const OVERRIDDEN = {
  token: "WECHAT_TOKEN",
  encodingAesKey: "WECHAT_ENCODING_AES_KEY",
  appId: "WECHAT_APP_ID",
  appSecret: "WECHAT_APP_SECRET",
  mode: "WECHAT_MODE",
  apiBase: "WECHAT_API_BASE",
} as const satisfies Record<keyof AccountOverrides, string>;

/**
 * Reads one account, with `overrides` in the place of its own values.
 *
 * @returns the account, or what is wrong with it
 */
export function accountOf(
  id: string,
  variables: Variables,
  overrides: AccountOverrides,
  workerUrl: string,
): SimulatedAccount | readonly string[] {
  const definition = definitionOf(id, variables, overrides);
  return "id" in definition ? simulated(definition, workerUrl) : definition;
}

/** The same, as the Worker knows it. */
export function definitionOf(
  id: string,
  variables: Variables,
  overrides: AccountOverrides,
): AccountDefinition | readonly string[] {
  const { entries, faults } = readAccounts(withOverrides(id, variables, overrides));
  const entry = entries.get(id);
  if (entry === undefined)
    return [...faults, `ACCOUNTS has no account "${id}"; there are ${[...entries.keys()].join(", ")}`];
  return entry.ok ? entry.definition : entry.faults;
}

function withOverrides(id: string, variables: Variables, overrides: AccountOverrides): object {
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length === 0) return variables;
  if (id === DEFAULT_ACCOUNT) {
    const named = Object.entries(OVERRIDDEN).flatMap(([field, name]) =>
      given[field] === undefined ? [] : [[name, given[field]] as const],
    );
    return { ...variables, ...Object.fromEntries(named) };
  }
  const accounts = parsed(variables["ACCOUNTS"]);
  if (accounts === undefined) return variables;
  const own: unknown = Reflect.get(accounts, id);
  return { ...variables, ACCOUNTS: { ...accounts, [id]: { ...objectOr(own), ...given } } };
}

/** @returns `undefined` for what is no JSON; that fault is reported when the accounts are read */
function parsed(json = "{}"): object | undefined {
  try {
    return objectOr(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function objectOr(value: unknown): object {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function simulated(definition: AccountDefinition, workerUrl: string): SimulatedAccount {
  const { id, kind, mode, appId, appSecret, tokens, encodingAesKeys } = definition;
  return {
    id,
    kind,
    mode,
    appId,
    appSecret,
    token: tokens[0] ?? "",
    encodingAesKey: encodingAesKeys[0],
    texts: { ...definition.texts, more: moreText(definition).trim() },
    url: `${workerUrl}${callbackPath(id)}`,
  };
}

/** The path of an account's callback URL. */
export function callbackPath(id: string): string {
  return id === DEFAULT_ACCOUNT ? "/wechat" : `/wechat/${id}`;
}
