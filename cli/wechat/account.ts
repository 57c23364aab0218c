/** The account that `npm run wechat` works for: from flags, the environment, `.dev.vars` or the development values. */
import type { AccountDefinition } from "../../src/accounts/account.ts";
import { DEFAULT_ACCOUNT } from "../../src/accounts/definitions.ts";
import { ACCEPT_DEVELOPMENT } from "../../src/accounts/example-values.ts";
import { type AccountOverrides, definitionOf } from "../accounts.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { developmentValues, isSet } from "../development.ts";
import { readPort, WORKER_PORT } from "../ports.ts";
import { UsageError } from "../usage-error.ts";
import { accountVariables, projectRoot, readDevVars, type Variables } from "../variables.ts";

/** What the command line says about the account. */
export interface AccountChoice extends Pick<AccountOverrides, "appId" | "appSecret" | "apiBase"> {
  readonly id: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** One of these means an account of your own, which is WeChat's and not the simulator's. */
const CREDENTIALS = ["WECHAT_TOKEN", "WECHAT_APP_ID", "WECHAT_APP_SECRET"];
/** Of the development values, what an account of your own may have: API calls need no Token, but the reader does. */
const STAND_INS = ["WECHAT_TOKEN", "ACCOUNTS", ACCEPT_DEVELOPMENT];

/**
 * Finds the account.
 *
 * @throws {ConfigurationError} when there is none, or its settings are wrong
 * @throws {UsageError} when a port in the environment is none
 */
export function chosenAccount(
  { id, ...overrides }: AccountChoice,
  environment: Environment,
  cwd: string,
): AccountDefinition {
  const own = { ...readDevVars(projectRoot(cwd)), ...accountVariables(environment) };
  const variables = { ...added(own, id, overrides, simulatorUrl(environment)), ...own };
  const found = definitionOf(id, variables, overrides);
  if ("id" in found) return found;
  throw new ConfigurationError(found.join("\n"), "请检查命令行、环境变量或 .dev.vars 中的账号设置。");
}

/** As `npm start` would add them; but an account of your own is called at WeChat. */
function added(own: Variables, id: string, overrides: AccountOverrides, simulator: string): Variables {
  const values = developmentValues(own, simulator);
  const isFlagged = id === DEFAULT_ACCOUNT && (overrides.appId ?? overrides.appSecret) !== undefined;
  if (!isFlagged && !CREDENTIALS.some((name) => isSet(own, name))) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => STAND_INS.includes(name)));
}

function simulatorUrl(environment: Environment): string {
  const port = readPort(environment["SIMULATOR_PORT"], workerPort(environment) + 1);
  if (port === undefined) {
    throw new UsageError("SIMULATOR_PORT is no port.", "SIMULATOR_PORT 不是合法的端口号。");
  }
  return `http://localhost:${port}`;
}

/**
 * Origin of the Worker of `npm start`.
 *
 * @throws {UsageError} when `PORT` is none
 */
export function localWorker(environment: Environment): string {
  return `http://localhost:${workerPort(environment)}`;
}

function workerPort(environment: Environment): number {
  const port = readPort(environment["PORT"], WORKER_PORT);
  if (port === undefined) throw new UsageError("PORT is no port.", "PORT 不是合法的端口号。");
  return port;
}

/** The name of the variable, or the field of `ACCOUNTS`, that a value of the account is set by. */
export function settingOf(id: string, field: keyof typeof VARIABLES): string {
  return id === DEFAULT_ACCOUNT ? VARIABLES[field] : `ACCOUNTS.${id}.${field}`;
}

const VARIABLES = {
  appId: "WECHAT_APP_ID",
  appSecret: "WECHAT_APP_SECRET",
  apiBase: "WECHAT_API_BASE",
  kind: "WECHAT_ACCOUNT_KIND",
  accessTokenSource: "WECHAT_ACCESS_TOKEN_SOURCE",
} as const;
