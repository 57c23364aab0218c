/** All that WeChat remembers of one account. */
import { type AccountKind, type Right, RIGHTS, type SimulatedAccount } from "../account.ts";
import type { UrlCheck } from "../check-url.ts";
import { MediaStore } from "../media.ts";
import { Phones } from "../phones.ts";
import type { AnyPush } from "../../src/protocol/pushes/wire.ts";
import { CallRecord } from "./call-record.ts";
import type { JsonObject } from "./endpoint.ts";
import { Menus } from "./menus.ts";
import { OAuthBook } from "./oauth.ts";
import type { PlatformContext } from "./platform-context.ts";
import { QrCodes } from "./qr-codes.ts";
import { ScriptedFaults } from "./scripted-faults.ts";
import { SubscriptionBook } from "./subscriptions.ts";
import { TagBook } from "./tags.ts";
import { TemplateBook } from "./templates.ts";
import { TicketBook } from "./ticket-book.ts";
import { TokenBook } from "./token-book.ts";
import { Usage } from "./usage.ts";

/** What an account's state needs besides. */
export interface PlatformAccountOptions extends PlatformContext {
  readonly account: SimulatedAccount;
  /** Sends a push to the account's callback URL, after the call that caused it has been answered. */
  readonly push: (push: AnyPush) => void;
  /** Checks the account's callback URL. */
  readonly checkUrl: () => Promise<UrlCheck>;
}

/** One account's state: an object per family of calls. */
export class PlatformAccount {
  readonly tokens: TokenBook;
  readonly tickets = new TicketBook();
  readonly phones: Phones;
  readonly menus: Menus;
  readonly qrCodes: QrCodes;
  readonly media: MediaStore;
  readonly oauth: OAuthBook;
  readonly tags = new TagBook();
  readonly templates = new TemplateBook();
  readonly subscriptions = new SubscriptionBook();
  readonly usage = new Usage();
  readonly faults = new ScriptedFaults();
  readonly calls = new CallRecord();
  /** Openids of users that the account does not want to hear. */
  readonly blacklist = new Set<string>();
  /** Addresses that may ask for tokens; `null` = all. */
  ipList: readonly string[] | null = null;
  /** The console's own automatic replies, as `get_current_autoreply_info` tells them. */
  autoReplies: JsonObject = { is_add_friend_reply_open: 0, is_autoreply_open: 0 };
  readonly push: (push: AnyPush) => void;
  readonly checkUrl: () => Promise<UrlCheck>;
  readonly changed: (openid?: string) => void;
  #account: SimulatedAccount;

  constructor({ account, push, checkUrl, ...context }: PlatformAccountOptions) {
    this.#account = account;
    this.push = push;
    this.checkUrl = checkUrl;
    this.changed = context.changed;
    this.tokens = new TokenBook(account.id);
    this.phones = new Phones(context);
    this.menus = new Menus(context);
    this.qrCodes = new QrCodes(context);
    this.media = new MediaStore(context);
    this.oauth = new OAuthBook(context);
  }

  /** Its credentials, callback URL and kind. */
  get account(): SimulatedAccount {
    return this.#account;
  }

  /** Whether the account's kind has a right. */
  has(right: Right): boolean {
    return RIGHTS[this.#account.kind].has(right);
  }

  /** Makes it an account of another kind, as verification by WeChat would. */
  become(kind: AccountKind): void {
    this.#account = { ...this.#account, kind };
    this.changed();
  }
}
