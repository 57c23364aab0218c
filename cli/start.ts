/** `npm start`: the Worker under `wrangler dev` and the simulator beside it; ends both together. */
import { watchFile } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { WorkerLog } from "../simulator/worker-log.ts";
import { exampleFaults } from "../src/accounts/example-values.ts";
import { configuredAccounts } from "./accounts.ts";
import { announce } from "./announcement.ts";
import { developmentValues } from "./development.ts";
import { KillableWorker } from "./killable-worker.ts";
import { askAsOperator } from "./operator.ts";
import { isPortFree, readPort, WORKER_PORT } from "./ports.ts";
import { brokenText, runtimeFault } from "./runtime-fault.ts";
import { offeredModel } from "./simulated-model.ts";
import { serveSimulator, type SimulatorServer } from "./simulator-server.ts";
import { untilSourcesChange } from "./source-changes.ts";
import { namedTunnel, tunnelFault } from "./tunnel.ts";
import { accountVariables, DEV_VARS, projectRoot, readDevVars } from "./variables.ts";

const HELP = `npm start [-- --port 8787] [--model] [--tunnel-name NAME]
Runs the Worker and a simulated WeChat beside it. Needs no account and no network.
运行 Worker 和一个模拟的微信，不需要公众号，也不需要联网。

  --port N, PORT=N      the Worker's port (8787) · Worker 的端口
  --model               a simulated language model answers what the bot's other handlers do not
                        由模拟的大模型回答其他处理函数都不处理的消息，不需要密钥
  --tunnel-name NAME    a real account: opens the named Cloudflare tunnel, and WeChat's own API is called
                        真实的公众号：打开这个命名隧道，并调用真正的微信接口 (docs/development.md)
  SIMULATOR_PORT=N      the simulator's port (the Worker's + 1) · 模拟器的端口
  .dev.vars             WECHAT_TOKEN=… and so on, instead of the development credentials
                        在 .dev.vars 里写 WECHAT_TOKEN=… 等，代替开发凭据`;

const SLOW_START_MS = 20_000;
const PARENT_POLL_MS = 500;
const WATCH_MS = 1_000;

/** A reason not to start. The message says what to do. */
class StartError extends Error {
  override readonly name = "StartError";
}

/** Ports to listen on. */
interface Ports {
  readonly worker: number;
  readonly simulator: number;
}

function readPorts(flag: string | undefined): Ports {
  const worker = readPort(flag ?? process.env["PORT"], WORKER_PORT);
  if (worker === undefined) throw new StartError("PORT is no port. · PORT 不是合法的端口号。");
  const simulator = readPort(process.env["SIMULATOR_PORT"], worker + 1);
  if (simulator === undefined || simulator === worker || simulator > 65_535) {
    throw new StartError("SIMULATOR_PORT is no other port. · SIMULATOR_PORT 不是另一个合法的端口号。");
  }
  return { worker, simulator };
}

async function refuseTakenPorts({ worker, simulator }: Ports): Promise<void> {
  for (const [port, name] of [
    [worker, "PORT"],
    [simulator, "SIMULATOR_PORT"],
  ] as const) {
    if (await isPortFree(port)) continue;
    throw new StartError(
      `Port ${port} is taken: is npm start running already? Choose another one: ${name}=${port + 10} npm start\n` +
        `端口 ${port} 已被占用：npm start 是否已在运行？可以换一个：${name}=${port + 10} npm start`,
    );
  }
}

/** What `npm start` was told. */
interface Flags {
  readonly port?: string;
  readonly model?: boolean;
  readonly "tunnel-name"?: string;
  readonly help?: boolean;
}

function readFlags(args: readonly string[]): Flags {
  try {
    const options = {
      port: { type: "string" },
      model: { type: "boolean" },
      "tunnel-name": { type: "string" },
      help: { type: "boolean", short: "h" },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StartError(`${message}\n参数有误；npm start -- --help 查看用法。`);
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const values = readFlags(argv);
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const ports = readPorts(values.port);
  const root = projectRoot(process.cwd());
  const environment = accountVariables(process.env);
  const own = { ...readDevVars(root), ...environment };
  const tunnelName = values["tunnel-name"];
  const fault = tunnelName === undefined ? undefined : tunnelFault(tunnelName, own);
  if (fault !== undefined) throw new StartError(fault);
  await refuseTakenPorts(ports);
  // Behind a tunnel it is a real account that anybody can reach: no stand-ins.
  const added = tunnelName === undefined ? developmentValues(own, `http://localhost:${ports.simulator}`) : {};
  const model = offeredModel(values.model === true, own, `http://localhost:${ports.simulator}`);
  const { accounts, faults } = configuredAccounts({ ...added, ...own }, `http://localhost:${ports.worker}`);
  const workerLog = new WorkerLog();
  const running: { worker?: KillableWorker } = {};
  const onKillWorker = (): Promise<void> => killed(running.worker);
  const simulator = await serveSimulator(
    {
      accounts,
      workerLog,
      onKillWorker,
      askWorker: askAsOperator,
      ...(model.isSimulated ? { model: {} } : {}),
    },
    ports.simulator,
  );
  // What `.dev.vars` has, wrangler reads by itself.
  const variables = { ...added, ...environment, ...model.variables };
  const said: { fault?: string | undefined } = {};
  const worker = new KillableWorker({
    root,
    port: ports.worker,
    variables,
    ...(tunnelName === undefined ? {} : namedTunnel(tunnelName)),
    async untilMended() {
      console.error(brokenText(said.fault, "save"));
      said.fault = undefined;
      await untilSourcesChange(root);
    },
    onMended: sayUpAgain,
    write(line, stream) {
      workerLog.take(line);
      said.fault = runtimeFault(line) ?? said.fault;
      process[stream].write(`${line}\n`);
    },
  });
  running.worker = worker;
  const cause = await untilEnd(root, worker, simulator, () =>
    announce({
      accounts,
      faults: [...faults, ...exampleFaults(own)],
      modelLine: model.line,
      simulatorUrl: simulator.url,
      workerPort: ports.worker,
    }),
  );
  if (cause === "ended") throw new StartError(brokenText(said.fault, "start"));
}

/** Kills the Worker, which the page can ask for. */
async function killed(worker: KillableWorker | undefined): Promise<void> {
  if (worker === undefined) return;
  console.error("The Worker was killed and starts again. · 已结束 Worker 进程，正在重新启动。");
  await worker.kill();
  sayUpAgain();
}

function sayUpAgain(): void {
  console.error("The Worker is up again. · Worker 已恢复。");
}

/** Runs until a signal comes or the Worker ends by itself, and leaves nothing behind. */
async function untilEnd(
  root: string,
  worker: KillableWorker,
  simulator: SimulatorServer,
  announceBoth: () => void,
): Promise<"signal" | "ended"> {
  const signalled = untilSignal();
  sayWhenChanged(join(root, DEV_VARS));
  void whenReady(worker, announceBoth);
  const cause = await Promise.race([signalled, worker.ended]);
  await Promise.all([worker.stop(), simulator.close()]);
  return cause;
}

/** Wrangler reloads by itself, but the simulator's credentials and the stand-ins were chosen at the start. */
function sayWhenChanged(path: string): void {
  watchFile(path, { interval: WATCH_MS, persistent: false }, (now, before) => {
    if (now.mtimeMs === before.mtimeMs) return;
    console.error(".dev.vars has changed: run npm start again. · .dev.vars 已修改，请重新运行 npm start。");
  });
}

async function whenReady(worker: KillableWorker, announceBoth: () => void): Promise<void> {
  const slow = setTimeout(() => {
    console.error(
      "The Worker is not up yet; the lines above may say why. · Worker 尚未启动，原因可能在上面的输出里。",
    );
  }, SLOW_START_MS);
  const isReady = await worker.ready;
  clearTimeout(slow);
  if (isReady) announceBoth();
}

function untilSignal(): Promise<"signal"> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => resolve("signal"));
    if (process.env["npm_lifecycle_event"] === undefined) return;
    // Between npm and us may be a shell that dies of a signal without passing it on: then we have another parent.
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve("signal");
    }, PARENT_POLL_MS).unref();
  });
}

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}
