// The public page, as a stranger on a weak connection gets it.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Bed } from "./bed.mjs"
import { launch, open } from "./browser.mjs"
import { assertWell } from "./look.mjs"

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
  await assertWell(page, "status")
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
