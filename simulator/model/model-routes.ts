/** The model server of a simulator: OpenAI's paths, and the control of them. */
import { Hono } from "hono";
import { chatRoutes } from "./chat-routes.ts";
import { modelControlRoutes } from "./control-routes.ts";
import { pictureRoutes } from "./picture-routes.ts";
import { SimulatedModel, type SimulatedModelOptions } from "./simulated-model.ts";

/** Cuts the connection that a request came by, told by what its server gave with it; `false` when it cannot. */
export type ResetConnection = (env: unknown) => boolean;

/** What the routes are made with. */
export interface ModelRouteOptions {
  readonly model?: SimulatedModelOptions | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Default: nobody can; then reading the body fails. */
  readonly resetConnection?: ResetConnection | undefined;
}

/** All paths below `/model`. */
export function modelRoutes({ model: options = {}, now, resetConnection }: ModelRouteOptions): Hono {
  const model = new SimulatedModel(options, now);
  const app = new Hono();
  app.route("/", modelControlRoutes(model));
  app.route("/", pictureRoutes());
  app.route("/", chatRoutes({ model, now, cut: (env) => resetConnection?.(env) ?? false }));
  return app;
}
