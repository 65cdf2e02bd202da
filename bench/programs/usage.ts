export type Usage = { readonly memoryBytes: number; readonly processorMs: number }

/** What the process holds now, and what it has used since it began. */
export async function readUsage(): Promise<Usage> {
  const { user, system } = process.cpuUsage()
  return { memoryBytes: process.memoryUsage.rss(), processorMs: (user + system) / 1000 }
}
