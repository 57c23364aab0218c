/**
 * `GET /api/v1/accounts/:id/doctor`: what the Worker finds out about itself and the account, for whoever holds its secret.
 * An account that cannot be used is looked at, too. Codes and facts alone: the command line owns the texts.
 */
import { Hono } from "hono";
import { version } from "../../package.json";
import type { AccountDefinition } from "../accounts/account.ts";
import type { DoctorAccount, DoctorReport, Finding } from "../accounts/doctor-findings.ts";
import { exampleFaults } from "../accounts/example-values.ts";
import type { AccountRegistry } from "../accounts/registry.ts";
import type { ApiClients } from "../api/clients.ts";
import { readSettings } from "../config.ts";
import type { Logger } from "../telemetry/logger.ts";
import { apiFindings } from "./doctor/api.ts";
import { bindingFindings } from "./doctor/bindings.ts";
import { configurationFindings } from "./doctor/configuration.ts";
import { refusalFindings } from "./doctor/refusals.ts";
import { readOwnershipFiles } from "./ownership.ts";
import { type Doors, verifiedOperatorEntry } from "./operator-request.ts";

/** What the resource needs of the Worker. */
export interface DoctorOptions {
  readonly registryOf: (env: Cloudflare.Env) => AccountRegistry;
  readonly apisOf: (env: Cloudflare.Env) => ApiClients;
  readonly logOf: (c: Doors) => Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * The Hono app of that resource. The answer is a `DoctorReport`, within ten seconds. Everything that is not rightly signed
 * is 404, as if it did not exist.
 */
export function doctorRoutes(options: DoctorOptions): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();
  app.get("/api/v1/accounts/:id/doctor", async (c) => {
    const { registryOf, apisOf, logOf, clock } = options;
    const { env } = c;
    const accounts = registryOf(env);
    const entry = await verifiedOperatorEntry(c, accounts, clock());
    if (entry === undefined) return c.notFound();
    const definition = entry.ok ? entry.definition : entry.draft;
    const { id } = definition;
    const { settings, faults: settingFaults } = readSettings(env);
    const faults = [...accounts.sharedFaults, ...(entry.ok ? [] : entry.faults), ...exampleFaults(env)];
    const found: readonly Promise<Finding[]>[] = [
      // Its calls are made with what is configured: where that is wrong, they would tell nothing.
      ...(entry.ok ? [apiFindings({ env, apis: apisOf(env), definition, log: logOf(c), clock })] : []),
      bindingFindings(env, id, settings.locationHint),
      refusalFindings(env, id, settings.locationHint),
    ];
    const findings = [
      ...configurationFindings({
        env,
        definition,
        faults,
        settingFaults: [...settingFaults, ...readOwnershipFiles(env).faults],
      }),
      ...(await Promise.all(found)).flat(),
    ];
    const report: DoctorReport = { v: 1, version, account: accountOf(definition), findings };
    c.header("Cache-Control", "no-store");
    return c.json(report);
  });
  return app;
}

function accountOf(definition: AccountDefinition): DoctorAccount {
  const { id, product, kind, mode, appId, lateReplies, appSecret, tokens, encodingAesKeys } = definition;
  return {
    id,
    product,
    kind,
    mode,
    appIdTail: appId.slice(-4),
    lateReplies,
    hasAppSecret: appSecret !== undefined,
    hasPreviousToken: tokens.length > 1,
    hasPreviousKey: encodingAesKeys.length > 1,
    apiBases: definition.apiBases.length,
    relay: definition.relaySecret !== undefined,
    tokenSource: definition.accessTokenSource.kind,
  };
}
