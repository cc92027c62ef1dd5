// An incident's own pages: one screen, every size, full and odd, by day and by night, without scripts.

import assert from "node:assert/strict"
import { test } from "node:test"
import { DESK, PHONE } from "./browser.mjs"
import { assertWell } from "./look.mjs"
import { bed, browser, owner, press, shareBed } from "./owned.mjs"
import { openSignedIn } from "./signed_in.mjs"

const ANSWERED = ["jonas-brandt", "tomasz-lindqvist", "wilhelmina-featherstonehaugh", "mei-ling-castellanos", "priya-raghunathan"]
const TITLE = "Booking database refuses writes after storage failure on db1; sign-in and bookings are down at all sites"

shareBed()

// An incident in its thirteenth minute: five people have it, functions are down, a task is overdue.
async function seed(kind = "real") {
  const { id } = await bed.tell(`declare ${kind} 3`)
  await bed.tell("advance 11")
  for (const key of ANSWERED) await bed.tell(`answer ${id} ${key} have`)
  await bed.tell("advance 200")
  return id
}

async function fill(page, id) {
  await page.goto(`/incidents/${id}`)
  await press(page, "I take command")
  await page.goto(`/incidents/${id}/edit`)
  await page.getByLabel("Title", { exact: true }).fill(TITLE)
  await press(page, "Save")
  await page.goto(`/incidents/${id}/affected`)
  for (const name of ["Down: User authentication", "Down: Booking", "Slow: Resource", "Down: Database", "Restored: Resource"]) {
    await press(page, name)
  }
  await page.goto(`/incidents/${id}`)
  await page.getByLabel("What happened?").fill("Ask the hosting provider about storage (contract K-2209-114)")
  await page.getByLabel("Task").check()
  await page.getByLabel("Within minutes").fill("1")
  await press(page, "Add to the timeline")
  await page.getByLabel("What happened?").fill("Restore labitory_prod beside live to 02:57:48. No fail-over.")
  await page.getByLabel("Decision").check()
  await press(page, "Add to the timeline")
  await bed.tell("advance 70")
}

test("nine roles, their clocks, what is due and the note box stand on one screen", async (t) => {
  const id = await seed()
  const { page } = await openSignedIn(t, browser, bed, owner, "/")
  await fill(page, id)
  await page.goto(`/incidents/${id}`)
  assert((await page.locator("#people .person").count()) >= 9)
  await page.getByText("In command").waitFor()

  const inSight = async (locator, what) => {
    const box = await locator.boundingBox()
    assert(box && box.y >= 0 && box.y + box.height <= DESK.height, `${what} ends at ${box && box.y + box.height} px`)
  }
  await inSight(page.locator("#due"), "what is due")
  await inSight(page.locator(".clocks"), "the clocks")
  await inSight(page.locator("#people .person").nth(8), "the ninth person")
  await inSight(page.locator("#note"), "the note box")
  await inSight(page.locator("#entries .entry").nth(2), "the third entry")
  await inSight(page.locator("#down-and-deeds"), "what is down, and the buttons")
  await assertWell(page, "incident-now")
})

test("a drill, a held one and one that is over read well, and empty lists say what brings more", { timeout: 180_000 }, async (t) => {
  const { id } = await bed.tell("declare drill 4")
  const { page } = await openSignedIn(t, browser, bed, owner, `/incidents/${id}`)
  await page.getByText(/^Sends in/).waitFor()
  await bed.tell("advance 11")
  await page.goto(`/incidents/${id}/tasks`)
  await page.getByRole("heading", { name: "Nobody was given a task" }).waitFor()
  await page.goto(`/incidents/${id}/command`)
  await page.getByText(/^Ends the incident at once\. The \d+ people paged are told to stand down/).waitFor()
  await press(page, "It was a false alarm")
  await page.getByText(/^False alarm .*, after/).waitFor()
  await assertWell(page, "drill-over")
  await page.goto(`/incidents/${id}/command`)
  await bed.tell("work")
})

test("a refused form reads well, names the field, and keeps what was typed", { timeout: 120_000 }, async (t) => {
  const { id } = await bed.tell("declare real 1")
  const window = await openSignedIn(t, browser, bed, owner, `/incidents/${id}/edit`)
  const { page } = window
  window.expectFault(/status of 422/)
  await page.getByLabel("Impact began").fill("2026-10-25 02:30")
  await press(page, "Save")
  await page.getByText("write 2026-10-25 02:30 CEST or 2026-10-25 02:30 CET").waitFor()
  assert.equal(await page.getByLabel("Impact began").inputValue(), "2026-10-25 02:30")
  await assertWell(page, "incident-edit-refused")

  await page.goto(`/incidents/${id}/timeline`)
  await page.getByLabel("What happened?").fill("Look at db1")
  await page.getByLabel("Task").check()
  await page.getByLabel("Within minutes").fill("soon")
  await press(page, "Add to the timeline")
  await page.getByText("“soon” is no number of minutes").waitFor()
  assert.equal(await page.getByLabel("What happened?").inputValue(), "Look at db1")
  assert(await page.getByLabel("Task").isChecked())
  await assertWell(page, "incident-timeline-refused")
})

test("on a phone what is due comes first, and four links are always in reach", async (t) => {
  const id = await seed()
  const { page } = await openSignedIn(t, browser, bed, owner, `/incidents/${id}`, { phone: true })
  const due = await page.locator("#due").boundingBox()
  const people = await page.locator("#people").boundingBox()
  assert(due.y < people.y && people.y < PHONE.height)
  const acts = page.getByRole("navigation", { name: "Do" })
  assert.deepEqual(await acts.getByRole("link").allTextContents(), ["Note", "Update", "Call list", "Meeting"])
  const bottom = async () => { const box = await acts.boundingBox(); return Math.round(box.y + box.height) }
  assert.equal(await bottom(), PHONE.height)
  await acts.getByRole("link", { name: "Note" }).click()
  await page.getByLabel("What happened?").fill("Typed with a thumb")
  assert.equal(await bottom(), PHONE.height)
  await press(page, "Add to the timeline")
  await page.getByText("Typed with a thumb").waitFor()
})

test("without scripts all of it is forms and links", { timeout: 120_000 }, async (t) => {
  const id = await seed()
  const { page } = await openSignedIn(t, browser, bed, owner, "/", { javaScriptEnabled: false })
  await fill(page, id)
  await page.goto(`/incidents/${id}`)
  assert.match(await page.getByText(/^As of/).textContent(), /As of \d\d:\d\d:\d\d CET/)
  await page.getByText("Restore labitory_prod beside live").waitFor()
  await assertWell(page, "incident-without-scripts", { scripts: false })

  await page.goto(`/incidents/${id}/tasks`)
  await press(page, /^Done/)
  await page.getByText(/^done .* by Ada Lovelace/).waitFor()
  await page.goto(`/incidents/${id}/command`)
  await press(page, "We are recovering")
  await page.getByText(/^Recovering since/).waitFor()
  await page.getByRole("button", { name: "Raise to 4" }).click()
  await page.getByText(/^Sends in/).waitFor()
  await press(page, "Undo")
  await page.getByText("Complete Service Outage").first().waitFor()
})
