// The floor: what the runtime takes for a request whose body is read, before any work of ours.
export default {
  async fetch(request) {
    await request.text();
    return new Response("success");
  },
};
