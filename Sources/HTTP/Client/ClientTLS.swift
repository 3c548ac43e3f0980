internal import COpenSSL
internal import Glibc

/// What the client's TLS sessions share: whom to trust; immutable once made.
@safe final class ClientTLS: @unchecked Sendable {
    // SSL_CTX may be used from any thread once it is set up (OpenSSL's ssl(7)).
    private let context: OpaquePointer

    init(authorityFile: String?) throws(ServerError) {
        ERR_clear_error()
        guard let method = unsafe TLS_client_method(), let made = unsafe SSL_CTX_new(method) else {
            throw .system(call: "SSL_CTX_new", code: ENOMEM)
        }
        unsafe context = made
        _ = unsafe SSL_CTX_ctrl(
            made, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        let modes =
            SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
            | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
        _ = unsafe SSL_CTX_ctrl(made, SSL_CTRL_MODE, Int(modes), nil)
        // SSL_OP_NO_COMPRESSION, SSL_OP_NO_RENEGOTIATION and SSL_OP_IGNORE_UNEXPECTED_EOF (HTTP
        // framing detects truncation): bits of ssl.h, whose macros Swift cannot import.
        let bits: [UInt64] = [17, 30, 7]
        _ = unsafe SSL_CTX_set_options(made, bits.reduce(0) { $0 | 1 << $1 })
        unsafe SSL_CTX_set_verify(made, SSL_VERIFY_PEER, nil)
        _ = unsafe SSL_CTX_set_default_verify_paths(made)
        if let authorityFile {
            guard unsafe SSL_CTX_load_verify_locations(made, authorityFile, nil) == 1 else {
                ERR_clear_error()
                throw .certificateUnreadable(
                    file: authorityFile, reason: "no PEM certificates could be read")
            }
        }
        let protocols: [UInt8] = [8] + Array("http/1.1".utf8)
        _ = unsafe SSL_CTX_set_alpn_protos(made, protocols, UInt32(protocols.count))
        ERR_clear_error()
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// A session that accepts nobody but `host`, a name or an address; `nil` when memory is short.
    func session(on descriptor: Int32, host: String) -> TLSSession? {
        guard let session = unsafe SSL_new(context) else { return nil }
        guard unsafe SSL_set_fd(session, descriptor) == 1, unsafe Self.expect(host, of: session)
        else {
            unsafe SSL_free(session)
            return nil
        }
        unsafe SSL_set_connect_state(session)
        return unsafe TLSSession(owning: session)
    }

    private static func expect(_ host: String, of session: OpaquePointer) -> Bool {
        if PeerAddress(literal: host) != nil {
            // Certificates name addresses apart, and SNI does not (RFC 6066 §3).
            return unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1
        }
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        unsafe SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        // SSL_set_tlsext_host_name of ssl.h, a macro that Swift cannot import.
        let isNamed = unsafe name.withCString { name in
            unsafe SSL_ctrl(
                session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                UnsafeMutableRawPointer(mutating: name))
        }
        return unsafe isNamed == 1 && SSL_set1_host(session, name) == 1
    }
}
