/** Runs `npm run doctor` in this process, as somebody who has the account's credentials in the environment. */
import type { AnyFinding } from "../../../cli/doctor/findings.ts";
import { type Knock, knockWithin } from "../../../cli/doctor/knock.ts";
import { runDoctor } from "../../../cli/doctor/run.ts";
import type { Variables } from "../../../cli/variables.ts";

/** This machine may stall for seconds: who tests no time-out waits longer than WeChat does. */
const PATIENCE_MS = 30_000;

/** What a run is given. */
export interface DoctorRun {
  readonly args?: readonly string[];
  readonly env?: Variables;
  /** A folder with a wrangler.toml: where there is none, the project's own `.dev.vars` would be read. */
  readonly cwd: string;
  readonly clock?: () => number;
  readonly addresses?: readonly string[] | Error;
  readonly knock?: Knock;
}

/** What it said. */
export interface DoctorSaid {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it, and collects what it prints. */
export async function runTheDoctor({
  args = [],
  env = {},
  cwd,
  clock = Date.now,
  addresses = ["203.0.114.7"],
  knock = knockWithin(PATIENCE_MS),
}: DoctorRun): Promise<DoctorSaid> {
  const said = { stdout: "", stderr: "" };
  const code = await runDoctor(args, {
    environment: env,
    cwd,
    clock,
    knock,
    resolve: () => (addresses instanceof Error ? Promise.reject(addresses) : Promise.resolve(addresses)),
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
  });
  return { code, ...said };
}

/** What it found, and how it ended. */
export interface Examined {
  readonly code: number;
  readonly findings: readonly AnyFinding[];
  /** Codes of one level, in order. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly codes: readonly string[];
}

/** Runs it with `--json`. */
export async function examined(run: DoctorRun): Promise<Examined> {
  const { code, stdout } = await runTheDoctor({ ...run, args: [...(run.args ?? []), "--json"] });
  const findings: readonly AnyFinding[] = JSON.parse(stdout);
  const of = (level: string): string[] =>
    findings.filter((one) => one.level === level).map((one) => one.code);
  return {
    code,
    findings,
    errors: of("error"),
    warnings: of("warning"),
    codes: findings.map((one) => one.code),
  };
}
