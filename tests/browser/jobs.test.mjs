// Jobs: what Muster does by itself, in every state; one is tried again, another is put away.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Bed } from "./bed.mjs"
import { launch } from "./browser.mjs"
import { assertWell } from "./look.mjs"
import { openSignedIn } from "./signed_in.mjs"

const TITLE = "Rechnungslegungsschnittstelle und Buchungsdatenbank in allen Außenstellen verweigern Schreibzugriffe"
const ERROR = "the mail server said 451, not now: <priya@example.org> mailbox.cluster-primary.internal.example.org is over quota"

let browser
let bed
let account

before(async () => {
  [browser, bed] = await Promise.all([launch(), Bed.start()])
  account = await bed.tell("seed owner")
  await bed.tell("plan")
})

after(async () => {
  await browser?.close()
  await bed?.stop()
})

// Of the jobs in the order of their ids the one at `place`, changed.
function change(place, sets) {
  return bed.tell(`sql update jobs set ${sets} where id = (select id from jobs order by id offset ${place} limit 1)`)
}

test("an owner sees all work, tries one again and puts another away", { timeout: 120_000 }, async (t) => {
  const { page } = await openSignedIn(t, browser, bed, account, "/settings")
  await page.getByRole("link", { name: "What Muster does by itself" }).click()
  await page.getByRole("heading", { name: "No work waits" }).waitFor()

  await bed.tell("declare real 2")
  await bed.tell(`sql update incidents set title = '${TITLE}'`)
  await change(0, `state = 'dead', attempt = 7, finished_at = created_at, last_error = '${ERROR}'`)
  await change(1, "state = 'dead', attempt = 1, finished_at = created_at, last_error = 'its arguments are damaged'")
  await change(2, "state = 'running', attempt = 1, lease_until = created_at + interval '1 hour'")
  await change(3, `attempt = 2, run_at = created_at + interval '20 minutes', last_error = '${ERROR}'`)
  await page.reload()
  await page.getByRole("heading", { name: /^Jobs: 2 given up, 1 running, / }).waitFor()
  assert.equal(await page.getByText("@example.org").count(), 0, "no address")
  await assertWell(page, "jobs")

  await page.goto("/")
  await page.getByText("Work was given up").waitFor()
  await assertWell(page, "front-dead-jobs")
  await page.goto("/jobs")
  await page.getByRole("button", { name: "Try again" }).first().click()
  await page.getByRole("heading", { name: /^Jobs: 1 given up, / }).waitFor()
  await page.getByRole("button", { name: "Put away" }).click()
  await page.getByRole("heading", { name: /^Jobs: 1 running, / }).waitFor()

  await bed.tell("advance 7200")
  assert((await bed.mails()).length > 0)
  await page.reload()
  await page.getByRole("heading", { name: "No work waits" }).waitFor()
})
