/**
 * The package `wechat-edge/testing`: WeChat's side, for your own tests.
 *
 * {@link createPush} makes a push, {@link signedPush} the request that carries it, {@link readReply} judges the
 * response as WeChat does; {@link deliver} does all three, retries included. {@link signedUrlCheck} and
 * {@link checkUrl} are the same for the check that the console makes when its form is saved. {@link createSimulator}
 * is all of WeChat in memory: phones, the callback's other end, and the API that a Worker calls.
 *
 * Nothing here needs Node: it runs in workerd as well.
 */

// Pushes
export {
  createPush,
  type FieldChanges,
  type PushOptions,
  type PushSelector,
  SAMPLE_ACCOUNT,
  SAMPLE_OPENID,
} from "./create-push.ts";
export { CATALOGUED, variantsOf } from "./catalog.ts";
export { pushXml, selectorOf } from "./push-xml.ts";

// Requests
export type { AccountKind, AccountTexts, Credentials, Mode, SimulatedAccount } from "./account.ts";
export {
  DEFAULT_URL,
  type PushText,
  type RandomSource,
  type SignedPush,
  signedPush,
  type SignedRequest,
  type SignedUrlCheck,
  signedUrlCheck,
  type SigningOptions,
} from "./signed-push.ts";

// Answers
export { type ReplyReading, readReply } from "./read-reply.ts";
export type { FaultReason } from "./faults.ts";

// Delivery
export { ATTEMPT_TIMEOUT_MS, type Fetch, type SendingOptions } from "./attempt.ts";
export { deliver, type DeliveryOptions, MAX_ATTEMPTS } from "./deliver.ts";
export { checkUrl, type UrlCheck } from "./check-url.ts";
export {
  type Attempt,
  type Exchange,
  NOTICE,
  type Outcome,
  type ReplyField,
  type ShownReply,
} from "./exchange.ts";

// The whole of WeChat
export { createSimulator, type SimulatorOptions } from "./app.ts";
export type { AnswerStory, Delivery, Trouble } from "./answer-story.ts";
export type { KillWorker } from "./worker-control.ts";
export type {
  AskWorker,
  DeadLettersView,
  DeadLetterView,
  JobView,
  OperatorAnswer,
  OperatorQuestion,
} from "./worker-jobs.ts";
export { WorkerLog } from "./worker-log.ts";
export type { FaultKind, FaultOrder, ScriptedFault } from "./platform/scripted-faults.ts";
export type { RecordedCall } from "./platform/call-record.ts";
export type { MenuButton, MessageNote, PhoneView, TimelineEntry } from "./timeline.ts";

// A model in OpenAI's dialect
export type { Behaviour, ModelFault, ModelSwitch, Reasoning } from "./model/behaviour.ts";
export { MODEL_BASE_PATH } from "./model/chat-routes.ts";
export { MODEL_CONTROL_PATH } from "./model/control-routes.ts";
export type { CallCounts, CallEnd, ModelCall } from "./model/model-calls.ts";
export type { FailureName } from "./model/model-failure.ts";
export type { ResetConnection } from "./model/model-routes.ts";
export {
  DEVELOPMENT_MODEL_KEY,
  SIMULATED_MODELS,
  type SimulatedModelOptions,
} from "./model/simulated-model.ts";
export { SPOKEN_SWITCHES } from "./model/spoken-switches.ts";
export type { OrderedSwitch } from "./model/switches.ts";
export { sentencesIn, writtenText, type WritingOptions } from "./model/written-text.ts";
