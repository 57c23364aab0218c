/** The model that the Worker's variables name: `MODEL_API_KEY`, `MODEL_BASE_URL`, `MODEL_NAME`. */
import { variable } from "../../config.ts";
import { OpenAiChat } from "./openai-chat.ts";
import type { ModelProvider } from "./provider.ts";

const BASE_URL = "https://api.deepseek.com/v1";
const NAME = "deepseek-v4-flash";

const models = new WeakMap<object, ModelProvider | undefined>();

/** @returns `undefined` as long as there is no key */
export function modelOfVariables(env: Cloudflare.Env): ModelProvider | undefined {
  if (models.has(env)) return models.get(env);
  const apiKey = variable(env, "MODEL_API_KEY");
  const worker: unknown = Reflect.get(env, "MODEL_WORKER");
  const model =
    apiKey === undefined
      ? undefined
      : new OpenAiChat({
          apiKey,
          baseUrl: variable(env, "MODEL_BASE_URL") ?? BASE_URL,
          model: variable(env, "MODEL_NAME") ?? NAME,
          ...(isFetcher(worker) ? { fetcher: worker } : {}),
        });
  models.set(env, model);
  return model;
}

/** Where that model is: `https://api.deepseek.com`; none when the variable is no address. */
export function originsOfVariables(env: Cloudflare.Env): readonly string[] {
  const baseUrl = variable(env, "MODEL_BASE_URL") ?? BASE_URL;
  return URL.canParse(baseUrl) ? [new URL(baseUrl).origin] : [];
}

function isFetcher(value: unknown): value is { fetch(request: Request): Promise<Response> } {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "fetch") === "function";
}
