import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ConsolePage, OpenOptions } from '../../packages/console/test/support/console-page.ts'
import { fullDay } from '../../packages/console/test/support/full-day.ts'
import { Stage } from '../../packages/console/test/support/stage.ts'
import { leave, show, views } from '../../packages/console/test/support/views.ts'

type Look = Required<Omit<OpenOptions, 'path'>>

const sizes = [
  { width: 1280, height: 720 },
  { width: 390, height: 844 },
]
const looks: readonly Look[] = (['zh-CN', 'en'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).flatMap((theme) => sizes.map((size) => ({ locale, theme, ...size }))),
)

/** Every page and dialog of the console in every look, as NAME-LOCALE-THEME-WIDTH.png. */
export async function takePages(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await using stage = await Stage.prepare()
  for (const look of looks) await takeLook(stage, folder, look)
}

async function takeLook(stage: Stage, folder: string, look: Look): Promise<void> {
  const world = fullDay()
  await using server = await stage.serve(world)
  world.phoneUrl = `${server.url}/phone`
  await using desk = await stage.open(server, look)
  await desk.tab(/./).first().waitFor()
  for (const view of views) {
    await show(desk, world, view)
    await settle(desk)
    const name = `${view.name}-${look.locale}-${look.theme}-${look.width}.png`
    await desk.page.screenshot({ path: join(folder, name), animations: 'disabled' })
    await leave(desk, world, view)
  }
}

/** Pictures and what is asked for last have arrived. */
async function settle({ page }: ConsolePage): Promise<void> {
  await page.waitForTimeout(250)
}
