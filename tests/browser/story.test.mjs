// The whole story, from a fresh installation to a closed incident: owner, plan, mail, a second person,
// two presses, a page answered on a phone, a timeline that grows, a status page that the public reads.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { fileURLToPath } from "node:url"
import { Bed } from "./bed.mjs"
import { launch, open } from "./browser.mjs"
import { assertWell } from "./look.mjs"

const PLAN = fileURLToPath(new URL("../../plans/labitory.toml", import.meta.url))
const PASSWORD = "ponies eat purple hay"
const OWN = "gravel otter monsoon fiddle"
const LEVEL_2 = ["jonas.brandt", "priya.raghunathan", "tomasz.lindqvist", "wilhelmina.featherstonehaugh"].map((name) => `${name}@example.org`)

let browser
let bed

before(async () => { [browser, bed] = await Promise.all([launch(), Bed.start(undefined, "without-mail")]) })

after(async () => {
  await browser?.close()
  await bed?.stop()
})

const press = (page, name) => page.getByRole("button", { name, exact: true }).click()
const linkOf = (mail) => new URL(mail.text.match(/https?:\/\/\S+/)[0]).pathname

async function becomeOwner(page) {
  await page.goto(bed.hello.setUp)
  await page.getByLabel("Your name").fill("Ada Lovelace")
  await page.getByLabel("Mail address").fill("ada@example.org")
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD)
  await page.getByLabel("The same password again").fill(PASSWORD)
  await press(page, "Make me the owner")
  await page.getByRole("heading", { name: "No incident, and no plan yet" }).waitFor()
}

async function bringInThePlan(page) {
  await page.getByRole("link", { name: "Bring in a plan" }).click()
  await page.getByLabel("A file").setInputFiles(PLAN)
  await press(page, "See what would change")
  await press(page, "Bring in revision 1")
  await page.getByText("Revision 1, in force since").first().waitFor()
}

async function setMail(page) {
  await page.goto("/")
  await page.getByRole("heading", { name: "No incident. Not ready: nobody can be paged" }).waitFor()
  await page.goto("/declare")
  assert.equal(await page.getByText("call list only").count(), 4)
  await page.goto("/")
  await page.getByRole("link", { name: "Set the mail server" }).click()
  await page.getByLabel("Mail server").fill((await bed.tell("smtp")).url)
  await page.getByLabel("Sender").fill("Muster <muster@example.org>")
  await press(page, "Set mail")
  await press(page, "Send a test message to me")
  await page.getByText("took a test message to ada@example.org").waitFor()
  assert.deepEqual((await bed.mails()).map((mail) => mail.to), [["ada@example.org"]])
  await page.goto("/")
  await page.getByRole("heading", { name: /^No incident\. Ready, with \d+ things?/ }).waitFor()
}

async function invite(page, phone) {
  await page.getByRole("link", { name: "People" }).first().click()
  await page.getByRole("link", { name: "Jonas Brandt" }).click()
  await press(page, "Invite them")
  await page.getByText("The mail server took the mail to jonas.brandt@example.org").waitFor()
  const [mail] = await bed.mails()
  await phone.goto(linkOf(mail))
  await phone.getByLabel("Password", { exact: true }).fill(OWN)
  await phone.getByLabel("The same password again").fill(OWN)
  await press(phone, "Keep it and sign in")
  await phone.waitForURL((url) => url.pathname === "/")
}

async function declare(page) {
  await page.getByRole("link", { name: "Declare", exact: true }).click()
  await page.getByRole("button", { name: "Declare level 2" }).waitFor()
  await press(page, "Declare level 2")
  await page.waitForURL(/\/incidents\/[0-9a-f-]{36}$/)
  return new URL(page.url()).pathname
}

async function answer(phone, mail) {
  assert.match(mail.subject, /^Level 2: /)
  await phone.goto(linkOf(mail))
  await phone.getByRole("button", { name: "I have it" }).waitFor()
  await press(phone, "I have it")
  await phone.getByText(/You said at .*: I have it\./).waitFor()
}

async function note(page, words) {
  await page.getByLabel("What happened?").fill(words)
  await press(page, "Add to the timeline")
}

test("from a fresh installation to a closed incident", { timeout: 300_000 }, async (t) => {
  const { page: ada } = await open(t, browser, bed.url)
  const { page: jonas } = await open(t, browser, bed.url, { phone: true })
  const { page: stranger } = await open(t, browser, bed.url, { phone: true })

  await becomeOwner(ada)
  await bringInThePlan(ada)
  await setMail(ada)
  await invite(ada, jonas)

  const incident = await declare(ada)
  await bed.tell("work")
  const pages = await bed.mails()
  assert.deepEqual(pages.flatMap((mail) => mail.to).sort(), LEVEL_2)
  const { page: answering } = await open(t, browser, bed.url, { phone: true }) // nobody is signed in there
  await answer(answering, pages.find((mail) => mail.to[0] === "jonas.brandt@example.org"))
  await ada.getByText("Jonas Brandt has it.").waitFor() // by itself
  await ada.getByText("1 of 4 people answered").first().waitFor()
  await ada.goto(`${incident}/calls`)
  await ada.getByRole("heading", { name: "3 people to call" }).waitFor()

  await ada.goto(incident)
  await press(ada, "I take command")
  await jonas.goto(incident)
  await note(jonas, "The disk of the booking database is full.")
  await ada.getByText("The disk of the booking database is full.").waitFor()
  await bed.tell("work")
  await stranger.goto("/status")
  await stranger.getByText("We are currently experiencing").first().waitFor()
  await assertWell(stranger, "status-story")

  await press(ada, "The service is restored")
  await press(ada, "It is stable")
  await ada.getByRole("link", { name: "Go through it" }).click()
  for (let open = await ada.getByRole("button", { name: /^Done: / }).count(); open > 0; open -= 1) await ada.getByRole("button", { name: /^Done: / }).first().click()
  await ada.goto(incident)
  await press(ada, "Close the incident")
  await ada.getByText(/^Closed .*, after/).waitFor()
  await assertWell(ada, "incident-closed")
  await bed.tell("work")
  await stranger.goto("/status")
  await stranger.getByRole("heading", { level: 1, name: "No incident is open" }).waitFor()
  await ada.goto("/")
  await ada.getByRole("link", { name: "Last incident" }).waitFor()
  await assertWell(ada, "front-after")
  await bed.mails()
})
