// The whole over https, as serve speaks it: signing in, pressing, and pages that stay fresh.

import assert from "node:assert/strict"
import { test } from "node:test"
import { bed, browser, owner, shareBed } from "./owned.mjs"
import { openSignedIn } from "./signed_in.mjs"

shareBed({ words: ["tls"] })

test("over https one signs in, what is pressed counts, and another window shows it by itself", async (t) => {
  assert(bed.url.startsWith("https://"), bed.url)
  const { id } = await bed.tell("declare real 2")
  await bed.tell("advance 11")
  const options = { ignoreHTTPSErrors: true } // nobody stands for a certificate that was just made
  const path = `/incidents/${id}`
  const ada = await openSignedIn(t, browser, bed, owner, path, options)
  const other = await openSignedIn(t, browser, bed, owner, path, options)
  await other.page.getByText(/^Live/).waitFor()

  const cookies = await ada.context.cookies()
  const session = cookies.find(({ name }) => name === "__Host-muster")
  assert(session?.secure && session.httpOnly && session.sameSite === "Strict", JSON.stringify(cookies))
  await ada.page.getByLabel("What happened?").fill("Storage controller throws resets")
  await ada.page.getByRole("button", { name: "Add to the timeline" }).click()

  await other.page.getByText("Storage controller throws resets").first().waitFor()
  const protocol = await ada.page.evaluate(() => performance.getEntriesByType("navigation")[0].nextHopProtocol)
  assert.equal(protocol, "h2")
})
