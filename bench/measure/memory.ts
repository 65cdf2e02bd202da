/** Looks at a process's resident memory while something runs; answers the most that was seen, in bytes. */
export async function mostMemory(look: () => Promise<number>, work: () => Promise<unknown>): Promise<number> {
  let most = 0
  const watch = async () => {
    most = Math.max(most, await look())
  }
  let looking = watch()
  const timer = setInterval(() => {
    looking = watch()
  }, 250)
  try {
    await work()
  } finally {
    clearInterval(timer)
    await looking
  }
  return most
}
