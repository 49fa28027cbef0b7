// Waiting for the thing itself: nothing here sleeps and hopes.

/** Asks until the answer is yes; fails with what was waited for. */
export async function eventually(
  ask: () => boolean | Promise<boolean>,
  what: string,
  { within = 30_000, every = 100 } = {},
): Promise<void> {
  const until = Date.now() + within;
  while (!(await ask())) {
    if (Date.now() > until) throw new Error(`not within ${within} ms: ${what}`);
    await pause(every);
  }
}

/** Asks until there is an answer. */
export async function answered<T>(
  ask: () => Promise<T | null>,
  what: string,
  limits?: { within?: number; every?: number },
): Promise<T> {
  let answer: T | null = null;
  await eventually(
    async () => {
      answer = await ask();
      return answer !== null;
    },
    what,
    limits,
  );
  return answer as T;
}

/** A visitor who does nothing for a while. */
export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
