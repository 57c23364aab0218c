// node-easywechat on bare http. Plain JavaScript, so that a Node without type stripping (--peer-node) runs it as well.
import { createServer } from "node:http";
import easywechat from "node-easywechat";

const { ECHO_PREFIX, WECHAT_APP_ID, WECHAT_ENCODING_AES_KEY, WECHAT_MODE, WECHAT_TOKEN } = process.env;
const config = {
  app_id: WECHAT_APP_ID,
  token: WECHAT_TOKEN,
  // With a key it seals every reply, whatever the push was: a plain account must not have one.
  aes_key: WECHAT_MODE === "secure" ? WECHAT_ENCODING_AES_KEY : "",
};

const server = createServer(async (incoming, outgoing) => {
  const app = new easywechat.OfficialAccount(config);
  app.setRequest(await easywechat.ServerRequest.createFromIncomingMessage(incoming));
  const reply = await app
    .getServer()
    .addMessageListener("text", async (message) => ECHO_PREFIX + message.Content)
    .serve();
  outgoing.writeHead(reply.getStatusCode(), reply.getHeaders());
  outgoing.end(reply.getBody().toString());
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
