/** The Durable Objects that know no bot: every Worker exports them. The conversation's is made of its bot. */
export { RefusalLog } from "./accounts/refusal-log.ts";
export { TokenKeeper } from "./api/token/token-keeper.ts";
export { DeadLetters } from "./conversation/dead-letters.ts";
export { AccountQuota } from "./limits/account-quota.ts";
