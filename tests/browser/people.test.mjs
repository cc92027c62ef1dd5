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
  await assertWell(ada, "person-without-account")
  await ada.getByRole("button", { name: "Invite them" }).click()
  await ada.getByText("The mail server took the mail to hana.sato@example.org").waitFor()
  await assertWell(ada, "person-invited")

  await followMail(hana, "hana.sato@example.org")
  assert.equal(await hana.getByLabel("Mail address").inputValue(), "hana.sato@example.org")
  await assertWell(hana, "invitation")
  await hana.getByLabel("Password", { exact: true }).fill(OWN)
  await hana.getByLabel("The same password again").fill(OWN)
  await hana.getByRole("button", { name: "Keep it and sign in" }).click()
  await hana.waitForURL((url) => url.pathname === "/")

  await hana.goto("/me")
  await assertWell(hana, "me")
  await hana.getByRole("button", { name: "Mail a link to verify it" }).click()
  await hana.getByText("The mail server took the mail").waitFor()
  await followMail(hana, "hana.sato@example.org")
  await assertWell(hana, "verification")
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
