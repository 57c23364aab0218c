/** Runs a command of `npm run wechat` from its arguments to its exit code. */
import { UsageError } from "../usage-error.ts";
import { chosenAccount, localWorker } from "./account.ts";
import { readWechatArguments, type WechatRequest } from "./arguments.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT, failureReport } from "../failure.ts";
import { helpLines } from "./help.ts";
import { Progress, type Screen } from "../progress.ts";
import { Session } from "./session.ts";

/** What a command reads and writes. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** Runs the command and returns its exit code. */
export async function runWechat(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  try {
    const request = readWechatArguments(argv, COMMANDS);
    if (request.kind === "run") return await run(request, surroundings);
    print(stdout, helpLines(request.words, COMMANDS));
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    print(stderr, [error.message]);
    return EXIT.usage;
  }
}

async function run(
  request: Extract<WechatRequest, { kind: "run" }>,
  { environment, cwd, stdout, stderr }: Surroundings,
): Promise<number> {
  const { command, given, account, json, verbose } = request;
  const worker = request.worker ?? (command.asksWorker === true ? localWorker(environment) : undefined);
  const session = new Session({
    account: () => chosenAccount(account, environment, cwd),
    worker,
    verbose,
    progress: new Progress(stderr),
  });
  try {
    const { json: facts, lines, notes = [] } = await command.run(given, session);
    if (!json) print(stderr, notes);
    print(stdout, json ? jsonLines(facts) : lines);
    return EXIT.done;
  } catch (error) {
    const failure = failureReport(error, {
      account: account.id,
      apiOrigin: () => session.apiOrigin,
      worker,
      mayHaveHappened: command.changes && session.isConnected,
    });
    const { done } = session;
    if (json) print(stdout, jsonLines(done.length === 0 ? failure.json : { ...failure.json, done }));
    else print(stderr, [...done.map((line) => `✓ ${line}`), ...failure.lines]);
    return failure.exitCode;
  }
}

function jsonLines(value: object): string[] {
  return [JSON.stringify(value, undefined, 2)];
}

function print(screen: Screen, lines: readonly string[]): void {
  if (lines.length > 0) screen.write(`${lines.join("\n")}\n`);
}
