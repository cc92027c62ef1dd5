// What most files begin with: one browser and one bed for all tests of a file, owned by Ada, with the example
// plan in force. A file imports what it needs and calls `shareBed` once, before its tests.

import { after, before } from "node:test"
import { Bed } from "./bed.mjs"
import { launch } from "./browser.mjs"

export let browser
export let bed
export let owner

// `words` are told to the bed at its start, and `prepare` comes last: hooks of a file do not wait for one another.
// Mails that no test read are let go.
export function shareBed({ words = [], prepare } = {}) {
  before(async () => {
    [browser, bed] = await Promise.all([launch(), Bed.start(undefined, ...words)])
    owner = await bed.tell("seed owner")
    await bed.tell("plan")
    await prepare?.()
  })
  after(async () => {
    await browser?.close()
    await bed?.mails()
    await bed?.stop()
  })
}

// An incident whose hold is over.
export async function declare(level, kind = "real") {
  const { id } = await bed.tell(`declare ${kind} ${level}`)
  await bed.tell("advance 11")
  await bed.tell("work")
  return id
}

// Presses what loads a page.
export async function press(page, name) {
  const loaded = page.waitForEvent("load")
  await page.getByRole("button", { name }).first().click()
  await loaded
}
