// Takes README's pictures anew: one story on the test bed, three moments of it. Run by `make pictures`.

import { mkdir } from "node:fs/promises"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { Bed } from "./bed.mjs"
import { DESK, PHONE, launch } from "./browser.mjs"

const FOLDER = fileURLToPath(new URL("../../docs/pictures", import.meta.url))

const bed = await Bed.start()
const browser = await launch()
try {
  await mkdir(FOLDER, { recursive: true })
  await tell()
} finally {
  await browser.close()
  await bed.stop()
}

async function tell() {
  const { email, password } = await bed.tell("seed owner")
  await bed.tell("plan")
  const ada = await window(DESK, "light")
  await ada.goto("/sign-in")
  await ada.getByLabel("Mail address").fill(email)
  await ada.getByLabel("Password").fill(password)
  await press(ada, "Sign in")
  const { id } = await bed.tell("declare real 3")
  await bed.tell("advance 240") // the hold of a level 3 is over
  const mails = await bed.mails()
  const phone = await window(PHONE, "dark")
  await phone.goto(answerLink(mails, "jonas.brandt@example.org"))
  await take(phone, "answer")
  await press(phone, "I have it")
  await ada.goto(`/incidents/${id}`)
  await press(ada, "I take command")
  await bed.tell(`down ${id} component.booking`)
  await note(ada, "Writes fail since 03:05. The last good commit we know of is from 03:04.")
  await bed.tell("advance 180")
  await note(ada, "The replica stopped at the same instant: this is no disk, it is a deletion.")
  await ada.reload()
  await take(ada, "incident")
  const stranger = await window(PHONE, "light")
  await stranger.goto("/status")
  await take(stranger, "status")
  await bed.mails()
}

async function window(viewport, colorScheme) {
  const context = await browser.newContext({ baseURL: bed.url, viewport, colorScheme, reducedMotion: "reduce" })
  return context.newPage()
}

function answerLink(mails, to) {
  const mail = mails.find((one) => one.to[0] === to)
  return new URL(mail.text.match(/https?:\/\/\S+/)[0]).pathname
}

async function press(page, name) {
  await page.getByRole("button", { name, exact: true }).click()
}

async function note(page, words) {
  await page.getByLabel("What happened?").fill(words)
  await press(page, "Add to the timeline")
}

async function take(page, name) {
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), animations: "disabled" })
}
