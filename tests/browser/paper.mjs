// What a page is like on paper: nothing to press, nothing cut off, and a file to look at.

import assert from "node:assert/strict"
import { mkdir } from "node:fs/promises"
import path from "node:path"

const FOLDER = process.env.MUSTER_SCREENS
const A4 = { width: 794, height: 1123 } // at 96 dots an inch

// Opens the page as it is printed, checks it, and writes NAME.pdf and NAME-paper.png where
// MUSTER_SCREENS names a folder. `shown` is a text that must stand on it.
export async function takePaper(page, href, shown) {
  const before = page.viewportSize()
  await page.goto(href)
  await page.setViewportSize(A4)
  await page.emulateMedia({ media: "print", colorScheme: "light" })
  const found = await page.evaluate(() => {
    const seen = (node) => node.checkVisibility() && node.getBoundingClientRect().height > 0
    const pressed = [...document.querySelectorAll("button, form input, textarea, nav")].filter(seen)
    const { scrollWidth, clientWidth } = document.documentElement
    const beyond = [...document.querySelectorAll("body *")].filter((node) => node.getBoundingClientRect().right > clientWidth)
    const brief = (nodes) => nodes.map((node) => node.outerHTML.slice(0, 80))
    return { pressed: brief(pressed), beyond: brief(beyond), wide: scrollWidth, room: clientWidth }
  })
  assert.deepEqual(found.pressed, [], `what can't be pressed on paper: ${href}`)
  assert(found.wide <= found.room, `${href} is ${found.wide} px wide on ${found.room} px of paper: ${found.beyond.join("\n")}`)
  if (shown) assert(await page.getByText(shown).first().isVisible(), `${href} lacks ${shown} on paper`)
  if (FOLDER) {
    await mkdir(FOLDER, { recursive: true })
    const name = path.join(FOLDER, `paper${href.replaceAll("/", "-").replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "ID")}`)
    await page.screenshot({ path: `${name}.png`, fullPage: true })
    await page.pdf({ path: `${name}.pdf`, format: "A4" })
  }
  await page.emulateMedia({ media: null, colorScheme: null })
  await page.setViewportSize(before)
}
