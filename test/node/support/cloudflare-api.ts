/**
 * A stand-in of Cloudflare's API for the project's own wrangler: an account with zones, queues, KV and Workers, over
 * real HTTP. It refuses what Cloudflare would refuse, with Cloudflare's own error codes.
 *
 * @see https://developers.cloudflare.com/api/
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** One request as it came. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly body: string;
}

/** A Worker of the account. */
export interface DeployedWorker {
  readonly bindings: readonly Binding[];
  readonly code: string;
  /** Tag of the last migration that was applied. */
  readonly migration: string | undefined;
  readonly classes: ReadonlySet<string>;
  readonly secrets: Map<string, string>;
  readonly domains: string[];
  workersDev: boolean;
  /** How many versions there were. */
  readonly versions: number;
}

type Json = Readonly<Record<string, unknown>>;
/** A binding as wrangler sends it. */
export type Binding = Json & { readonly type: string; readonly name: string };

/** A queue of the account. */
export interface ApiQueue {
  readonly queue_id: string;
  readonly queue_name: string;
  readonly consumers: Json[];
}

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const TOKEN = "cloudflare-api-token";

/** A refusal: Cloudflare's code and words, and the HTTP status. */
class Refusal extends Error {
  readonly code: number;
  readonly status: number;

  constructor(code: number, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const NO_WORKER = new Refusal(10007, "This Worker does not exist on your account.", 404);

/** The account, and the server that speaks for it. */
export class CloudflareApi {
  readonly queues = new Map<string, ApiQueue>();
  readonly namespaces = new Map<string, string>();
  readonly workers = new Map<string, DeployedWorker>();
  readonly requests: ApiRequest[] = [];
  /** Domains that are in the account. */
  zones: readonly string[] = ["example.com"];
  /** DNS records that a custom domain would take the place of; the replaced ones leave. */
  readonly records = new Set<string>();
  workersDevSubdomain: string | undefined = "me";
  /** Whether the token may see and make queues. */
  mayUseQueues = true;
  /** Refuses secrets, as while another version is being deployed. */
  refusesSecrets = false;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#respond(request, response);
    });
  }

  static async start(): Promise<CloudflareApi> {
    const api = new CloudflareApi();
    await new Promise<void>((resolve) => {
      api.#server.listen(0, "127.0.0.1", resolve);
    });
    return api;
  }

  /** What wrangler needs to speak to this account. */
  get environment(): Readonly<Record<string, string>> {
    const address = this.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return {
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}`,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    };
  }

  /** Forgets everything that was deployed. */
  reset(): void {
    for (const kept of [this.queues, this.namespaces, this.workers, this.records]) kept.clear();
    this.requests.length = 0;
    this.zones = ["example.com"];
    this.workersDevSubdomain = "me";
    this.mayUseQueues = true;
    this.refusesSecrets = false;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await this.#answer(request);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const { method = "GET", url: target = "/", headers } = request;
    this.requests.push({ method, target, body: bytes.toString() });
    try {
      if (headers.authorization !== `Bearer ${TOKEN}`) throw new Refusal(10000, "Authentication error", 403);
      const url = new URL(target, "http://cloudflare");
      const type = headers["content-type"] ?? "";
      const result = await this.#route(method, url, { bytes, type });
      const info = Array.isArray(result)
        ? { result_info: { page: 1, per_page: 100, count: result.length, total_count: result.length } }
        : {};
      return { status: 200, body: { success: true, errors: [], messages: [], result, ...info } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message, status } = error;
      return { status, body: { success: false, errors: [{ code, message }], messages: [], result: null } };
    }
  }

  async #route(method: string, { pathname, searchParams }: URL, body: Body): Promise<unknown> {
    const path = pathname.replace(`/accounts/${ACCOUNT}`, "");
    const [, script = "", rest = ""] = /^\/workers\/scripts\/([^/]+)\/?(.*)$/.exec(path) ?? [];
    switch (`${method} ${script === "" ? path : `script/${rest}`}`) {
      case "GET /user/tokens/verify":
        return { id: "token", status: "active" };
      case "GET /user":
        return { id: "user", email: "operator@example.com" };
      case "GET /accounts":
        return [{ id: ACCOUNT, name: "Operator" }];
      case "GET /memberships":
        return [{ id: "membership", account: { id: ACCOUNT, name: "Operator" } }];
      case "GET /queues":
        return this.#listQueues(searchParams.getAll("name"));
      case "POST /queues":
        return this.#createQueue(textIn(jsonOf(body), "queue_name"));
      case "GET /storage/kv/namespaces":
        return [...this.namespaces].map(([id, title]) => ({ id, title }));
      case "POST /storage/kv/namespaces":
        return this.#createNamespace(textIn(jsonOf(body), "title"));
      case "GET /workers/subdomain":
        if (this.workersDevSubdomain === undefined) throw new Refusal(10007, "no workers.dev subdomain", 404);
        return { subdomain: this.workersDevSubdomain };
      case "PUT script/":
        return this.#upload(script, await formOf(body));
      case "POST script/versions":
        this.#worker(script);
        return this.#upload(script, await formOf(body));
      case "POST script/deployments":
      case "PATCH script/script-settings":
        this.#worker(script);
        return {};
      case "GET script/deployments":
        this.#worker(script);
        return { deployments: [] };
      case "GET script/secrets":
        return [...this.#worker(script).secrets.keys()].map((name) => ({ name, type: "secret_text" }));
      case "GET script/settings":
        return { bindings: this.#worker(script).bindings };
      case "POST script/subdomain":
        this.#worker(script).workersDev = jsonOf(body)["enabled"] === true;
        return { enabled: this.#worker(script).workersDev, previews_enabled: false };
      case "PATCH script/secrets-bulk":
        return this.#putSecrets(script, objectIn(jsonOf(body), "secrets"));
      case "POST script/domains/changeset":
        return this.#changes(JSON.parse(body.bytes.toString()));
      case "PUT script/domains/records":
        return this.#putDomains(script, jsonOf(body));
      default:
        return this.#named(method, path, body);
    }
  }

  /** Paths with a name or id in them. */
  #named(method: string, path: string, body: Body): unknown {
    const [, service] = /^\/workers\/services\/([^/]+)$/.exec(path) ?? [];
    if (method === "GET" && service !== undefined) {
      if (!this.workers.has(service)) throw new Refusal(10090, "workers.api.error.service_not_found", 404);
      const { migration } = this.#worker(service);
      const script = { tag: "tag", tags: [], last_deployed_from: "wrangler", migration_tag: migration };
      return { id: service, default_environment: { environment: "production", script } };
    }
    const [, worker] = /^\/workers\/workers\/([^/]+)$/.exec(path) ?? [];
    if (method === "GET" && worker !== undefined) {
      return { subdomain: { enabled: this.#worker(worker).workersDev, previews_enabled: false } };
    }
    const [, queueId, consumer] = /^\/queues\/([^/]+)\/consumers(?:\/([^/]+))?$/.exec(path) ?? [];
    const queue = [...this.queues.values()].find(({ queue_id }) => queue_id === queueId);
    if (queue !== undefined && (method === "POST" || method === "PUT")) {
      return this.#putConsumer(queue, consumer, jsonOf(body));
    }
    throw new Refusal(
      7003,
      `Could not route to ${method} ${path}, perhaps your object identifier is invalid?`,
    );
  }

  #worker(name: string): DeployedWorker {
    const worker = this.workers.get(name);
    if (worker === undefined) throw NO_WORKER;
    return worker;
  }

  #listQueues(names: readonly string[]): readonly ApiQueue[] {
    if (!this.mayUseQueues) throw new Refusal(10000, "Authentication error", 403);
    return [...this.queues.values()].filter(
      ({ queue_name }) => names.length === 0 || names.includes(queue_name),
    );
  }

  #createQueue(name: string): ApiQueue {
    if (!this.mayUseQueues) throw new Refusal(10000, "Authentication error", 403);
    if (this.queues.has(name)) throw new Refusal(11009, "Queue name is already taken");
    const queue: ApiQueue = { queue_id: `id-of-${name}`, queue_name: name, consumers: [] };
    this.queues.set(name, queue);
    return queue;
  }

  #createNamespace(title: string): object {
    const id = `id-of-${title}`;
    if (this.namespaces.has(id)) throw new Refusal(10014, "a namespace with this title already exists");
    this.namespaces.set(id, title);
    return { id, title };
  }

  #putConsumer(queue: ApiQueue, id: string | undefined, consumer: Json): object {
    this.#worker(textIn(consumer, "script_name"));
    const dead = consumer["dead_letter_queue"];
    if (typeof dead === "string" && !this.queues.has(dead))
      throw new Refusal(11000, `Queue ${dead} not found`);
    if (id === undefined && queue.consumers.length > 0)
      throw new Refusal(11004, "workers.api.error.consumer_exists");
    const kept = { ...consumer, consumer_id: "consumer", script: consumer["script_name"] };
    queue.consumers.splice(0, 1, kept);
    return kept;
  }

  /** A new version of a Worker: its bindings must lead somewhere. */
  #upload(name: string, { metadata, code }: { metadata: Json; code: string }): object {
    const before = this.workers.get(name);
    const sent = arrayIn(metadata, "bindings").filter(isBinding);
    const bindings = sent.map((binding) => this.#resolved(binding, before));
    const { migration, classes } = migrated(before, metadata["migrations"]);
    for (const { type, class_name: className } of bindings) {
      if (type !== "durable_object_namespace" || classes.has(String(className))) continue;
      throw new Refusal(
        10061,
        `Cannot create binding for class '${String(className)}' because it is not currently configured to implement Durable Objects.`,
      );
    }
    const keepsSecrets = arrayIn(metadata, "keep_bindings").includes("secret_text");
    this.workers.set(name, {
      bindings,
      code,
      migration,
      classes,
      secrets: keepsSecrets && before !== undefined ? before.secrets : new Map(),
      domains: before?.domains ?? [],
      workersDev: before?.workersDev ?? false,
      versions: (before?.versions ?? 0) + 1,
    });
    const id = "11111111-2222-4333-8444-555555555555";
    const resources = { script: { etag: "etag" } };
    return { id, etag: "etag", startup_time_ms: 9, deployment_id: id.replaceAll("-", ""), resources };
  }

  #resolved(binding: Binding, before: DeployedWorker | undefined): Binding {
    const { type, name } = binding;
    if (type === "inherit") {
      const inherited = before?.bindings.find((one) => one.name === name);
      if (inherited === undefined) throw new Refusal(10057, `inherit binding '${name}' is invalid`);
      return inherited;
    }
    if (type === "kv_namespace" && !this.namespaces.has(String(binding["namespace_id"]))) {
      throw new Refusal(10041, `KV namespace '${String(binding["namespace_id"])}' not found.`);
    }
    if (type === "queue" && !this.queues.has(String(binding["queue_name"]))) {
      throw new Refusal(11000, `Queue ${String(binding["queue_name"])} not found`);
    }
    return binding;
  }

  #putSecrets(name: string, secrets: Json): object {
    const worker = this.#worker(name);
    if (this.refusesSecrets)
      throw new Refusal(10215, "the latest version of your Worker isn't currently deployed");
    for (const [secret, value] of Object.entries(secrets)) {
      if (typeof value === "object" && value !== null)
        worker.secrets.set(secret, textIn({ ...value }, "text"));
      else worker.secrets.delete(secret);
    }
    return {};
  }

  #changes(origins: unknown): object {
    const hosts = hostsOf(origins);
    for (const host of hosts) this.#needZone(host);
    const conflicting = hosts.filter((host) => this.records.has(host)).map((hostname) => ({ hostname }));
    return { added: hosts.map((hostname) => ({ hostname })), removed: [], updated: [], conflicting };
  }

  #putDomains(name: string, wanted: Json): object {
    const worker = this.#worker(name);
    const hosts = hostsOf(wanted["origins"]);
    for (const host of hosts) {
      this.#needZone(host);
      if (!this.records.delete(host) || wanted["override_existing_dns_record"] === true) continue;
      throw new Refusal(100117, `Hostname '${host}' already has externally managed DNS records.`);
    }
    worker.domains.splice(0, worker.domains.length, ...hosts);
    return hosts.map((hostname) => ({ hostname }));
  }

  #needZone(host: string): void {
    if (this.zones.some((zone) => host === zone || host.endsWith(`.${zone}`))) return;
    throw new Refusal(10083, `workers.api.error.zone_not_found for "${host}"`, 404);
  }
}

/** A body and its type. */
interface Body {
  readonly bytes: Buffer;
  readonly type: string;
}

/** Migrations after the one that the Worker has; a new Worker gets all of them. */
function migrated(
  before: DeployedWorker | undefined,
  migrations: unknown,
): Pick<DeployedWorker, "migration" | "classes"> {
  const known = { migration: before?.migration, classes: before?.classes ?? new Set<string>() };
  if (typeof migrations !== "object" || migrations === null) return known;
  const sent: Json = { ...migrations };
  if (sent["old_tag"] !== known.migration)
    throw new Refusal(10079, "the migration tag does not match the expected one");
  const made = arrayIn(sent, "steps").flatMap((step) =>
    arrayIn(Object(step), "new_sqlite_classes").map(String),
  );
  return { migration: textIn(sent, "new_tag"), classes: new Set([...known.classes, ...made]) };
}

async function formOf({ bytes, type }: Body): Promise<{ metadata: Json; code: string }> {
  const form = await new Response(new Uint8Array(bytes), { headers: { "Content-Type": type } }).formData();
  const metadata: Json = JSON.parse(await textOf(form.get("metadata")));
  const main = textIn(metadata, "main_module");
  return { metadata, code: await textOf(form.get(main)) };
}

function textOf(part: File | string | null): Promise<string> {
  if (part === null) throw new Refusal(10021, "No such module");
  return Promise.resolve(typeof part === "string" ? part : part.text());
}

function jsonOf({ bytes }: Body): Json {
  return { ...Object(JSON.parse(bytes.toString())) };
}

function textIn(json: Json, name: string): string {
  const value = json[name];
  if (typeof value === "string") return value;
  throw new Refusal(10001, `${name} is missing`);
}

function arrayIn(json: Json, name: string): readonly unknown[] {
  const value = json[name];
  return Array.isArray(value) ? value : [];
}

function objectIn(json: Json, name: string): Json {
  return { ...Object(json[name]) };
}

function hostsOf(origins: unknown): string[] {
  return Array.isArray(origins) ? origins.map((origin) => textIn({ ...Object(origin) }, "hostname")) : [];
}

function isBinding(value: unknown): value is Binding {
  return (
    typeof Reflect.get(Object(value), "type") === "string" &&
    typeof Reflect.get(Object(value), "name") === "string"
  );
}
