// @ts-check
/** Texts about the Worker: how it came to an answer, and the switches that make it stumble. 中文 and English. */

/** @satisfies {Readonly<Record<string, readonly [zh: string, en: string]>>} */
export const WORKER_STRINGS = {
  handlerSwitches: [
    "让处理函数出状况（示例机器人 src/bot.ts 认识这些消息）",
    "Make the handler stumble: the example bot, src/bot.ts, knows these messages",
  ],
  "handler.slow": ["慢 {s}", "Slow, {s} s"],
  "handler.throw": ["出错", "Throw"],
  "handler.hang": ["卡住", "Hang"],
  killWorker: ["结束 Worker 进程", "Kill the Worker"],
  workerKilled: [
    "Worker 已重新启动，存储的数据都还在。",
    "The Worker is up again, with all that it had stored.",
  ],
  workerDown: [
    "Worker 进程已被结束，正在重新启动。这时的推送没有回答，微信会重试。",
    "The Worker was killed and starts again. Until then no push is answered, and WeChat asks again.",
  ],

  answeredBy: ["回答方式：{way}", "Answered by: {way}"],
  "way.passive": ["被动回复", "passive reply"],
  "way.hold": ["等微信重试（hold）", "WeChat's retry (hold)"],
  "way.push": ["客服消息（push）", "customer-service message (push)"],
  "way.mailbox": ["信箱（mailbox）", "mailbox"],
  "way.text": ["固定文本（text）", "fixed text"],
  "late.hold": [
    "迟到：处理函数没有赶上时限，故意不回答，等微信重试。",
    "Late: the handler missed the deadline, and no answer was given so that WeChat asks again.",
  ],
  "late.push": [
    "迟到：处理函数没有赶上时限，它的回复改用客服消息发送。",
    "Late: the handler missed the deadline, and its reply goes out as a customer-service message.",
  ],
  "late.mailbox": [
    "迟到：处理函数没有赶上时限，它的回复放进信箱，用户下次发消息时给出。",
    "Late: the handler missed the deadline, and its reply waits for the user's next message.",
  ],
  "late.none": [
    "迟到：处理函数没有赶上时限，也没有别的途径，它的回复到不了用户。",
    "Late: the handler missed the deadline, and no other way to the user is open for its reply.",
  ],
  "delivery.duplicate": ["去重：第 {number} 次，未再运行", "Duplicate: delivery {number} was not run again"],
  "delivery.resumed": [
    "第 {number} 次：之前的运行中断了，已重新运行",
    "Delivery {number}: the run before had died, so it was run again",
  ],
  runAgain: [
    "运行中断过，处理函数一共开始了 {runs} 次",
    "The run had died: the handler was begun {runs} times in all",
  ],
  "ended.cut_off": ["运行太久，被中断", "The run took too long, and was cut off"],
  "ended.given_up": ["运行一再中断，已放弃", "The run died again and again, and was given up"],
  "ended.no_handler": ["没有处理函数接手这次推送", "No handler took the push"],
  handlerFailed: ["处理函数出错：{error}", "The handler failed: {error}"],
  "trouble.delayed": ["第 {n} 条回复推迟发送：{why}", "Reply {n} is sent later: {why}"],
  "trouble.unknown": [
    "第 {n} 条回复不知道是否送达，不会重发：{why}",
    "Reply {n} may or may not have arrived, and is not sent again: {why}",
  ],
  "trouble.refused": ["第 {n} 条回复被微信拒绝：{why}", "WeChat refused reply {n}: {why}"],
  "trouble.dropped": ["第 {n} 条回复没有发出：{why}", "Reply {n} was not sent: {why}"],
  unhandled: ["没有运行处理函数：{why}", "The handler was not run: {why}"],
  "chip.late": ["迟到", "late"],
  "chip.failed": ["处理出错", "handler failed"],
  "chip.resumed": ["重新运行", "run again"],
  "chip.duplicates": ["去重 {count} 次", "{count}× duplicate"],
};
