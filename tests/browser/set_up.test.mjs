// The first minutes: from the set-up link to signing in again, with scripts and without.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Bed } from "./bed.mjs"
import { launch, open } from "./browser.mjs"
import { assertWell } from "./look.mjs"

const PASSWORD = "ponies eat purple hay"

let browser

before(async () => { browser = await launch() })
after(() => browser?.close())

async function fill(page, again) {
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("The same password again").fill(again)
}

// Sends the form with passwords that differ, and mends it.
async function becomeOwner(page, look) {
  await page.getByLabel("Your name").fill("Ada Lovelace")
  await page.getByLabel("Mail address").fill("ada@example.org")
  await fill(page, "ponies eat purple clay")
  const refused = page.waitForResponse((response) => response.request().method() === "POST")
  await page.getByRole("button", { name: "Make me the owner" }).click()
  assert.equal((await refused).status(), 422)
  await page.getByText("These two differ.").first().waitFor()
  assert.equal(await page.getByLabel("Your name").inputValue(), "Ada Lovelace")
  assert.equal(await page.getByLabel("Mail address").inputValue(), "ada@example.org")
  await look("set-up-refused")
  await fill(page, PASSWORD)
  await page.getByRole("button", { name: "Make me the owner" }).click()
  await page.waitForURL((url) => url.pathname === "/")
}

async function signIn(page) {
  await page.getByLabel("Mail address").fill("ada@example.org")
  await page.getByLabel("Password").fill(PASSWORD)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.waitForURL((url) => url.pathname === "/")
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with scripts" : "without scripts"

  test(`an owner is made by the link, mends a refused form, leaves and comes back, ${how}`, { timeout: 90_000 }, async (t) => {
    const bed = await Bed.start()
    t.after(() => bed.stop())
    const { page, expectFault } = await open(t, browser, bed.url, { javaScriptEnabled })
    expectFault(/status of 422/)
    const look = (name) => assertWell(page, `${name} ${how}`.replaceAll(" ", "-"), { scripts: javaScriptEnabled })

    await page.goto(bed.hello.setUp)
    await page.getByRole("heading", { name: "Set up Muster" }).waitFor()
    await look("set-up")
    await becomeOwner(page, look)
    await page.getByRole("link", { name: "Ada Lovelace" }).click()
    await page.getByRole("button", { name: "Sign out", exact: true }).click()
    await page.waitForURL((url) => url.pathname === "/sign-in")
    await signIn(page)
  })
}
