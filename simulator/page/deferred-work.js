// @ts-check
/** Deferred work on the page: the jobs under their pushes, and the dead letters of the phone's account. */
/** @import { Exchanges } from "./exchanges.js" */
/** @import { Owner } from "./jobs.js" */
import { DeadLetters } from "./dead-letters.js";
import { createJobs } from "./jobs.js";

/**
 * What is around it.
 *
 * @typedef {object} Around
 * @property {Exchanges} exchanges
 * @property {() => Owner} phone whose phone is shown
 * @property {(account: string) => boolean} canAsk whether the Worker can be asked about an account now
 * @property {(look: () => Promise<void>) => Promise<boolean>} answered looks, and says where it is due that it failed
 * @property {() => void} unreachable called when the simulator does not answer
 *
 * @typedef {object} DeferredWork
 * @property {(owner: Owner) => void} delivered a push is over, which may have ordered jobs
 * @property {(account?: string, openid?: string) => void} look something has happened; unset: to whom is not known
 */

/**
 * @param {HTMLElement} panel for dead letters
 * @param {Around} around
 * @returns {DeferredWork}
 */
export function createDeferredWork(panel, { exchanges, phone, canAsk, answered, unreachable }) {
  const deadLetters = new DeadLetters(panel, { account: () => phone().account, canAsk, unreachable });
  const changed = (/** @type {string} */ account) => {
    if (account === phone().account) deadLetters.look();
  };
  const jobs = createJobs({ exchanges, canAsk, changed, answered });
  return {
    delivered: jobs.look,
    look(account = phone().account, openid = phone().openid) {
      jobs.look({ account, openid });
      changed(account);
    },
  };
}
