// Pages of an incident that stay fresh by themselves, and disturb nobody who is at work in them.

import assert from "node:assert/strict"
import { test } from "node:test"
import { bed, browser, owner, shareBed } from "./owned.mjs"
import { openSignedIn } from "./signed_in.mjs"

let priya

shareBed({ prepare: async () => { priya = await bed.tell("account priya-raghunathan respond,command") } })

// An incident whose hold is over, and the same page of it in two windows: Ada's and Priya's.
async function openTwice(t, rest, level = 2) {
  const { id } = await bed.tell(`declare real ${level}`)
  await bed.tell("advance 11")
  const path = `/incidents/${id}${rest}`
  const [ada, hers] = await Promise.all([
    openSignedIn(t, browser, bed, owner, path),
    openSignedIn(t, browser, bed, priya, path),
  ])
  await hers.page.getByText(/^Live/).waitFor()
  return { id, ada: ada.page, priya: hers.page, window: hers }
}

async function note(page, words) {
  await page.getByLabel("What happened?").fill(words)
  await page.getByRole("button", { name: "Add to the timeline" }).click()
  await page.getByText(words).first().waitFor()
}

// Fails when the page was loaded anew since it was marked.
async function unloaded(page) {
  await page.evaluate(() => { window.standing = true })
  return async () => assert(await page.evaluate(() => window.standing), "the page was loaded anew")
}

test("what is pressed in one window shows in the other, with what it changes", async (t) => {
  const { id, ada, priya } = await openTwice(t, "")
  const stands = await unloaded(priya)
  await note(ada, "Storage controller throws resets")
  await priya.getByText("Storage controller throws resets").waitFor()
  await priya.getByRole("link", { name: /^All \d+ entries/ }).waitFor()

  await ada.goto(`/incidents/${id}/affected`)
  await ada.getByRole("button", { name: "Down: Booking creation and management" }).click()
  await priya.getByRole("heading", { name: "1 down" }).waitFor()
  await priya.getByText("RTO: Booking creation and management").waitFor()

  await ada.goto(`/incidents/${id}`)
  await ada.getByRole("button", { name: "Raise to 3" }).click()
  await priya.getByText(/^Sends in \d+ s/).waitFor()
  assert.equal(await priya.locator("body").getAttribute("class"), "level-3")
  assert.match(await priya.title(), /^Level 3/)
  await ada.getByRole("button", { name: "Undo" }).click()
  await priya.getByText("Major Service Disruption").first().waitFor()
  await stands()
})

test("what is being typed, chosen and focused stays", async (t) => {
  const { ada, priya } = await openTwice(t, "")
  const stands = await unloaded(priya)
  await priya.getByLabel("Task").check()
  await priya.getByLabel("Within minutes").fill("25")
  await priya.getByLabel("What happened?").fill("Half a sen")
  await note(ada, "First")
  await priya.getByText("First").first().waitFor()
  await priya.keyboard.type("tence")
  await note(ada, "Second")
  await priya.getByText("Second").first().waitFor()
  await priya.getByRole("link", { name: "All 5 entries" }).waitFor()
  assert.equal(await priya.getByLabel("What happened?").inputValue(), "Half a sentence")
  assert.equal(await priya.getByLabel("Within minutes").inputValue(), "25")
  assert(await priya.getByLabel("Task").isChecked())

  await priya.getByRole("link", { name: "More" }).focus()
  await note(ada, "Third")
  await priya.getByRole("link", { name: "All 6 entries" }).waitFor()
  assert.equal(await priya.locator(":focus").textContent(), "More")
  await stands()
})

test("a form that somebody is at work in outlives the task it was about", async (t) => {
  const { ada, priya } = await openTwice(t, "/tasks")
  const stands = await unloaded(priya)
  await ada.getByLabel("What is to be done?").fill("Ask the hosting provider")
  await ada.getByRole("button", { name: "Give the task" }).click()
  await priya.getByText("Ask the hosting provider").waitFor()
  await priya.getByText("Hand on, or change the time").click()
  const minutes = priya.getByRole("listitem").getByLabel("Within minutes")
  await minutes.fill("40")
  await priya.locator("h1").click()

  await ada.getByRole("button", { name: /^Done/ }).click()
  await priya.getByText("No task is open").waitFor()
  assert.equal(await minutes.inputValue(), "40")
  await stands()
})

test("a timeline grows in two windows, strikes out, and says what became of a task", async (t) => {
  const { id, ada, priya } = await openTwice(t, "/timeline")
  const stands = await unloaded(priya)
  await note(ada, "First error at 03:05")
  const entry = priya.locator(".entry", { hasText: "First error at 03:05" })
  await entry.waitFor()
  await ada.locator(".entry", { hasText: "First error at 03:05" }).getByRole("link").click()
  await ada.getByLabel("What is right?").fill("First error at 02:58")
  await ada.getByRole("button", { name: "Add the correction" }).click()
  await priya.getByText("First error at 02:58").waitFor()
  await priya.locator(".entry.corrected", { hasText: "First error at 03:05" }).waitFor()

  await ada.getByLabel("What happened?").fill("Ask the provider")
  await ada.getByLabel("Task").check()
  await ada.getByRole("button", { name: "Add to the timeline" }).click()
  const task = priya.locator(".entry[data-kind=task]", { hasText: "Ask the provider" })
  await task.getByText(/^due /).waitFor()
  await ada.goto(`/incidents/${id}/tasks`)
  await ada.getByRole("button", { name: /^Done/ }).click()
  await task.getByText(/^done .* by Ada Lovelace/).waitFor()

  await ada.goto(`/incidents/${id}`)
  await ada.getByRole("button", { name: "Raise to 3" }).click()
  await priya.getByText("Complete Service Outage").waitFor()
  await stands()
})

test("a button that has just come can’t be pressed by who aimed at another", async (t) => {
  const { ada, priya } = await openTwice(t, "", 1)
  const posts = []
  priya.on("request", (request) => request.method() === "POST" && posts.push(request.url()))
  const pressed = priya.evaluate(() => new Promise((resolve) => {
    new MutationObserver((_, watch) => {
      const undo = document.getElementById("undo-button")
      if (!undo) return
      watch.disconnect()
      undo.click()
      resolve(true)
    }).observe(document.body, { childList: true, subtree: true })
  }))
  await ada.getByRole("button", { name: "Raise to 2" }).click()
  await pressed
  await priya.waitForTimeout(500) // as long as it is too young
  assert.deepEqual(posts, [])
  await priya.getByRole("button", { name: "Undo" }).click()
  await priya.getByText("Minor Service Disruption").first().waitFor()
})

test("a page that can’t be drawn anew says that it is stale, and is live again by itself", { timeout: 90_000 }, async (t) => {
  const { ada, priya, window } = await openTwice(t, "")
  window.expectFault(/request failed: GET|Failed to load resource|ERR_FAILED/)
  const own = (url) => url.pathname === new URL(priya.url()).pathname
  await priya.route(own, (route) => route.abort())
  await note(ada, "Unseen consequences")
  await priya.getByText("Unseen consequences").waitFor()
  await priya.getByText(/This page stopped at/).waitFor({ timeout: 25_000 })
  await priya.getByText(/^Stale/).waitFor()

  await priya.unroute(own)
  await priya.getByText(/^Live/).waitFor({ timeout: 40_000 })
  await priya.getByText(/This page stopped at/).waitFor({ state: "hidden" })
})

test("a stream that is cut off makes the page stale, and it catches up", { timeout: 90_000 }, async (t) => {
  const { ada, priya, window } = await openTwice(t, "")
  window.expectFault(/ERR_INTERNET_DISCONNECTED|request failed: GET/)
  await window.context.setOffline(true)
  await priya.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))) // opens it anew
  await note(ada, "Behind your back")
  await priya.getByText(/This page stopped at/).waitFor({ timeout: 25_000 })

  await window.context.setOffline(false)
  await priya.getByText("Behind your back").waitFor({ timeout: 40_000 })
  await priya.getByText(/^Live/).waitFor()
})
