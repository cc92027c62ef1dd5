// Several people after the same outage: what one marks or writes shows in the other's window, and a second
// incident of the same outage is merged into the first.

import assert from "node:assert/strict"
import { test } from "node:test"
import { assertWell } from "./look.mjs"
import { bed, browser, declare, owner, press, shareBed } from "./owned.mjs"
import { openSignedIn } from "./signed_in.mjs"

let priya

shareBed({ prepare: async () => { priya = await bed.tell("account priya-raghunathan respond") } })

async function live(page) {
  await page.getByText("Live", { exact: false }).first().waitFor()
}

test("a star shows in another window, on the timeline and in the post-mortem, and chapters follow", { timeout: 120_000 }, async (t) => {
  const id = await declare(1)
  const { page: ada } = await openSignedIn(t, browser, bed, owner, `/incidents/${id}/timeline`)
  const { page: other } = await openSignedIn(t, browser, bed, priya, `/incidents/${id}/timeline`)
  await live(other)
  await press(ada, /^Entry 1 belongs/)
  await other.locator("#entry-1 .star[aria-pressed=true]").waitFor() // by itself
  await press(ada, /^Entry 1 belongs/)
  await other.locator("#entry-1 .star[aria-pressed=false]").waitFor()

  await ada.goto(`/incidents/${id}/affected`)
  await press(ada, "Down: Booking")
  await press(ada, "Restored: Booking")
  await bed.tell(`check ${id}`)
  for (const name of ["It is stable", "Close the incident"]) {
    await ada.goto(`/incidents/${id}/command`)
    await press(ada, name)
  }
  await other.goto(`/postmortems/${id}`)
  await live(other)
  await other.getByLabel("What is to be done?").fill("Watch the dis")
  await ada.goto(`/incidents/${id}/timeline`)
  await press(ada, /^Entry 1 belongs/)
  await other.locator("#starred-entries #entry-1").waitFor()

  const chapter = `/postmortems/${id}/sections/2`
  const { page: third } = await openSignedIn(t, browser, bed, priya, chapter)
  await live(third)
  await third.getByLabel("Text").fill("My half of")
  await ada.goto(chapter)
  await ada.getByLabel("Text").fill("The disk was **full**.")
  await press(ada, "Save")
  await other.locator("#chapter-2 strong", { hasText: "full" }).waitFor()
  await third.getByRole("heading", { name: "Somebody else changed it: as it reads now" }).waitFor()
  await third.locator("#theirs-now strong", { hasText: "full" }).waitFor()
  await assertWell(third, "chapter-changed-meanwhile")
  assert.equal(await third.getByLabel("Text").inputValue(), "My half of")
  assert.equal(await other.getByLabel("What is to be done?").inputValue(), "Watch the dis")
  await press(ada, "Reviewed")
  await other.getByRole("heading", { name: /^reviewed/ }).waitFor()
  await bed.tell("work")
})

test("an outage declared twice is merged, read well, and parted again", { timeout: 120_000 }, async (t) => {
  const first = await declare(2)
  const second = await declare(1)
  const { page } = await openSignedIn(t, browser, bed, owner, `/incidents/${second}/command`)
  await assertWell(page, "command-declared-twice")
  await page.getByRole("link", { name: "Merge it into another" }).click()
  await page.getByRole("heading", { name: "Which one goes on?" }).waitFor()
  await assertWell(page, "merge-choose")
  await page.getByLabel("It is the same as").selectOption(first)
  await page.getByRole("button", { name: "See what moves" }).click()
  await page.getByRole("heading", { name: /^What moves into/ }).waitFor()
  await assertWell(page, "merge-look")

  const { page: other } = await openSignedIn(t, browser, bed, priya, `/incidents/${second}`)
  await live(other)
  await press(page, /^Merge into “/)
  await page.waitForURL(`**/incidents/${first}`)
  await assertWell(page, "merged-target")
  await other.getByRole("heading", { name: /^Merged into “/ }).waitFor() // by itself
  await page.goto(`/incidents/${first}/command`)
  await assertWell(page, "command-merged-target")
  await page.goto(`/incidents/${second}/command`)
  await assertWell(page, "command-merged")
  await page.goto(`/incidents/${second}`)
  await assertWell(page, "merged")
  await press(page, "Undo the merge")
  await page.locator("#people").getByRole("link", { name: "Call list" }).waitFor()
  assert.equal(await page.getByRole("heading", { name: /^Merged into “/ }).count(), 0)
  await bed.tell("work")
})

test("whoever presses second is told who was first, and what they typed stays", { timeout: 120_000 }, async (t) => {
  await bed.tell("account hana-sato respond")
  const id = await declare(3)
  const { page: first } = await openSignedIn(t, browser, bed, owner, "/settings")
  const { page: second, expectFault } = await openSignedIn(t, browser, bed, owner, "/settings")
  expectFault(/status of 4(09|22)/) // what is told to whoever is second
  const told = (page) => page.getByText("Ada Lovelace changed this in between").first().waitFor()

  const mail = async (page, name) => {
    await page.getByLabel("Mail server").fill(`smtps://muster:secret@${name}.example.org`)
    await page.getByLabel("Sender").fill(`${name} <muster@example.org>`)
  }
  await mail(first, "one")
  await mail(second, "two")
  for (const page of [first, second]) await press(page, "Set mail")
  await told(second)
  assert.equal(await second.getByLabel("Sender").inputValue(), "two <muster@example.org>")
  assert.equal(await second.getByLabel("Mail server").inputValue(), "")
  await assertWell(second, "settings-changed-meanwhile")

  await first.goto("/people")
  await first.getByRole("link", { name: "Hana Sato" }).click()
  await first.waitForURL(/\/people\/.*-/)
  await second.goto(first.url())
  for (const [page, right] of [[first, "command"], [second, "approve"]]) {
    await page.getByText("Change what they may do").click()
    await page.getByLabel(`${right}:`).check()
  }
  for (const page of [first, second]) await press(page, "Set what they may do")
  await told(second)
  assert(await second.getByLabel("approve:").isChecked() && !await second.getByLabel("command:").isChecked())
  await assertWell(second, "rights-changed-meanwhile")
  await press(second, "Set what they may do")
  await second.getByRole("heading", { name: "May respond, approve" }).waitFor()

  await second.goto(`/incidents/${id}/update`)
  await second.getByLabel("What it is told").fill("We are looking into it.")
  await first.goto(`/incidents/${id}/affected`)
  await press(first, "Down: Booking")
  await press(second, "Look at it as the public will")
  await second.getByText(/down now\. Ada Lovelace changed it while this was written/).waitFor()
  assert.equal(await second.getByLabel("What it is told").inputValue(), "We are looking into it.")
  await assertWell(second, "update-marked-meanwhile")
  await press(second, "Look at it as the public will")
  await second.getByRole("button", { name: "Publish to the status page" }).waitFor()
})
