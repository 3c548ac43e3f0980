internal import COpenSSL

/// TLS on one connection, of either side, non-blocking; used only by the thread of the connection's
/// loop.
@safe package final class TLSSession {
    package enum Result {
        case bytes(Int)
        /// Nothing more until the socket is readable (or writable: both are always watched).
        case blocked
        /// The other side ended its own properly.
        case ended
        case failed
    }

    private let session: OpaquePointer
    private var isBroken = false

    init(owning session: OpaquePointer) { unsafe self.session = session }

    deinit { unsafe SSL_free(session) }

    /// `bytes(0)` when the handshake is complete.
    package func handshake() -> Result {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(session)
        return result == 1 ? .bytes(0) : outcome(result)
    }

    /// Why a handshake failed, in words.
    package var failureReason: String {
        let code = unsafe SSL_get_verify_result(session)
        guard code != X509_V_OK else { return "the handshake failed" }
        return unsafe String(cString: X509_verify_cert_error_string(code))
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Result {
        ERR_clear_error()
        let result = unsafe SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
        return result > 0 ? .bytes(Int(result)) : outcome(result)
    }

    package func write(_ buffer: UnsafeRawBufferPointer) -> Result {
        ERR_clear_error()
        let result = unsafe SSL_write(session, buffer.baseAddress, Int32(clamping: buffer.count))
        return result > 0 ? .bytes(Int(result)) : outcome(result)
    }

    /// Sends close_notify if it can leave at once (RFC 8446 §6.1); not after a fatal error.
    package func end() {
        guard !isBroken, unsafe SSL_is_init_finished(session) == 1 else { return }
        ERR_clear_error()
        _ = unsafe SSL_shutdown(session)
        ERR_clear_error()
        isBroken = true
    }

    /// Whether bytes lie here already that the socket will not announce again.
    package var hasPending: Bool { unsafe SSL_has_pending(session) == 1 }

    /// Of a client: the hash of the server's certificate that binds what is proven inside to this session
    /// (tls-server-end-point, RFC 5929 §4.1). Nil where none is defined, such as for Ed25519.
    package var serverEndPoint: [UInt8]? {
        guard let certificate = unsafe SSL_get1_peer_certificate(session) else { return nil }
        defer { unsafe X509_free(certificate) }
        var kind: Int32 = 0
        guard unsafe X509_get_signature_info(certificate, &kind, nil, nil, nil) == 1 else {
            return nil
        }
        if kind == NID_md5 || kind == NID_sha1 { kind = NID_sha256 }
        guard let hash = unsafe EVP_get_digestbyname(OBJ_nid2sn(kind)) else { return nil }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard unsafe X509_digest(certificate, hash, &digest, &count) == 1 else { return nil }
        return Array(digest.prefix(Int(count)))
    }

    private func outcome(_ result: Int32) -> Result {
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .blocked
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            isBroken = true
            ERR_clear_error()
            return .failed
        }
    }
}
