import HTTP
import Testing

struct HTTPURLTests {
    @Test func takesAURLApart() throws {
        let url = try HTTPURL("HTTPS://Hook.Example:8443/a/b?c=d")
        #expect(url.isTLS)
        #expect(url.host == "hook.example")
        #expect(url.port == 8443)
        #expect(url.target == "/a/b?c=d")
        #expect(url.authority == "hook.example:8443")
    }

    @Test(arguments: [
        ("https://a.example", "https://a.example/"),
        ("https://A.example:443/", "https://a.example/"),
        ("http://a.example:80?x", "http://a.example/?x"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
    ])
    func knowsOneSpelling(_ text: String, _ normalized: String) throws {
        #expect(try HTTPURL(text).normalized == normalized)
    }

    @Test(arguments: [
        ("ftp://a.example/", HTTPURLError.notAbsolute), ("/hook", .notAbsolute), ("", .notAbsolute),
        ("https://user@a.example/", .hasUserInfo), ("https://u:p@a.example/", .hasUserInfo),
        ("https://a.example/#x", .hasFragment), ("https://a.example#@b.example/", .hasFragment),
        ("https://a.example\\@b.example/", .notAbsolute), ("https:///x", .badHost),
        ("https://a..example/", .badHost), ("https://[::1/", .badHost),
        ("https://[127.0.0.1]/", .badHost), ("https://[::1]x/", .badHost),
        ("https://[fe80::1%25eth0]/", .badHost), ("https://a_b.example:x/", .badPort),
        ("https://a.example:/", .badPort), ("https://a.example:0/", .badPort),
        ("https://a.example:65536/", .badPort), ("https://a.example:+80/", .badPort),
        ("https://a.example/\r\nX: y", .notASCII), ("https://münchen.example/", .notASCII),
        ("https://a.example/ b", .notASCII), ("https://%31.example/", .badHost),
    ])
    func refuses(_ text: String, _ error: HTTPURLError) {
        #expect(throws: error) { try HTTPURL(text) }
    }

    @Test func refusesWhatIsTooLong() {
        let text = "https://a.example/" + String(repeating: "x", count: 2048 - 18)
        #expect(throws: Never.self) { try HTTPURL(text) }
        #expect(throws: HTTPURLError.tooLong) { try HTTPURL(text + "x") }
    }
}

struct PeerAddressReachTests {
    @Test(arguments: [
        "127.0.0.1", "127.255.255.254", "127.1", "0x7f000001", "2130706433", "017700000001",
        "0x7f.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1",
    ])
    func knowsThisMachine(_ text: String) throws {
        #expect(try #require(PeerAddress(literal: text)).reach == .loopback)
    }

    @Test(arguments: [
        "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255",
        "fc00::1", "fdff::1", "::ffff:10.1.2.3", "64:ff9b::a00:1", "64:ff9b:1::808:808",
        "2002:c0a8:101::1",
    ])
    func knowsPrivateNetworks(_ text: String) throws {
        #expect(try #require(PeerAddress(literal: text)).reach == .privateNetwork)
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "169.254.169.254", "192.0.0.8", "192.0.2.1", "192.88.99.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "::", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1",
        "2001::1", "100::1", "3fff::1", "4000::1", "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "1::1",
    ])
    func knowsWhatIsNobodysHost(_ text: String) throws {
        #expect(try #require(PeerAddress(literal: text)).reach == .special)
    }

    @Test(arguments: [
        "8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255",
        "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1",
    ])
    func knowsTheInternet(_ text: String) throws {
        #expect(try #require(PeerAddress(literal: text)).reach == .global)
    }

    @Test(arguments: ["a.example", "", "localhost", "1.2.3.4.5", "256.0.0.1", "1.2.3.4 x", ":::"])
    func takesNamesForNames(_ text: String) {
        #expect(PeerAddress(literal: text) == nil)
    }

    @Test func onlyADeveloperReachesTheInside() throws {
        for text in ["127.0.0.1", "10.0.0.1", "::1"] {
            let address = try #require(PeerAddress(literal: text))
            #expect(!AddressPolicy.globalOnly.allows(address))
            #expect(AddressPolicy.globalAndPrivate.allows(address))
        }
        let metadata = try #require(PeerAddress(literal: "169.254.169.254"))
        #expect(!AddressPolicy.globalAndPrivate.allows(metadata))
    }
}
