// Sites: an owner adds one, an agent joins by its code, the page shows by itself that it is heard, and when it falls silent.

import assert from "node:assert/strict"
import { test } from "node:test"
import { assertWell } from "./look.mjs"
import { bed, browser, owner, shareBed } from "./owned.mjs"
import { openSignedIn } from "./signed_in.mjs"

shareBed()

const LONG = "Datenbankwirt der Laboratorien in Berlin, dritter Keller"

test("an agent joins by a code, is heard without a reload, looks again when asked, and falls silent", { timeout: 180_000 }, async (t) => {
  const { page } = await openSignedIn(t, browser, bed, owner, "/")
  await page.getByRole("link", { name: "Recovery" }).first().click()
  await page.getByRole("heading", { name: "No site yet" }).waitFor()
  await assertWell(page, "recovery-empty")

  await page.getByLabel("Name").fill(LONG)
  await page.getByRole("button", { name: "Add the site" }).click()
  await page.getByRole("heading", { name: LONG }).waitFor()
  await page.getByText("no agent has joined", { exact: true }).waitFor()
  await assertWell(page, "site-vacant")

  await page.getByRole("button", { name: "Make a join code" }).click()
  const line = await page.locator("#join-line").textContent()
  await page.getByText("works on this very machine alone").waitFor()
  await assertWell(page, "site-code")
  const path = new URL(page.url()).pathname.replace("/code", "")
  await page.goto(path)
  await bed.tell(`agent ${line.split(" ").at(-1)}`)
  await page.getByText("The host, as of").waitFor() // by itself
  await page.getByText("heard", { exact: true }).waitFor()
  await assertWell(page, "site-heard")

  await bed.tell(`sql update sites set facts = '{"version":"0","host":"stale-host","user":"x"}'`)
  await page.getByText("stale-host").waitFor()
  await page.getByRole("button", { name: "Look again now" }).click()
  await page.getByText("stale-host").waitFor({ state: "detached" })

  const kit = {
    wanted: true, lacks: [], command: "sudo -u postgres muster agent kit",
    made: { number: "3F2A-91C4", at: "2026-11-14T02:00:00Z", proved: null,
      copies: ["/backup/muster/a-long-folder-name/of-the-third-cellar/muster/site-kit-3F2A-91C4.kit"] },
  }
  const set = (to) => bed.tell(`sql update sites set facts = '${JSON.stringify({ version: "1", host: "db1", user: "postgres", kit: to })}'`)
  await set({ ...kit, made: null })
  await page.getByText("The keys of its backups lie on this host alone").waitFor()
  await assertWell(page, "site-kit-missing")
  await set(kit)
  await page.getByText("nobody said where its sheet lies").waitFor()
  await assertWell(page, "site-kit-unplaced")
  await page.getByLabel("Where does its sheet lie?").fill("Safe in the office of the laboratory’s head, top shelf, behind the cake")
  await page.getByRole("button", { name: "It lies there" }).click()
  await page.getByText("behind the cake").first().waitFor()
  await page.getByText("to be proved by").waitFor()
  await assertWell(page, "site-kit-good")
  await page.goto("/recovery")
  await page.getByRole("heading", { name: "Muster’s own kit" }).waitFor()
  await assertWell(page, "recovery-kit")
  await page.goto(path)

  await bed.tell("agent ends")
  for (let half = 0; half < 3; half += 1) await bed.tell("advance 30")
  await page.getByText("silent since").waitFor()
  await page.goto("/")
  await page.getByText("is not heard").waitFor()
  await assertWell(page, "front-silent-site")
  for (let half = 0; half < 4; half += 1) await bed.tell("advance 30")
  const subjects = (await bed.mails()).map((mail) => mail.subject)
  assert(subjects.includes(`Site ${LONG} is silent`), subjects.join("\n"))

  await page.goto(path)
  await page.getByRole("button", { name: "Remove this site" }).click()
  await page.getByRole("heading", { name: "No site yet" }).waitFor()
})
