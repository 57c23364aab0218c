/** Puts the Worker together: one Hono app over the doors, with what each of them needs. */
import { type Context, Hono } from "hono";
import { exampleFaults } from "./accounts/example-values.ts";
import { RefusalRecorder } from "./accounts/refusal-recorder.ts";
import { AccountRegistry } from "./accounts/registry.ts";
import { accessTokenRoutes } from "./admin/access-token.ts";
import { conversationRoutes } from "./admin/conversations.ts";
import { deadLetterRoutes } from "./admin/dead-letters.ts";
import { doctorRoutes } from "./admin/doctor.ts";
import { healthRoutes } from "./admin/health.ts";
import { landingRoutes } from "./admin/landing.ts";
import { type OwnershipFiles, ownershipFile, readOwnershipFiles } from "./admin/ownership.ts";
import { refusalRoutes } from "./admin/refusals.ts";
import { textPageRoutes } from "./admin/text-page.ts";
import { ApiClients } from "./api/clients.ts";
import { readSettings, type Settings } from "./config.ts";
import { JobSender } from "./conversation/deferred/sender.ts";
import { ERROR_HINTS } from "./errors.ts";
import type { Bot } from "./framework/bot.ts";
import type { Dispatch } from "./framework/ports.ts";
import { conversations } from "./ingress/conversations.ts";
import { ReplayGuard } from "./ingress/replay.ts";
import { callbackRoutes } from "./ingress/routes.ts";
import { consume } from "./jobs/consumer.ts";
import { IdMaker, type RandomSource } from "./telemetry/ids.ts";
import { Logger } from "./telemetry/logger.ts";

/** What a test may replace. */
export interface AppOptions {
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
  readonly random?: RandomSource;
  /** How pushes are handled. Default: by the conversations' objects. */
  readonly dispatch?: Dispatch;
}

/** What is read from the variables once per isolate. */
interface Configuration {
  readonly settings: Settings;
  readonly accounts: AccountRegistry;
  readonly apis: ApiClients;
  readonly replays: ReplayGuard;
  readonly dispatch: Dispatch;
  readonly sender: JobSender;
  readonly ownershipFiles: OwnershipFiles;
  /** Everything that is wrong with the variables. */
  readonly faults: readonly string[];
}

/** The Worker's handlers. */
export interface App {
  fetch(request: Request, env: Cloudflare.Env, ctx: ExecutionContext): Response | Promise<Response>;
  queue(batch: MessageBatch, env: Cloudflare.Env, ctx: ExecutionContext): Promise<void>;
}

/** Reads the variables of an environment, once. Their faults end in the log. */
function configurations({
  bot,
  clock,
  random,
  dispatch,
}: Required<Omit<AppOptions, "dispatch">> & { bot: Bot<never>; dispatch: Dispatch | undefined }): (
  env: Cloudflare.Env,
) => Configuration {
  const sender = new JobSender(clock);
  const known = new WeakMap<Cloudflare.Env, Configuration>();
  return (env) => {
    const made = known.get(env);
    if (made) return made;
    const { settings, faults: settingFaults } = readSettings(env);
    const { files: ownershipFiles, faults: ownershipFaults } = readOwnershipFiles(env);
    const [a = 0, b = 0] = new Uint32Array(random(new Uint8Array(8)).buffer);
    const accounts = new AccountRegistry(env);
    const apis = new ApiClients({ env, accounts, settings, clock });
    const { locationHint } = settings;
    const faults = [...settingFaults, ...accounts.faults, ...ownershipFaults, ...exampleFaults(env)];
    const configuration = {
      settings,
      accounts,
      apis,
      dispatch: dispatch ?? conversations({ bot, clock, locationHint, sender }),
      replays: new ReplayGuard([a, b]),
      sender,
      ownershipFiles,
      faults,
    };
    known.set(env, configuration);
    if (faults.length > 0) {
      const log = new Logger({ level: settings.logLevel, clock }, { requestId: "start", spanId: "start" });
      log.error("config_invalid", { faults, hint: ERROR_HINTS.config_invalid });
    }
    return configuration;
  };
}

/** Puts the Worker's handlers together, over a bot whose conversations are those of `conversationObject(bot)`. */
export function createApp<S extends object>(
  bot: Bot<S>,
  { clock = () => Date.now(), random = (bytes) => crypto.getRandomValues(bytes), dispatch }: AppOptions = {},
): App {
  // What type its session has, only the bot's own handlers know.
  const anyBot = bot as unknown as Bot<never>;
  const idMaker = new IdMaker(random);
  const refusals = new RefusalRecorder();
  const configurationOf = configurations({ bot: anyBot, clock, random, dispatch });
  const registryOf = (env: Cloudflare.Env): AccountRegistry => configurationOf(env).accounts;
  const apisOf = (env: Cloudflare.Env): ApiClients => configurationOf(env).apis;

  const logOf = (c: Context<{ Bindings: Cloudflare.Env }>): Logger =>
    new Logger(
      { level: configurationOf(c.env).settings.logLevel, clock },
      idMaker.forRequest(c.req.raw.headers),
    );

  const callbacks = callbackRoutes((c, accountId) => {
    const configuration = configurationOf(c.env);
    const { settings } = configuration;
    const ids = idMaker.forRequest(c.req.raw.headers);
    return {
      request: c.req.raw,
      accountId,
      arrived: clock(),
      ids,
      log: new Logger({ level: settings.logLevel, clock }, ids),
      env: c.env,
      ...configuration,
      refusals,
      clock,
      random,
      waitUntil: (work) => c.executionCtx.waitUntil(work),
      sleepUntil: (time) => new Promise((resolve) => setTimeout(resolve, Math.max(0, time - clock()))),
    };
  });

  const app = new Hono<{ Bindings: Cloudflare.Env }>({ strict: false });
  app.route("/", callbacks);
  app.route("/", healthRoutes(configurationOf));
  app.route("/", landingRoutes(configurationOf));
  app.route("/", textPageRoutes({ registryOf, logOf, clock }));
  app.route("/", refusalRoutes(registryOf, clock));
  app.route("/", conversationRoutes(registryOf, clock));
  app.route("/", deadLetterRoutes(registryOf, clock));
  app.route("/", accessTokenRoutes({ registryOf, apisOf, logOf, clock }));
  app.route("/", doctorRoutes({ registryOf, apisOf, logOf, clock }));
  // Not a route: one for names of any kind would cost every push the router's fast table.
  app.notFound(
    (c) => ownershipFile(c.req.raw, configurationOf(c.env).ownershipFiles) ?? c.text("not found", 404),
  );
  return {
    fetch: (request, env, ctx) => app.fetch(request, env, ctx),
    queue: (batch, env, ctx) => {
      const { settings, accounts, apis, sender } = configurationOf(env);
      const log = (requestId: string): Logger =>
        new Logger({ level: settings.logLevel, clock }, { requestId, spanId: "queue" });
      return consume(batch, env, ctx, { bot: anyBot, accounts, apis, sender, clock, log });
    },
  };
}
