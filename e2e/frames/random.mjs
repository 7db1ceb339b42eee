/** Random numbers that are the same for the same seed (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const between = (low, high) => low + (high - low) * next();
  // Three uniform numbers are near enough to a bell for sensor noise.
  const bell = () => (next() + next() + next() - 1.5) * 2;
  return { next, between, bell };
}
