import { spawnSync } from "node:child_process"
import path from "node:path"

/** Makes a key and a certificate for localhost with openssl. @returns the two files, in this folder */
export function makeCertificate(folder: string): { key: string; certificate: string } {
  const [key, certificate] = [path.join(folder, "key.pem"), path.join(folder, "certificate.pem")]
  const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
  const subject = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
  const { status, stderr } = spawnSync(
    "openssl",
    [...kind, ...subject, "-keyout", key, "-out", certificate],
    { encoding: "utf8" },
  )
  if (status !== 0) throw new Error(`openssl could not make a certificate:\n${stderr}`)
  return { key, certificate }
}
