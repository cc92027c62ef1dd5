// What every page must stand: both sizes, by day and by night, with nothing wrong at full height.

import assert from "node:assert/strict"
import { assertAccessible } from "./axe.mjs"
import { DESK, PHONE } from "./browser.mjs"
import { takePictures } from "./screens.mjs"

// Checks the page as it stands, and leaves the window as it was. Without `scripts` the accessibility
// rules can't run either; the page's room is checked all the same.
export async function assertWell(page, name, { scripts = true } = {}) {
  await page.mouse.move(0, 0) // what is pointed at looks different
  await page.emulateMedia({ reducedMotion: "reduce" }) // a colour on its way to another is neither
  const before = page.viewportSize()
  for (const size of [DESK, PHONE]) {
    await page.setViewportSize(size)
    await assertNoSidewaysScroll(page, name)
    for (const colorScheme of size === PHONE ? ["light", "dark"] : ["light"]) {
      await page.emulateMedia({ colorScheme })
      if (scripts) await assertAccessible(page, { colours: colours(size, colorScheme) })
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  await page.setViewportSize(before)
  await takePictures(page, name, { whole: true })
}

// What is not a colour is the same by day and by night, and a size has few colours that the other lacks: they are looked
// at by day where all is wide, and by night where it is narrow.
function colours(size, colorScheme) {
  if (colorScheme === "dark") return "only"
  return size === PHONE ? "no" : "too"
}

async function assertNoSidewaysScroll(page, name) {
  const { wide, room } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return { wide: scrollWidth, room: clientWidth }
  })
  assert(wide <= room, `${name} is ${wide} px wide in a window of ${room} px`)
}
