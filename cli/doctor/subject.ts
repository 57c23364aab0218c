/** Whom the doctor examines: an account as it is known here, and the URL that WeChat's console has. */
import type { AccountDefinition } from "../../src/accounts/account.ts";
import type { Mode } from "../../simulator/account.ts";
import { type AccountOverrides, callbackPath, definitionOf } from "../accounts.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { developmentValues, isDevelopmentToken } from "../development.ts";
import { readPort, WORKER_PORT } from "../ports.ts";
import { UsageError } from "../usage-error.ts";
import { accountVariables, projectRoot, readDevVars } from "../variables.ts";
import { isLocal } from "./address.ts";

/** An account and its callback URL. */
export interface Subject {
  readonly account: AccountDefinition;
  readonly url: URL;
}

/** What a request is signed and sealed with. */
export interface Credentials {
  readonly token: string;
  readonly encodingAesKey: string | undefined;
  readonly appId: string;
  readonly mode: Mode;
}

/** Where credentials are looked for, besides the command line. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** What the command line says about the account. */
export interface SubjectChoice extends Omit<AccountOverrides, "apiBase"> {
  readonly id: string;
  /** Default: the Worker of `npm start`. */
  readonly url: string | undefined;
}

/**
 * Finds the account as `npm run push` does: command line, environment, `.dev.vars`, development credentials.
 *
 * @throws {ConfigurationError} when there is none, or its settings are wrong
 * @throws {UsageError} when `PORT` is none
 */
export function subjectOf(
  { id, url, ...overrides }: SubjectChoice,
  { environment, cwd }: Surroundings,
): Subject {
  const given = { ...readDevVars(projectRoot(cwd)), ...accountVariables(environment) };
  // Credentials on the command line are your own, and stand-ins for the missing ones would only confuse.
  const own = overrides.token === undefined ? given : { ...given, WECHAT_TOKEN: overrides.token };
  const variables = { ...developmentValues(own), ...given };
  const found = definitionOf(id, variables, overrides);
  if (!("id" in found)) {
    throw new ConfigurationError(found.join("\n"), "请检查命令行、环境变量或 .dev.vars 中的账号设置。");
  }
  const target = new URL(url ?? `http://localhost:${workerPort(environment)}${callbackPath(id)}`);
  if (!isLocal(target) && isDevelopmentToken(found.tokens[0] ?? "")) throw noCredentials(id, target);
  return { account: found, url: target };
}

/** The account's current credentials. */
export function credentialsOf({ tokens, encodingAesKeys, appId, mode }: AccountDefinition): Credentials {
  return { token: tokens[0] ?? "", encodingAesKey: encodingAesKeys[0], appId, mode };
}

function workerPort(environment: Surroundings["environment"]): number {
  const port = readPort(environment["PORT"], WORKER_PORT);
  if (port === undefined) throw new UsageError("PORT is no port.", "PORT 不是合法的端口号。");
  return port;
}

function noCredentials(id: string, { origin }: URL): ConfigurationError {
  return new ConfigurationError(
    `There are no credentials here for the account "${id}" at ${origin}: put WECHAT_TOKEN and the others into .dev.vars, or give --token, --aes-key and --app-id.`,
    `本机没有 ${origin} 上账号 "${id}" 的凭据：请写入 .dev.vars（WECHAT_TOKEN 等），或使用 --token、--aes-key、--app-id。`,
  );
}
