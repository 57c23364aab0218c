/** What a conversation needs of the Worker around it. */
import type { KnownAccount } from "../accounts/account.ts";
import type { PageLink } from "../accounts/page-link.ts";
import { AccountRegistry } from "../accounts/registry.ts";
import type { WechatApi } from "../api/client.ts";
import { ApiClients } from "../api/clients.ts";
import { readSettings, type Settings } from "../config.ts";
import type { Bot } from "../framework/bot.ts";
import type { Reply } from "../protocol/replies.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Pages } from "./pages.ts";
import type { PushCall } from "./rpc.ts";
import type { TurnRecord } from "./turn.ts";

/** The neighbours of a conversation. */
export interface TalkHost {
  readonly bot: Bot<never>;
  readonly env: Cloudflare.Env;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  account(id: string): KnownAccount | undefined;
  api(accountId: string, log: Logger): WechatApi;
  isOpen(accountId: string, path: string): boolean;
  /** Long texts that are read on a page. */
  readonly pages: Pages;
  /** The text with the link to its page behind it, signed. */
  withLink(reply: Reply, link: PageLink | undefined): Reply | Promise<Reply>;
  log(turn: TurnRecord): Logger;
  logOf(call: PushCall): Logger;
  /** Keeps the object alive until `work` is done. */
  waitUntil(work: Promise<unknown>): void;
  /** Arms the alarm for what is due next. */
  schedule(): Promise<void>;
}

/** What all conversations of an isolate share: read from the variables once. */
export interface Workshop {
  readonly settings: Settings;
  readonly accounts: AccountRegistry;
  readonly apis: ApiClients;
}

const workshops = new WeakMap<Cloudflare.Env, Workshop>();

/** The workshop of an environment. */
export function workshopOf(env: Cloudflare.Env, clock: () => number): Workshop {
  const known = workshops.get(env);
  if (known) return known;
  const { settings } = readSettings(env);
  const accounts = new AccountRegistry(env);
  const workshop = { settings, accounts, apis: new ApiClients({ env, accounts, settings, clock }) };
  workshops.set(env, workshop);
  return workshop;
}
