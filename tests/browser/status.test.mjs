// The public page, as a stranger on a weak connection gets it.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Bed } from "./bed.mjs"
import { launch, open } from "./browser.mjs"
import { assertWell } from "./look.mjs"
import { takePaper } from "./paper.mjs"

const REQUESTS = 10
const BYTES = 100_000

let browser
let bed

before(async () => {
  [browser, bed] = await Promise.all([launch(), Bed.start()])
  await bed.tell("plan")
  await bed.tell("work")
})

after(async () => {
  await browser?.close()
  await bed?.stop()
})

test("the status page needs no account, and reads well at every size", async (t) => {
  const { page, context } = await open(t, browser, bed.url)
  const answer = await page.goto("/status")
  assert.equal(answer.status(), 200)
  assert.deepEqual(await context.cookies(), [])
})

test("ninety days stand as bars that can be told apart without colour, on screen and on paper", async (t) => {
  await bed.tell("seed owner")
  const { id } = await bed.tell("declare real 3")
  await bed.tell(`down ${id} component.booking`)
  await bed.tell("advance 4000")
  const { page } = await open(t, browser, bed.url, { phone: true })
  await page.goto("/status")
  const part = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Bookings" }) })
  const words = (await part.locator("small").textContent()).trim()
  assert.match(words, /^\d+\.\d\d % available in .*: 1 outage, 1 h/)
  const bars = part.getByRole("img", { name: words })
  const heights = await bars.evaluate((svg) => Object.fromEntries([...svg.querySelectorAll("path")].map((path) => [path.getAttribute("class"), getComputedStyle(path).strokeWidth])))
  assert.deepEqual(heights, { none: "4px", down: "32px" })
  assert.match(await bars.locator(".down title").textContent(), /^14 Nov: down 1 h/)
  const { width, x } = await bars.boundingBox()
  assert(width > 300 && x + width <= 360, `${width} px from ${x}`)
  await assertWell(page, "status-bars")
  await page.getByRole("link", { name: "All history" }).click()
  await page.getByText("14 Nov: down 1 h").waitFor()
  await assertWell(page, "status-history")
  for (const path of ["/status", "/status/history.html", "/status/incidents/1.html"]) await takePaper(page, path)
  await bed.mails()
})

test("the status page is small", async (t) => {
  const { page } = await open(t, browser, bed.url)
  const answers = []
  page.on("response", (response) => answers.push(response))
  await page.goto("/status", { waitUntil: "networkidle" })
  const sizes = await Promise.all(answers.map(async (answer) => (await answer.body()).length))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  assert(answers.length < REQUESTS, `${answers.length} requests`)
  assert(bytes < BYTES, `${bytes} bytes before compression`)
})
