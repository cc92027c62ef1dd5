// The helpers themselves: each guard is shown something bad once, and must see it.

import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer } from "node:http"
import { after, before, test } from "node:test"
import { assertAccessible, findings } from "./axe.mjs"
import { Bed } from "./bed.mjs"
import { launch, open } from "./browser.mjs"

const GOOD = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Good</title>
  <meta name="viewport" content="width=device-width, initial-scale=1"></head>
  <body><main><h1>Good</h1><p>All is well.</p></main></body></html>`

let browser
let server
let origin
let body = GOOD

before(async () => {
  server = createServer((request, response) => {
    if (request.url === "/stream") {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: beat\n\n")
      return
    }
    const headers = { "content-type": "text/html", "content-security-policy": "default-src 'self'; connect-src *; img-src *" }
    response.writeHead(request.url === "/broken" ? 503 : 200, headers).end(request.url === "/good.js" ? "" : body)
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  origin = `http://127.0.0.1:${server.address().port}`
  browser = await launch()
})

after(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
})

// Opens `page` as a test would, and returns how that test ends.
async function ending(html, act = async () => {}) {
  body = html
  const ends = []
  const window = await open({ after: (end) => ends.push(end) }, browser, origin)
  await window.page.goto("/")
  await act(window)
  return Promise.all(ends.map((end) => end())).then(() => "well", (error) => error.message)
}

test("a page with nothing wrong passes", async (t) => {
  assert.equal(await ending(GOOD), "well")
  body = GOOD
  const { page } = await open(t, browser, origin, { phone: true, dark: true })
  await page.goto("/")
  await assertAccessible(page)
  assert.deepEqual(page.viewportSize(), { width: 360, height: 740 })
})

test("whatever goes wrong in a page fails its test", async () => {
  for (const [name, html, found, act] of [
    ["an inline script against the policy", `${GOOD}<script>1</script>`, /content security policy/i],
    ["an error on the console", GOOD, /console error: oh/, ({ page }) => page.evaluate(() => console.error("oh"))],
    ["an uncaught error", GOOD, /page error: .*oh/, async ({ page }) => {
      const seen = page.waitForEvent("pageerror")
      await page.evaluate(() => { setTimeout(() => { throw new Error("oh") }) })
      await seen
    }],
    ["another host", `${GOOD}<img alt="" src="http://pictures.example.org/a.png">`, /another host: http:\/\/pictures/],
    ["a failed request", `${GOOD}<img alt="" src="http://127.0.0.1:9/a.png">`, /request failed: GET/],
    ["a server that broke", GOOD, /answer 503/, ({ page }) => page.goto("/broken")],
  ]) {
    assert.match(await ending(html, act), found, name)
  }
})

test("leaving a page with a live stream, and a page without scripts, are no faults", async (t) => {
  assert.equal(await ending(GOOD, async ({ page }) => {
    await page.evaluate(() => new Promise((resolve) => { new EventSource("/stream").onmessage = resolve }))
    await page.goto("/elsewhere")
  }), "well")
  body = `${GOOD}<noscript><p>Reload to see more.</p></noscript>`
  const { page } = await open(t, browser, origin, { javaScriptEnabled: false })
  await page.goto("/")
  await page.locator("noscript p").waitFor() // getByText never looks into a noscript
})

test("a fault that was expected is none, and must come", async () => {
  const log = ({ page }) => page.evaluate(() => console.error("oh"))
  const expected = async (window) => { window.expectFault(/oh/); await log(window) }

  assert.equal(await ending(GOOD, expected), "well")
  assert.match(await ending(GOOD, async (window) => window.expectFault(/oh/)), /never came/)
})

test("the accessibility check finds what no eye would miss", async (t) => {
  body = GOOD.replace("<p>", "<img src='/good.js'><p style='color:#ccc'>").replace(' lang="en"', "")
  const { page, expectFault } = await open(t, browser, origin)
  expectFault(/content security policy/i)
  await page.goto("/")
  const rules = (await findings(page)).map((line) => line.split(":")[0])
  assert.deepEqual(rules.sort(), ["html-has-lang", "image-alt"])
})

const stub = (script) => [process.execPath, "--input-type=module", "-e", `
  import { createInterface } from "node:readline"
  const say = (answer) => console.log(JSON.stringify(answer))
  let mails = []
  say({ url: "http://127.0.0.1:1" })
  for await (const line of createInterface({ input: process.stdin })) { ${script} }`]
const ANSWERS = `
  if (line === "mails") say({ mails: mails.splice(0) })
  else if (line === "send") { mails.push({ to: ["ada@example.org"], subject: "Level 3" }); say({}) }
  else if (line === "log") { console.error("12:00 ERROR it broke"); say({}) }
  else if (line === "die") process.exit(3)
  else say({ error: "no such command" })`

test("the bed answers line by line, and ends when told", async () => {
  const bed = await Bed.start(stub(ANSWERS))
  assert.equal(bed.url, "http://127.0.0.1:1")
  await assert.rejects(bed.tell("dance"), /"dance": no such command/)
  await bed.tell("send")
  assert.equal((await bed.mails())[0].subject, "Level 3")
  await bed.stop()
})

test("a mail nobody read, an unlisted error and a dead bed fail the test", async () => {
  const sent = await Bed.start(stub(ANSWERS))
  await sent.tell("send")
  await assert.rejects(sent.stop(), /mails that no test expected/)

  const logged = await Bed.start(stub(ANSWERS))
  await logged.tell("log")
  await assert.rejects(logged.stop(), /ERROR lines that no test expected/)

  const listed = await Bed.start(stub(ANSWERS))
  listed.expectLog(/it broke/)
  await listed.tell("log")
  await listed.stop()

  const dead = await Bed.start(stub(ANSWERS))
  await assert.rejects(dead.tell("die"), /the bed ended \(3\)/)
  await assert.rejects(dead.stop(), /the bed ended/)
})
