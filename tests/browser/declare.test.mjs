// Declaring: two presses by pointer from any page, and by keyboard alone.

import assert from "node:assert/strict"
import { test } from "node:test"
import { bed, browser, owner, shareBed } from "./owned.mjs"
import { openSignedIn } from "./signed_in.mjs"

shareBed()

const isIncident = (url) => /^\/incidents\/[0-9a-f-]{36}$/.test(url.pathname)

test("two presses declare, from any page, and Undo takes it back", async (t) => {
  for (const from of ["/", "/people", "/plan"]) {
    const { page } = await openSignedIn(t, browser, bed, owner, from)
    await page.getByRole("link", { name: "Declare", exact: true }).click()
    await page.getByRole("button", { name: "Declare level 3" }).click()
    await page.waitForURL(isIncident)
    await page.getByText(/Sends in \d+ s: 9 people are paged/).waitFor()
    await page.getByRole("button", { name: "Undo" }).click()
    await page.getByText(/^False alarm .*, after/).waitFor()
  }
})

test("a drill is declared by one more choice, and looks like one", async (t) => {
  const { page } = await openSignedIn(t, browser, bed, owner, "/declare")
  await page.getByLabel("Drill").check()
  await page.getByRole("button", { name: "Declare level 4" }).click()
  await page.waitForURL(isIncident)
  assert.match(await page.getByRole("heading", { level: 1 }).textContent(), /^DRILL: Unnamed/)
  assert.match(await page.title(), /^DRILL, /)
  await page.getByRole("button", { name: "Undo" }).click()
  await page.getByText(/^False alarm .*, after/).waitFor()
})

test("by keyboard d opens, a number chooses, Enter declares, and any other key closes", async (t) => {
  const { page } = await openSignedIn(t, browser, bed, owner, "/people")
  for (const key of ["x", "5", "Escape", "d", "Backspace"]) {
    await page.goto("/people")
    await page.keyboard.press("d")
    await page.waitForURL("**/declare")
    await page.keyboard.press(key)
    await page.waitForURL((url) => url.pathname === "/people", { timeout: 5000 }) // where one was
  }
  await page.keyboard.press("d")
  await page.waitForURL("**/declare")
  for (const level of ["1", "4", "2"]) {
    await page.keyboard.press(level)
    const focused = page.locator(":focus")
    assert.equal(await focused.textContent(), `Declare level ${level}`)
  }
  await page.keyboard.press("Enter")
  await page.waitForURL(isIncident)
  await page.getByText("Major Service Disruption").first().waitFor()
})

test("Enter on the choice of real or drill declares nothing", async (t) => {
  const { page } = await openSignedIn(t, browser, bed, owner, "/declare")
  await page.getByLabel("Drill").focus()
  await page.keyboard.press("Space")
  await page.keyboard.press("Enter")
  await page.getByRole("button", { name: "Declare level 1" }).waitFor()
  assert.equal(new URL(page.url()).pathname, "/declare")
})

test("a d that is typed is a letter, and a chord of the browser's is left alone", async (t) => {
  const { id } = await bed.tell("declare real 1")
  const { page } = await openSignedIn(t, browser, bed, owner, `/incidents/${id}`)
  await page.getByLabel("What happened?").click()
  await page.keyboard.type("d1 is down")
  assert.equal(await page.getByLabel("What happened?").inputValue(), "d1 is down")
  await page.locator("h1").click()
  await page.keyboard.press("Alt+d")
  assert(isIncident(new URL(page.url())))
  await page.keyboard.press("d")
  await page.waitForURL("**/declare")
  await page.getByRole("link", { name: "Join it" }).waitFor()
})
