import assert from 'node:assert/strict'

/** Waits for what happens outside of the page, where the browser's own waiting does not reach. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await isTrue()) return
    await new Promise((done) => setTimeout(done, 25))
  }
  assert.fail(`never true: ${isTrue.toString()}`)
}
