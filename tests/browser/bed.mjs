// Starts the test bed (tests/bed/main.rs), talks to it line by line, and ends it.
//
// The bed's first line is {"url": "http://127.0.0.1:PORT", …}. After that each command is one line
// and its answer one line of JSON: {"error": "…"} when it could not be done, else what was asked for.
// "mails" answers {"mails": […]} with those that came since the last time, and forgets them.
// The bed ends when its standard input closes.

import assert from "node:assert/strict"
import { execFile, spawn } from "node:child_process"
import path from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const ROOT = fileURLToPath(new URL("../..", import.meta.url))
const PATIENCE = 60_000
const FAREWELL = 15_000

export class Bed {
  #child
  #waiting = []
  #log = ""
  #expected = []
  #ended
  #over = false

  // `command` is the program and its arguments; by default the bed of this working copy, given `words`.
  static async start(command, ...words) {
    const bed = new Bed([...(command ?? [await program()]), ...words])
    try {
      bed.hello = await bed.#answer("its first line")
      bed.url = bed.hello.url
      return bed
    } catch (error) {
      await bed.#end()
      throw error
    }
  }

  constructor([file, ...args]) {
    this.#child = spawn(file, args, { cwd: ROOT, stdio: ["pipe", "pipe", "pipe"] })
    this.#child.stderr.setEncoding("utf8").on("data", (text) => { this.#log += text })
    this.#child.stdin.on("error", () => {}) // a bed that died is told by its exit
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#waiting.shift()?.resolve(line))
    this.#ended = new Promise((resolve) => {
      this.#child.on("error", (error) => resolve(`can't run: ${error.message}`))
      this.#child.on("close", (code, signal) => resolve(signal ?? code))
    })
    this.#ended.then((how) => {
      this.#over = new Error(`the bed ended (${how})\n${this.#log}`)
      for (const { reject } of this.#waiting.splice(0)) reject(this.#over)
    })
  }

  // Sends one command and returns its answer.
  async tell(command) {
    assert(!command.includes("\n"), "a command is one line")
    const answer = this.#answer(`the answer to ${JSON.stringify(command)}`)
    this.#child.stdin.write(`${command}\n`)
    return answer
  }

  // The mails that left since the last call.
  async mails() {
    return (await this.tell("mails")).mails
  }

  // Lets ERROR lines that match `pattern` pass; any other fails the test that stops the bed.
  expectLog(pattern) {
    this.#expected.push(pattern)
  }

  // All it has logged so far.
  get log() {
    return this.#log
  }

  // Ends it, and fails on mails nobody read and on ERROR lines nobody expected.
  async stop() {
    let unread = []
    try {
      unread = await this.mails()
    } finally {
      const how = await this.#end()
      assert.equal(how, 0, `the bed ended with ${how}\n${this.#log}`)
    }
    assert.deepEqual(unread.map(({ to, subject }) => `${to}: ${subject}`), [], "mails that no test expected")
    const errors = this.#log.split("\n").filter((line) => /\bERROR\b/.test(line))
    const unlisted = errors.filter((line) => !this.#expected.some((pattern) => pattern.test(line)))
    assert.deepEqual(unlisted, [], "ERROR lines that no test expected")
  }

  async #answer(what) {
    if (this.#over) throw this.#over
    const line = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
    const answer = JSON.parse(await within(PATIENCE, line, () => `waited in vain for ${what}\n${this.#log}`))
    assert(!answer?.error, `${what}: ${answer?.error}`)
    return answer
  }

  // Closes its input and waits; one that stays is killed by its id.
  async #end() {
    this.#child.stdin.end()
    try {
      return await within(FAREWELL, this.#ended, () => "")
    } catch {
      this.#child.kill("SIGKILL")
      await this.#ended
      return `a kill, ${FAREWELL / 1000} s after its input was closed`
    }
  }
}

// MUSTER_BED, or what cargo builds.
async function program() {
  if (process.env.MUSTER_BED) return path.resolve(ROOT, process.env.MUSTER_BED)
  const cargo = process.env.CARGO ?? "cargo"
  const args = ["build", "--test", "bed", "--message-format=json"]
  const { stdout } = await promisify(execFile)(cargo, args, { cwd: ROOT, maxBuffer: 2 ** 28 })
  const messages = stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line))
  const built = messages.find((message) => message.executable && message.target?.name === "bed")
  assert(built, "cargo built no bed")
  return built.executable
}

async function within(milliseconds, promise, words) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(words())), milliseconds)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
