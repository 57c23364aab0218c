/** Finds accounts by id. Configuration is read, and keys are imported, once per isolate. */
import { importAesKey } from "../protocol/aes.ts";
import { DIALECTS } from "../protocol/dialects/index.ts";
import { Failure } from "../protocol/failures.ts";
import type { Account, KnownAccount } from "./account.ts";
import {
  type AccountEntries,
  type AccountEntry,
  DEFAULT_ACCOUNT,
  faultsOf,
  readAccounts,
} from "./definitions.ts";

/** The accounts of one Worker. */
export class AccountRegistry {
  readonly #configured: AccountEntries;
  readonly #known = new Map<string, KnownAccount>();
  readonly #ready = new Map<string, Account>();

  constructor(env: object) {
    this.#configured = readAccounts(env);
    for (const [id, entry] of this.#configured.entries) {
      if (entry.ok) this.#known.set(id, { ...entry.definition, dialect: DIALECTS[entry.definition.product] });
    }
  }

  /** Every fault in the configuration of accounts. */
  get faults(): string[] {
    return faultsOf(this.#configured);
  }

  /** Faults in the configuration that belong to no single account. */
  get sharedFaults(): readonly string[] {
    return this.#configured.faults;
  }

  /** What is configured under that id, whether it can be used or not: for its operator. */
  entry(id: string): AccountEntry | undefined {
    return this.#configured.entries.get(id);
  }

  /** Whether there is an account that can be used. */
  get isUsable(): boolean {
    return this.#known.size > 0;
  }

  /** Whether an account of that id is configured, faulty or not. */
  has(id: string): boolean {
    return this.#configured.entries.has(id);
  }

  /** The account of that id, without its imported keys; `undefined` when there is none that could be used. */
  known(id: string): KnownAccount | undefined {
    return this.#known.get(id);
  }

  /** Id of the account that stands for what belongs to none: `default`, else the first. */
  get mainId(): string {
    const [first = DEFAULT_ACCOUNT] = this.#known.keys();
    return this.#known.has(DEFAULT_ACCOUNT) ? DEFAULT_ACCOUNT : first;
  }

  /** The account of that id, or why there is none. */
  async find(id: string): Promise<Account | Failure> {
    const ready = this.#ready.get(id);
    if (ready) return ready;
    const entry = this.#configured.entries.get(id);
    if (!entry) return this.#missing();
    if (!entry.ok) return new Failure("account_misconfigured", entry.faults.join("; "));
    const { definition } = entry;
    const dialect = DIALECTS[definition.product];
    const texts = definition.mode === "plain" ? [] : definition.encodingAesKeys;
    const keys = await Promise.all(texts.map(importAesKey));
    const account: Account = { ...definition, dialect, receiveId: dialect.receiveId(definition), keys };
    this.#ready.set(id, account);
    return account;
  }

  #missing(): Failure {
    const { faults } = this.#configured;
    if (faults.length > 0) return new Failure("account_misconfigured", faults.join("; "));
    return new Failure("account_unknown", "no account of that id is configured");
  }
}
