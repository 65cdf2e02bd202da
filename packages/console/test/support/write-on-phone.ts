import type { FrameLocator } from 'playwright-core'

/** A line of the follower, typed on the simulated phone. */
export async function writeOnPhone(phone: FrameLocator, text: string): Promise<void> {
  const input = phone.getByRole('textbox').first()
  if (!(await input.isVisible())) {
    await phone
      .getByRole('button', { name: /键盘|输入/ })
      .first()
      .click()
  }
  await input.fill(text)
  await input.press('Enter')
}
