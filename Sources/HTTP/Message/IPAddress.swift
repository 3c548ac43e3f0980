internal import CLinux
internal import Glibc

/// Addresses in their text forms (RFC 4291 §2.2 for the sixth version).
package enum IPAddress {
    package enum Family: Sendable {
        case v4, v6
    }

    /// `nil` when the text is no address: a name, a range, or something else.
    package static func family(of text: String) -> Family? {
        var buffer = in6_addr()
        if unsafe inet_pton(AF_INET, text, &buffer) == 1 { return .v4 }
        return unsafe inet_pton(AF_INET6, text, &buffer) == 1 ? .v6 : nil
    }
}
