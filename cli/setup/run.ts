/** Runs `npm run setup` from its arguments to its exit code. */
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { ConfigurationError } from "../configuration-error.ts";
import { RefusedError } from "../refused-error.ts";
import { UsageError } from "../usage-error.ts";
import {
  accountVariables,
  DEV_VARS,
  PACKAGE_ROOT,
  projectRoot,
  readDevVars,
  type Variables,
} from "../variables.ts";
import { type Answers, askAccount, saidAlready } from "./answers.ts";
import { type Asker, CancelledError, Prompts, Unattended } from "./asker.ts";
import { checkCredentials, type WrongVariable } from "./credential-check.ts";
import { askDomain, type Deployment, deployWorker, hasDnsRecord } from "./deployment.ts";
import { readDevVarsText, withVariables, writeDevVarsText } from "./dev-vars-file.ts";
import { runDoctor } from "./doctor-run.ts";
import { readSetupFlags, SETUP_HELP, type SetupFlags } from "./flags.ts";
import { shapeFault, workerFaults } from "./shapes.ts";

/** What the wizard reads and writes. */
export interface SetupSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  /** Neighbours of a deployment. Default: public DNS, and `npm run doctor`. */
  readonly resolves?: Deployment["resolves"];
  readonly doctor?: Deployment["doctor"];
}

const EXIT = { done: 0, refused: 1, usage: 2, cancelled: 130 } as const;

/** Runs the wizard and returns its exit code. */
export async function runSetup(argv: readonly string[], surroundings: SetupSurroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  try {
    const flags = readSetupFlags(argv);
    if (flags.help !== true) return await setUp(flags, surroundings);
    stdout.write(`${SETUP_HELP}\n`);
    return EXIT.done;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === undefined || !(error instanceof Error)) throw error;
    stderr.write(`✗ ${error.message.replaceAll("\n", "\n  ")}\n`);
    return code;
  }
}

function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof UsageError || error instanceof ConfigurationError) return EXIT.usage;
  if (error instanceof RefusedError) return EXIT.refused;
  return error instanceof CancelledError ? EXIT.cancelled : undefined;
}

async function setUp(flags: SetupFlags, surroundings: SetupSurroundings): Promise<number> {
  const { environment, cwd, stdin, stdout } = surroundings;
  const print = (lines: readonly string[]): void => {
    if (lines.length > 0) stdout.write(`${lines.join("\n")}\n`);
  };
  const root = projectRoot(cwd);
  const before = readDevVars(root);
  const isAttended = flags.yes !== true && stdin.isTTY === true && stdout.isTTY === true;
  const asker: Asker = isAttended ? new Prompts(stdin, stdout) : new Unattended();
  const said = saidAlready(flags, accountVariables(environment));
  const asked = await askAccount(asker, said, before, flags);
  const domain = flags.remote === true ? await askDomain(asker, root, flags) : undefined;
  asker.finish();
  const answers = flags["no-check"] === true ? asked : await tried(asker, asked, before, print);
  const variables = { ...before, ...answers.variables };
  refuseFaults(variables);
  print(written(join(root, DEV_VARS), before, answers.variables));
  if (flags.remote !== true) {
    print(NEXT);
    return EXIT.done;
  }
  const hasTerminal = isAttended && stdin === process.stdin;
  const write = (text: string): void => {
    stdout.write(text);
  };
  return deployWorker(
    {
      asker,
      place: { root, environment, write: hasTerminal ? undefined : write },
      flags,
      answers,
      variables,
      print,
      isTerminal: stdout.isTTY === true,
      resolves: surroundings.resolves ?? hasDnsRecord,
      doctor:
        surroundings.doctor ??
        ((url) => runDoctor({ file: join(PACKAGE_ROOT, "cli", "doctor.ts"), url, root, environment, write })),
    },
    domain,
  );
}

const NEXT = [
  "",
  "Next · 接下来",
  "  npm start                      your account, played by the simulator · 用模拟器试你的账号",
  "  npm run setup -- --remote      deploys, and says what to enter at WeChat · 部署，并列出微信后台要填的内容",
];

/** Tries the AppSecret, and asks again for what WeChat finds wrong. @throws {RefusedError} when nobody can be asked */
async function tried(
  asker: Asker,
  answers: Answers,
  before: Variables,
  print: (lines: readonly string[]) => void,
): Promise<Answers> {
  for (let current = answers; ;) {
    const variables = { ...before, ...current.variables };
    if (variables["WECHAT_APP_SECRET"] === undefined || workerFaults(variables).length > 0) return current;
    if (variables["WECHAT_APP_ID"] === undefined) return current;
    const check = await checkCredentials(variables);
    if (check.outcome === "right") {
      print(["✓ WeChat knows this app id and AppSecret · AppID 与 AppSecret 正确"]);
      return current;
    }
    if (check.outcome === "open") {
      print(check.lines);
      return current;
    }
    if (!asker.isPerson) {
      throw new RefusedError(
        "credentials_wrong",
        `WeChat refuses ${check.variable}; nothing was written.\n${check.lines.join("\n")}`,
        `微信不接受 ${check.variable}，未写入任何内容。`,
      );
    }
    print(check.lines);
    current = await askedAgain(asker, current, check.variable);
  }
}

async function askedAgain(asker: Asker, answers: Answers, variable: WrongVariable): Promise<Answers> {
  const fault = (answer: string): string | undefined => shapeFault(variable, answer)?.join(" · ");
  const { [variable]: _, ...others } = answers.variables;
  const answer =
    variable === "WECHAT_APP_ID"
      ? await asker.ask({ message: "App id · 开发者ID(AppID)", flag: "--app-id", optional: false, fault })
      : await asker.askSecret({
          message: "AppSecret  (Enter goes on without · 回车则不填)",
          flag: "--app-secret",
          optional: true,
          fault,
        });
  return { ...answers, variables: answer === "" ? others : { ...others, [variable]: answer } };
}

/** @throws {ConfigurationError} when the Worker would not take the variables together */
function refuseFaults(variables: Variables): void {
  const faults = workerFaults(variables);
  if (faults.length === 0) return;
  throw new ConfigurationError(
    `${DEV_VARS}: ${faults.join("; ")}. Correct the line there, or take it out. Nothing was written.`,
    `${DEV_VARS} 中上述变量有误，请改正或删除该行后重试。未写入任何内容。`,
  );
}

/** Names whose values are no secrets. */
const SHOWN: ReadonlySet<string> = new Set([
  "WECHAT_ACCOUNT_KIND",
  "WECHAT_MODE",
  "WECHAT_APP_ID",
  "WECHAT_API_BASE",
]);

/** Writes what differs, and tells what that was. */
function written(path: string, before: Variables, values: Variables): string[] {
  const changed = Object.fromEntries(
    Object.entries(values).filter(([name, value]) => before[name] !== value),
  );
  if (Object.keys(changed).length === 0) return [`✓ ${DEV_VARS}: nothing to change · 无需更改`];
  writeDevVarsText(path, withVariables(readDevVarsText(path), changed));
  const lines = Object.entries(changed).map(([name, value]) => {
    const old = before[name];
    if (!SHOWN.has(name)) return `  ${old === undefined ? "+" : "~"} ${name}`;
    return old === undefined ? `  + ${name}=${value}` : `  ~ ${name}: ${old} → ${value}`;
  });
  return [`✓ ${DEV_VARS}`, ...lines];
}
