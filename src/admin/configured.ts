/** What the doors for strangers know of the Worker's configuration. */
import type { AccountRegistry } from "../accounts/registry.ts";

/** The configuration as far as it can be read. */
export interface Configured {
  readonly accounts: AccountRegistry;
  /** Everything that is wrong with it: variables by name, never by value. */
  readonly faults: readonly string[];
}
