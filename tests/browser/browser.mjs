// A real Chromium, and windows in it that remember everything that went wrong.

import assert from "node:assert/strict"
import { chromium } from "playwright-core"

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

export const DESK = { width: 1280, height: 720 }
export const PHONE = { width: 360, height: 740 }

// One browser a test file; close it in `after`.
export function launch() {
  const executablePath = process.env.MUSTER_CHROMIUM ?? "/usr/bin/chromium"
  return chromium.launch({ executablePath, args: FLAGS })
}

// A window of its own: no cookie, cache or storage of another, always the same place and language.
// `origin` is the only one it may speak to; `also` lists others. The test fails when it ends if
// anything went wrong in it that was not expected.
export async function open(t, browser, origin, { also = [], phone = false, dark = false, ...options } = {}) {
  const context = await browser.newContext({
    baseURL: origin,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    colorScheme: dark ? "dark" : "light",
    viewport: phone ? PHONE : DESK,
    isMobile: phone,
    hasTouch: phone,
    serviceWorkers: "block",
    ...options,
  })
  context.setDefaultTimeout(10_000)
  const faults = new Faults(context, [origin, ...also])
  const page = await context.newPage()
  t.after(async () => {
    faults.leave()
    await context.close()
    faults.assertNone()
  })
  return { page, context, expectFault: (pattern) => faults.expect(pattern) }
}

class Faults {
  #seen = []
  #expected = []
  #leaving = false

  constructor(context, origins) {
    this.origins = origins.map((origin) => new URL(origin).origin)
    context.on("request", (request) => this.#request(request.url()))
    context.on("requestfailed", (request) => this.#failed(request))
    context.on("response", (response) => this.#response(response))
    context.on("console", (message) => this.#console(message))
    context.on("weberror", (error) => this.#add(`page error: ${error.error().stack}`))
    context.on("page", (page) => page.on("websocket", (socket) => this.#request(socket.url())))
  }

  // From now on `pattern` is no fault; that it never came is one.
  expect(pattern) {
    this.#expected.push({ pattern, came: false })
  }

  // What breaks off because the window closes is no fault.
  leave() {
    this.#leaving = true
  }

  assertNone() {
    const missing = this.#expected.filter(({ came }) => !came).map(({ pattern }) => `expected, never came: ${pattern}`)
    assert.deepEqual([...this.#seen, ...missing], [], "what went wrong in the browser")
  }

  #add(fault) {
    const expected = this.#expected.filter(({ pattern }) => pattern.test(fault))
    for (const one of expected) one.came = true
    if (expected.length === 0) this.#seen.push(fault)
  }

  #request(url) {
    const { protocol, origin } = new URL(url)
    const stays = ["data:", "blob:", "about:"].includes(protocol) || this.origins.includes(origin)
    if (!stays) this.#add(`request to another host: ${url}`)
  }

  // A live stream breaks off whenever its page is left, and so may its regions and the page's icon.
  #failed(request) {
    const why = request.failure()?.errorText
    const left = why === "net::ERR_ABORTED" && ["eventsource", "fetch", "other"].includes(request.resourceType())
    if (!left && !this.#leaving) this.#add(`request failed: ${request.method()} ${request.url()} ${why}`)
  }

  #response(response) {
    if (response.status() >= 500) this.#add(`answer ${response.status()}: ${response.url()}`)
  }

  // Content security policy violations arrive here too, as errors.
  #console(message) {
    if (["error", "warning"].includes(message.type())) {
      this.#add(`console ${message.type()}: ${message.text()} (${message.location().url})`)
    }
  }
}
