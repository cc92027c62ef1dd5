// Automatic accessibility checks, with nothing found as the only result that passes.

import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"

const SOURCE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
const RULES = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"] }
const CONTRAST = "color-contrast" // takes more time than all the others
const COLOURS = { runOnly: { type: "rule", values: [CONTRAST] } }
const ALL = { runOnly: RULES }
const OTHERS = { runOnly: RULES, rules: { [CONTRAST]: { enabled: false } } }

// Checks the page at its full height, so that what floats covers nothing: by all rules, by those of `colours` "only",
// or with "no" of those.
export async function assertAccessible(page, { colours = "too" } = {}) {
  const options = { too: ALL, only: COLOURS, no: OTHERS }[colours]
  assert.deepEqual(await findings(page, options), [], `accessibility of ${page.url()}`)
}

// One line a finding: the rule, what it wants, and where.
export async function findings(page, options = ALL) {
  const before = page.viewportSize()
  await stretch(page, before.width)
  try {
    if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(SOURCE)
    const { violations } = await page.evaluate(
      (options) => globalThis.axe.run(document, { ...options, resultTypes: ["violations"] }),
      options,
    )
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`))
  } finally {
    await page.setViewportSize(before)
  }
}

// A taller window may make the page taller again; it settles soon.
async function stretch(page, width) {
  for (let round = 0; round < 4; round += 1) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight)
    if (height <= page.viewportSize().height) return
    await page.setViewportSize({ width, height })
  }
}
