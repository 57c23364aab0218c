/** Asks the Worker about an account as its operator does: what the simulator's page shows of deferred work. */
import type { SimulatedAccount } from "../simulator/account.ts";
import type { AskWorker } from "../simulator/worker-jobs.ts";
import { askWorker, type Signer } from "./worker-request.ts";

/** A user's conversation may have a thousand pushes. */
const MAX_ANSWER_BYTES = 4_194_304;

/** Signs with the account's own secret, and asks the Worker that answers its callback. */
export const askAsOperator: AskWorker = ({ account, method, resource, body }) =>
  askWorker(
    { account: signerOf(account), origin: new URL(account.url).origin, clock: Date.now },
    { method, resource, body, maxAnswerBytes: MAX_ANSWER_BYTES },
  );

function signerOf({ id, appId = "", appSecret, encodingAesKey }: SimulatedAccount): Signer {
  return { id, appId, appSecret, encodingAesKeys: encodingAesKey === undefined ? [] : [encodingAesKey] };
}
