internal import CLinux
internal import COpenSSL
internal import Glibc

/// Whom a client believes.
package enum Trust: Sendable, Hashable {
    /// The system's authorities, and those of a PEM file.
    case system(andFile: String?)
    /// The authorities of a PEM file alone.
    case file(String)
    /// Anybody: the connection is private, but whose it is remains unknown.
    case anybody
}

/// What a client's TLS sessions share: whom to trust; immutable once made.
@safe package final class ClientTLS: @unchecked Sendable {
    // SSL_CTX may be used from any thread once it is set up (OpenSSL's ssl(7)).
    private let context: OpaquePointer

    /// - Parameter protocolName: what is offered by ALPN (RFC 7301); nil offers nothing.
    package init(trusting trust: Trust, protocolName: StaticString? = nil) throws(TLSError) {
        ERR_clear_error()
        guard let method = unsafe TLS_client_method(), let made = unsafe SSL_CTX_new(method) else {
            throw .outOfMemory
        }
        unsafe context = made
        _ = unsafe SSL_CTX_ctrl(
            made, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        let modes =
            SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
            | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
        _ = unsafe SSL_CTX_ctrl(made, SSL_CTRL_MODE, Int(modes), nil)
        // SSL_OP_NO_COMPRESSION, SSL_OP_NO_RENEGOTIATION and SSL_OP_IGNORE_UNEXPECTED_EOF (the framing
        // of HTTP and of PostgreSQL detects truncation): bits of ssl.h, whose macros Swift cannot import.
        let bits: [UInt64] = [17, 30, 7]
        _ = unsafe SSL_CTX_set_options(made, bits.reduce(0) { $0 | 1 << $1 })
        try unsafe Self.believe(trust, in: made)
        if let protocolName {
            let protocols =
                [UInt8(protocolName.utf8CodeUnitCount)] + Array(protocolName.description.utf8)
            _ = unsafe SSL_CTX_set_alpn_protos(made, protocols, UInt32(protocols.count))
        }
        ERR_clear_error()
    }

    deinit { unsafe SSL_CTX_free(context) }

    private static func believe(
        _ trust: Trust, in context: OpaquePointer
    ) throws(TLSError) {
        var authorityFile: String?
        switch trust {
        case .anybody: return unsafe SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        case .file(let file): authorityFile = file
        case .system(let file):
            authorityFile = file
            _ = unsafe SSL_CTX_set_default_verify_paths(context)
        }
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        guard let authorityFile else { return }
        guard unsafe SSL_CTX_load_verify_locations(context, authorityFile, nil) == 1 else {
            ERR_clear_error()
            throw .certificateUnreadable(
                file: authorityFile, reason: "no PEM certificates could be read")
        }
    }

    /// A session that accepts nobody but `host`, a name or an address; `nil` when memory is short.
    ///
    /// - Parameter checksName: false accepts whomever the authorities vouch for.
    package func session(
        on descriptor: Int32, host: String, checksName: Bool = true
    ) -> TLSSession? {
        guard let session = unsafe SSL_new(context) else { return nil }
        guard unsafe SSL_set_fd(session, descriptor) == 1,
            unsafe Self.expect(host, of: session, checksName: checksName)
        else {
            unsafe SSL_free(session)
            return nil
        }
        unsafe SSL_set_connect_state(session)
        return unsafe TLSSession(owning: session)
    }

    private static func expect(
        _ host: String, of session: OpaquePointer, checksName: Bool
    ) -> Bool {
        var buffer = in6_addr()
        if unsafe inet_pton(AF_INET, host, &buffer) == 1
            || inet_pton(AF_INET6, host, &buffer) == 1
        {
            // Certificates name addresses apart, and SNI does not (RFC 6066 §3).
            return unsafe !checksName
                || X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1
        }
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        unsafe SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        // SSL_set_tlsext_host_name of ssl.h, a macro that Swift cannot import.
        let isNamed = unsafe name.withCString { name in
            unsafe SSL_ctrl(
                session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                UnsafeMutableRawPointer(mutating: name))
        }
        return unsafe isNamed == 1 && (!checksName || SSL_set1_host(session, name) == 1)
    }
}
