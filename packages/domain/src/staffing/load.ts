/** How many are being served at the same time at the beginning of an interval, in its middle and at its end. */
export type Load = readonly [begins: number, middle: number, ends: number]

/**
 * How many are being served in each interval of a day, if everybody is served at once: the load that is really there. Sessions
 * may last longer than an interval, so that it follows what comes with a delay: m' = rate − m / service. Jennings, Mandelbaum,
 * Massey and Whitt, "Server Staffing to Meet Time-Varying Demand", Management Science 42 (1996) 1383-1394. Before a day comes
 * another one like it.
 *
 * @param rates arrivals a minute, for each interval
 */
export function loadsOf(rates: readonly number[], serviceMinutes: number, intervalMinutes: number): Load[] {
  const half = Math.exp(-intervalMinutes / 2 / serviceMinutes)
  const afterHalf = (load: number, rate: number) => rate * serviceMinutes + (load - rate * serviceMinutes) * half
  const after = (load: number, rate: number) => afterHalf(afterHalf(load, rate), rate)
  // What is left of the evening before is a fixed share: the day that ends as it began is known at once.
  let load = rates.reduce(after, 0) / (1 - half ** (2 * rates.length))
  return rates.map((rate): Load => {
    const begins = load
    load = after(begins, rate)
    // A long night leaves some thousandths of a customer, for whom nobody sits there.
    return rate === 0 && begins < negligible ? [0, 0, 0] : [begins, afterHalf(begins, rate), load]
  })
}

/** By Simpson's rule. */
export const meanOf = ([begins, middle, ends]: Load): number => (begins + 4 * middle + ends) / 6

/** Customers. */
const negligible = 0.05
