// The plan and its people, as an owner reads them, brings them in and changes them.

import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { after, before, test } from "node:test"
import { fileURLToPath } from "node:url"
import { Bed } from "./bed.mjs"
import { launch, open } from "./browser.mjs"
import { assertWell } from "./look.mjs"

const PLAN = await readFile(fileURLToPath(new URL("../../plans/labitory.toml", import.meta.url)), "utf8")
const LOOK = { name: "See what would change" }

let browser

before(async () => { browser = await launch() })
after(() => browser?.close())

// A bed of its own for each test, because each changes the plan; with the example plan or without.
async function openSignedIn(t, path, { plan = true, ...options } = {}) {
  const bed = await Bed.start()
  t.after(() => bed.stop())
  const owner = await bed.tell("seed owner")
  if (plan) await bed.tell("plan")
  const { page, expectFault } = await open(t, browser, bed.url, options)
  await page.goto(`/sign-in?next=${path}`)
  await page.getByLabel("Mail address").fill(owner.email)
  await page.getByLabel("Password").fill(owner.password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.waitForURL((url) => url.pathname === path)
  return { page, expectFault }
}

// Chooses a file of this text, and looks at what it would change.
async function send(page, text) {
  await page.getByLabel("A file").setInputFiles({ name: "plan.toml", mimeType: "text/plain", buffer: Buffer.from(text) })
  await page.getByRole("button", LOOK).click()
}

async function press(page, name, path) {
  await page.getByRole("button", { name }).click()
  await page.waitForURL((url) => url.pathname === path)
}

test("the plan in force reads well at every size", async (t) => {
  const { page } = await openSignedIn(t, "/plan")
  assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1)
  assert.equal(await page.getByRole("heading", { level: 2 }).count(), 22)
  const team = page.getByRole("region", { name: "Team" })
  await team.getByText("Priya Raghunathan").first().waitFor() // a name, not a key
  await page.getByRole("link", { name: "Redis cache and message broker failure" }).click()
  await page.getByRole("heading", { name: "2. Restart Redis" }).waitFor()
})

test("the people of the plan read well at every size", async (t) => {
  const { page } = await openSignedIn(t, "/people")
  await page.getByText("Ada Lovelace").first().waitFor()
})

test("a first plan comes in as a file: found wrong, mended, compared, confirmed", { timeout: 120_000 }, async (t) => {
  const { page, expectFault } = await openSignedIn(t, "/", { plan: false })
  expectFault(/status of 422/)
  await page.getByRole("link", { name: "Bring in a plan" }).click()

  await send(page, PLAN.replace('usual_downtime = "30 min"', 'usual_downtime = "soon"'))
  const wrong = page.getByRole("row").filter({ hasText: "level.1.usual_downtime" })
  assert.match(await wrong.textContent(), /^Line 183, column 18error.*“soon” is no span of time/)
  await assertWell(page, "upload-wrong")

  await send(page, PLAN)
  await page.getByText("Revision 1 would change").waitFor()
  await assertWell(page, "upload-difference")
  await press(page, "Bring in revision 1", "/plan")
  await page.getByText("Revision 1, in force since").first().waitFor()
})

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with scripts" : "without scripts"

  test(`one field of a level is changed, looked at and confirmed, ${how}`, { timeout: 120_000 }, async (t) => {
    const { page, expectFault } = await openSignedIn(t, "/plan", { javaScriptEnabled })
    expectFault(/status of 422/)
    const look = async (name) => { if (javaScriptEnabled) await assertWell(page, name) }
    await page.getByRole("link", { name: "Change something" }).click()
    await look("plan-change")
    await page.getByRole("link", { name: "Change level 2" }).first().click()

    await page.getByLabel("Usual downtime, at most").fill("soon")
    await page.getByRole("button", LOOK).click()
    const field = page.getByLabel("Usual downtime, at most")
    await page.getByText("“soon” is no span of time").waitFor()
    assert.equal(await field.inputValue(), "soon")
    await look("thing-wrong")

    await field.fill("45 min")
    await page.getByRole("button", LOOK).click()
    const row = page.getByRole("row").filter({ hasText: "level.2.usual_downtime" })
    assert.match(await row.textContent(), /2 h.*45 min/s)
    await look("thing-difference")
    await press(page, "Bring in revision 2", "/plan")
    await page.getByText("at most 45 min").waitFor()
    assert.equal(new URL(page.url()).hash, "#levels")
  })
}

test("the first holder of a role is exchanged, and a step comes into a runbook", { timeout: 120_000 }, async (t) => {
  const { page } = await openSignedIn(t, "/plan/things/role/dba")
  await page.getByLabel("Holders, 1").selectOption({ label: "Ruth Abiodun" })
  await page.getByLabel("Holders, 2").selectOption({ label: "Ivo Marsh" })
  await page.getByRole("button", LOOK).click()
  await page.getByText("ruth-abiodun, ivo-marsh").waitFor()
  await press(page, "Bring in revision 2", "/plan")

  await page.goto("/plan/things/runbook/redis")
  await page.getByRole("link", { name: "Add a step" }).click()
  await page.getByLabel("What to do").fill("Call the vendor")
  await page.getByLabel("Stands").selectOption({ label: "After 1. Check Redis' status" })
  await page.getByRole("button", LOOK).click()
  await press(page, "Bring in revision 3", "/plan/things/runbook/redis")
  assert.match(await page.getByRole("listitem").filter({ hasText: "Call the vendor" }).textContent(), /Call/)
  await page.goto("/plan/removals/role/dba")
  await page.getByText("It can’t go yet").waitFor()
})

test("an earlier revision is listed, read, and brought back", { timeout: 120_000 }, async (t) => {
  const { page, expectFault } = await openSignedIn(t, "/plan/revisions/new")
  expectFault(/export net::ERR_ABORTED/) // what is kept as a file is no page
  await send(page, PLAN.replace("Major Service Disruption", "Rather Major Disruption"))
  await press(page, "Bring in revision 2", "/plan")
  await page.getByRole("link", { name: "Revisions" }).click()

  await page.getByRole("link", { name: "1", exact: true }).click()
  await page.getByText("This is revision 1, which is not in force.").waitFor()
  await page.getByText("Major Service Disruption").first().waitFor()
  const kept = page.waitForEvent("download")
  await page.getByRole("link", { name: "Export as text" }).click()
  assert.equal((await kept).suggestedFilename(), "plan-revision-1.toml")

  await page.getByRole("link", { name: "Bring it back" }).click()
  await page.getByText("Revision 3 would change 1 thing.").waitFor()
  await press(page, "Bring in revision 3", "/plan")
})
