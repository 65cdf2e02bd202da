/** Every latency is kept: a million of them are eight megabytes, and no bucket rounds the tail. */
export class Latencies {
  #values = new Float64Array(1_024)
  #count = 0
  #isSorted = true

  add(ms: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#count++] = ms
    this.#isSorted = false
  }

  get count(): number {
    return this.#count
  }

  /** The smallest value that at least this share of all values does not exceed; NaN when there are none. */
  percentile(share: number): number {
    if (this.#count === 0) return Number.NaN
    if (!this.#isSorted) this.#values.subarray(0, this.#count).sort()
    this.#isSorted = true
    const rank = Math.max(1, Math.ceil(share * this.#count))
    return this.#values[rank - 1] ?? Number.NaN
  }
}
