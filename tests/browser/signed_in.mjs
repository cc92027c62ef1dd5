// A window of somebody who has signed in.

import { open } from "./browser.mjs"

// Signs in through the page; `account` is what the bed answered when it was made.
export async function openSignedIn(t, browser, bed, account, path, options = {}) {
  const window = await open(t, browser, bed.url, options)
  const { page } = window
  await page.goto(`/sign-in?next=${path}`)
  await page.getByLabel("Mail address").fill(account.email)
  await page.getByLabel("Password").fill(account.password)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.waitForURL((url) => url.pathname === path)
  return window
}
