/** The whole examination, from the looks of the address to the Worker's own findings: what is broken first comes first. */
import project from "../../package.json" with { type: "json" };
import { addressFindings } from "./address.ts";
import { certificateFindings } from "./certificate.ts";
import { type AnyFinding, hasError, outside } from "./findings.ts";
import { type Inside, lookInside } from "./inside.ts";
import type { Knock } from "./knock.ts";
import { Line } from "./line.ts";
import { nameFindings, type Resolve } from "./names.ts";
import { echoFindings, slowFindings } from "./pushes.ts";
import type { Subject } from "./subject.ts";
import { strangerFindings, urlCheckFindings } from "./url-check.ts";

/** What the doctor works with. */
export interface Tools {
  readonly knock: Knock;
  readonly resolve: Resolve;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Examines a callback URL. Steps that could only repeat what an earlier one has found are left out.
 *
 * @returns the findings in the order in which they were made, as soon as they are
 */
export async function* examine(subject: Subject, tools: Tools): AsyncGenerator<readonly AnyFinding[]> {
  const { url } = subject;
  yield addressFindings(url);
  const names = await nameFindings(url, tools.resolve);
  yield names;
  if (hasError(names)) return;
  const certificate = await certificateFindings(url, tools.clock());
  yield certificate;
  if (hasError(certificate)) return;
  yield* conversation(new Line({ ...subject, ...tools }));
}

/** Codes after which the Worker is worth asking although it does not answer WeChat: it is there. */
const WORKER_IS_THERE: ReadonlySet<string> = new Set([
  "url_check_ok",
  "echo_altered",
  "query_lost",
  "token_differs",
  "account_path_differs",
  "worker_misconfigured",
  "path_wrong",
]);

async function* conversation(line: Line): AsyncGenerator<readonly AnyFinding[]> {
  const check = await urlCheckFindings(line);
  yield check;
  if (!check.some(({ code }) => WORKER_IS_THERE.has(code))) return;
  const inside = await lookInside(line);
  if (hasError(check)) {
    yield inside.findings;
    return;
  }
  yield await strangerFindings(line);
  const echo = await echoFindings(line, inside);
  yield echo;
  if (!hasError(echo)) yield await slowFindings(line);
  yield explained(inside, echo);
  yield differences(line, inside);
}

/** Where a push was opened, key and app id are right: then it is the secret that the Worker does not know. */
function explained({ findings }: Inside, echo: readonly AnyFinding[]): readonly AnyFinding[] {
  const isOpened = echo.some(({ code, facts }) => code === "push_ok" && facts["mode"] !== "plain");
  return findings.map((finding) =>
    finding.code === "inside_refused" && isOpened ? outside("secret_differs", { there: true }) : finding,
  );
}

/** Where the Worker's settings differ from those here. */
function differences({ account: here }: Line, { account: there, version: theirs }: Inside): AnyFinding[] {
  const findings: AnyFinding[] = [];
  if (there !== undefined) {
    const isSealed = here.mode !== "plain" && there.mode !== "plain";
    if (isSealed && here.mode !== there.mode) {
      findings.push(outside("mode_other", { here: here.mode, there: there.mode }));
    }
    if (here.kind !== there.kind)
      findings.push(outside("kind_differs", { here: here.kind, there: there.kind }));
  }
  if (theirs !== undefined && theirs !== project.version) {
    findings.push(outside("version_differs", { here: project.version, there: theirs }));
  }
  return findings;
}
