// People: one is invited by a mailed link, shows that mail reaches them, and is given more rights.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Bed } from "./bed.mjs"
import { launch, open } from "./browser.mjs"
import { assertWell } from "./look.mjs"

const PASSWORD = "ponies eat purple hay"
const OWN = "gravel otter monsoon fiddle"

let browser
let bed

before(async () => {
  [browser, bed] = await Promise.all([launch(), Bed.start()])
  await bed.tell("seed owner")
  await bed.tell("plan")
})

after(async () => {
  await browser?.close()
  await bed?.stop()
})

async function openSignedIn(t, path, options) {
  const window = await open(t, browser, bed.url, options)
  await signIn(window.page, "ada@example.org", PASSWORD, path)
  return window
}

async function signIn(page, email, password, path = "/") {
  await page.goto(`/sign-in?next=${path}`)
  await page.getByLabel("Mail address").fill(email)
  await page.getByLabel("Password").fill(password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.waitForURL((url) => url.pathname === path)
}

// The page behind the link of the one mail that left, in a window of whoever reads it.
async function followMail(page, to) {
  const mails = await bed.mails()
  assert.deepEqual(mails.map((mail) => mail.to), [[to]])
  const link = mails[0].text.match(/https?:\/\/\S+/)[0]
  await page.goto(new URL(link).pathname)
}

test("an owner invites a second person by a mailed link, and raises their rights", { timeout: 120_000 }, async (t) => {
  const { page: ada } = await openSignedIn(t, "/people")
  const { page: hana } = await open(t, browser, bed.url, { phone: true })

  await ada.getByRole("link", { name: "Hana Sato" }).click()
  await ada.getByRole("button", { name: "Invite them" }).click()
  await ada.getByText("The mail server took the mail to hana.sato@example.org").waitFor()
  await assertWell(ada, "person-invited")

  await followMail(hana, "hana.sato@example.org")
  assert.equal(await hana.getByLabel("Mail address").inputValue(), "hana.sato@example.org")
  await hana.getByLabel("Password", { exact: true }).fill(OWN)
  await hana.getByLabel("The same password again").fill(OWN)
  await hana.getByRole("button", { name: "Keep it and sign in" }).click()
  await hana.waitForURL((url) => url.pathname === "/")

  await hana.goto("/me")
  await hana.getByRole("button", { name: "Mail a link to verify it" }).click()
  await hana.getByText("The mail server took the mail").waitFor()
  await followMail(hana, "hana.sato@example.org")
  await hana.getByRole("button", { name: "Yes, it reaches me" }).click()
  await hana.getByRole("heading", { name: "Mail reaches Hana Sato" }).waitFor()
  await hana.goto("/me")
  await hana.getByText(/verified by a link/).waitFor()

  await bed.tell("advance 660")
  await ada.goto("/people")
  await assertWell(ada, "people-one-verified")
  await ada.getByRole("link", { name: "Hana Sato" }).click()
  await ada.getByText("Change what they may do").click()
  await ada.getByRole("checkbox", { name: /command: / }).check()
  await assertWell(ada, "person-with-account")
  await ada.getByRole("button", { name: "Set what they may do" }).click()
  await ada.getByRole("heading", { name: "Type your password again" }).waitFor()
  await assertWell(ada, "password-again")
  await ada.getByLabel("Your password").fill(PASSWORD)
  await ada.getByRole("button", { name: "Set what this person may do" }).click()
  await ada.getByRole("heading", { name: "May view, respond, command" }).waitFor()

  await hana.goto("/me")
  await hana.waitForURL((url) => url.pathname === "/sign-in") // other rights, another session
  await signIn(hana, "hana.sato@example.org", OWN, "/me")
  await hana.getByText("levels, phases, public words, closing").waitFor()
})

test("without scripts an owner adds somebody, mends a form, takes them off and puts them back", { timeout: 120_000 }, async (t) => {
  const { page, expectFault } = await openSignedIn(t, "/people", { javaScriptEnabled: false })
  expectFault(/status of 422/)
  const look = (name) => assertWell(page, name, { scripts: false })
  const name = "Dr. Maximiliane Freifrau von und zu Oberhausen-Featherstonehaugh"

  await page.getByRole("link", { name: "Add a person" }).click()
  await page.getByLabel("Name").fill(name)
  await page.getByLabel("Telephone").fill("call me")
  await page.getByRole("button", { name: "Add to the roster" }).click()
  await page.getByText("“call me” is no telephone number").waitFor()
  await look("person-new-refused")
  await page.getByLabel("Telephone").fill("")
  await page.getByRole("button", { name: "Add to the roster" }).click()
  await page.getByRole("heading", { name: "Nobody can reach them" }).waitFor()
  await look("person-nobody-can-reach")

  await page.getByLabel("Address or number").fill("maximiliane.freifrau.von.und.zu.oberhausen-featherstonehaugh@mail.example.org")
  await page.getByRole("button", { name: "Add it" }).click()
  await page.getByRole("heading", { name: "1 way to reach them, not verified" }).waitFor()
  await page.getByRole("button", { name: "Remove", exact: true }).click()
  await page.getByRole("button", { name: "Undo" }).waitFor()
  await look("person-method-removed")
  await page.getByRole("button", { name: "Undo" }).click()
  await page.getByRole("heading", { name: "1 way to reach them, not verified" }).waitFor()

  await page.getByRole("button", { name: "Take off the roster" }).click()
  await page.getByText(/off the roster since/).waitFor()
  await look("person-off-roster")
  await page.goto("/people")
  await look("people-with-somebody-off")
  await page.getByRole("link", { name }).click()
  await page.getByRole("button", { name: "Put back on the roster" }).click()
  await page.getByRole("button", { name: "Take off the roster" }).waitFor()
})

test("a level keeps somebody who can be reached, and says so where it was pressed", { timeout: 90_000 }, async (t) => {
  const { page, expectFault } = await openSignedIn(t, "/people")
  expectFault(/status of 409/)
  await page.getByRole("link", { name: "Emeka Obi" }).click()
  await page.getByRole("button", { name: "Take off the roster" }).click()
  await page.getByText(/off the roster since/).waitFor()
  await page.goto("/people")
  await page.getByRole("link", { name: "Jonas Brandt" }).click()
  await page.getByRole("button", { name: "Take off the roster" }).click()
  await page.getByText(/level 1 pages nobody: the role On-call Engineer/).waitFor()
  await assertWell(page, "person-last-of-a-level")
  await page.goto("/people")
  await page.getByRole("link", { name: "Emeka Obi" }).click()
  await page.getByRole("button", { name: "Put back on the roster" }).click()
  await page.getByRole("button", { name: "Take off the roster" }).waitFor()
})

test("a person changes how they sign in, with every form open", { timeout: 90_000 }, async (t) => {
  const { page, expectFault } = await openSignedIn(t, "/me")
  expectFault(/status of 422/)
  for (const summary of ["Add a way", "Change your password", "Change your address"]) {
    await page.getByText(summary, { exact: true }).click()
  }
  await assertWell(page, "me-forms-open")
  await page.getByLabel("Your password now").fill(OWN)
  await page.getByLabel("New password", { exact: true }).fill(OWN)
  await page.getByLabel("The new password again").fill(OWN)
  await page.getByRole("button", { name: "Set the new password" }).click()
  await page.getByText("This is not your password").waitFor()
  await assertWell(page, "me-refused")
})
