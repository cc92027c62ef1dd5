// The plan and its people, as an owner reads them.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Bed } from "./bed.mjs"
import { launch, open } from "./browser.mjs"
import { assertWell } from "./look.mjs"

let browser
let bed
let owner

before(async () => {
  [browser, bed] = await Promise.all([launch(), Bed.start()])
  owner = await bed.tell("seed owner")
  await bed.tell("plan")
})

after(async () => {
  await browser?.close()
  await bed?.stop()
})

async function openSignedIn(t, path) {
  const { page } = await open(t, browser, bed.url)
  await page.goto(`/sign-in?next=${path}`)
  await page.getByLabel("Mail address").fill(owner.email)
  await page.getByLabel("Password").fill(owner.password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.waitForURL((url) => url.pathname === path)
  return page
}

test("the plan in force reads well at every size", async (t) => {
  const page = await openSignedIn(t, "/plan")
  assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1)
  assert(await page.getByRole("heading", { level: 2 }).count() > 3, "the plan's sections are missing")
  const roles = page.getByRole("region", { name: "Team" })
  await roles.getByText("Priya Raghunathan").first().waitFor() // a name, not a key
  await assertWell(page, "plan")
})

test("the people of the plan read well at every size", async (t) => {
  const page = await openSignedIn(t, "/people")
  await page.getByText("Ada Lovelace").first().waitFor()
  await assertWell(page, "people")
})
