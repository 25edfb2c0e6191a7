import { readFile } from "node:fs/promises"
import type { ServerProcess } from "../../scripts/server-process"
import { type Front, startFront } from "./front"

/**
 * Starts nginx with deploy/nginx.conf; only ports, certificate and file locations differ.
 *
 * @param ports that it listens on, and those of the servers behind it
 */
export async function startNginx(
  folder: string,
  ports: { https: number; http: number; servers: [number, number] },
): Promise<ServerProcess> {
  return startFront("nginx", folder, nginxConfiguration(await readFile("deploy/nginx.conf", "utf8"), ports))
}

/** @param site the file in /etc/nginx/conf.d/ */
function nginxConfiguration(
  site: string,
  ports: { https: number; http: number; servers: [number, number] },
): Front {
  const inTest: Record<string, number> = {
    80: ports.http,
    443: ports.https,
    3001: ports.servers[0],
    3002: ports.servers[1],
  }
  return {
    check: (file) => ["-t", "-q", "-c", file],
    start: (file) => ["-c", file],
    configuration: ({ folder, certificate, key }) => `
    daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
    ${process.getuid?.() === 0 ? "user root;" : ""}
    events { worker_connections 4096; }
    http {
      include /etc/nginx/mime.types;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      ${site
        // In one pass: a port of the test may begin with the digits of another.
        .replaceAll(
          /(listen |127\.0\.0\.1:)(80|443|3001|3002)\b/g,
          (_, before, port) => before + inTest[port],
        )
        .replaceAll("app.example.com;", "localhost;")
        .replace("/etc/ssl/app.example.com/fullchain.pem", certificate)
        .replace("/etc/ssl/app.example.com/privkey.pem", key)
        .replaceAll("/var/log/nginx/", `${folder}/`)}
    }`,
  }
}
