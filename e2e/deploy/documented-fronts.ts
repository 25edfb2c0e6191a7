import type { ServerProcess } from "../../scripts/server-process"
import { readCodeBlocks } from "../documentation"
import { startFront } from "./front"

/** The blocks of docs/deployment.md for one web server, with the app and its logs where the test has them. */
function documented(language: string, appPort: number, folder: string): string[] {
  const blocks = readCodeBlocks("docs/deployment.md").filter((block) => block.language === language)
  if (blocks.length === 0) throw new Error(`docs/deployment.md has no block of ${language}`)
  return blocks.map(({ text }) =>
    text.replaceAll("127.0.0.1:3000", `127.0.0.1:${appPort}`).replaceAll(/\$\{\w+\}/g, folder),
  )
}

/** Apache as Debian builds it, with the directives of docs/deployment.md inside a virtual host. */
export function startApache(folder: string, ports: { https: number; app: number }): Promise<ServerProcess> {
  const modules = ["mpm_event", "authz_core", "ssl", "socache_shmcb", "headers", "proxy", "proxy_http"]
  return startFront("apache2", folder, {
    check: (file) => ["-t", "-f", file],
    start: (file) => ["-D", "FOREGROUND", "-f", file],
    configuration: ({ certificate, key }) => `
ServerRoot ${folder}
ServerName localhost
PidFile ${folder}/apache2.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${ports.https}
${modules.map((name) => loadModule(name)).join("\n")}
<VirtualHost *:${ports.https}>
  ServerName localhost
  SSLEngine on
  SSLCertificateFile ${certificate}
  SSLCertificateKeyFile ${key}
${documented("apache", ports.app, folder).join("\n")}
</VirtualHost>
`,
  })
}

function loadModule(name: string): string {
  return `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`
}

/** Caddy with the directives of docs/deployment.md and the test's own certificate, and no automatic features. */
export function startCaddy(folder: string, ports: { https: number; app: number }): Promise<ServerProcess> {
  return startFront("caddy", folder, {
    check: (file) => ["validate", "--adapter", "caddyfile", "--config", file],
    start: (file) => ["run", "--adapter", "caddyfile", "--config", file],
    configuration: ({ certificate, key }) =>
      documented("caddyfile", ports.app, folder)
        .join("\n")
        .replace("{\n", "{\n\tadmin off\n\tauto_https disable_redirects\n")
        .replace(
          "app.example.com {\n",
          `https://localhost:${ports.https} {\n\tbind 127.0.0.1\n\ttls ${certificate} ${key}\n`,
        ),
  })
}
