/** Finds accounts by id. Configuration is read, and keys are imported, once per isolate. */
import { importAesKey } from "../protocol/aes.ts";
import { DIALECTS } from "../protocol/dialects/index.ts";
import { Failure } from "../protocol/failures.ts";
import type { Account } from "./account.ts";
import { type AccountEntries, readAccounts } from "./definitions.ts";

/** The accounts of one Worker. */
export class AccountRegistry {
  readonly #configured: AccountEntries;
  readonly #ready = new Map<string, Account>();

  constructor(env: object) {
    this.#configured = readAccounts(env);
  }

  /** Every fault in the configuration of accounts. */
  get faults(): string[] {
    const own = [...this.#configured.entries.values()].flatMap((entry) => (entry.ok ? [] : entry.faults));
    return [...this.#configured.faults, ...own];
  }

  /** Ids of all accounts, faulty ones included. */
  get ids(): string[] {
    return [...this.#configured.entries.keys()];
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
    const keys = await Promise.all(definition.encodingAesKeys.map(importAesKey));
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
