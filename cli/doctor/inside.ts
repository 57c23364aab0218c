/** Asks the Worker what it finds out about itself: the doctor's look from inside. */
import { type FindingLevel, FINDING_LEVELS } from "../../src/accounts/doctor-findings.ts";
import { ApiUnreachableError } from "../../src/errors.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { askWorker, type Signer, type WorkerAnswer } from "../worker-request.ts";
import { type AnyFinding, outside } from "./findings.ts";
import type { Line } from "./line.ts";

/** The Worker tries WeChat's API meanwhile. */
const INSIDE_TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 262_144;

/** What the Worker's report says of its account, as far as that is looked at: another version may know other modes and kinds. */
export type AccountThere = Readonly<Record<"mode" | "kind", string>>;

/** What came of asking. */
export interface Inside {
  readonly findings: readonly AnyFinding[];
  /** Where the Worker accepted the signature: the secret that was signed with is the same there. */
  readonly signedBy?: "appSecret" | "encodingAesKey";
  readonly account?: AccountThere;
  /** Of the package that the Worker was built from. */
  readonly version?: string;
}

/** Asks the Worker. What keeps it from answering is a finding. */
export async function lookInside(line: Line): Promise<Inside> {
  const { account } = line;
  const [key] = account.encodingAesKeys;
  if (account.appSecret === undefined && key === undefined) {
    return { findings: [outside("inside_unsigned")] };
  }
  const byBest = await asked(line, account);
  if (byBest !== "refused" || account.appSecret === undefined || key === undefined) {
    return toldBy(line, account.appSecret === undefined ? "encodingAesKey" : "appSecret", byBest, account);
  }
  const byKey = { ...account, appSecret: undefined };
  const told = await toldBy(line, "encodingAesKey", await asked(line, byKey), byKey);
  return told.account === undefined
    ? told
    : { ...told, findings: [outside("secret_differs", { there: false }), ...told.findings] };
}

type Asked = WorkerAnswer | "refused" | { readonly unreachable: string };

async function asked(line: Line, signer: Signer, resource = "doctor"): Promise<Asked> {
  const worker = { account: signer, origin: line.url.origin, clock: line.now };
  try {
    return await askWorker(worker, {
      method: "GET",
      resource,
      timeoutMs: INSIDE_TIMEOUT_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
  } catch (error) {
    if (error instanceof ConfigurationError) return "refused";
    if (error instanceof ApiUnreachableError) return { unreachable: error.code };
    throw error;
  }
}

async function toldBy(
  line: Line,
  signedBy: NonNullable<Inside["signedBy"]>,
  answer: Asked,
  signer: Signer,
): Promise<Inside> {
  if (answer === "refused") {
    // An older Worker knows the older question.
    const older = await asked(line, signer, "refusals");
    if (typeof older === "object" && "fields" in older) {
      return { findings: [outside("inside_older")], signedBy };
    }
    return { findings: [outside("inside_refused", { signedBy })] };
  }
  if ("unreachable" in answer) {
    return { findings: [outside("inside_unreachable", { code: answer.unreachable })] };
  }
  const { fields, status } = answer;
  if (!isReport(fields)) {
    return { findings: [outside("inside_unreachable", { code: `status ${status}` })] };
  }
  const { findings, account, version } = fields;
  return { findings: findings.filter(isFinding), signedBy, account, version };
}

interface Report {
  readonly version: string;
  readonly account: AccountThere;
  readonly findings: readonly unknown[];
}

function isReport(fields: object): fields is Report {
  const account: unknown = Reflect.get(fields, "account");
  return (
    typeof Reflect.get(fields, "version") === "string" &&
    typeof account === "object" &&
    account !== null &&
    ["mode", "kind"].every((name) => typeof Reflect.get(account, name) === "string") &&
    Array.isArray(Reflect.get(fields, "findings"))
  );
}

/** Names of codes and facts. They are printed as they are, and nobody knows yet that a Worker of ours has answered. */
const NAME = /^[A-Za-z]\w{0,63}$/;

function isFinding(value: unknown): value is AnyFinding {
  if (typeof value !== "object" || value === null) return false;
  const [code, level, facts]: unknown[] = ["code", "level", "facts"].map((name) => Reflect.get(value, name));
  return (
    typeof code === "string" &&
    NAME.test(code) &&
    FINDING_LEVELS.some((one: FindingLevel) => one === level) &&
    typeof facts === "object" &&
    facts !== null &&
    Object.keys(facts).every((name) => NAME.test(name))
  );
}
