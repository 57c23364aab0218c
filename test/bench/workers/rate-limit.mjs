// The rate-limiting binding, which a bare workerd lacks: fixed windows counted in the isolate.
const MS_PER_SECOND = 1000;

export default function rateLimit({ limit, period }) {
  let windowEnd = 0;
  const counts = new Map();
  return {
    async limit({ key }) {
      const now = Date.now();
      if (now >= windowEnd) {
        counts.clear();
        windowEnd = now + period * MS_PER_SECOND;
      }
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return { success: count <= limit };
    },
  };
}
