// A real cluster with a folder and a bucket: both are drafted on pages, allowed on the host, and used; what would be lost
// rises and falls with its writes, archiving breaks and somebody is told, the bucket takes the lead, and restores of both are verified.

import assert from "node:assert/strict"
import { test } from "node:test"
import { assertWell } from "./look.mjs"
import { bed, browser, owner, press, shareBed } from "./owned.mjs"
import { openSignedIn } from "./signed_in.mjs"

const MOST_S = 15

shareBed({ prepare: () => bed.tell(`plan loses ${MOST_S}`) })

const LOST = "Too much of main would be lost"

// What was mailed, from now until somebody is told that too much would be lost.
async function told() {
  const mails = []
  const until = Date.now() + 60_000
  while (!mails.some((mail) => mail.subject === LOST)) {
    assert(Date.now() < until, `nobody was told: ${mails.map((mail) => mail.subject).join(", ")}`)
    await bed.tell("work")
    mails.push(...await bed.mails())
  }
  return mails.find((mail) => mail.subject === LOST)
}

// From the database's page to a bucket in use; key and secret are asked for on the host alone.
async function addBucket(page) {
  await page.getByRole("link", { name: "Add a repository" }).click()
  const { port, certificate } = await bed.tell("host store")
  assert(await page.getByLabel("A bucket that speaks S3").isChecked())
  const typed = { Store: "localhost", Bucket: "muster", Region: "us-east-1", "Path in it": "/hosts/db1" }
  for (const [label, text] of Object.entries(typed)) await page.getByLabel(label, { exact: true }).fill(text)
  await page.getByText("A store of your own").click()
  await page.getByLabel("Port").fill(port)
  await page.getByLabel("Certificate file on the host").fill(certificate)
  await assertWell(page, "repository-form")
  await press(page, "Draft it for the host’s owner")
  await page.getByRole("heading", { name: "Add the repository bucket" }).waitFor()
  await assertWell(page, "repository-draft")
  const line = await page.locator("#allow-line").textContent()
  await bed.tell(`host allows ${line.split(" ").at(-1)}`)
  await page.getByRole("heading", { name: "The repository bucket is in use and verified" }).waitFor({ timeout: 120_000 })
  await assertWell(page, "repository-verified")
}

test("a cluster is protected twice over, and who looks after it hears when archiving breaks", { timeout: 300_000 }, async (t) => {
  await bed.tell("host starts")
  const { page } = await openSignedIn(t, browser, bed, owner, "/recovery")
  await page.getByLabel("Name").fill("db1")
  await press(page, "Add the site")
  await press(page, "Make a join code")
  const line = await page.locator("#join-line").textContent()
  await bed.tell(`host joins ${line.split(" ").at(-1)}`)
  await page.goto(new URL(page.url()).pathname.replace("/code", ""))
  await page.getByRole("link", { name: "Protect a database" }).first().click()
  const { answer: data } = await bed.tell("host data")
  await page.getByRole("listitem").filter({ hasText: data }).getByRole("link", { name: "Protect this one" }).click()
  await page.getByLabel("Name").fill("main")
  await page.getByLabel("Database role to work as").fill("owner")
  await press(page, "Draft it for the host’s owner")
  const allow = await page.locator("#allow-line").textContent()
  await bed.tell(`host allows ${allow.split(" ").at(-1)}`)
  await page.getByRole("heading", { name: "main is protected and verified" }).waitFor({ timeout: 120_000 })
  await page.getByRole("link", { name: "See its recovery points" }).click()
  await page.getByText("one repository: disk").waitFor()
  await assertWell(page, "database-one-repository")
  await addBucket(page)
  await page.goto("/recovery")
  await page.getByRole("link", { name: "main" }).click()

  const repositories = page.locator("section", { has: page.locator("#repositories") })
  await repositories.getByText("last restore that worked").nth(1).waitFor({ timeout: 120_000 })
  const now = page.locator("#now .clocks")
  await now.getByText("nothing", { exact: true }).waitFor()
  await assertWell(page, "database-two-repositories")

  await bed.tell("host sql create table t as select 1 as x")
  await now.getByText("nothing", { exact: true }).waitFor({ state: "detached" })
  await bed.tell("host sql select pg_switch_wal()")
  await now.getByText("nothing", { exact: true }).waitFor()

  await bed.mails()
  await bed.tell("host repository away")
  await bed.tell("host sql insert into t values (2)")
  await bed.tell("host sql select pg_switch_wal()")
  await page.getByText("into pg_wal until then").first().waitFor({ timeout: 30_000 })
  const mail = await told()
  assert.match(mail.text, /The plan accepts 15 s\./)
  assert.match(mail.text, /muster agent lead main bucket/)
  await assertWell(page, "database-archiving-broken")

  await page.getByRole("button", { name: "Archive here first" }).click()
  await page.getByText("Postgres archives to bucket now").waitFor()
  await bed.tell("host sql insert into t values (3)")
  await bed.tell("host sql select pg_switch_wal()")
  await now.getByText("nothing", { exact: true }).waitFor({ timeout: 90_000 })
  await repositories.getByText("leads").waitFor()
  await bringBack(page)
})

// Somebody empties a table while one repository is away; the incident brings its rows back beside, from the other.
async function bringBack(page) {
  await bed.tell("host sql delete from t where x < 3")
  await bed.tell("host sql insert into t values (4)")
  const { id } = await bed.tell("declare real 3")
  await page.goto(`/incidents/${id}/restore`)
  await page.getByLabel("Table that was harmed").fill("t")
  await press(page, "Find it in the log")
  await page.getByText("2 rows deleted").waitFor({ timeout: 60_000 })
  await assertWell(page, "restore-found")
  await page.getByRole("button", { name: "Restore to before it" }).first().click() // the newest is the first
  const copy = page.getByRole("region", { name: /^Copy 1: before transaction/ })
  await copy.getByText("open, read-only").waitFor({ timeout: 90_000 })
  await copy.getByText("2 commits behind that").waitFor()
  await assertWell(page, "restore-beside")
  await copy.getByRole("button", { name: "Compare with the live one" }).click()
  await copy.getByText("1 of 1 table with more or fewer rows").waitFor({ timeout: 60_000 })
  await copy.getByText("+1").waitFor()
  await assertWell(page, "restore-compared")
  await copy.getByRole("button", { name: "Remove" }).click()
  await copy.waitFor({ state: "detached", timeout: 60_000 })
  await page.goto(`/incidents/${id}/timeline`)
  await page.getByText("it lacks 2 commits").first().waitFor()
}
