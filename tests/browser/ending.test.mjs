// To the end of an incident in a real browser: a runbook that two people follow, the checklist, the
// briefing, the post-mortem, and all of it on paper.

import assert from "node:assert/strict"
import { test } from "node:test"
import { assertWell } from "./look.mjs"
import { bed, browser, declare, owner, press, shareBed } from "./owned.mjs"
import { takePaper } from "./paper.mjs"
import { openSignedIn } from "./signed_in.mjs"

const RUNBOOK = "Recover the database to a point in time"

shareBed()

// What is closed: one note starred, a function down and back, the checklist gone through.
async function close(page, id) {
  await page.goto(`/incidents/${id}`)
  await press(page, "I take command")
  await page.getByLabel("What happened?").fill("Storage of db1 is gone; the replica is whole")
  await press(page, "Add to the timeline")
  await page.goto(`/incidents/${id}/timeline`)
  await press(page, /belongs into the post-mortem/)
  await page.goto(`/incidents/${id}/affected`)
  await press(page, "Down: Booking")
  await press(page, "Restored: Booking")
  await page.goto(`/incidents/${id}/command`)
  await press(page, "It is stable")
  await page.goto(`/incidents/${id}/command`)
  const open = page.locator("#check-system-validation-far + p + ol").getByRole("button", { name: /^Done: / })
  for (let left = await open.count(); left > 0; left -= 1) {
    const loaded = page.waitForEvent("load")
    await open.first().click()
    await loaded
  }
  await press(page, "Close the incident")
}

test("two people follow one runbook, and each sees what the other ticks", { timeout: 120_000 }, async (t) => {
  const id = await declare(3)
  const priya = await bed.tell("account priya-raghunathan respond")
  const { page: ada } = await openSignedIn(t, browser, bed, owner, `/incidents/${id}/runbooks`)
  const { page: other } = await openSignedIn(t, browser, bed, priya, `/incidents/${id}/runbooks`)
  for (const page of [ada, other]) await page.getByRole("link", { name: RUNBOOK }).click()
  await other.getByText("Live", { exact: false }).first().waitFor()

  await press(ada, "Done: Stop application services")
  await other.getByText(/^done .* by Ada Lovelace/).waitFor() // by itself
  await other.getByRole("heading", { name: "1 of 7 steps" }).waitFor()
  await other.getByRole("button", { name: "Done: Stop application services" }).waitFor({ state: "detached" })
  const second = other.locator("#step-2")
  await second.getByText("Skip it").first().click()
  await second.getByLabel("Why?").fill("It stands already")
  await press(second.page(), "Skip it: Create the recovery database")
  await ada.getByText(/^skipped .*: It stands already$/).waitFor()
  await assertWell(ada, "runbook-followed")
  await bed.tell("work")
})

test("what is typed as a reason stays while somebody else ticks", async (t) => {
  const id = await declare(3)
  const { page } = await openSignedIn(t, browser, bed, owner, `/incidents/${id}/runbooks/point-in-time-recovery`)
  await page.locator("#step-1").getByText("Skip it").first().click()
  await page.locator("#step-1").getByLabel("Why?").fill("No serv")
  const { page: second } = await openSignedIn(t, browser, bed, owner, `/incidents/${id}/runbooks/point-in-time-recovery`)
  await press(second, "Done: Create the recovery database")
  await page.locator("#step-2").getByText(/^done/).waitFor()
  assert.equal(await page.locator("#step-1").getByLabel("Why?").inputValue(), "No serv")
  await bed.tell("work")
})

test("checklist, briefing and post-mortem read well, empty and full, and print", { timeout: 240_000 }, async (t) => {
  const id = await declare(3)
  const window = await openSignedIn(t, browser, bed, owner, `/incidents/${id}/briefing`)
  const { page } = window
  await assertWell(page, "briefing-empty")
  await page.goto("/postmortems")
  await close(page, id)
  await page.goto(`/incidents/${id}/command`)
  await assertWell(page, "command-checked")
  await page.goto(`/incidents/${id}/briefing`)
  await assertWell(page, "briefing-closed")
  await page.goto(`/incidents/${id}/timeline`)
  await assertWell(page, "timeline-starred")
  await page.goto(`/incidents/${id}`)
  await page.getByRole("link", { name: "Write it" }).click()
  await page.getByRole("heading", { level: 1, name: /^Post-mortem/ }).waitFor()
  await page.getByLabel("What is to be done?").fill("Watch the disks of all database hosts, and page before they are full")
  await page.getByLabel("By which day").fill("2026-11-20")
  await press(page, "Add it")
  await assertWell(page, "postmortem")
  await page.getByRole("link", { name: "Write it" }).first().click()
  await page.getByLabel("Text").fill("# Cause\n\nA **disk** failed.\n\n- first\n- second\n\n> quoted\n\n```\ndf -h\n```")
  await press(page, "Look at it")
  await page.getByRole("heading", { name: "As yours will read, not saved yet" }).waitFor()
  await assertWell(page, "postmortem-chapter")
  await press(page, "Save")
  await page.getByRole("link", { name: /^Change: Watch/ }).click()
  await page.goto("/postmortems")
  await page.goto("/incidents?level=4")
  await page.goto("/incidents")
  await page.goto("/")
  await assertWell(page, "front-to-write")

  const names = ["", "/timeline", "/briefing", "/calls", "/runbooks/point-in-time-recovery"]
  for (const rest of names) await takePaper(page, `/incidents/${id}${rest}`)
  for (const path of ["/plan", `/postmortems/${id}`]) await takePaper(page, path)
  await takePaper(page, "/people", "+49")
  await page.goto("/people")
  await takePaper(page, await page.getByRole("link", { name: "Jonas Brandt" }).getAttribute("href"), "+49")
  await bed.tell("work")
})

test("without scripts steps are ticked, items waived and chapters written", { timeout: 120_000 }, async (t) => {
  const id = await declare(3, "drill")
  const { page } = await openSignedIn(t, browser, bed, owner, "/", { javaScriptEnabled: false })
  await page.goto(`/incidents/${id}/runbooks/point-in-time-recovery`)
  await press(page, "Done: Stop application services")
  await page.getByRole("heading", { name: "1 of 7 steps" }).waitFor()
  await press(page, "Undo: Stop application services")
  await page.getByRole("heading", { name: "0 of 7 steps" }).waitFor()
  await close(page, id)
  await page.goto(`/postmortems/${id}`)
  await page.getByRole("link", { name: "Write it" }).first().click()
  await page.getByLabel("Text").fill("All **well**.")
  await press(page, "Save")
  await page.locator("strong", { hasText: "well" }).waitFor()
  await assertWell(page, "postmortem-without-scripts", { scripts: false })
  await bed.tell("work")
})
