/** Looks at the requests of an account that were refused: their record, and whether its object answers. */
import { type Finding, finding } from "../../accounts/doctor-findings.ts";
import { answerWithin } from "../../deadline.ts";
import { reasonOf, STORAGE_TIMEOUT_MS } from "./neighbours.ts";

const BINDING = "REFUSAL_LOGS";

/** What the account's `RefusalLog` says; nothing without the binding, whose absence is found elsewhere. */
export async function refusalFindings(
  env: Cloudflare.Env,
  account: string,
  locationHint: DurableObjectLocationHint,
): Promise<Finding[]> {
  const logs: Cloudflare.Env["REFUSAL_LOGS"] | undefined = env.REFUSAL_LOGS;
  if (logs === undefined) return [];
  try {
    const log = logs.getByName(account, { locationHint });
    const { refusals, counts } = await answerWithin(async () => log.report(), STORAGE_TIMEOUT_MS);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    const [newest] = refusals;
    const facts = newest && {
      reason: newest.reason,
      fact: newest.fact,
      path: newest.path,
      at: newest.time,
    };
    return [
      finding("object_ok", "ok", { binding: BINDING }),
      total === 0 ? finding("no_refusals", "ok", {}) : finding("refusals", "note", { total, ...facts }),
    ];
  } catch (error) {
    return [finding("object_unreachable", "error", { binding: BINDING, message: reasonOf(error) })];
  }
}
