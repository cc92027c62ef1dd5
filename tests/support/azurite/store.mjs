// A store that speaks as Azure's do and knows one account, for the tests: ends when its standard input does.
// Takes the folder that azurite is installed in.
import { createHmac, randomBytes } from "node:crypto"
import { createRequire } from "node:module"

const [account, key] = ["muster", randomBytes(64).toString("base64")]
const made = createRequire(`${process.argv[2]}/`)("azurite/dist/src/blob/BlobServerFactory.js")
process.env.AZURITE_ACCOUNTS = `${account}:${key}`
process.argv.push("--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--silent")
const server = await new made.BlobServerFactory().createServer()
await server.start()

const store = server.getHttpServerAddress()
const headers = { "x-ms-date": new Date().toUTCString(), "x-ms-version": "2021-12-02" }
const signed = [
  "PUT", ...Array(11).fill(""), ...Object.entries(headers).map((header) => header.join(":")),
  `/${account}/${account}/muster`, "restype:container",
]
const signature = createHmac("sha256", Buffer.from(key, "base64")).update(signed.join("\n")).digest("base64")
const answer = await fetch(`${store}/${account}/muster?restype=container`, {
  method: "PUT",
  headers: { ...headers, authorization: `SharedKey ${account}:${signature}` },
})
if (!answer.ok) throw new Error(await answer.text())
console.log(new URL(store).port, account, key)
process.stdin.resume().on("end", () => process.exit())
