// Pictures to look at beside the mockups; none are taken unless MUSTER_SCREENS names a folder.

import { mkdir } from "node:fs/promises"
import path from "node:path"
import { DESK, PHONE } from "./browser.mjs"

const FOLDER = process.env.MUSTER_SCREENS

// Both sizes, by day and by night: NAME-1280-light.png and so on; `whole` takes the whole length.
export async function takePictures(page, name, { whole = false } = {}) {
  if (!FOLDER) return
  await mkdir(FOLDER, { recursive: true })
  const before = page.viewportSize()
  for (const size of [DESK, PHONE]) {
    await page.setViewportSize(size)
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme })
      const file = path.join(FOLDER, `${name}-${size.width}-${colorScheme}.png`)
      await page.screenshot({ path: file, fullPage: whole, animations: "disabled" })
    }
  }
  await page.emulateMedia({ colorScheme: null })
  await page.setViewportSize(before)
}
