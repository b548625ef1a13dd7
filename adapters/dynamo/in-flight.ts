/**
 * Lets at most so many calls be under way at the same time; the others wait for their turn, first come first served.
 *
 * Whoever makes one call in the course of another must not hold up the first: two of them could wait for each other.
 */
export function inFlight(most: number): <T>(call: () => Promise<T>) => Promise<T> {
  let flying = 0;
  const waiting: (() => void)[] = [];
  return async (call) => {
    if (flying < most) flying += 1;
    // whoever lands hands the place on, so that nobody slips in between
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next === undefined) flying -= 1;
      else next();
    }
  };
}
