/** Looks at the bindings of wrangler.toml: whether they are there, and whether what they name answers. */
import { type Finding, finding } from "../../accounts/doctor-findings.ts";
import { PROBE_USER } from "../../accounts/probe-user.ts";
import { objectName } from "../../conversation/object-name.ts";
import { answerWithin } from "../../deadline.ts";
import { reasonOf, STORAGE_TIMEOUT_MS } from "./neighbours.ts";

/** All that have no finding of their own; an optional one (`AI`, `MODEL_WORKER`) is not missed. */
const NEEDED = [
  "CONVERSATIONS", "REFUSAL_LOGS", "TOKEN_KEEPERS", "DEAD_LETTERS", "ACCOUNT_QUOTAS",
  "DEAD_JOBS", "STRANGERS", "ACCOUNT_RATE", "DELIBERATE_TIMEOUTS",
] as const satisfies (keyof Cloudflare.Env)[]; // prettier-ignore

/** KV is asked for this key, which nobody writes. */
const UNUSED_KEY = "doctor";

/** An environment that may lack what wrangler.toml should have given. */
type GivenEnv = Partial<Cloudflare.Env>;

/** The findings. Nothing is written, and nothing sent. */
export async function bindingFindings(
  env: GivenEnv,
  account: string,
  locationHint: DurableObjectLocationHint,
): Promise<Finding[]> {
  const missing = NEEDED.filter((name) => env[name] === undefined).map((binding) =>
    finding("binding_missing", "error", { binding }),
  );
  const found = await Promise.all([
    conversation(env.CONVERSATIONS, account, locationHint),
    queue(env.JOBS),
    keyValues(env.KV),
  ]);
  return [...missing, ...found.flat()];
}

/** The probe user's own conversation is asked: a real user's is nobody's to wake. */
async function conversation(
  namespace: GivenEnv["CONVERSATIONS"],
  account: string,
  locationHint: DurableObjectLocationHint,
): Promise<Finding[]> {
  const binding = "CONVERSATIONS";
  if (namespace === undefined) return [];
  try {
    const object = namespace.getByName(objectName(account, PROBE_USER, ""), { locationHint });
    await answerWithin(async () => object.report({ v: 1, decision: undefined }), STORAGE_TIMEOUT_MS);
    return [finding("object_ok", "ok", { binding })];
  } catch (error) {
    return [finding("object_unreachable", "error", { binding, message: reasonOf(error) })];
  }
}

async function queue(jobs: GivenEnv["JOBS"]): Promise<Finding[]> {
  if (jobs === undefined) return [finding("queue_missing", "error", { binding: "JOBS" })];
  try {
    const { backlogCount } = await answerWithin(async () => jobs.metrics(), STORAGE_TIMEOUT_MS);
    return [finding("queue_ok", "ok", { backlog: backlogCount })];
  } catch (error) {
    return [finding("queue_unreachable", "warning", { message: reasonOf(error) })];
  }
}

async function keyValues(kv: GivenEnv["KV"]): Promise<Finding[]> {
  if (kv === undefined) return [finding("kv_missing", "warning", { binding: "KV" })];
  try {
    await answerWithin(async () => kv.get(UNUSED_KEY), STORAGE_TIMEOUT_MS);
    return [finding("kv_ok", "ok", {})];
  } catch (error) {
    return [finding("kv_unreachable", "warning", { message: reasonOf(error) })];
  }
}
