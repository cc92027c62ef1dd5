// Words that leave the house: written, looked at, published, read by a stranger; audiences told by hand.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Bed } from "./bed.mjs"
import { launch, open } from "./browser.mjs"
import { assertWell } from "./look.mjs"

const WORDS = "We have found the cause, a storage failure, and are restoring bookings.\n\nBookings made before 02:57 are safe."

let browser

before(async () => { browser = await launch() })
after(() => browser?.close())

// A bed with the example plan and its owner, ended after the test.
async function start(t) {
  const bed = await Bed.start()
  t.after(() => bed.stop())
  const owner = await bed.tell("seed owner")
  await bed.tell("plan")
  return { bed, owner }
}

async function signIn(page, owner) {
  await page.goto("/sign-in")
  await page.getByLabel("Mail address").fill(owner.email)
  await page.getByLabel("Password").fill(owner.password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.waitForURL((url) => url.pathname === "/")
}

// Declares, waits for the hold to end, and returns the incident's path.
async function declare(page, bed, level, { drill = false } = {}) {
  await page.goto("/declare")
  if (drill) await page.getByLabel("Drill", { exact: true }).check()
  await page.locator(`[data-level-key="${level}"]`).click()
  await page.waitForURL(/\/incidents\/[0-9a-f-]+$/)
  await bed.tell("advance 11")
  await bed.mails()
  return new URL(page.url()).pathname
}

const id = (path) => path.split("/").pop()

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with scripts" : "on a phone without scripts"

  test(`an update is written, looked at, published, and read by a stranger, ${how}`, { timeout: 120_000 }, async (t) => {
    const { bed, owner } = await start(t)
    const phone = !javaScriptEnabled
    const { page, expectFault } = await open(t, browser, bed.url, { javaScriptEnabled, phone })
    expectFault(/status of 422/)
    const look = (name) => assertWell(page, `${name} ${how}`.replaceAll(" ", "-"), { scripts: javaScriptEnabled })
    await signIn(page, owner)
    const incident = await declare(page, bed, 3)
    await bed.tell(`down ${id(incident)} component.booking`)

    await page.goto(incident)
    await (phone ? page.getByLabel("Do") : page.getByRole("navigation")).getByRole("link", { name: "Update" }).click()
    await page.getByText("Still to be filled in or taken out: {{resolution}}").waitFor()
    await page.getByText("Public: everybody reads this on the status page").first().waitFor()
    await look("update")
    await page.getByRole("button", { name: "Look at it as the public will" }).click()
    await page.getByText("Fill in or take out: {{resolution}}.").waitFor()
    await look("update-refused")
    await page.getByLabel("What it is told").fill(WORDS)
    await page.getByLabel("Sign-in").selectOption("slow")
    await page.getByRole("button", { name: "Look at it as the public will" }).click()
    const preview = page.getByRole("region", { name: "Public: everybody reads this" })
    await preview.getByText("We have found the cause").waitFor()
    await preview.getByText("slow").waitFor()
    await look("update-preview")
    await page.getByRole("button", { name: "Change it" }).click()
    assert.equal(await page.getByLabel("What it is told").inputValue(), WORDS)
    await page.getByRole("button", { name: "Look at it as the public will" }).click()
    await page.getByRole("button", { name: "Publish to the status page" }).click()
    await page.waitForURL((url) => url.pathname === incident)
    await page.getByText("Bookings made before 02:57 are safe.").waitFor()

    await bed.tell("work")
    const stranger = await open(t, browser, bed.url, { javaScriptEnabled, phone })
    await stranger.page.goto("/status")
    await stranger.page.getByText("We have found the cause").waitFor()
    await stranger.page.getByRole("heading", { level: 1, name: "Bookings are down" }).waitFor()
    await assertWell(stranger.page, `status-open ${how}`.replaceAll(" ", "-"), { scripts: javaScriptEnabled })
    await bed.mails()
  })
}

test("the status page is up and tells its age while Postgres is stopped, and goes on afterwards", { timeout: 120_000 }, async (t) => {
  const { bed, owner } = await start(t)
  const { page, expectFault } = await open(t, browser, bed.url)
  await signIn(page, owner)
  const incident = await declare(page, bed, 3)
  expectFault(/status of 503/)
  expectFault(/answer 503/)
  await bed.tell("postgres stop")
  bed.expectLog(/ERROR/)

  const stranger = await open(t, browser, bed.url)
  const answer = await stranger.page.goto("/status")
  assert.equal(answer.status(), 200)
  await stranger.page.getByText("as of 02:12:11Z, 14 Nov 2026").waitFor()
  await stranger.page.getByText("If the time above is older, Muster itself is not answering.").waitFor()
  await assertWell(stranger.page, "status-postgres-stopped")
  await page.goto(incident)
  await page.getByRole("heading", { name: "The database doesn’t answer" }).waitFor()
  await page.getByRole("link", { name: "Status page" }).waitFor()

  await bed.tell("postgres start")
  await bed.tell(`say ${id(incident)} 1 Postgres is back.`)
  await stranger.page.reload()
  await stranger.page.getByText("1: Postgres is back.").waitFor()
  await bed.mails()
})

test("audiences are told by hand with the plan's text, and what was sent is on record", { timeout: 120_000 }, async (t) => {
  const { bed, owner } = await start(t)
  const { page, context } = await open(t, browser, bed.url)
  await context.grantPermissions(["clipboard-read", "clipboard-write"])
  await signIn(page, owner)
  const incident = await declare(page, bed, 4)
  await bed.tell("advance 30")

  await page.getByRole("navigation", { name: "Incident" }).getByRole("link", { name: "Tellings" }).click()
  await page.getByText("not yet").first().waitFor()
  await page.getByRole("row", { name: /Management/ }).getByRole("link").click()
  await page.getByRole("button", { name: "Copy the text" }).click()
  await page.getByRole("button", { name: "Copied" }).waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  assert.match(copied, /issues with the Laboratory Management System/)
  await page.getByRole("button", { name: "I have told Management" }).click()
  await page.waitForURL((url) => url.pathname === `${incident}/tellings`)
  await page.getByRole("row", { name: /Management.*Ada Lovelace.*once so far/ }).waitFor()

  await page.goto(`${incident}/tellings/authorities`)
  await page.getByRole("heading", { name: "No address is known" }).waitFor()
  await page.goto(`${incident}/messages`)
  await page.getByRole("heading", { name: /^First page: / }).waitFor()
  await bed.mails()
})

test("what could not be sent is red on the incident and on its messages, with whom to call", { timeout: 120_000 }, async (t) => {
  const { bed, owner } = await start(t)
  for (const name of ["wilhelmina.featherstonehaugh", "jonas.brandt", "mei-ling.castellanos"]) {
    await bed.tell(`refuse ${name}@example.org`)
  }
  const { page } = await open(t, browser, bed.url)
  await signIn(page, owner)
  const incident = await declare(page, bed, 3)
  await page.goto(incident)
  const facts = page.getByRole("region", { name: "3 people could not be reached by mail" })
  await facts.getByText("5.1.1 no such user here").first().waitFor()
  await assertWell(page, "now-unsent")
  await facts.getByRole("link", { name: "1 more" }).click()
  await page.getByRole("heading", { name: "Messages: 3 failed, 6 sent" }).waitFor()
  await page.getByText("Dr. Wilhelmina Featherstonehaugh-Vandenbroucke").first().waitFor()
  await assertWell(page, "messages-failed")
  await bed.mails()
})

test("a drill shows what it would say and publishes nothing", { timeout: 120_000 }, async (t) => {
  const { bed, owner } = await start(t)
  const { page } = await open(t, browser, bed.url)
  await signIn(page, owner)
  const incident = await declare(page, bed, 3, { drill: true })
  await page.goto(`${incident}/update`)
  await page.getByText("A drill publishes nothing.").waitFor()
  await page.getByLabel("What it is told").fill(WORDS)
  await page.getByRole("button", { name: "Look at it as the public will" }).click()
  await page.getByText("We have found the cause").waitFor()
  await assertWell(page, "update-drill")
  await page.getByRole("button", { name: "Write it down; nothing is published" }).click()
  await page.getByText("would go to the status page; shown here only").waitFor()
  await bed.tell("work")
  await page.goto("/status")
  await page.getByRole("heading", { level: 1, name: "No incident is open" }).waitFor()
  await bed.mails()
})

test("a page full of words is read at every size, and what is over has a page of its own", { timeout: 120_000 }, async (t) => {
  const { bed, owner } = await start(t)
  const { page } = await open(t, browser, bed.url)
  await signIn(page, owner)
  const incident = await declare(page, bed, 3)
  for (const part of ["booking", "reporting", "files"]) await bed.tell(`down ${id(incident)} component.${part}`)
  const long = "The reservation of laboratory equipment, including attachments to laboratory protocols and everything that depends on it, answers slowly or not at all. ".repeat(3)
  await bed.tell(`say ${id(incident)} 22 ${long}`)
  await page.goto("/status")
  await page.getByRole("link", { name: "Earlier updates" }).waitFor()
  await assertWell(page, "status-full")
  await page.goto(`${incident}/update`)
  await assertWell(page, "update-full")

  await page.goto(`${incident}/command`)
  await page.getByRole("button", { name: "False alarm" }).click()
  await page.getByText(/^False alarm .*, after/).waitFor()
  await bed.tell("work")
  await page.goto("/status")
  await page.getByRole("link", { name: "Laboratory Management System Unavailable" }).click()
  await page.getByText("This was a false alarm").waitFor()
  await assertWell(page, "status-incident")
  await page.getByRole("link", { name: "How all stands now" }).click()
  await page.getByRole("heading", { level: 1, name: "No incident is open" }).waitFor()
  await bed.mails()
})
