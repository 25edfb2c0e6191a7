import { describe, expect, test } from "vitest"
import { addressBehind, isHiddenByProxy } from "./client-address"

const peerAddress = "198.51.100.7"

describe("the address that a request is counted for", () => {
  test("is the socket's, whatever the request's headers say", () => {
    expect(addressBehind({ peerAddress, forwardedFor: "203.0.113.9" }, 0)).toBe(peerAddress)
    expect(addressBehind({ peerAddress, forwardedFor: undefined }, 0)).toBe(peerAddress)
  })

  test("is the one that a declared proxy saw, and never text that the client wrote before it", () => {
    const forwardedFor = "10.0.0.1, 192.0.2.1,203.0.113.9"
    expect(addressBehind({ peerAddress: "10.1.1.1", forwardedFor }, 1)).toBe("203.0.113.9")
    expect(addressBehind({ peerAddress: "10.1.1.1", forwardedFor }, 2)).toBe("192.0.2.1")
  })

  test("is unknown if it belongs to an undeclared proxy or to this machine", () => {
    for (const shared of ["127.0.0.1", "::1", "::ffff:10.2.3.4", "192.168.1.1", "fd00::1", "100.64.1.1"])
      expect(addressBehind({ peerAddress: shared, forwardedFor: undefined }, 0)).toBeNull()
    expect(addressBehind({ peerAddress: "127.0.0.1", forwardedFor: undefined }, 1)).toBeNull()
  })

  test("is the network that one subscriber has, for IPv6", () => {
    const of = (address: string) => addressBehind({ peerAddress: address, forwardedFor: undefined }, 0)
    expect(of("2001:db8::1")).toBe("2001:db8:0:0::")
    expect(of("2001:0DB8:0:0:aaaa:bbbb:cccc:dddd")).toBe("2001:db8:0:0::")
    expect(of("2001:db8:1:2:3::4")).not.toBe(of("2001:db8:1:3::4"))
    expect(of("2001:DB8:0:0:8:800:200C:417A")).toBe("2001:db8:0:0::")
    expect(of("::1:2:3:4:5:6:7")).toBe("0:1:2:3::")
    for (const mapped of ["::ffff:198.51.100.7", "::FFFF:c633:6407", "0:0:0:0:0:ffff:198.51.100.7"])
      expect(of(mapped), mapped).toBe(peerAddress)
  })

  test("is the address alone if a proxy adds the client's port", () => {
    const of = (forwardedFor: string) => addressBehind({ peerAddress: "10.0.0.1", forwardedFor }, 1)
    expect(of("192.0.2.1, 203.0.113.9:443")).toBe("203.0.113.9")
    expect(of("[2001:db8::1]:443")).toBe("2001:db8:0:0::")
    expect(of("[2001:DB8::1]")).toBe("2001:db8:0:0::")
    expect(of("[::ffff:203.0.113.9]:65535")).toBe("203.0.113.9")
    expect(of('"[2001:db8::1]:443"'), "as RFC 7239 quotes it").toBe("2001:db8:0:0::")
    expect(of('"203.0.113.9"')).toBe("203.0.113.9")
    expect(of("fe80::1%eth0")).toBe("fe80:0:0:0::")
    expect(of("2001:db8::1:443"), "part of the address").toBe("2001:db8:0:0::")
  })

  test("is unknown if it is not an address", () => {
    for (const nonsense of [
      "",
      "unknown",
      "evil.example",
      "1.2.3",
      "<script>",
      "203.0.113.9:",
      ":443",
      "[]:443",
    ])
      expect(addressBehind({ peerAddress: "10.0.0.1", forwardedFor: nonsense }, 1)).toBeNull()
  })
})

describe("a proxy that was not declared", () => {
  const forwardedFor = "203.0.113.9"

  test("is noticed if a machine in a private network names the client that it asks for", () => {
    for (const peer of ["10.0.0.7", "172.18.0.4", "192.168.1.1", "127.0.0.1", "::ffff:10.2.3.4", "fd00::1"])
      expect(isHiddenByProxy({ peerAddress: peer, forwardedFor }, 0)).toBe(true)
  })

  test("is not suspected if people connect directly, or if it is declared", () => {
    expect(isHiddenByProxy({ peerAddress: "10.0.0.7", forwardedFor }, 1)).toBe(false)
    expect(isHiddenByProxy({ peerAddress: "10.0.0.7", forwardedFor: undefined }, 0)).toBe(false)
    expect(isHiddenByProxy({ peerAddress, forwardedFor }, 0)).toBe(false)
  })
})
