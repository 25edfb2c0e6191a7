import { spawnSync } from "node:child_process"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import path from "node:path"
import { type ServerProcess, superviseServer } from "../../scripts/server-process"
import { makeCertificate } from "../certificate"

/**
 * Starts nginx with deploy/nginx.conf: only ports, certificate and places of files are others.
 *
 * @param ports where it listens, and the servers behind it
 */
export async function startNginx(
  folder: string,
  ports: { https: number; http: number; servers: [number, number] },
): Promise<ServerProcess> {
  await mkdir(folder, { recursive: true })
  const { key, certificate } = makeCertificate(folder)
  const site = (await readFile("deploy/nginx.conf", "utf8"))
    .replace("127.0.0.1:3001", `127.0.0.1:${ports.servers[0]}`)
    .replace("127.0.0.1:3002", `127.0.0.1:${ports.servers[1]}`)
    .replace("listen 80;", `listen ${ports.http};`)
    .replace("listen 443 ssl;", `listen ${ports.https} ssl;`)
    .replaceAll("app.example.com;", "localhost;")
    .replace("/etc/ssl/app.example.com/fullchain.pem", certificate)
    .replace("/etc/ssl/app.example.com/privkey.pem", key)
    .replace("/var/log/nginx/app.log", path.join(folder, "access.log"))
  const main = `
    daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
    ${process.getuid?.() === 0 ? "user root;" : ""}
    events {}
    http {
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      ${site}
    }`
  const configuration = path.join(folder, "nginx.conf")
  await writeFile(configuration, main)
  const check = spawnSync("nginx", ["-t", "-q", "-c", configuration], { encoding: "utf8" })
  if (check.error) throw new Error("The deployment tests need nginx: on Debian, apt-get install nginx-light.")
  if (check.status !== 0) throw new Error(`nginx does not accept its configuration:\n${check.stderr}`)
  return superviseServer("nginx", "nginx", ["-c", configuration], {})
}
