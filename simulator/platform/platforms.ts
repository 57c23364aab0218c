/** All accounts of one simulator, and who is told of changes. */
import type { AnyPush } from "../../src/protocol/pushes/wire.ts";
import { modeOf, RIGHTS, type SimulatedAccount } from "../account.ts";
import type { SendingOptions } from "../attempt.ts";
import { checkUrl } from "../check-url.ts";
import { deliver } from "../deliver.ts";
import type { RandomSource, SigningOptions } from "../signed-push.ts";
import type { MenuButton } from "../timeline.ts";
import { PlatformAccount } from "./platform-account.ts";

/** Something on a phone has changed: on that of `openid`, or on every phone of the account. */
export interface Change {
  readonly account: string;
  readonly openid?: string;
  /** The exchange that the Worker's log says something new about. */
  readonly exchange?: string;
  /** Set when it is deferred work: jobs of that exchange, or the account's dead letters. */
  readonly jobs?: true;
}

/** How WeChat's side sends what it sends. */
export interface PlatformOptions extends SendingOptions {
  readonly accounts: readonly SimulatedAccount[];
  readonly menu: readonly MenuButton[];
  readonly random?: RandomSource | undefined;
}

/** A mode that an account has no key for is sent with this one: a console that is set otherwise than the Worker. */
const STRANGE_KEY = "TheKeyOfAnotherConsoleThatThisWorkerLacks01";

/** What an account's requests are signed and sent with. */
export type DeliverySettings = SigningOptions & SendingOptions;

/** The accounts of a simulator, by id. */
export class Platforms {
  readonly #options: PlatformOptions;
  readonly #platforms: Map<string, PlatformAccount>;
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(options: PlatformOptions) {
    this.#options = options;
    this.#platforms = new Map(options.accounts.map((account) => [account.id, this.#create(account)]));
  }

  get all(): readonly PlatformAccount[] {
    return [...this.#platforms.values()];
  }

  find(id: string): PlatformAccount | undefined {
    return this.#platforms.get(id);
  }

  /** Makes an account what it was at the start. */
  reset(id: string): void {
    const account = this.#options.accounts.find((one) => one.id === id);
    if (account === undefined) return;
    this.#platforms.set(id, this.#create(account));
    this.announce({ account: id });
  }

  /** Calls `listener` at every change, until the returned function is called. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells all listeners of a change. */
  announce(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** How the pushes of an account are signed and sent. */
  settingsOf(account: SimulatedAccount): DeliverySettings {
    const { encodingAesKey = STRANGE_KEY } = account;
    return { ...this.#options, ...account, mode: modeOf(account), encodingAesKey };
  }

  #create(account: SimulatedAccount): PlatformAccount {
    const { now = Date.now, menu } = this.#options;
    return new PlatformAccount({
      account,
      now,
      menu: RIGHTS[account.kind].has("menu") ? menu : [],
      changed: (openid) => {
        this.announce({ account: account.id, ...(openid === undefined ? {} : { openid }) });
      },
      push: (push) => this.#push(push, account),
      checkUrl: () => checkUrl(this.settingsOf(account)),
    });
  }

  #push(push: AnyPush, account: SimulatedAccount): void {
    void deliver(push, { ...this.settingsOf(account), account: account.id });
  }
}
