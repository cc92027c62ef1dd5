// A database is protected by a guided page: chosen, named, allowed on the host, and followed to a verified point.

import assert from "node:assert/strict"
import { test } from "node:test"
import { assertWell } from "./look.mjs"
import { bed, browser, owner, press, shareBed } from "./owned.mjs"
import { openSignedIn } from "./signed_in.mjs"

shareBed()

const LONG = "/srv/postgres-clusters-of-the-laboratories-in-berlin-third-cellar/fifteen/main_with_a_very_long_name"

const cluster = (data_dir, more = {}) => ({
  data_dir, port: 5432, version: "15", owner: "postgres", running: true, socket: "/var/run/postgresql", ...more,
})

const facts = (clusters) => JSON.stringify({
  version: "0.1.0", host: "db1.example.org", user: "postgres", config: "/etc/muster/agent.toml",
  state: "/var/lib/muster-agent", protects: [], clusters, disks: [], engines: [],
})

const report = (clusters) => bed.tell(`sql update sites set facts_asked_at = null, facts_at = now(), facts = '${facts(clusters)}'`)

const watched = (more) => {
  const at = new Date(Date.UTC(2026, 10, 14, 2, 12)).toISOString()
  const seen = { name: "main", repository: "disk", at, running: true, exposure: "everything", ...more(at) }
  return bed.tell(`sql insert into databases (site, name, seen, seen_at) select id, 'main', '${JSON.stringify(seen)}', '${at}' from sites
    on conflict (site, name) do update set seen = excluded.seen`.replace(/\s+/g, " "))
}

test("a database is chosen, named, drafted, allowed and followed to its first proof", { timeout: 180_000 }, async (t) => {
  const { page, expectFault } = await openSignedIn(t, browser, bed, owner, "/recovery")
  await page.getByLabel("Name").fill("db1")
  await page.getByRole("button", { name: "Add the site" }).click()
  await page.getByRole("button", { name: "Make a join code" }).click()
  const line = await page.locator("#join-line").textContent()
  const site = new URL(page.url()).pathname.replace("/code", "")
  await page.goto(`${site}/protect`)
  await page.getByRole("heading", { name: "No agent has joined this site" }).waitFor()
  await bed.tell(`agent ${line.split(" ").at(-1)}`)
  await page.goto(site)
  await page.getByText("The host, as of").waitFor()
  await bed.tell("agent ends")

  await report([])
  await page.goto("/recovery")
  await page.getByRole("heading", { name: "No database is protected yet" }).waitFor()
  await assertWell(page, "recovery-unprotected")
  await page.getByRole("link", { name: "Protect a database on db1" }).click()
  await page.getByRole("heading", { name: "The agent finds no Postgres cluster" }).waitFor()
  await assertWell(page, "protect-none")

  const archiving = { mode: "off", command: "/bin/true", timeout: 0, wal_level: "replica" }
  await report([
    cluster("/var/lib/postgresql/15/main", { unit: "postgresql@15-main.service", archiving }),
    cluster(LONG, { port: 5433, owner: "grace", version: null }),
    cluster("/srv/shop", { port: 5434, protected_as: "shop" }),
    cluster("/srv/old", { port: 5435, running: false }),
  ])
  await page.goto(site)
  await page.getByText("protected as").waitFor()
  await assertWell(page, "site-clusters")
  await page.getByRole("link", { name: "Protect a database" }).click()
  await page.getByText("it takes an agent of its own").waitFor()
  await assertWell(page, "protect-choose")
  await page.getByRole("link", { name: "Protect this one" }).click()

  assert(await page.getByLabel("Folder", { exact: true }).isVisible() && !await page.getByLabel("Bucket", { exact: true }).isVisible())
  await assertWell(page, "protect-form")
  await page.getByLabel("A bucket that speaks S3").check()
  expectFault(/status of 422/)
  assert(!await page.getByLabel("Folder", { exact: true }).isVisible())
  await page.getByLabel("Name").fill("Main")
  await page.getByLabel("Store", { exact: true }).fill("https://s3.example.org")
  await press(page, "Draft it for the host’s owner")
  await page.getByText("no https://, no port").waitFor()
  assert.equal(await page.getByLabel("Store", { exact: true }).inputValue(), "https://s3.example.org")
  await assertWell(page, "protect-form-wrong")

  await page.getByLabel("A container of Azure Blob Storage").check()
  assert(await page.getByLabel("Storage account").isVisible() && !await page.getByLabel("Region").isVisible())
  await page.getByText("A store of your own").click()
  assert(await page.getByLabel("Store in place of Azure’s").isVisible())
  await assertWell(page, "protect-form-azure")

  await page.getByLabel("A folder of that host").check()
  assert(!await page.getByLabel("Path in it").isVisible())
  await page.getByLabel("Name").fill("main")
  await press(page, "Draft it for the host’s owner")
  await page.getByRole("heading", { name: "Next: on the host, by its owner" }).waitFor()
  const command = await page.locator("#allow-line").textContent()
  assert.match(command, /^sudo muster agent allow [0-9a-f]{6}$/)
  await assertWell(page, "draft-open")

  await bed.tell("sql update drafts set state = 'allowed'")
  const beside = await page.context().newPage()
  await beside.goto("/recovery")
  await beside.getByRole("heading", { name: "No database is protected yet" }).waitFor()
  const refreshed = () => beside.evaluate(() => document.dispatchEvent(new Event("visibilitychange")))
  const copying = (at) => ({ doing: { deed: "full", since: at, at: "copying", percent: 40, copied: 48000000, late_s: null } })
  await watched(copying)
  await refreshed()
  await beside.getByRole("heading", { name: "Databases", exact: true }).waitFor()
  assert.equal(await beside.getByText("No database is protected yet").count(), 0)
  await bed.tell("sql delete from databases")
  await refreshed()
  await beside.getByRole("heading", { name: "No database is protected yet" }).waitFor()
  await beside.close()
  await watched(copying)
  await page.reload()
  await page.getByText("40 %: copying").waitFor()
  await assertWell(page, "draft-copying")
  const off = { check: "main: archiving", health: "bad", words: "archive_mode is off: nothing is archived",
    mend: "restart Postgres, when it suits: archive_mode counts only from a restart" }
  await watched(() => ({ findings: [off] }))
  await page.reload()
  await page.getByRole("heading", { name: "1 thing to mend" }).waitFor()
  await assertWell(page, "draft-hindered")
  await watched((at) => ({ exposure: "nothing", points: [{ label: "20261114-021200F", kind: "full", stopped: at, size: 1, stored: 1,
    timeline: 1, opens: true, last_commit: at, damaged: false, verified: true, proved_at: at }] }))
  await page.reload()
  await page.getByRole("heading", { name: "main is protected and verified" }).waitFor()
  await assertWell(page, "draft-verified")
})
