import { BlockList, isIPv4, isIPv6 } from "node:net"
import { environment } from "@/lib/env"
import { type RequestContext, requestContext } from "@/lib/server/request-context"

/** Addresses of a machine, a proxy or a private network, which many people may share. */
const notPublic = new BlockList()
for (const [network, prefix] of [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  notPublic.addSubnet(network, prefix, "ipv4")
for (const [network, prefix] of [
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  notPublic.addSubnet(network, prefix, "ipv6")

/**
 * The address of the client that sent the current request, as far as we can trust it: the socket's,
 * or, if the deployment declares proxies (`TRUSTED_PROXIES`), the one that the outermost of them
 * saw. The client may have forged the rest of X-Forwarded-For.
 *
 * @param headers of the request
 * @returns an IPv4 address or the /64 of an IPv6 one, which is what one subscriber has; null if it does not
 *   tell people apart
 */
export function clientAddress(headers: Headers): string | null {
  const { TRUSTED_PROXIES, VERCEL } = environment()
  // Vercel overwrites both with the address that it saw; elsewhere any client can send them.
  if (VERCEL) return subscriber(headers.get("x-vercel-forwarded-for") ?? headers.get("x-real-ip"))
  const context = requestContext()
  return context ? addressBehind(context, TRUSTED_PROXIES) : null
}

/**
 * @param trustedProxies how many of our proxies the request went through; each adds the address that it saw
 */
export function addressBehind(
  { peerAddress, forwardedFor }: Pick<RequestContext, "peerAddress" | "forwardedFor">,
  trustedProxies: number,
): string | null {
  const hops = [...(forwardedFor?.split(",") ?? []), peerAddress ?? ""]
  const address = subscriber(hops[Math.max(0, hops.length - 1 - trustedProxies)])
  // Behind an undeclared proxy, all users would share its address, and one limit.
  const isPeer = trustedProxies === 0 || hops.length === 1
  return address && isPeer && isNotPublic(address) ? null : address
}

/**
 * Whether the clients of this server cannot be told apart because its proxy is not declared: the request went through
 * a machine of a private network that says in X-Forwarded-For whom it came from, and nothing says to believe it.
 */
export function isHiddenByProxy(
  context: Pick<RequestContext, "peerAddress" | "forwardedFor">,
  trustedProxies: number,
): boolean {
  return trustedProxies === 0 && context.forwardedFor !== undefined && addressBehind(context, 0) === null
}

function isNotPublic(address: string): boolean {
  return isIPv4(address) ? notPublic.check(address) : notPublic.check(`${address}1`, "ipv6")
}

function subscriber(text: string | null | undefined): string | null {
  const address = withoutPort(text?.trim().replace(/^"(.*)"$/, "$1") ?? "")
  if (isIPv4(address)) return address
  if (!isIPv6(address)) return null
  const groups = groupsOf(address)
  return ipv4In(groups) ?? `${groups.slice(0, 4).join(":")}::`
}

/** Some proxies, such as those of Azure, add the client's port, and then write an IPv6 address in brackets. */
function withoutPort(hop: string): string {
  const [, bracketed, v4] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(hop) ?? []
  return bracketed ?? v4 ?? hop
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  // Of the many ways to write one, URLs know a single one, without dots.
  const { hostname } = new URL(`http://[${address.split("%")[0]}]`)
  const [left = [], right = []] = hostname
    .slice(1, -1)
    .split("::")
    .map((half) => half.split(":").filter(Boolean))
  return [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right]
}

/** The IPv4 address that an IPv6 one stands for (RFC 4291 §2.5.5.2), as a socket that accepts both gives it. */
function ipv4In(groups: string[]): string | null {
  if (groups.slice(0, 6).join(":") !== "0:0:0:0:0:ffff") return null
  return groups
    .slice(6)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((pair) => [pair >> 8, pair & 255])
    .join(".")
}
