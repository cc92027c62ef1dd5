// Every page there is, by the table of routes: of an installation that was just set up, and of a full
// one; at both sizes, by day and by night; as its owner, and signed out.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Bed } from "./bed.mjs"
import { launch, open } from "./browser.mjs"
import { assertWell } from "./look.mjs"
import { openSignedIn } from "./signed_in.mjs"

const HEAVY = 400_000 // bytes of a page without what it loads

// Addresses of each route that has a page; `_` is what `bed full` says. Those that need nothing of it
// are looked at in the empty installation, too.
const PAGES = {
  "/": () => ["/"],
  "/status": () => ["/status"],
  "/status/history.html": () => ["/status/history.html"],
  "/status/incidents/{name}": () => ["/status/incidents/1.html", "/status/incidents/3.html"],
  "/set-up/{token}": (_, bed) => [new URL(bed.hello.setUp).pathname],
  "/invitation/{token}": (_, bed, mails) => [link(mails, "/invitation/")],
  "/verification/{token}": (_, bed, mails) => [link(mails, "/verification/")],
  "/answer/{token}": (_, bed, mails) => [link(mails, "/answer/")],
  "/sign-in": () => ["/sign-in", "/sign-in?next=/plan"],
  "/declare": () => ["/declare"],
  "/incidents": () => ["/incidents", "/incidents?level=4", "/incidents?q=nothing-like-it"],
  "/incidents/{id}": (_) => [_.real, _.held, _.drill, _.stable, _.closed, _.falseAlarm].map((id) => `/incidents/${id}`),
  "/incidents/{id}/timeline": (_) => below([_.real, _.drill, _.closed], "timeline"),
  "/incidents/{id}/entries/{seq}": (_) => below([_.real, _.closed], "entries/1"),
  "/incidents/{id}/affected": (_) => below([_.real, _.stable, _.closed], "affected"),
  "/incidents/{id}/tasks": (_) => below([_.real, _.drill], "tasks"),
  "/incidents/{id}/runbooks": (_) => below([_.real, _.closed], "runbooks"),
  "/incidents/{id}/runbooks/{key}": (_) => below([_.real, _.closed], "runbooks/point-in-time-recovery"),
  "/incidents/{id}/restore": (_) => below([_.closed, _.drill, _.real], "restore"),
  "/incidents/{id}/command": (_) => below([_.real, _.stable, _.closed, _.falseAlarm], "command"),
  "/incidents/{id}/briefing": (_) => below([_.real, _.closed], "briefing"),
  "/incidents/{id}/roles/{key}": (_) => below([_.real], "roles/dba"),
  "/incidents/{id}/edit": (_) => below([_.real, _.drill], "edit"),
  "/incidents/{id}/record": (_) => below([_.real], "record"),
  "/incidents/{id}/calls": (_) => below([_.real, _.drill], "calls"),
  "/incidents/{id}/merge": (_) => below([_.real, _.drill], "merge").concat(below([_.real], `merge?into=${_ && _.stable}`)),
  "/incidents/{id}/messages": (_) => below([_.real, _.drill, _.held], "messages"),
  "/incidents/{id}/update": (_) => below([_.real, _.drill, _.held, _.closed], "update"),
  "/incidents/{id}/tellings": (_) => below([_.real, _.drill], "tellings"),
  "/incidents/{id}/tellings/{audience}": (_) => below([_.real], "tellings/management").concat(below([_.real], "tellings/authorities")),
  "/postmortems": () => ["/postmortems"],
  "/postmortems/{id}": (_) => [`/postmortems/${_.closed}`],
  "/postmortems/{id}/sections/{place}": (_) => [`/postmortems/${_.closed}/sections/1`],
  "/postmortems/{id}/items/{item}": (_) => [`/postmortems/${_.closed}/items/${_.item}`],
  "/plan": () => ["/plan", "/plan?change=yes"],
  "/plan/runbooks/{key}": (_) => [`/plan/runbooks/${_ && "redis"}`],
  "/plan/revisions": () => ["/plan/revisions"],
  "/plan/revisions/{number}": (_) => [`/plan/revisions/${_ && 2}`],
  "/plan/revisions/{number}/runbooks/{key}": (_) => [`/plan/revisions/${_ && 1}/runbooks/redis`],
  "/plan/revisions/new": () => ["/plan/revisions/new"],
  "/plan/things/{*path}": (_) => ["role/dba", "level/4", "component/booking"].map((thing) => `/plan/things/${_ && thing}`),
  "/plan/additions/{*path}": (_) => ["runbook", "role"].map((kind) => `/plan/additions/${_ && kind}`),
  "/plan/removals/{*path}": (_) => [`/plan/removals/${_ && "role/dba"}`],
  "/people": () => ["/people"],
  "/people/{id}": (_) => [_.me, _.guest, _.hana, _.owner.invited].map((id) => `/people/${id}`),
  "/people/new": () => ["/people/new"],
  "/me": () => ["/me"],
  "/settings": () => ["/settings"],
  "/jobs": () => ["/jobs"],
  "/recovery": () => ["/recovery"],
  "/recovery/sites/{id}": (_) => [_.site, _.vacant, _.proves].map((id) => `/recovery/sites/${id}`),
  "/recovery/sites/{id}/databases/{name}": (_) => [`/recovery/sites/${_.site}/databases/labitory_media_and_attachments`],
  "/recovery/sites/{id}/protect": (_) => [_.site, _.vacant].map((id) => `/recovery/sites/${id}/protect`),
  "/recovery/sites/{id}/repository": (_) => [_.site, _.vacant].map((id) => `/recovery/sites/${id}/repository`),
  "/recovery/sites/{id}/drafts/{draft}": (_) => [`/recovery/sites/${_.site}/drafts/${_.site}`],
  "/style": () => ["/style"],
}

// What is no page: for programs, or the bytes of a page that is looked at under another name.
const NO_PAGES = [
  "/healthz", "/readyz", "/static/{name}", "/status.html", "/status.json", "/status.atom", "/status/app.css",
  "/status/icon.svg", "/incidents/{id}/live", "/incidents/{id}/record.jsonl", "/postmortems/{id}/export", "/plan/export",
  "/plan/revisions/{number}/export",
]

// Looked at in a window where nobody is signed in.
const OUTSIDE = /^\/(status|set-up|invitation|verification|answer|sign-in)/

const below = (ids, rest) => ids.map((id) => `/incidents/${id}/${rest}`)
const link = (mails, part) => new URL(mails.flatMap((mail) => mail.text.match(/https?:\/\/\S+/g) ?? []).find((url) => url.includes(part))).pathname

// What its pictures are called: without identities and secrets, which are others each time.
const named = (address) => address.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID").replace(/^(\/(?:set-up|invitation|verification|answer)).*/, "$1").replace(/\W+/g, "-")

let browser

before(async () => { browser = await launch() })
after(() => browser?.close())

// Looks at every address, says what is wrong anywhere, and which is the heaviest.
async function lookAll(t, signedIn, nobody, addresses, name) {
  const wrong = []
  let most = { bytes: 0 }
  for (const address of addresses) {
    const { page } = OUTSIDE.test(address) ? nobody : signedIn
    try {
      const bytes = await look(page, address, name)
      if (bytes > most.bytes) most = { bytes, address }
    } catch (error) {
      wrong.push(`${address}: ${error.message}`)
    }
  }
  assert.equal(wrong.length, 0, wrong.join("\n"))
  t.diagnostic(`${addresses.length} pages, the heaviest ${most.address} with ${most.bytes} bytes`)
}

async function look(page, address, name) {
  const answer = await page.goto(address)
  assert.equal(answer.status(), 200)
  assert.match(answer.headers()["content-type"], /^text\/html/)
  const bytes = (await answer.body()).length
  assert(bytes < HEAVY, `${bytes} bytes`)
  assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1)
  await assertWell(page, `${name}${named(address)}`)
  return bytes
}

test("every route has a page that is looked at, or is known to be none", { timeout: 60_000 }, async (t) => {
  const bed = await Bed.start()
  t.after(() => bed.stop())
  const { routes } = await bed.tell("routes")
  assert.deepEqual([...Object.keys(PAGES), ...NO_PAGES].sort(), routes.sort())
})

test("every page is well when Muster was just set up", { timeout: 300_000 }, async (t) => {
  const bed = await Bed.start(undefined, "without-mail")
  t.after(() => bed.stop())
  const nobody = await open(t, browser, bed.url)
  await lookAll(t, nobody, nobody, PAGES["/set-up/{token}"](undefined, bed), "empty")
  const owner = await bed.tell("seed owner")
  await bed.tell("work")
  const signedIn = await openSignedIn(t, browser, bed, owner, "/")
  const plain = Object.entries(PAGES).filter(([route]) => !route.includes("{"))
  await lookAll(t, signedIn, nobody, plain.flatMap(([, addresses]) => addresses()), "empty")
})

test("every page is well when there is much on it", { timeout: 600_000 }, async (t) => {
  const bed = await Bed.start()
  t.after(() => bed.stop())
  const there = await bed.tell("full")
  const mails = await bed.mails()
  const nobody = await open(t, browser, bed.url)
  const signedIn = await openSignedIn(t, browser, bed, there.owner, "/")
  const all = Object.entries(PAGES).filter(([route]) => route !== "/set-up/{token}")
  await lookAll(t, signedIn, nobody, all.flatMap(([, addresses]) => addresses(there, bed, mails)), "full")
  await bed.mails()
})
